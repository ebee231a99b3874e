"""Carries what was said from a channel to the steps of the chat, and what follows from them into the store.

Knows no channel's form. Works inside the caller's transaction: memory, rating and answer are kept together or not.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from bots.around import Around, LookUp
from bots.chat import take_refusal, take_step, what_to_look_up
from bots.conversation import Said, Turn
from bots.look_up import Desks, Ratings, find_desks, find_ratings
from bots.memories import Memory, load_memories, save_memories
from bots.rater_keys import RaterKeys, learn_rater_keys
from bots.read_units import read_units
from bots.unit_tree import UnitTree
from feedback.database import Connection
from feedback.desk_directory import DeskDirectory
from feedback.record_response import read_local_day, store_submissions
from feedback.tables.case_replies import put_case_reply
from feedback.tables.responses import Channel
from surveys.wording import Wording

UNITS_FRESH_FOR = timedelta(seconds=60)
ONE_DAY = timedelta(days=1)


class Heard(msgspec.Struct, frozen=True):
    """One thing said. `utterance` names it within its channel: the same when it is delivered again."""

    chat_id: int
    said: Said
    utterance: str
    heard_at: datetime


class Converser:
    def __init__(
        self,
        channel: Channel,
        known_account: bool,  # noqa: FBT001 (as in Around)
        secret: str,
        directory: DeskDirectory,
        wordings: Mapping[str, Wording],
    ) -> None:
        self.channel = channel
        self.known_account = known_account
        self.secret = secret
        self.directory = directory
        self.wordings = wordings
        self.keys: dict[date, RaterKeys] = {}
        self.units = UnitTree((), {}, {})
        self.units_read_at: datetime | None = None

    async def converse(self, connection: Connection, heard: Sequence[Heard]) -> list[Turn]:
        """What follows from each thing said, in order; stored by the time this returns, kept when the caller commits.

        No two of one chat. Whatever the database raises, and StoreUnavailableError, goes through: the caller rolls
        back and gives the same again. Look-ups take further connections of the directory's pool.
        """
        if not heard:
            return []
        if len({one.chat_id for one in heard}) < len(heard):
            raise ValueError("one thing said in a chat at a time")
        keys = [await self.learn_keys(read_local_day(one.heard_at)[0]) for one in heard]
        hashes = [known.hash_chat(self.channel, one.chat_id) for known, one in zip(keys, heard, strict=True)]
        hints = [one.said.language_hint for one in heard]
        memories = await load_memories(connection, hashes, hints, [known.day for known in keys])
        arounds = await self.look_around(connection, heard, keys, memories)
        turns = [
            take_step(memory.conversation, one.said, around)
            for memory, one, around in zip(memories, heard, arounds, strict=True)
        ]
        turns = await store_turns(connection, memories, arounds, turns)
        for reply in [turn.case_reply for turn in turns if turn.case_reply is not None]:
            await put_case_reply(connection, reply)
        await save_memories(connection, memories, turns)
        return turns

    async def learn_keys(self, day: date) -> RaterKeys:
        """In a transaction of its own: what is hashed with a key needs that key to last."""
        if day not in self.keys:
            async with self.directory.pool.acquire(timeout=3) as connection:
                keys = await learn_rater_keys(connection, self.secret, day)
            # Keys of other days may be destroyed by now: memory does not keep them either.
            self.keys = {known: of for known, of in self.keys.items() if abs(known - day) <= ONE_DAY} | {day: keys}
        return self.keys[day]

    async def look_around(
        self,
        connection: Connection,
        heard: Sequence[Heard],
        keys: Sequence[RaterKeys],
        memories: Sequence[Memory],
    ) -> list[Around]:
        now = max(one.heard_at for one in heard)
        look_ups = [what_to_look_up(memory.conversation, one.said) for memory, one in zip(memories, heard, strict=True)]
        await self.learn_units(connection, now)
        desks = await find_desks(self.directory, look_ups, now)
        ratings = await find_ratings(connection, self.directory, look_ups)
        return [
            self.make_around(one, known, look_up, desks, ratings)
            for one, known, look_up in zip(heard, keys, look_ups, strict=True)
        ]

    async def learn_units(self, connection: Connection, now: datetime) -> None:
        if self.units_read_at is None or now - self.units_read_at >= UNITS_FRESH_FOR:
            self.units = await read_units(connection, read_local_day(now)[0])
            self.units_read_at = now

    def make_around(self, heard: Heard, keys: RaterKeys, look_up: LookUp, desks: Desks, ratings: Ratings) -> Around:
        return Around(
            now=heard.heard_at,
            channel=self.channel,
            known_account=self.known_account,
            token=keys.make_token(self.channel, heard.chat_id, heard.utterance),
            make_daily_token=partial(keys.make_daily_token, self.channel, heard.chat_id),
            desk=None if look_up.desk_code is None else desks[look_up.desk_code],
            rating=None if look_up.receipt_hash is None else ratings[look_up.receipt_hash],
            units=self.units,
            directory=self.directory,
            wordings=self.wordings,
        )


async def store_turns(
    connection: Connection, memories: Sequence[Memory], arounds: Sequence[Around], turns: Sequence[Turn]
) -> list[Turn]:
    """Store what the turns bring, all at once; where something is refused, what follows instead."""
    settled = list(turns)
    storing = [place for place, turn in enumerate(turns) if turn.submission is not None]
    submissions = [turn.submission for turn in turns if turn.submission is not None]
    outcomes = await store_submissions(connection, submissions) if submissions else []
    for place, refusal in zip(storing, outcomes, strict=True):
        if refusal is not None:
            settled[place] = take_refusal(memories[place].conversation, refusal, arounds[place])
    return settled
