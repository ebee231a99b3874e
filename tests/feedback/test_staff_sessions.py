"""Sessions: opaque, hashed, ended by idleness, by age, by the person and by whoever disables the account."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from feedback.accounts.appoint import disable
from feedback.accounts.sessions import begin_session, find_signed_in
from feedback.accounts.sign_out import list_own_sessions
from feedback.database import Connection
from feedback.tables.staff_sessions import end_other_sessions, end_sessions_of
from tests.staff_people import add_person

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


async def is_open(connection: Connection, session_id: str, at: datetime) -> bool:
    return await find_signed_in(connection, session_id, at) is not None


@pytest.fixture
async def account_id(connection: Connection) -> int:
    return await add_person(connection, "lan", "front_supervisor")


async def test_the_id_has_256_random_bits_and_only_its_hash_is_kept(connection: Connection, account_id: int) -> None:
    session_id = await begin_session(connection, account_id, "code", NOW)
    assert len(session_id) == 43  # 32 bytes in base64 without its filling
    assert session_id != await begin_session(connection, account_id, "code", NOW)
    rows = await connection.fetch("SELECT to_json(s)::text AS row, id_hash FROM staff_sessions AS s")
    assert all(session_id not in row["row"] for row in rows)
    assert hashlib.sha256(session_id.encode()).digest() in {row["id_hash"] for row in rows}


async def test_a_stolen_dump_opens_nothing(connection: Connection, account_id: int) -> None:
    session_id = await begin_session(connection, account_id, "code", NOW)
    id_hash = bytes(await connection.fetchval("SELECT id_hash FROM staff_sessions") or b"")
    for shown in (id_hash.hex(), id_hash.hex().upper(), id_hash.decode("latin-1"), f"\\x{id_hash.hex()}"):
        assert not await is_open(connection, shown, NOW)
    assert await is_open(connection, session_id, NOW)


async def test_half_an_hour_without_a_page_ends_it(connection: Connection, account_id: int) -> None:
    session_id = await begin_session(connection, account_id, "code", NOW)
    seen = NOW
    for _ in range(3):
        seen += timedelta(minutes=30)
        assert await is_open(connection, session_id, seen)
    assert not await is_open(connection, session_id, seen + timedelta(minutes=30, seconds=1))


async def test_twelve_hours_end_it_however_busy_it_is(connection: Connection, account_id: int) -> None:
    session_id = await begin_session(connection, account_id, "code", NOW)
    for quarter in range(1, 49):
        assert await is_open(connection, session_id, NOW + timedelta(minutes=15 * quarter))
    assert not await is_open(connection, session_id, NOW + timedelta(hours=12, seconds=1))


async def test_ten_sessions_of_a_disabled_person_open_nothing_at_once(connection: Connection, account_id: int) -> None:
    ids = [await begin_session(connection, account_id, "code", NOW) for _ in range(10)]
    assert all([await is_open(connection, session_id, NOW) for session_id in ids])
    await disable(connection, None, account_id, NOW)
    assert not any([await is_open(connection, session_id, NOW) for session_id in ids])
    await connection.execute("UPDATE accounts SET disabled_at = NULL")
    assert not any([await is_open(connection, session_id, NOW) for session_id in ids])


async def test_the_mark_on_the_account_alone_shuts_every_session(connection: Connection, account_id: int) -> None:
    session_id = await begin_session(connection, account_id, "code", NOW)
    await connection.execute("UPDATE accounts SET disabled_at = $1", NOW)
    assert not await is_open(connection, session_id, NOW)


async def test_sessions_are_ended_of_one_person_only(connection: Connection, account_id: int) -> None:
    other_id = await add_person(connection, "minh", "inspector")
    own = [await begin_session(connection, account_id, "code", NOW) for _ in range(2)]
    other = await begin_session(connection, other_id, "code", NOW)
    assert await end_sessions_of(connection, account_id, NOW) == 2
    assert not any([await is_open(connection, session_id, NOW) for session_id in own])
    assert await is_open(connection, other, NOW)


async def test_all_but_one_are_ended(connection: Connection, account_id: int) -> None:
    first, second, third = [await begin_session(connection, account_id, "code", NOW) for _ in range(3)]
    kept = hashlib.sha256(second.encode()).digest()
    assert await end_other_sessions(connection, account_id, kept, NOW) == 2
    assert [await is_open(connection, session_id, NOW) for session_id in (first, second, third)] == [False, True, False]


async def test_a_new_sign_in_ends_the_session_the_browser_had(connection: Connection, account_id: int) -> None:
    earlier = await begin_session(connection, account_id, "code", NOW)
    later = await begin_session(connection, account_id, "code", NOW, earlier_id=earlier)
    assert later != earlier
    assert [await is_open(connection, session_id, NOW) for session_id in (earlier, later)] == [False, True]


async def test_only_open_sessions_are_listed(connection: Connection, account_id: int) -> None:
    await begin_session(connection, account_id, "code", NOW - timedelta(hours=13))
    await begin_session(connection, account_id, "passkey", NOW - timedelta(minutes=31))
    ended = await begin_session(connection, account_id, "outside", NOW)
    await begin_session(connection, account_id, "code", NOW - timedelta(minutes=29), earlier_id=ended)
    listed = await list_own_sessions(connection, account_id, NOW)
    assert [(session.way, session.began_at) for session in listed] == [("code", NOW - timedelta(minutes=29))]
