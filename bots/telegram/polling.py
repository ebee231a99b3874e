"""Fetches updates where Telegram cannot send them. The offset moves only once they lie in the inbox."""

from datetime import UTC, datetime

import msgspec
from httpx import Response
from telegram import Bot
from telegram.error import TelegramError

from bots.telegram.calls import READ_SECONDS, make_request
from bots.telegram.patience import try_until_done
from bots.telegram.registration import ALLOWED_UPDATES
from bots.telegram.store_updates import store_updates
from bots.telegram.trouble import Trouble
from feedback.database import Pool

WAIT_SECONDS = 25


class Numbered(msgspec.Struct):
    update_id: int


class Fetched(msgspec.Struct):
    result: list[msgspec.Raw]


class Poller:
    def __init__(
        self,
        pool: Pool,
        token: str,
        api: str,
        wait_seconds: int = WAIT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """An answer may take `read_seconds` longer than Telegram was asked to wait for an update."""
        self.pool = pool
        self.bot_id = int(token.partition(":")[0])
        self.wait_seconds = wait_seconds
        self.request = make_request(read_seconds, hook=self.keep)
        self.bot = Bot(token, base_url=f"{api}/bot", request=self.request, get_updates_request=self.request)
        self.offset = 0
        self.kept = b""
        """The last answer as it came: a fetched update goes the same way as one that was sent."""

    async def run(self) -> None:
        """Until cancelled."""
        trouble = Trouble("polling")
        try:
            await try_until_done(lambda: self.bot.delete_webhook(drop_pending_updates=False), trouble)
            while True:
                await try_until_done(self.poll, trouble)
        finally:
            await self.request.shutdown()

    async def keep(self, answer: Response) -> None:
        self.kept = await answer.aread()

    async def poll(self) -> None:
        bodies = await self.fetch()
        if not bodies:
            return
        offset = max(read_number(body) for body in bodies) + 1
        if offset <= self.offset:
            raise LookupError("nothing but what was fetched before")
        async with self.pool.acquire(timeout=5) as connection:
            await store_updates(connection, self.bot_id, bodies, datetime.now(UTC))
        self.offset = offset

    async def fetch(self) -> list[bytes]:
        """Each update as it came: one that the library cannot read must not hold up those behind it."""
        self.kept = b""
        try:
            await self.bot.get_updates(
                offset=self.offset or None, timeout=self.wait_seconds, allowed_updates=ALLOWED_UPDATES
            )
        except TelegramError:
            raise
        except Exception:
            if not self.kept:
                raise
        return [bytes(raw) for raw in msgspec.json.decode(self.kept, type=Fetched).result]


def read_number(body: bytes) -> int:
    """-1 where there is none."""
    try:
        return msgspec.json.decode(body, type=Numbered).update_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return -1
