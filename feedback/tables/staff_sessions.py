"""The table `staff_sessions`: found by the SHA-256 of the id in the cookie, never by the id."""

from datetime import datetime

import msgspec

from feedback.database import Connection


class StaffSession(msgspec.Struct, frozen=True):
    id_hash: bytes
    account_id: int
    way: str
    began_at: datetime
    seen_at: datetime
    proved_at: datetime
    ended_at: datetime | None = None


SESSION = StaffSession.__struct_fields__


async def insert_session(connection: Connection, session: StaffSession) -> None:
    await connection.execute(
        f"INSERT INTO staff_sessions ({', '.join(SESSION)}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *msgspec.structs.astuple(session),
    )


async def select_session(connection: Connection, id_hash: bytes) -> StaffSession | None:
    row = await connection.fetchrow(f"SELECT {', '.join(SESSION)} FROM staff_sessions WHERE id_hash = $1", id_hash)
    return None if row is None else StaffSession(**dict(row))


async def note_session_seen(connection: Connection, id_hash: bytes, now: datetime) -> None:
    await connection.execute("UPDATE staff_sessions SET seen_at = $2 WHERE id_hash = $1", id_hash, now)


async def end_session(connection: Connection, id_hash: bytes, now: datetime) -> None:
    await connection.execute(
        "UPDATE staff_sessions SET ended_at = $2 WHERE id_hash = $1 AND ended_at IS NULL", id_hash, now
    )


async def end_sessions_of(connection: Connection, account_id: int, now: datetime) -> int:
    """Every session of a person; how many there were."""
    ended = await connection.fetch(
        "UPDATE staff_sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL RETURNING id_hash",
        account_id,
        now,
    )
    return len(ended)


async def select_sessions_of(
    connection: Connection, account_id: int, begun_since: datetime, seen_since: datetime
) -> list[StaffSession]:
    """Those that are not over, the newest first."""
    rows = await connection.fetch(
        f"SELECT {', '.join(SESSION)} FROM staff_sessions"
        " WHERE account_id = $1 AND ended_at IS NULL AND began_at >= $2 AND seen_at >= $3 ORDER BY began_at DESC",
        *(account_id, begun_since, seen_since),
    )
    return [StaffSession(**dict(row)) for row in rows]


async def note_session_proved(connection: Connection, id_hash: bytes, now: datetime) -> None:
    """The person showed password and code again."""
    await connection.execute("UPDATE staff_sessions SET proved_at = $2 WHERE id_hash = $1", id_hash, now)


async def end_other_sessions(connection: Connection, account_id: int, kept: bytes, now: datetime) -> int:
    """Every session of a person but one; how many there were."""
    ended = await connection.fetch(
        "UPDATE staff_sessions SET ended_at = $3"
        " WHERE account_id = $1 AND id_hash <> $2 AND ended_at IS NULL RETURNING id_hash",
        *(account_id, kept, now),
    )
    return len(ended)
