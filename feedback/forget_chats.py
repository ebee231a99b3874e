"""Forgets what chats left behind once it has served. Ratings stay: they hold nothing of a chat."""

from datetime import datetime, timedelta

import msgspec

from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.bot_dead_letters import forget_dead_letters
from feedback.tables.bot_inbox import forget_finished_updates
from feedback.tables.bot_outbox import forget_refusals
from feedback.tables.conversations import forget_conversations
from feedback.tables.rater_keys import destroy_rater_keys, rewrite_rater_keys

SILENCE = timedelta(days=7)
DEAD_LETTERS_KEPT = timedelta(days=7)
# Longer than an update may come a second time, and than a chat is remembered.
NUMBERS_KEPT = timedelta(days=8)
REFUSALS_KEPT = timedelta(days=8)


class Forgotten(msgspec.Struct, frozen=True):
    """How many of each are gone."""

    rater_keys: int
    conversations: int
    updates: int
    dead_letters: int
    refusals: int


async def forget_chats(connection: Connection, now: datetime) -> Forgotten:
    """Not inside a transaction: each kind is forgotten for itself."""
    day, _ = read_local_day(now)
    rater_keys = await destroy_rater_keys(connection, day)
    if rater_keys:
        await rewrite_rater_keys(connection)
    return Forgotten(
        rater_keys=rater_keys,
        conversations=await forget_conversations(connection, day - SILENCE),
        updates=await forget_finished_updates(connection, now - NUMBERS_KEPT),
        dead_letters=await forget_dead_letters(connection, now - DEAD_LETTERS_KEPT),
        refusals=await forget_refusals(connection, day - REFUSALS_KEPT),
    )
