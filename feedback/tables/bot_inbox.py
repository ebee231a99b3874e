"""The table `bot_inbox`: every update once. It waits with its chat and content; once done, its number alone stays."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns

BELOW_ALL_CHATS = -(2**63)


class NewUpdate(msgspec.Struct, frozen=True):
    update_id: int
    chat_id: int
    payload: bytes


class WaitingUpdate(msgspec.Struct, frozen=True):
    update_id: int
    chat_id: int
    payload: bytes
    received_at: datetime
    tries: int


async def insert_updates(
    connection: Connection, bot_id: int, updates: Sequence[NewUpdate], received_at: datetime
) -> None:
    """Add those not yet known, and wake the workers if there are any."""
    await connection.execute(
        "WITH added AS (INSERT INTO bot_inbox (bot_id, update_id, chat_id, payload, received_at)"
        " SELECT $1, given.*, $5 FROM unnest($2::bigint[], $3::bigint[], $4::bytea[])"
        " AS given (update_id, chat_id, payload) ORDER BY update_id"
        " ON CONFLICT DO NOTHING RETURNING update_id)"
        " SELECT pg_notify('bot_inbox', '') FROM added LIMIT 1",
        bot_id,
        *list_columns(updates, "update_id", "chat_id", "payload"),
        received_at,
    )


async def revive_update(connection: Connection, bot_id: int, update: NewUpdate, received_at: datetime) -> None:
    """Let an update that was given up wait again, from its first try on."""
    await connection.execute(
        "INSERT INTO bot_inbox (bot_id, update_id, chat_id, payload, received_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (bot_id, update_id) DO UPDATE SET chat_id = excluded.chat_id, payload = excluded.payload,"
        " received_at = excluded.received_at, tries = 0, next_try_at = NULL",
        bot_id,
        update.update_id,
        update.chat_id,
        update.payload,
        received_at,
    )


async def select_first_updates(
    connection: Connection, bot_id: int, now: datetime, after_chat: int, most: int
) -> list[tuple[int, int]]:
    """(chat, number) of the oldest waiting update of each chat, where its next try has come; chats in order of id.

    One that waits for its next try still holds up its own chat. Read from one index in its order, so that neither
    what is done nor what waits behind makes it slower.
    """
    rows = await connection.fetch(
        "SELECT chat_id, update_id FROM (SELECT DISTINCT ON (chat_id) chat_id, update_id, next_try_at FROM bot_inbox"
        " WHERE bot_id = $1 AND chat_id > $3 AND payload IS NOT NULL ORDER BY chat_id, update_id) AS first"
        " WHERE next_try_at IS NULL OR next_try_at <= $2 ORDER BY chat_id LIMIT $4",
        bot_id,
        now,
        after_chat,
        most,
    )
    return [(row["chat_id"], row["update_id"]) for row in rows]


async def lock_updates(
    connection: Connection, bot_id: int, update_ids: Sequence[int], now: datetime, most: int
) -> list[WaitingUpdate]:
    """Those of them that still wait and nobody else has locked, oldest first; locked until the transaction ends."""
    rows = await connection.fetch(
        "SELECT update_id, chat_id, payload, received_at, tries FROM bot_inbox"
        " WHERE bot_id = $1 AND update_id = ANY ($2::bigint[]) AND payload IS NOT NULL"
        " AND (next_try_at IS NULL OR next_try_at <= $3) ORDER BY update_id LIMIT $4 FOR UPDATE SKIP LOCKED",
        bot_id,
        update_ids,
        now,
        most,
    )
    return [WaitingUpdate(**dict(row)) for row in rows]


async def finish_updates(connection: Connection, bot_id: int, update_ids: Sequence[int]) -> None:
    """Forget chat, content and hour; the number stays, to recognise a second delivery."""
    await connection.execute(
        "UPDATE bot_inbox SET chat_id = NULL, payload = NULL, next_try_at = NULL,"
        " received_at = date_trunc('day', received_at, 'UTC') WHERE bot_id = $1 AND update_id = ANY ($2::bigint[])",
        bot_id,
        update_ids,
    )


async def postpone_update(connection: Connection, bot_id: int, update_id: int, next_try_at: datetime) -> None:
    await connection.execute(
        "UPDATE bot_inbox SET tries = tries + 1, next_try_at = $3 WHERE bot_id = $1 AND update_id = $2",
        bot_id,
        update_id,
        next_try_at,
    )


async def forget_finished_updates(connection: Connection, before: datetime) -> int:
    status = await connection.execute("DELETE FROM bot_inbox WHERE received_at < $1 AND payload IS NULL", before)
    return int(status.rpartition(" ")[2])
