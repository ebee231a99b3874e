"""The table `bot_outbox`: messages still to be sent. Sent ones are deleted; of refused ones only the reason stays."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import IntEnum, StrEnum

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns

# First half of the advisory lock's key; the second is of the bot.
SENDING_LOCK = 0x73656E64


class Lane(IntEnum):
    ANSWERS = 1
    REMINDERS = 2


class Refusal(StrEnum):
    """Why a message will never be sent."""

    BLOCKED = "blocked"
    GONE = "gone"
    """There is no such chat, or no such person any more."""
    LATE = "late"
    """A press can be answered for a short while only."""
    UNSENDABLE = "unsendable"
    TOO_OLD = "too-old"


class NewMessage(msgspec.Struct, frozen=True):
    chat_id: int
    lane: Lane
    method: str
    payload: bytes
    send_after: datetime


class WaitingMessage(msgspec.Struct, frozen=True):
    outbox_id: int
    chat_id: int
    lane: int
    method: str
    payload: bytes
    created_on: date
    tries: int


class Postponed(msgspec.Struct, frozen=True):
    outbox_id: int
    send_after: datetime
    tries: int


class Refused(msgspec.Struct, frozen=True):
    outbox_id: int
    refused_for: Refusal


async def insert_messages(
    connection: Connection, bot_id: int, messages: Sequence[NewMessage], created_on: date
) -> None:
    """Add messages in the order in which they are to be sent, and wake the sender."""
    await connection.execute(
        "WITH added AS (INSERT INTO bot_outbox (bot_id, chat_id, lane, method, payload, send_after, created_on)"
        " SELECT $1, chat_id, lane, method, payload, send_after, $7"
        " FROM unnest($2::bigint[], $3::smallint[], $4::text[], $5::bytea[], $6::timestamptz[])"
        " WITH ORDINALITY AS given (chat_id, lane, method, payload, send_after, place) ORDER BY place"
        " RETURNING outbox_id)"
        " SELECT pg_notify('bot_outbox', '') FROM added LIMIT 1",
        bot_id,
        *list_columns(messages, "chat_id", "lane", "method", "payload", "send_after"),
        created_on,
    )


async def try_to_lock_sending(connection: Connection, bot_id: int) -> bool:
    """Become the one who sends, until the connection ends; False while another is."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, hashint8($2))", SENDING_LOCK, bot_id))


async def select_first_messages(
    connection: Connection,
    bot_id: int,
    lane: Lane,
    now: datetime,
    *,
    after_chat: int,
    busy: Sequence[int],
    most: int,
) -> list[WaitingMessage]:
    """The oldest waiting message of each chat in a lane that is due, except for chats in `busy`; chats in order of id.

    One that is not yet due holds up its own chat in its own lane. Read from one index in its order.
    """
    rows = await connection.fetch(
        "SELECT outbox_id, chat_id, lane, method, payload, created_on, tries FROM (SELECT DISTINCT ON (chat_id)"
        " outbox_id, chat_id, lane, method, payload, created_on, tries, send_after FROM bot_outbox"
        " WHERE bot_id = $1 AND lane = $2 AND chat_id > $4 AND payload IS NOT NULL AND chat_id <> ALL ($5::bigint[])"
        " ORDER BY chat_id, outbox_id) AS first WHERE send_after <= $3 ORDER BY chat_id LIMIT $6",
        bot_id,
        lane,
        now,
        after_chat,
        busy,
        most,
    )
    return [WaitingMessage(**dict(row)) for row in rows]


async def delete_messages(connection: Connection, outbox_ids: Sequence[int]) -> None:
    await connection.execute("DELETE FROM bot_outbox WHERE outbox_id = ANY ($1::bigint[])", outbox_ids)


async def postpone_messages(connection: Connection, postponed: Sequence[Postponed]) -> None:
    await connection.execute(
        "UPDATE bot_outbox SET send_after = given.send_after, tries = given.tries"
        " FROM unnest($1::bigint[], $2::timestamptz[], $3::smallint[]) AS given (outbox_id, send_after, tries)"
        " WHERE bot_outbox.outbox_id = given.outbox_id",
        *list_columns(postponed, *Postponed.__struct_fields__),
    )


async def refuse_messages(connection: Connection, refused: Sequence[Refused]) -> None:
    """For good: chat and text are forgotten."""
    await connection.execute(
        "UPDATE bot_outbox SET refused_for = given.refused_for, chat_id = NULL, payload = NULL"
        " FROM unnest($1::bigint[], $2::text[]) AS given (outbox_id, refused_for)"
        " WHERE bot_outbox.outbox_id = given.outbox_id AND payload IS NOT NULL",
        *list_columns(refused, *Refused.__struct_fields__),
    )


async def refuse_chat(connection: Connection, bot_id: int, chat_id: int, refused_for: Refusal) -> None:
    """Whatever waits for this chat, in both lanes, for good."""
    await connection.execute(
        "UPDATE bot_outbox SET refused_for = $3, chat_id = NULL, payload = NULL"
        " WHERE bot_id = $1 AND lane IN (1, 2) AND chat_id = $2 AND payload IS NOT NULL",
        bot_id,
        chat_id,
        refused_for,
    )


async def delete_reminders(connection: Connection, bot_id: int, chat_ids: Sequence[int]) -> None:
    await connection.execute(
        "DELETE FROM bot_outbox WHERE bot_id = $1 AND lane = $2 AND chat_id = ANY ($3::bigint[])"
        " AND payload IS NOT NULL",
        bot_id,
        Lane.REMINDERS,
        chat_ids,
    )


async def forget_refusals(connection: Connection, before: date) -> int:
    """Whatever else is as old goes too: its bot is no longer there to send it."""
    status = await connection.execute("DELETE FROM bot_outbox WHERE created_on < $1", before)
    return int(status.rpartition(" ")[2])
