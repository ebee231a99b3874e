"""Fetches and writes back where chats stand, each known by its hashes alone. What did not change is not written."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import structlog

from bots.conversation import Conversation, Turn
from feedback.database import Connection
from feedback.tables.conversations import (
    StoredConversation,
    delete_conversations,
    lock_conversations,
    upsert_conversations,
)

log = structlog.get_logger()


class Memory(msgspec.Struct, frozen=True):
    hashes: list[bytes]
    """Under which this chat may be remembered, the one to use from now on first."""
    known: list[bytes]
    """Those of them under which the store does: usually none or one."""
    conversation: Conversation
    """As it stands before the next step."""
    day: date
    """Of what was said."""
    is_fresh: bool
    """Whether the store has exactly this, under the newest hash and with this day."""


async def load_memories(
    connection: Connection, hashes: Sequence[list[bytes]], hints: Sequence[str], days: Sequence[date]
) -> list[Memory]:
    """One for each chat, in order. They stay locked until the transaction ends."""
    rows = await lock_conversations(connection, [chat_hash for chat in hashes for chat_hash in chat])
    return [make_memory(rows, chat, hint, day) for chat, hint, day in zip(hashes, hints, days, strict=True)]


def make_memory(rows: Mapping[bytes, StoredConversation], hashes: list[bytes], hint: str, day: date) -> Memory:
    known = [chat_hash for chat_hash in hashes if chat_hash in rows]
    stored = rows[known[0]] if known else None
    remembered = read_memory(stored) if stored else None
    is_fresh = remembered is not None and known == hashes[:1] and rows[known[0]].changed_on >= day
    return Memory(hashes, known, remembered or begin_conversation(hint), day, is_fresh)


def read_memory(stored: StoredConversation) -> Conversation | None:
    """None where it cannot be read, such as one written by a later version: that chat begins anew."""
    try:
        return msgspec.json.decode(stored.memory, type=Conversation)
    except (msgspec.DecodeError, ValueError):
        log.warning("conversation-unreadable")
        return None


def begin_conversation(hint: str) -> Conversation:
    return Conversation(language="en" if hint.lower().startswith("en") else "vi")


async def save_memories(connection: Connection, memories: Sequence[Memory], turns: Sequence[Turn]) -> None:
    pairs = list(zip(memories, turns, strict=True))
    written = [row for memory, turn in pairs if (row := write_memory(memory, turn)) is not None]
    forgotten = {known for memory, turn in pairs for known in list_forgotten(memory, turn)}
    if forgotten:
        await delete_conversations(connection, sorted(forgotten))
    if written:
        await upsert_conversations(connection, written)


def write_memory(memory: Memory, turn: Turn) -> StoredConversation | None:
    """The row to write; None where the chat is forgotten, or nothing was and nothing is to be remembered."""
    if turn.conversation is None:
        return None
    if turn.conversation == memory.conversation and (memory.is_fresh or not memory.known):
        return None
    return StoredConversation(memory.hashes[0], msgspec.json.encode(turn.conversation).decode(), memory.day)


def list_forgotten(memory: Memory, turn: Turn) -> list[bytes]:
    """All rows of a forgotten chat; otherwise those under older keys, for the newest takes their place."""
    return memory.known if turn.conversation is None else [row for row in memory.known if row != memory.hashes[0]]
