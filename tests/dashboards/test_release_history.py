"""Whatever happens between and after releases: each can be made again from its rows, byte for byte."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dashboards.releases.read_input import ALL_RELEASES, count_quarter_rows, read_kept_counts, read_pending
from dashboards.releases.verify import verify_release
from feedback.database import Connection, open_connection
from feedback.rebuild import compare_counts
from feedback.tables.releases import select_releases
from feedback.tables.sequencer import select_last_number
from tests.dashboards.release_stage import FIRST, SECOND, THIRD, Town, on

QUARTERS = [FIRST, SECOND, THIRD]

days = st.tuples(st.sampled_from(QUARTERS), st.integers(0, 40))
rate = st.fixed_dictionaries(
    {
        "do": st.just("rate"),
        "day": days,
        "times": st.sampled_from([1, 2, 9, 12, 40]),
        "official": st.sampled_from(["demo-1", "demo-2", "demo-3", "nobody"]),
        "procedure": st.sampled_from(["1.001193", "1.000894"]),
        "proof_class": st.sampled_from([b"A", b"A", b"B", b"C"]),
        "score": st.integers(1, 5),
    }
)
several = {"which": st.integers(0, 500), "times": st.integers(1, 8)}
change = st.fixed_dictionaries({"do": st.just("change"), "score": st.integers(1, 5), **several})
exclude = st.fixed_dictionaries({"do": st.just("exclude"), "proof_class": st.just(b"X"), **several})
steps = st.lists(st.one_of(rate, change, exclude), max_size=6)
# What happens before each of the three releases, and after the last.
histories = st.tuples(steps, steps, steps, steps)


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    connection = await open_connection(database_url)
    yield await Town.found(connection)
    await connection.close()


async def take_step(town: Town, step: dict[str, Any]) -> None:
    changes = {name: value for name, value in step.items() if name not in {"do", "day", "which", "times"}}
    if step["do"] == "rate":
        await town.rate(on(*step["day"]), times=step["times"], **changes)
    else:
        for number in range(min(step["times"], len(town.tips))):
            await town.change(step["which"] + 7 * number, **changes)


async def require_proof(connection: Connection) -> None:
    """Every release verifies; counts folded day by day equal those rebuilt from the rows."""
    for made in await select_releases(connection):
        verification = await verify_release(connection, made.code)
        assert verification.is_good, verification
    assert (await compare_counts(connection))[1].is_empty()
    data_cut = await select_last_number(connection)
    for quarter in QUARTERS:
        kept = await read_kept_counts(connection, quarter)
        assert kept.equals(await count_quarter_rows(connection, quarter, data_cut))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, seed=st.integers(0, 2**32))
async def test_a_release_made_again_from_its_rows_is_the_same_byte_for_byte(
    town: Town, history: tuple[list[dict[str, Any]], ...], seed: int
) -> None:
    await town.empty(seed)
    for quarter, happened in zip(QUARTERS, history, strict=False):
        await town.rate(on(quarter, 1), times=1 + seed % 40, score=1 + seed % 5)
        for step in happened:
            await take_step(town, step)
        made = await town.release(quarter)
        event(f"corrections: {made.corrections > 0}, waiting: {made.waiting > 0}")
    for step in history[-1]:
        await take_step(town, step)
    await require_proof(town.connection)


async def test_corrections_of_a_released_quarter_are_carried_once(town: Town) -> None:
    # Q1: 30 ratings. After its release three change from 5 to 1 and two are set aside. Q2: 20 fives of its own, so
    # five fives go and three ones come: 15 fives and 3 ones. Q3 has nothing left to carry.
    await town.rate(on(FIRST, 3), times=30, score=5)
    await town.release(FIRST)
    for _ in range(3):
        await town.change(0, score=1)
    for _ in range(2):
        await town.change(0, proof_class=b"X")
    await town.rate(on(SECOND, 3), times=20, score=5)
    await town.rate(on(THIRD, 3), times=20, score=5)
    second, third = await town.release(SECOND), await town.release(THIRD)
    assert (second.corrections, second.waiting) == (5, 0)
    assert (third.corrections, third.waiting) == (0, 0)
    carried = await town.connection.fetchrow("SELECT n1, n2, n3, n4, n5 FROM release_corrections")
    assert carried is not None
    assert tuple(carried) == (3, 0, 0, 0, -5)
    assert (await read_pending(town.connection, ALL_RELEASES, third.data_cut)).is_empty()
    await require_proof(town.connection)


async def test_what_waits_is_carried_by_a_later_release(town: Town) -> None:
    # Eight ones of Q1 are set aside after its release. Q2 has three ones: they go, five wait. Q3 has twenty: five go.
    await town.rate(on(FIRST, 3), times=8, score=1)
    await town.release(FIRST)
    for _ in range(8):
        await town.change(0, proof_class=b"X")
    await town.rate(on(SECOND, 3), times=3, score=1)
    second = await town.release(SECOND)
    assert (second.corrections, second.waiting) == (3, 5)
    await town.rate(on(THIRD, 3), times=20, score=1)
    third = await town.release(THIRD)
    assert (third.corrections, third.waiting) == (5, 0)
    await require_proof(town.connection)


async def test_a_late_rating_of_a_released_quarter_counts_in_the_next_one(town: Town) -> None:
    await town.rate(on(FIRST, 3), times=12, score=4)
    await town.release(FIRST)
    await town.rate(on(FIRST, 80), times=2, score=2)
    await town.rate(on(SECOND, 5), times=12, score=4)
    second = await town.release(SECOND)
    assert (second.corrections, second.waiting) == (2, 0)
    await require_proof(town.connection)


async def test_catalogue_and_dossiers_that_change_later_change_no_release(town: Town) -> None:
    await town.rate(on(FIRST, 3), times=40, score=4)
    await town.connection.execute(
        "INSERT INTO dossier_counts SELECT unit_id, '2026-02-01', '1.001193', 500, 3, 0 FROM units"
    )
    await town.release(FIRST)
    await town.connection.execute(
        "UPDATE units SET area_type = 'island'; UPDATE dossier_counts SET completed = 900;"
        "UPDATE procedures SET field = 'Khác'; UPDATE titles SET code = 'other'"
    )
    await require_proof(town.connection)


async def test_ratings_that_come_while_a_release_is_made_are_not_in_it(town: Town, database_url: str) -> None:
    await town.rate(on(FIRST, 3), times=40, score=4)
    making = asyncio.create_task(town.release(FIRST))
    other = await open_connection(database_url)
    neighbour = Town(other, seed=2)
    neighbour.ids = town.ids
    for day in range(20):
        await neighbour.rate(on(FIRST, day), times=5, score=2)
    made = await making
    assert 40 <= made.data_cut <= 140
    await require_proof(town.connection)
    await other.close()
