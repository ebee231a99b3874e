"""People who chat, for tests: each presses the buttons that were shown last. No channel is between."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bots import chat
from bots.conversation import Button, Event, Reply, Said, Turn
from bots.converse import Converser, Heard
from feedback.database import Connection, Pool, open_pool
from feedback.desk_directory import DeskDirectory
from feedback.folders import FEEDBACK
from feedback.tables.responses import Channel
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.factories import NOW
from tests.world import make_world

SECRET = "a secret of at least thirty-two symbols"
WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", Path(chat.__file__).parent / "locale"])


@asynccontextmanager
async def open_small_world(database_url: str) -> AsyncGenerator[Pool]:
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        await make_world(connection)
    yield pool
    await pool.close()


def make_converser(pool: Pool, channel: Channel = Channel.TELEGRAM) -> Converser:
    directory = DeskDirectory(pool, load_surveys())
    return Converser(channel, channel == Channel.TELEGRAM, SECRET, directory, WORDINGS)


async def converse(pool: Pool, converser: Converser, *heard: Heard) -> list[Turn]:
    async with pool.acquire() as connection, connection.transaction():
        return await converser.converse(connection, heard)


class Person:
    def __init__(self, converser: Converser, chat_id: int = 7_001_002_003, at: datetime = NOW) -> None:
        self.converser = converser
        self.pool = converser.directory.pool
        self.chat_id = chat_id
        self.at = at
        self.spoken = 0
        self.turn = Turn(None)
        self.shown: list[Reply] = []

    def think(self, said: Said) -> Heard:
        """What would be heard, were it said now."""
        self.spoken += 1
        return Heard(self.chat_id, said, str(self.spoken), self.at)

    def find_button(self, action: str) -> tuple[Button, int]:
        """The button shown last whose action begins so."""
        return next(
            (button, reply.turn)
            for reply in reversed(self.shown)
            for row in reply.buttons
            for button in row
            if button.action.startswith(action)
        )

    def reach_for(self, action: str) -> Heard:
        button, turn = self.find_button(action)
        return self.think(Said(Event.BUTTON, action=button.action, turn=turn))

    def read(self, turn: Turn) -> Turn:
        self.turn = turn
        self.shown.extend(turn.replies)
        return turn

    async def say(self, said: Said) -> Turn:
        return self.read((await converse(self.pool, self.converser, self.think(said)))[0])

    async def press(self, action: str) -> Turn:
        return self.read((await converse(self.pool, self.converser, self.reach_for(action)))[0])

    async def write(self, text: str) -> Turn:
        return await self.say(Said(Event.TEXT, text))

    async def start(self, text: str = "", hint: str = "") -> Turn:
        return await self.say(Said(Event.START, text, language_hint=hint))

    async def reach_score(self, desk_code: str) -> Turn:
        """As far as the five buttons, leaving open who served and which procedure."""
        await self.start(desk_code)
        await self.press("yes")
        for _ in range(2):
            if not any(b.action == "score.5" for r in self.turn.replies for row in r.buttons for b in row):
                await self.press("official" if self.turn_is_at("official") else "procedure")
        return self.turn

    def turn_is_at(self, place: str) -> bool:
        return self.turn.conversation is not None and self.turn.conversation.at == place

    def later(self, at: datetime) -> "Person":
        self.at = at
        return self


def read_receipt(turn: Turn) -> str:
    """The receipt that is shown, without its hyphens."""
    printed = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}", turn.replies[0].text)
    return printed[0].replace("-", "")


async def count_scores(connection: Connection) -> tuple[int, ...]:
    """How many ratings of 1, 2, 3, 4, 5 the daily counts hold."""
    row = await connection.fetchrow("SELECT sum(n1), sum(n2), sum(n3), sum(n4), sum(n5) FROM daily_counts")
    assert row is not None
    return tuple(int(value or 0) for value in row)
