"""The bot's delivery on the small world of tests/world.py: what stands in the queues, and a clock that tests move."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec

from bots.converse import Converser
from bots.telegram.buttons import make_button_key
from bots.telegram.messages import OutgoingButton, OutgoingMessage
from bots.telegram.store_updates import store_updates
from bots.telegram.worker import Worker
from feedback.database import Pool
from tests.bots.talks import SECRET, make_converser, open_small_world
from tests.factories import NOW

TOKEN = "1000001:AAdemo_token_of_tests_only"
BOT_ID = 1000001
BUTTON_KEY = make_button_key(SECRET, BOT_ID)


class Clock:
    def __init__(self) -> None:
        self.now: datetime = NOW

    def read(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class Stage:
    """One bot's queues. Every step is taken by hand: nothing runs beside the test."""

    def __init__(self, pool: Pool, database_url: str) -> None:
        self.pool = pool
        self.database_url = database_url
        self.clock = Clock()
        self.worker = self.make_worker()

    def make_worker(self, converser: Converser | None = None) -> Worker:
        return Worker(self.pool, BOT_ID, converser or make_converser(self.pool), BUTTON_KEY, self.clock.read)

    async def deliver(self, *bodies: bytes) -> None:
        async with self.pool.acquire() as connection:
            await store_updates(connection, BOT_ID, bodies, self.clock.now)

    async def work(self) -> int:
        """Until nothing is due."""
        done = 0
        while times := await self.worker.work_once():
            done += times
        return done

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await self.pool.fetch(query, *values)]

    async def count(self, table: str) -> int:
        return int(await self.pool.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 (a table's name)

    async def list_answers(self, chat_id: int) -> list[OutgoingMessage]:
        """The messages that wait for a chat, oldest first."""
        rows = await self.pool.fetch(
            "SELECT payload FROM bot_outbox WHERE chat_id = $1 AND method = 'sendMessage' ORDER BY outbox_id", chat_id
        )
        return [msgspec.json.decode(row["payload"], type=OutgoingMessage) for row in rows]

    async def find_data(self, chat_id: int, place: int) -> str:
        """What button number `place` of the newest message with buttons carries."""
        buttons = next(found for answer in reversed(await self.list_answers(chat_id)) if (found := flatten(answer)))
        return buttons[place].callback_data or ""


def flatten(message: OutgoingMessage) -> Sequence[OutgoingButton]:
    return [button for row in message.buttons for button in row]


@asynccontextmanager
async def open_stage(database_url: str) -> AsyncGenerator[Stage]:
    async with open_small_world(database_url) as pool:
        yield Stage(pool, database_url)
