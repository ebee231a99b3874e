"""The table `bot_dead_letters`: updates that could not be read or failed again and again, until they are tried anew."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedback.database import Connection

UNREADABLE = "unreadable"
"""The reason of what could not be read."""


class DeadLetter(msgspec.Struct, frozen=True):
    dead_letter_id: int
    update_id: int | None
    """None: it could not be read."""
    reason: str
    """A kind of failure, never what somebody wrote."""
    payload: bytes
    died_at: datetime


async def insert_dead_letter(
    connection: Connection, bot_id: int, update_id: int | None, reason: str, payload: bytes, died_at: datetime
) -> None:
    await connection.execute(
        "INSERT INTO bot_dead_letters (bot_id, update_id, reason, payload, died_at) VALUES ($1, $2, $3, $4, $5)",
        bot_id,
        update_id,
        reason,
        payload,
        died_at,
    )


async def select_dead_letters(connection: Connection, bot_id: int) -> list[DeadLetter]:
    """Oldest first."""
    rows = await connection.fetch(
        "SELECT dead_letter_id, update_id, reason, payload, died_at FROM bot_dead_letters WHERE bot_id = $1"
        " ORDER BY dead_letter_id",
        bot_id,
    )
    return [DeadLetter(**dict(row)) for row in rows]


async def take_dead_letters(connection: Connection, bot_id: int, ids: Sequence[int]) -> list[DeadLetter]:
    """Take letters off the list, oldest first."""
    rows = await connection.fetch(
        "DELETE FROM bot_dead_letters WHERE bot_id = $1 AND dead_letter_id = ANY ($2::bigint[])"
        " RETURNING dead_letter_id, update_id, reason, payload, died_at",
        bot_id,
        ids,
    )
    return sorted((DeadLetter(**dict(row)) for row in rows), key=lambda letter: letter.dead_letter_id)


async def forget_dead_letters(connection: Connection, before: datetime) -> int:
    status = await connection.execute("DELETE FROM bot_dead_letters WHERE died_at < $1", before)
    return int(status.rpartition(" ")[2])
