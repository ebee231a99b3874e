"""The daily drop watch on a real store: one desk's official falls by 20 points, and the runs are cut in every way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import asyncpg
import numpy as np
import polars as pl
import pytest

from dashboards.drops.watch_drops import acknowledge_alert, watch_drops
from feedback.database import Connection, open_connection
from feedback.tables.drop_watch import select_open_alerts
from surveys.errors import UnknownAlertError
from tests.dashboards.simulator import draw_counts, list_working_days, make_world
from tests.world import make_world as make_small_world

OFFICIALS, PROCEDURES, PER_DAY, WEAK = 12, 6, 8, 5
DROP_DAY, TODAY = date(2026, 9, 7), date(2026, 10, 12)
BEFORE = list_working_days(date(2026, 3, 1), DROP_DAY - timedelta(days=1))
AFTER = list_working_days(DROP_DAY, TODAY - timedelta(days=1))
START = date(2026, 9, 2)  # a run on this day begins the watch with September

FILL = """
INSERT INTO officials (code, display_name, valid_from)
    SELECT 'sim-' || i, 'Cán bộ mẫu ' || i, date '2025-07-01' FROM generate_series(1, 12) AS i;
INSERT INTO procedures (code, name, field, valid_from)
    SELECT 'sim-' || i, 'Thủ tục mẫu ' || i, 'Hộ tịch', date '2025-07-01' FROM generate_series(1, 6) AS i;
"""
STATE = "SELECT role, entity_id, pool, statistic FROM drop_statistics ORDER BY 1, 2, 3"
ALERTS = (
    "SELECT role, entity_id, unit_id, pool, detector, level, day, statistic, seen_on FROM drop_alerts"
    " ORDER BY 1, 2, 3, 4, 5, 6"
)
DAYS = "SELECT role, day FROM drop_days ORDER BY role"


def draw_ratings() -> pl.DataFrame:
    """Twelve officials of one unit; the fifth is 20 points worse from the drop day on."""
    world = make_world(1, OFFICIALS, PROCEDURES, seed=7)
    sizes = np.full(OFFICIALS, PER_DAY * len(BEFORE))
    after = np.full(OFFICIALS, PER_DAY * len(AFTER))
    same = draw_counts(world, after, seed=9, days=AFTER).filter(pl.col("official_id") != WEAK)
    worse = draw_counts(world, after, seed=9, days=AFTER, drop=20).filter(pl.col("official_id") == WEAK)
    return pl.concat([draw_counts(world, sizes, seed=8, days=BEFORE), same, worse])


COUNTS = draw_ratings()


async def find_ids(connection: Connection, table: str, column: str) -> dict[int, int]:
    rows = await connection.fetch(
        f"SELECT {column} AS id, substr(code, 5)::integer AS number FROM {table} WHERE code LIKE 'sim-%'"  # noqa: S608 (fixed names)
    )
    return {row["number"]: row["id"] for row in rows}


async def fill_store(connection: Connection) -> None:
    await make_small_world(connection)
    await connection.execute(FILL)
    officials = await find_ids(connection, "officials", "official_id")
    procedures = await find_ids(connection, "procedures", "procedure_id")
    unit = await connection.fetchval("SELECT unit_id FROM units")
    title = await connection.fetchval("SELECT title_id FROM titles")
    rows = COUNTS.with_columns(
        pl.lit(unit).cast(pl.Int32).alias("unit_id"),
        pl.lit(title).cast(pl.Int32).alias("title_id"),
        pl.col("official_id").replace_strict(officials, return_dtype=pl.Int32),
        pl.col("procedure_id").replace_strict(procedures, return_dtype=pl.Int32),
        pl.lit(b"A").alias("proof_class"),
    )
    await connection.copy_records_to_table("daily_counts", records=rows.iter_rows(), columns=rows.columns)


@pytest.fixture
async def store(connection: Connection) -> Connection:
    await fill_store(connection)
    return connection


async def read_watch(connection: Connection) -> list[list[dict[str, Any]]]:
    return [[dict(row) for row in await connection.fetch(query)] for query in (DAYS, STATE, ALERTS)]


async def forget_watch(connection: Connection) -> None:
    for table in ("drop_days", "drop_statistics", "drop_alerts"):
        await connection.execute(f"DELETE FROM {table}")  # noqa: S608 (fixed names)


async def test_a_drop_of_one_official_is_found_and_the_others_are_silent(store: Connection) -> None:
    await watch_drops(store, START)
    assert await watch_drops(store, TODAY) > 0
    alerts = [alert for alert in await select_open_alerts(store) if alert.level == "alert"]
    assert {(alert.role, alert.entity, alert.unit) for alert in alerts} == {("official", f"sim-{WEAK}", "32041")}
    assert all(DROP_DAY <= alert.day < DROP_DAY + timedelta(days=14) for alert in alerts)


async def test_day_by_day_is_the_same_as_all_at_once(store: Connection) -> None:
    await watch_drops(store, START)
    await watch_drops(store, TODAY)
    at_once = await read_watch(store)
    await forget_watch(store)
    day = START
    while day <= TODAY:
        await watch_drops(store, day)
        day += timedelta(days=1)
    assert await read_watch(store) == at_once
    assert await watch_drops(store, TODAY) == 0
    assert await read_watch(store) == at_once


async def test_the_first_run_begins_with_the_month_of_yesterday(store: Connection) -> None:
    await watch_drops(store, START)
    [days, _, _] = await read_watch(store)
    assert days == [{"role": role, "day": date(2026, 9, 1)} for role in ("desk", "official", "unit")]


@pytest.fixture
async def committed_store(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    await fill_store(connection)
    yield connection
    await connection.close()


async def run_until_killed(database_url: str, table: str, day: date) -> None:
    """A run of a session that the server ends when the run first writes into `table` on `day`."""
    connection = await open_connection(database_url)
    await connection.execute(
        f"CREATE OR REPLACE FUNCTION pg_temp.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 (fixed text)
        f" IF (SELECT max(day) FROM public.drop_days) >= date '{day}' THEN"
        f" PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$"
    )
    await connection.execute(
        f"CREATE TRIGGER die AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION pg_temp.die()"
    )
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await watch_drops(connection, TODAY)
    connection.terminate()


@pytest.mark.parametrize("table", ["drop_days", "drop_statistics", "drop_alerts"])
async def test_killed_in_the_middle_of_a_day_and_repeated_is_the_same_as_once(
    committed_store: Connection, database_url: str, table: str
) -> None:
    await watch_drops(committed_store, START)
    await watch_drops(committed_store, TODAY)
    once = await read_watch(committed_store)
    await forget_watch(committed_store)
    await watch_drops(committed_store, START)
    await run_until_killed(database_url, table, date(2026, 9, 9))
    await committed_store.execute(f"DROP TRIGGER IF EXISTS die ON {table}")
    await watch_drops(committed_store, TODAY)
    assert await read_watch(committed_store) == once


async def test_two_runs_at_once_see_every_day_once(committed_store: Connection, database_url: str) -> None:
    await watch_drops(committed_store, START)
    await watch_drops(committed_store, TODAY)
    once = await read_watch(committed_store)
    await forget_watch(committed_store)
    await watch_drops(committed_store, START)
    second = await open_connection(database_url)
    await asyncio.gather(watch_drops(committed_store, TODAY), watch_drops(second, TODAY))
    await watch_drops(second, TODAY)
    await second.close()
    assert await read_watch(committed_store) == once


async def read_statistic(connection: Connection, alert_id: int) -> float:
    """Of what the alert is about; no row is zero."""
    statistic = await connection.fetchval(
        "SELECT s.statistic FROM drop_statistics AS s JOIN drop_alerts USING (role, entity_id, pool)"
        " WHERE alert_id = $1",
        alert_id,
    )
    return statistic or 0.0


async def test_looking_at_an_alert_closes_its_cause_and_begins_anew(store: Connection) -> None:
    await watch_drops(store, START)
    await watch_drops(store, date(2026, 9, 22))
    about_weak = [alert for alert in await select_open_alerts(store) if alert.entity == f"sim-{WEAK}"]
    [first] = [alert.alert_id for alert in about_weak if (alert.detector, alert.level) == ("drop", "alert")]
    assert await read_statistic(store, first) > 7
    await acknowledge_alert(store, first, "Trưởng bộ phận mẫu", date(2026, 9, 22))
    assert await read_statistic(store, first) == 0
    left = [alert for alert in await select_open_alerts(store) if alert.entity == f"sim-{WEAK}"]
    assert {alert.detector for alert in left} <= {"low_share"}
    # It stays worse, so it rings again, under another number.
    await watch_drops(store, TODAY)
    again = [alert.alert_id for alert in await select_open_alerts(store) if alert.level == "alert"]
    assert again != [first]
    assert len(again) == 1


async def test_an_alert_can_be_looked_at_once_and_must_exist(store: Connection) -> None:
    await watch_drops(store, START)
    await watch_drops(store, TODAY)
    alert = (await select_open_alerts(store, "32041"))[0]
    await acknowledge_alert(store, alert.alert_id, "Trưởng bộ phận mẫu", TODAY)
    for number in (alert.alert_id, 2**31 - 1):
        with pytest.raises(UnknownAlertError):
            await acknowledge_alert(store, number, "Trưởng bộ phận mẫu", TODAY)
    assert await select_open_alerts(store, "no such unit") == []


async def test_a_later_correction_of_a_day_that_was_seen_changes_nothing_of_it(store: Connection) -> None:
    await watch_drops(store, START)
    await watch_drops(store, date(2026, 9, 30))
    before = await read_watch(store)
    await store.execute("UPDATE daily_counts SET n5 = n5 + n1 + n2, n1 = 0, n2 = 0 WHERE day = date '2026-09-29'")
    await watch_drops(store, date(2026, 9, 30))
    assert await read_watch(store) == before
