"""A release is made once, from what was there, and then stands."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import msgspec
import pytest

from dashboards.disclosure.released_scores import ReleasedPool, ReleasedScore
from dashboards.indicators.parameters import Parameters
from dashboards.releases.publish import close_due_quarters, publish_release
from dashboards.releases.quarters import read_quarter
from dashboards.releases.verify import verify_release
from feedback.database import open_connection
from feedback.tables.releases import (
    Release,
    select_release,
    select_release_pools,
    select_release_scores,
    select_releases,
)
from surveys.errors import (
    AlreadyReleasedError,
    LangNgheError,
    NothingToReleaseError,
    PeriodNotClosedError,
    UnknownReleaseError,
)
from tests.dashboards.release_stage import FIRST, SECOND, Town, on, say_moment

COLUMNS = {
    "releases": "data_cut",
    "release_scores": "figure",
    "release_pools": "figure",
    "release_corrections": "n5",
    "release_lookups": "content",
}


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    connection = await open_connection(database_url)
    yield await Town.found(connection)
    await connection.close()


@pytest.fixture
async def released(town: Town) -> Release:
    """The second quarter, with a correction of the first in it."""
    await town.rate(on(FIRST, 3), times=12, score=5)
    await town.release(FIRST)
    await town.change(0, proof_class=b"X")
    await town.rate(on(SECOND, 3), times=40, score=4)
    await town.rate(on(SECOND, 9), times=40, score=5)
    await town.rate(on(SECOND, 9), times=20, score=1)
    await town.rate(on(SECOND, 9), times=20, score=2, official="demo-2", proof_class=b"C")
    await town.rate(on(SECOND, 12), times=20, score=5, official="demo-2", proof_class=b"C")
    return await town.release(SECOND)


async def test_what_is_told_of_a_release_is_what_went_into_it(town: Town, released: Release) -> None:
    # 12, 1 row that sets one of them aside, 140.
    assert (released.code, released.data_cut, released.corrections) == ("2026-Q2", 153, 1)
    assert released.made_at == say_moment(date(2026, 7, 7))
    stored = await select_release(town.connection, "2026-Q2")
    assert stored == released
    parameters = json.loads(released.parameters)
    assert parameters.keys() == {*Parameters.__struct_fields__, "waiting_days"}
    assert released.method_version == parameters["version"]
    named = [entry for name, entry in parameters.items() if name != "version"]
    assert all(entry["basis"] and entry["valid_from"] for entry in named)


async def test_figures_come_out_for_officials_units_and_procedures(town: Town, released: Release) -> None:
    scores = await select_release_scores(town.connection, released.release_id)
    homes = {(row.role, row.unit_id > 0, row.title_id > 0, row.area_type) for row in scores}
    assert homes == {("official", True, True, "urban"), ("unit", True, False, "urban"), ("procedure", False, False, "")}
    figures = {row.role: msgspec.json.decode(row.figure, type=ReleasedScore) for row in scores}
    # One five went, which was set aside in the first quarter: 20 ones, 40 fours and 39 fives are left.
    # Their mean is (40 * 75 + 39 * 100) / 99 = 69.7, and without peers nothing draws the score away from it.
    official = figures["official"]
    assert (official.grade, official.n, official.score) == ("owner", 99, 70)
    # The unit counts class C too: 139 ratings, to the nearest five 140; 99 of 139 satisfied.
    unit = figures["unit"]
    assert (unit.n, unit.grade) == (140, "owner")
    assert unit.headline is not None
    assert unit.headline.share is not None
    assert unit.headline.share.percent == 71
    assert all(row.grade == json.loads(row.figure)["grade"] for row in scores)
    pools = await select_release_pools(town.connection, released.release_id)
    assert {msgspec.json.decode(pool.figure, type=ReleasedPool).level for pool in pools} == {"nation"}
    assert {(row.role, row.pool) for row in scores} == {(pool.role, pool.pool) for pool in pools}


@pytest.mark.usefixtures("released")
async def test_what_was_released_cannot_be_changed_or_deleted(town: Town) -> None:
    for table, column in COLUMNS.items():
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608 (fixed names)
            with pytest.raises(asyncpg.RestrictViolationError, match=f"{table} is never changed"):
                await town.connection.execute(statement)


async def test_a_quarter_is_released_once(town: Town, released: Release) -> None:
    with pytest.raises(AlreadyReleasedError):
        await town.release(SECOND)
    with pytest.raises(asyncpg.UniqueViolationError):
        await town.connection.execute(
            "INSERT INTO releases (code, first_day, last_day, data_cut, method_version, parameters, input_digest,"
            " content_digest, corrections, waiting, made_at) SELECT '2027-Q1', first_day, last_day, data_cut,"
            " method_version, parameters, input_digest, content_digest, 0, 0, made_at FROM releases"
        )
    assert [row.code for row in await select_releases(town.connection)] == ["2026-Q1", released.code]


async def test_two_programs_at_once_make_one_release(town: Town, database_url: str) -> None:
    await town.rate(on(FIRST, 3), times=40, score=4)
    connections = [await open_connection(database_url) for _ in range(3)]
    now = say_moment(FIRST.closable_day)
    outcomes = await asyncio.gather(
        *(publish_release(connection, FIRST, now) for connection in connections), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "AlreadyReleasedError",
        "AlreadyReleasedError",
        "Release",
    ]
    due = await asyncio.gather(*(close_due_quarters(connection, now) for connection in connections))
    assert due == [[], [], []]
    for connection in connections:
        await connection.close()


@pytest.mark.parametrize(
    ("quarter", "day", "error"),
    [
        ("2026-Q1", date(2026, 4, 6), PeriodNotClosedError),
        ("2026-Q4", date(2026, 4, 7), PeriodNotClosedError),
        ("2025-Q4", date(2026, 4, 7), NothingToReleaseError),
        ("1999-Q1", date(2026, 4, 7), NothingToReleaseError),
    ],
)
async def test_a_quarter_that_cannot_be_released_is_refused(
    town: Town, quarter: str, day: date, error: type[LangNgheError]
) -> None:
    await town.rate(on(FIRST, 3), score=4)
    with pytest.raises(error):
        await publish_release(town.connection, read_quarter(quarter), say_moment(day))
    assert await select_releases(town.connection) == []


async def test_every_due_quarter_is_closed_oldest_first_and_only_once(town: Town) -> None:
    assert await close_due_quarters(town.connection, say_moment(date(2026, 11, 21))) == []
    await town.rate(on(FIRST, 3), times=12, score=4)
    # Nothing was rated in the second quarter, so it is left out; the fourth is not over.
    await town.rate(date(2026, 8, 1), times=12, score=4)
    await town.rate(date(2026, 11, 1), times=12, score=4)
    now = say_moment(date(2026, 11, 21))
    assert [made.code for made in await close_due_quarters(town.connection, now)] == ["2026-Q1", "2026-Q3"]
    assert await close_due_quarters(town.connection, now) == []


async def test_a_quarter_whose_ratings_were_all_set_aside_is_released_empty(town: Town) -> None:
    await town.rate(on(FIRST, 3), score=4)
    await town.change(0, proof_class=b"X")
    made = await town.release(FIRST)
    assert await select_release_scores(town.connection, made.release_id) == []
    assert (await verify_release(town.connection, made.code)).is_good


@pytest.mark.parametrize(
    ("tampering", "stored", "taken"),
    [
        ("UPDATE release_scores SET figure = replace(figure::text, '99', '79')::json", False, True),
        ("DELETE FROM release_pools", False, True),
        ("UPDATE responses SET score = 1 WHERE score = 4", True, False),
        ("DELETE FROM responses WHERE score = 4", True, False),
        ("UPDATE release_corrections SET n5 = -2", True, True),
    ],
)
async def test_what_was_tampered_with_is_found(
    town: Town, released: Release, tampering: str, *, stored: bool, taken: bool
) -> None:
    # Whoever owns the database can switch triggers off; the digests still tell.
    await town.connection.execute(
        f"SET session_replication_role = replica; {tampering}; RESET session_replication_role"
    )
    verification = await verify_release(town.connection, released.code)
    assert (verification.is_stored_whole, verification.is_input_same) == (stored, taken)
    assert verification.is_good == (stored and taken)


async def test_a_release_that_does_not_exist_is_not_verified(town: Town) -> None:
    for code in ("2026-Q1", "2026", ""):
        with pytest.raises(UnknownReleaseError):
            await verify_release(town.connection, code)
