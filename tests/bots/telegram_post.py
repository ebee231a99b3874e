"""A sender between the queues of tests and a Telegram that misbehaves on demand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec

from bots.telegram.calls import Calls
from bots.telegram.messages import OutgoingMessage
from bots.telegram.quiet_libraries import quiet_libraries
from bots.telegram.sender import Sender
from feedback.tables.bot_outbox import Lane, NewMessage, insert_messages
from tests.bots.faulty_bot_api import Answer, Call, FaultyBotApi, run_faulty_bot_api, work_well
from tests.bots.telegram_stage import BOT_ID, TOKEN, Stage, open_stage

ANN, BEN = 7_100_000_001, 7_100_000_002
SEND = "sendMessage"


class Post:
    def __init__(self, stage: Stage, api: FaultyBotApi, address: str) -> None:
        quiet_libraries()
        self.stage = stage
        self.api = api
        self.address = address
        self.calls = Calls(TOKEN, address, read_seconds=0.3)

    @asynccontextmanager
    async def sending(self) -> AsyncGenerator[Sender]:
        sender = Sender(self.stage.database_url, BOT_ID, self.calls, self.stage.clock.read)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def write(self, *texts: str, chat_id: int = ANN, lane: Lane = Lane.ANSWERS, later: float = 0) -> None:
        send_after = self.stage.clock.now + timedelta(seconds=later)
        messages = [
            NewMessage(chat_id, lane, SEND, msgspec.json.encode(OutgoingMessage(text)), send_after) for text in texts
        ]
        await self.put(*messages)

    async def put(self, *messages: NewMessage) -> None:
        async with self.stage.pool.acquire() as connection:
            await insert_messages(connection, BOT_ID, messages, self.stage.clock.now.date())

    async def wait_until(self, condition: str) -> None:
        """Until no row of the outbox is left of which this is not true."""
        while await self.stage.count(f"bot_outbox WHERE ({condition}) IS NOT TRUE"):
            await asyncio.sleep(0.01)

    async def wait_until_empty(self) -> None:
        await self.wait_until("false")


@asynccontextmanager
async def open_post(database_url: str) -> AsyncGenerator[Post]:
    async with open_stage(database_url) as stage, run_faulty_bot_api() as (api, address):
        post = Post(stage, api, address)
        yield post
        await post.calls.close()


class FailOnce:
    """The first call about a chat fails."""

    def __init__(self, answer: Answer | None, chat_id: int = ANN) -> None:
        self.answer = answer
        self.chat_id = chat_id
        self.failed = False

    def __call__(self, call: Call) -> Answer | None:
        if self.failed or call.chat_id != self.chat_id:
            return work_well(call)
        self.failed = True
        return self.answer
