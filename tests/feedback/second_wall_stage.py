"""Two units with rows of their own, two people who each reach one, and many borrowings through one pool.

Shared with tools/second_wall.py, which does the same a hundred thousand times.
"""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg
import msgspec

from feedback.accounts.powers import Account, SignedIn
from feedback.accounts.rows import borrow_rows
from feedback.api_keys import Reach
from feedback.database import Connection, Pool
from feedback.tables.accounts import select_account
from feedback.tables.appointments import select_appointments_in_force
from tests.factories import NOW
from tests.staff_people import add_person
from tests.world import make_world

OTHER_UNIT = """
INSERT INTO places VALUES ('79', 'thành phố', 'Thành phố Hồ Chí Minh', NULL, 10.8, 106.6, '2025-07-01', NULL),
    ('26734', 'phường', 'Phường Sài Gòn', '79', 10.8, 106.7, '2025-07-01', NULL);
INSERT INTO units (code, name, place_code, area_type, valid_from)
    VALUES ('26734', 'Trung tâm Phục vụ hành chính công phường Sài Gòn (mẫu)', '26734', 'urban', '2025-07-01');
"""
ROWS = """
INSERT INTO dossier_counts SELECT unit_id, date '2026-11-01' + place, '1.001193', 10, 0, 0
    FROM units, generate_series(0, 9) AS place;
INSERT INTO supervision_alerts (cause, kind, weight, unit_id, day, evidence, raised_at, state, changed_at)
    SELECT 'drop ' || code, 'drop', 50, unit_id, '2026-11-20', '{}', '2026-11-20', 'open', '2026-11-20' FROM units;
INSERT INTO alert_events (alert_id, unit_id, at, actor, deed)
    SELECT alert_id, unit_id, '2026-11-20', 'program', 'raised' FROM supervision_alerts;
INSERT INTO weekly_counts (unit_id, area, week, margin, key, n1, n2, n3, n4, n5, completed)
    SELECT unit_id, '', '2026-11-09', 'all', 0, 1, 1, 1, 1, 1, 30 FROM units;
"""
# Each names no unit: what comes back is what the wall leaves.
QUESTIONS = (
    "SELECT unit_id FROM dossier_counts",
    "SELECT unit_id FROM supervision_alerts",
    "SELECT e.unit_id FROM alert_events AS e JOIN supervision_alerts AS a USING (alert_id)",
    "SELECT unit_id FROM weekly_counts WHERE unit_id <> 0",
)
FAULTS = ("none", "none", "none", "error", "exception", "cancel")
SETTINGS = ("langnghe.account", "langnghe.official", "langnghe.everywhere", "langnghe.units")


class Reader(msgspec.Struct, frozen=True):
    signed_in: SignedIn
    unit_id: int


class Tally(msgspec.Struct):
    """What came back over all borrowings."""

    borrowings: int = 0
    rows: int = 0
    foreign: int = 0
    empty: int = 0
    broken: int = 0


class PlannedError(Exception):
    pass


async def make_two_units(connection: Connection) -> tuple[Reader, Reader]:
    """A supervisor of each unit's commune: one by the list of communes, one by the province."""
    await make_world(connection)
    await connection.execute(OTHER_UNIT)
    await connection.execute(ROWS)
    here = await add_person(connection, "ca-mau", "front_supervisor", Reach(communes=("32041",)))
    there = await add_person(connection, "sai-gon", "front_supervisor", Reach(provinces=("79",)))
    return await find_reader(connection, here, "32041"), await find_reader(connection, there, "26734")


async def find_reader(connection: Connection, account_id: int, unit_code: str) -> Reader:
    unit_id = await connection.fetchval("SELECT unit_id FROM units WHERE code = $1", unit_code)
    account = await select_account(connection, account_id)
    assert isinstance(account, Account)
    appointments = await select_appointments_in_force(connection, account_id)
    return Reader(SignedIn(account, appointments, b"", NOW), int(unit_id or 0))


async def borrow_at_random(pool: Pool, readers: Sequence[Reader], times: int, at_once: int, seed: int) -> Tally:
    """Concurrent tasks that borrow for one reader or the other; some fail, some are cancelled in the middle."""
    tally = Tally()
    chances = [random.Random(seed + place) for place in range(at_once)]  # noqa: S311 (an order, not a secret)
    await asyncio.gather(*(borrow_in_turn(pool, readers, times // at_once, tally, chance) for chance in chances))
    return tally


async def borrow_in_turn(
    pool: Pool, readers: Sequence[Reader], times: int, tally: Tally, chance: random.Random
) -> None:
    for _ in range(times):
        reader, question, fault = chance.choice(readers), chance.choice(QUESTIONS), chance.choice(FAULTS)
        work = borrow_once(pool, reader, question, fault, tally)
        try:
            if fault == "cancel":
                await cancel_midway(work, chance)
            else:
                await work
        except (PlannedError, asyncpg.DivisionByZeroError):
            tally.broken += 1
        tally.borrowings += 1


async def cancel_midway(work: Coroutine[Any, Any, None], chance: random.Random) -> None:
    """Stopped after some turns of the loop, wherever it is then: before, in, or after the transaction."""
    task = asyncio.ensure_future(work)
    for _ in range(chance.randrange(30)):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def borrow_once(pool: Pool, reader: Reader, question: str, fault: str, tally: Tally) -> None:
    async with borrow_rows(pool, reader.signed_in, "see_supervision") as connection:
        found = [row[0] for row in await connection.fetch(question)]
        tally.rows += len(found)
        tally.foreign += sum(unit_id != reader.unit_id for unit_id in found)
        tally.empty += not found
        if fault == "error":
            await connection.fetchval("SELECT 1 / 0")
        if fault == "exception":
            raise PlannedError


async def list_leftovers(pool: Pool) -> list[str]:
    """Of every connection in the pool: a role or a setting that a borrower left behind."""
    connections = [await pool.acquire() for _ in range(pool.get_max_size())]
    found: list[str] = []
    for connection in connections:
        role, owner = await connection.fetchrow("SELECT current_user, session_user")
        found += [f"role {role}"] if role != owner else []
        for name in SETTINGS:
            value = await connection.fetchval("SELECT nullif(current_setting($1, true), '')", name)
            found += [f"{name} = {value}"] if value is not None else []
        await pool.release(connection)
    return found
