"""Behind the second wall a query without WHERE shows the rows of the units that the account reaches, and no others."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from feedback.accounts.appoint import end
from feedback.accounts.powers import Action
from feedback.accounts.rows import ADMINISTRATOR_ACTIONS, borrow_rows
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, Pool, open_connection, open_pool
from feedback.tables.staff_rows import take_reach
from tests.feedback.second_wall_stage import (
    QUESTIONS,
    Reader,
    borrow_at_random,
    find_reader,
    list_leftovers,
    make_two_units,
)
from tests.house_rules.project import list_source_files, list_texts, parse_file
from tests.house_rules.test_database_roles import POLICIES, STAFF
from tests.staff_people import add_person

# tools/second_wall.py does the same in any number and order.
TIMES, AT_ONCE = 10_000, 16


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def readers(store: Connection) -> tuple[Reader, Reader]:
    return await make_two_units(store)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url)
    yield pool
    await pool.close()


async def ask(pool: Pool, reader: Reader, question: str) -> set[int]:
    async with borrow_rows(pool, reader.signed_in, "see_supervision") as connection:
        return {row[0] for row in await connection.fetch(question)}


async def test_two_units_through_one_pool_never_see_each_other(pool: Pool, readers: tuple[Reader, Reader]) -> None:
    tally = await borrow_at_random(pool, readers, TIMES, AT_ONCE, seed=1)
    assert tally.borrowings == TIMES
    assert (tally.foreign, tally.empty) == (0, 0)
    # Not for want of rows, or of trouble: two of six borrowings fail of themselves.
    assert tally.rows > TIMES
    assert tally.broken > TIMES // 5
    assert await list_leftovers(pool) == []


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_query_without_where_shows_only_own_rows(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader], question: str
) -> None:
    assert len({row[0] for row in await store.fetch(question)}) == 2
    for reader in readers:
        assert await ask(pool, reader, question) == {reader.unit_id}


async def test_a_question_for_the_others_rows_finds_nothing(pool: Pool, readers: tuple[Reader, Reader]) -> None:
    mine, theirs = readers
    assert await ask(pool, mine, f"SELECT unit_id FROM dossier_counts WHERE unit_id = {theirs.unit_id}") == set()  # noqa: S608 (a number)


async def test_an_alert_of_another_unit_can_be_neither_changed_nor_spoken_about(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader]
) -> None:
    mine, theirs = readers
    alert = await store.fetchval("SELECT alert_id FROM supervision_alerts WHERE unit_id = $1", theirs.unit_id)
    async with borrow_rows(pool, mine.signed_in, "work_on_alerts") as connection:
        assert await connection.execute("UPDATE supervision_alerts SET state = 'dismissed'") == "UPDATE 1"
    assert await store.fetchval("SELECT state FROM supervision_alerts WHERE alert_id = $1", alert) == "open"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with borrow_rows(pool, mine.signed_in, "work_on_alerts") as connection:
            await connection.execute(
                "INSERT INTO alert_events (alert_id, unit_id, at, actor, deed) VALUES ($1, $2, $3, 'x', 'seen')",
                *(alert, theirs.unit_id, datetime.now(UTC)),
            )


async def test_an_ended_appointment_shows_nothing_in_the_very_next_transaction(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader]
) -> None:
    """Although the page still believes in it."""
    mine, _ = readers
    await end(store, None, mine.signed_in.appointments[0].appointment_id, datetime.now(UTC))
    assert [question for question in QUESTIONS if await ask(pool, mine, question)] == []


async def test_a_disabled_account_shows_nothing_in_the_very_next_transaction(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader]
) -> None:
    mine, _ = readers
    await store.execute(
        "UPDATE accounts SET disabled_at = '2026-11-20' WHERE account_id = $1", mine.signed_in.account.account_id
    )
    assert [question for question in QUESTIONS if await ask(pool, mine, question)] == []


async def test_a_role_shows_its_rows_for_its_own_actions_only(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader]
) -> None:
    """Whoever is head of one unit and inspector of another acts in each place by the role held there."""
    mine, theirs = readers
    account_id = await add_person(store, "hai-vai", "head_of_unit", Reach(units=("32041",)))
    await store.execute(
        "INSERT INTO appointments (account_id, role, everywhere, province_codes, commune_codes, unit_codes,"
        " proposed_at, verdict, decided_at)"
        " VALUES ($1, 'inspector', false, '{79}', '{}', '{}', now(), 'approved', now())",
        account_id,
    )
    person = await find_reader(store, account_id, "32041")
    seen = {}
    for action in ("see_unit_figures", "see_alerts"):
        async with borrow_rows(pool, person.signed_in, action) as connection:
            seen[action] = {row[0] for row in await connection.fetch("SELECT unit_id FROM dossier_counts")}
    assert seen == {"see_unit_figures": {mine.unit_id}, "see_alerts": {theirs.unit_id}}


async def test_the_nation_is_seen_by_who_may_see_it(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader]
) -> None:
    national = await add_person(store, "ca-nuoc", "inspector", EVERYWHERE)
    person = await find_reader(store, national, "32041")
    assert await ask(pool, person, QUESTIONS[0]) == {reader.unit_id for reader in readers}


@pytest.mark.parametrize("action", sorted(ADMINISTRATOR_ACTIONS))
async def test_administration_reads_no_rating(pool: Pool, store: Connection, action: Action) -> None:
    readers = await make_two_units(store)
    for question in QUESTIONS:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with borrow_rows(pool, readers[0].signed_in, action) as connection:
                await connection.fetch(question)


async def test_a_wall_that_is_switched_off_would_be_noticed(
    pool: Pool, store: Connection, readers: tuple[Reader, Reader]
) -> None:
    for table in ("dossier_counts", "supervision_alerts", "alert_events", "weekly_counts"):
        await store.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    assert (await borrow_at_random(pool, readers, 200, 4, seed=2)).foreign > 100


async def test_a_role_or_a_reach_that_is_left_behind_would_be_noticed(
    pool: Pool, readers: tuple[Reader, Reader]
) -> None:
    """The pool takes back settings that somebody forgot, but not a role: so it is only ever taken for a transaction."""
    async with pool.acquire() as connection:
        await take_reach(
            connection, readers[0].signed_in.account.account_id, ["front_supervisor"], "see_supervision", STAFF
        )
        assert await connection.fetchval("SELECT current_user = session_user"), "SET LOCAL, outside a transaction"
        await connection.execute(f"SET ROLE {STAFF}")
    assert await list_leftovers(pool) == [f"role {STAFF}"]


def test_no_statement_takes_a_role_or_a_reach_for_longer_than_a_transaction() -> None:
    texts = [text for file in list_source_files() for text in list_texts(parse_file(file))]
    lasting = re.compile(
        r"\bSET\s+(SESSION\s+)?(ROLE|AUTHORIZATION|langnghe\.)|set_config\([^)]*,\s*false\)", re.IGNORECASE
    )
    assert any("SET LOCAL ROLE" in text for text in texts)
    assert [text for text in texts if lasting.search(text)] == []
    assert lasting.search("SET ROLE x")
    assert lasting.search("SELECT set_config('langnghe.units', $1, false)")


async def test_without_settings_the_role_sees_no_units_rows(store: Connection, readers: tuple[Reader, Reader]) -> None:
    tables = {row["table"] for row in await store.fetch(POLICIES) if STAFF in row["roles"]} - {"audit_log"}
    assert len(readers) == 2
    assert len(tables) >= 10
    async with store.transaction():
        await store.execute(f"SET LOCAL ROLE {STAFF}")
        seen = {table: await store.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608 (names of tables)
    assert {table: n for table, n in seen.items() if n} == {}
