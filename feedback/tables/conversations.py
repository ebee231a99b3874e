"""The table `conversations`: where each chat stands, under a keyed hash of the chat. Never a chat's own id."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class StoredConversation(msgspec.Struct, frozen=True):
    """`memory` is JSON; `changed_on` the local day of the last word."""

    chat_hash: bytes
    memory: str
    changed_on: date


async def lock_conversations(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, StoredConversation]:
    """Those known under one of `hashes`; they stay locked until the transaction ends.

    Locked in one order, so that two transactions never wait for each other.
    """
    rows = await connection.fetch(
        "SELECT chat_hash, memory, changed_on FROM conversations"
        " WHERE chat_hash = ANY ($1::bytea[]) ORDER BY chat_hash FOR UPDATE",
        hashes,
    )
    return {row["chat_hash"]: StoredConversation(**dict(row)) for row in rows}


async def upsert_conversations(connection: Connection, rows: Sequence[StoredConversation]) -> None:
    """No two rows may share a hash. A late word of an earlier day does not make a conversation older."""
    await connection.execute(
        "INSERT INTO conversations AS known (chat_hash, memory, changed_on)"
        " SELECT * FROM unnest($1::bytea[], $2::jsonb[], $3::date[]) AS given (chat_hash, memory, changed_on)"
        " ORDER BY chat_hash ON CONFLICT (chat_hash) DO UPDATE"
        " SET memory = excluded.memory, changed_on = greatest(known.changed_on, excluded.changed_on)",
        *list_columns(rows, *StoredConversation.__struct_fields__),
    )


async def delete_conversations(connection: Connection, hashes: Sequence[bytes]) -> None:
    await connection.execute("DELETE FROM conversations WHERE chat_hash = ANY ($1::bytea[])", hashes)


async def forget_conversations(connection: Connection, before: date) -> int:
    """Drop the conversations without a word since before `before`."""
    status = await connection.execute("DELETE FROM conversations WHERE changed_on < $1", before)
    return int(status.rpartition(" ")[2])
