"""Rounds of cross-checks behind the second wall: what was drawn and found stands, whatever a page would ask for."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from feedback.accounts.rows import borrow_rows
from feedback.database import Connection, Pool, open_connection, open_pool
from tests.factories import NOW
from tests.feedback.second_wall_stage import Reader, find_reader, make_two_units
from tests.staff_people import add_person

ROUND = """
INSERT INTO check_rounds (name, area, way, seed, drawn_from, first_day, last_day, drawn_by, drawn_at)
VALUES ('Đợt mẫu', 'VN', 'desks', decode(repeat('00', 16), 'hex'), 2, '2026-10-01', '2026-10-31', $1, $2)
RETURNING round_id
"""
ITEM = "INSERT INTO check_items (round_id, place, unit_id, desk_id) VALUES ($1, $2, $3, 1)"
FIND = "UPDATE check_items SET found_score = 5, found_by = $2, found_at = now() WHERE round_id = $1"
CLOSE = "UPDATE check_rounds SET closed_at = now(), gap = '{}' WHERE round_id = $1"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def readers(store: Connection) -> tuple[Reader, Reader, Reader]:
    """Of each unit's place, and of the nation."""
    here, there = await make_two_units(store)
    nation = await find_reader(store, await add_person(store, "toan-quoc", "inspector"), "32041")
    return here, there, nation


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url)
    yield pool
    await pool.close()


async def add_round(store: Connection, drawer: Reader, *units: Reader) -> int:
    round_id = int(await store.fetchval(ROUND, drawer.signed_in.account.account_id, NOW) or 0)
    for place, reader in enumerate(units, 1):
        await store.execute(ITEM, round_id, place, reader.unit_id)
    return round_id


async def run(pool: Pool, reader: Reader, statement: str, *values: object) -> str:
    """What PostgreSQL says it did; "refused" where the role has no right to it."""
    try:
        async with borrow_rows(pool, reader.signed_in, "run_checks") as connection:
            return await connection.execute(statement, *values)
    except asyncpg.InsufficientPrivilegeError:
        return "refused"


async def find(pool: Pool, reader: Reader, round_id: int) -> str:
    return await run(pool, reader, FIND, round_id, reader.signed_in.account.account_id)


async def test_what_was_found_is_found_once_and_what_was_drawn_stays(
    store: Connection, pool: Pool, readers: tuple[Reader, Reader, Reader]
) -> None:
    here, _, nation = readers
    round_id = await add_round(store, here, here)
    assert await find(pool, here, round_id) == "UPDATE 1"
    for reader in (here, nation):
        assert await find(pool, reader, round_id) == "UPDATE 0"
    for change in (
        "UPDATE check_items SET unit_id = 7 WHERE round_id = $1",
        "UPDATE check_items SET desk_id = 7 WHERE round_id = $1",
        "UPDATE check_items SET ordinal = 7 WHERE round_id = $1",
    ):
        assert await run(pool, nation, change, round_id) == "refused"


async def test_who_reaches_a_part_finds_and_closes_nothing(
    store: Connection, pool: Pool, readers: tuple[Reader, Reader, Reader]
) -> None:
    here, there, nation = readers
    # Even who drew it, when the reach was wider.
    round_id = await add_round(store, here, here, there)
    for reader in (here, there):
        assert await find(pool, reader, round_id) == "UPDATE 0"
        assert await run(pool, reader, CLOSE, round_id) == "UPDATE 0"
    assert await find(pool, nation, round_id) == "UPDATE 2"
    assert await run(pool, nation, CLOSE, round_id) == "UPDATE 1"
    # Closed for good.
    assert await run(pool, nation, CLOSE, round_id) == "UPDATE 0"


async def test_in_a_closed_round_nothing_is_found(
    store: Connection, pool: Pool, readers: tuple[Reader, Reader, Reader]
) -> None:
    round_id = await add_round(store, readers[0], readers[0])
    await store.execute("UPDATE check_rounds SET closed_at = now() WHERE round_id = $1", round_id)
    assert await find(pool, readers[0], round_id) == "UPDATE 0"


async def test_items_are_added_to_an_own_open_round_only(
    store: Connection, pool: Pool, readers: tuple[Reader, Reader, Reader]
) -> None:
    here, _, nation = readers
    own, foreign, closed = [await add_round(store, drawer, here) for drawer in (here, nation, here)]
    await store.execute("UPDATE check_rounds SET closed_at = now() WHERE round_id = $1", closed)
    said = {round_id: await run(pool, here, ITEM, round_id, 9, here.unit_id) for round_id in (own, foreign, closed)}
    assert said == {own: "INSERT 0 1", foreign: "refused", closed: "refused"}
    found = "INSERT INTO check_items (round_id, place, unit_id, desk_id, found_score) VALUES ($1, 8, $2, 1, 5)"
    assert await run(pool, here, found, own, here.unit_id) == "refused"
