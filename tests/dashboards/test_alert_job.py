"""The job that raises alerts, on the small demo and on handmade ones: one a cause, also when repeated or killed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import pytest

from dashboards.drops.watch_drops import watch_drops
from dashboards.supervision.alerts.causes import About
from dashboards.supervision.alerts.evidence import read_evidence
from dashboards.supervision.alerts.raise_alerts import raise_alerts, raise_supervision_alerts
from feedback.database import Connection, open_connection
from feedback.demo.load import load_demo
from feedback.demo.plants import list_plants
from feedback.demo.recipe import SMALL
from feedback.tables.supervision_alerts import select_alert_events, update_alert_state
from tests.dashboards.alert_replay import PLACES
from tests.dashboards.alert_stage import add_alert, find_ids, read_alert
from tests.stores import copy_database
from tests.world import make_world

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ALL = "SELECT alert_id, cause, weight, day, state, evidence::text FROM supervision_alerts ORDER BY cause"


@pytest.fixture(scope="module")
async def watched(server_url: str, template: str) -> AsyncIterator[str]:
    """The name of a database with the small demo, watched up to its last day."""
    async with copy_database(server_url, template) as url:
        connection = await open_connection(url)
        await load_demo(connection, SMALL, DAY, lambda _: None)
        await watch_drops(connection, DAY)
        await connection.close()
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
async def demo_url(server_url: str, watched: str) -> AsyncIterator[str]:
    async with copy_database(server_url, watched) as url:
        yield url


@pytest.fixture
async def demo(demo_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(demo_url)
    yield connection
    await connection.close()


async def list_alerts(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await connection.fetch(ALL)]


async def test_everything_planted_is_found_in_one_morning_and_nothing_is_raised_twice(
    demo: Connection, demo_url: str
) -> None:
    second = await open_connection(demo_url)
    raised = await asyncio.gather(raise_alerts(demo, NOW), raise_alerts(second, NOW))
    await second.close()
    rows = await demo.fetch(PLACES)
    assert sum(raised) == len(rows)
    seen = {(row["kind"], row["unit"], row["desk"]) for row in rows}
    for plant in list_plants(SMALL, DAY).iter_rows(named=True):
        assert seen & {(plant["kind"], plant["unit"], desk) for desk in (plant["desk"], "")}, plant
    before = await list_alerts(demo)
    await raise_supervision_alerts(demo_url, NOW + timedelta(hours=1))
    await raise_supervision_alerts(demo_url, NOW + timedelta(days=1))
    assert await list_alerts(demo) == before
    events = await demo.fetch("SELECT deed, actor FROM alert_events")
    assert {tuple(row) for row in events} <= {("raised", "program"), ("merged", "program")}
    assert len(events) == await demo.fetchval("SELECT count(*) FROM audit_log WHERE object_kind = 'alert'")


async def test_evidence_holds_closed_weeks_rounded_counts_and_no_weeks_of_a_person(demo: Connection) -> None:
    await raise_alerts(demo, NOW)
    for row in await demo.fetch("SELECT kind, official_id, evidence::text AS evidence FROM supervision_alerts"):
        evidence = read_evidence(row["evidence"])
        assert max(week.monday for week in evidence.weeks) == date(2026, 11, 9)
        assert evidence.statistic > evidence.threshold
        if row["kind"] not in {"low_response", "silent_desk"}:
            assert all(week.n is None or week.n % 5 == 0 for week in evidence.weeks)
        assert (evidence.place.official == "") == (row["official_id"] == 0)
        assert evidence.place.official == "" or evidence.place.desk != ""


async def test_a_run_that_is_killed_raises_the_rest_the_next_time(demo: Connection, demo_url: str) -> None:
    await demo.execute(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.rules = 'answers' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"
        " RETURN NEW; END $$; CREATE TRIGGER die AFTER INSERT ON alert_weeks FOR EACH ROW EXECUTE FUNCTION die()"
    )
    victim = await open_connection(demo_url)
    with pytest.raises(Exception, match=r"terminat|closed"):
        await raise_alerts(victim, NOW)
    victim.terminate()
    kinds = "SELECT DISTINCT kind FROM supervision_alerts"
    assert not {row["kind"] for row in await demo.fetch(kinds)} & {"harassment", "informal_payment"}
    await demo.execute("DROP TRIGGER die ON alert_weeks")
    assert await raise_alerts(demo, NOW) == 2
    assert {row["kind"] for row in await demo.fetch(kinds)} >= {"harassment", "informal_payment"}


async def test_a_dismissed_drop_begins_anew_in_the_watch_and_needs_a_new_sign(demo: Connection) -> None:
    await raise_alerts(demo, NOW)
    number = await demo.fetchval("SELECT alert_id FROM supervision_alerts WHERE kind = 'drop' AND official_id = 0")
    alert = await read_alert(demo, number or 0)
    open_rows = "SELECT count(*) FROM drop_alerts WHERE seen_on IS NULL AND role = 'desk' AND entity_id = $1"
    assert await demo.fetchval(open_rows, alert.desk_id) != 0
    # What the page would tell the watch is lost here: the next run makes up for it.
    assert await update_alert_state(demo, alert, "dismissed", NOW)
    assert await raise_alerts(demo, NOW + timedelta(hours=1)) == 0
    assert await demo.fetchval(open_rows + " AND level = 'alert'", alert.desk_id) == 0
    assert await demo.fetchval("SELECT count(*) FROM supervision_alerts WHERE cause = $1", alert.cause) == 1


@pytest.fixture
async def ids(connection: Connection) -> dict[str, int]:
    await make_world(connection)
    return await find_ids(connection)


async def test_a_snoozed_alert_wakes_on_its_day(connection: Connection, ids: dict[str, int]) -> None:
    alert = await add_alert(connection, About("drop", ids["unit"], ids["desk-2"]))
    assert await update_alert_state(connection, alert, "snoozed", NOW, snoozed_until=date(2026, 11, 22))
    await raise_alerts(connection, NOW + timedelta(days=1))
    assert (await read_alert(connection, alert.alert_id)).state == "snoozed"
    await raise_alerts(connection, NOW + timedelta(days=2))
    assert (await read_alert(connection, alert.alert_id)).state == "open"
    assert [event.deed for event in await select_alert_events(connection, alert.alert_id)] == ["raised", "woken"]


async def test_what_was_merged_ends_with_the_other(connection: Connection, ids: dict[str, int]) -> None:
    whole = await add_alert(connection, About("drop", ids["unit"], ids["desk-2"]))
    part = await add_alert(connection, About("low_share", ids["unit"]))
    assert await update_alert_state(connection, part, "merged", NOW, merged_into=whole.alert_id)
    await raise_alerts(connection, NOW)
    assert (await read_alert(connection, part.alert_id)).state == "merged"
    assert await update_alert_state(connection, whole, "dismissed", NOW)
    await raise_alerts(connection, NOW)
    assert (await read_alert(connection, part.alert_id)).state == "dismissed"


async def test_a_rule_that_fires_no_more_ends_its_alert_after_four_weeks(
    connection: Connection, ids: dict[str, int]
) -> None:
    silent = await add_alert(connection, About("silent_desk", ids["unit"], ids["desk-2"]))
    low = await add_alert(connection, About("low_response", ids["unit"]), day=date(2026, 11, 8))
    await raise_alerts(connection, datetime(2026, 11, 30, 3, tzinfo=UTC))
    states = [(await read_alert(connection, alert.alert_id)).state for alert in (silent, low)]
    assert states == ["over", "open"]
    await raise_alerts(connection, datetime(2026, 12, 7, 3, tzinfo=UTC))
    assert (await read_alert(connection, low.alert_id)).state == "over"


async def test_one_cause_has_one_living_alert(connection: Connection, ids: dict[str, int]) -> None:
    about = About("drop", ids["unit"], ids["desk-2"])
    alert = await add_alert(connection, about)
    with pytest.raises(AssertionError):
        await add_alert(connection, about)
    assert await update_alert_state(connection, alert, "over", NOW)
    assert not await update_alert_state(connection, alert, "open", NOW)  # it was read before it changed
    again = await add_alert(connection, about)
    assert again.alert_id != alert.alert_id
    assert msgspec.structs.replace(again, alert_id=alert.alert_id).cause == alert.cause
