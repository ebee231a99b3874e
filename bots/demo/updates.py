"""What people did and the bot has not yet confirmed: numbered, in order, fetched or sent to a webhook."""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec

MOST_WAITING = 100_000
# Short, so that a server told to stop need not wait for those who wait.
LONGEST_WAIT_SECONDS = 2


class Update(msgspec.Struct, frozen=True):
    update_id: int
    kind: str
    """Its name in the Bot API, such as message or callback_query."""
    chat_id: int
    content: object

    def name_fields(self) -> dict[str, object]:
        return {"update_id": self.update_id, self.kind: self.content}


class News:
    """Wakes whoever waits for something to happen."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def tell(self) -> None:
        self.event.set()
        self.event = asyncio.Event()

    async def wait_until(self, has_happened: Callable[[], bool], seconds: float) -> None:
        """Until it has happened, or the seconds are over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not has_happened():
                    await self.event.wait()


class UpdateQueue:
    def __init__(self, first_id: int, news: News) -> None:
        self.next_id = first_id
        self.waiting: dict[int, Update] = {}
        self.allowed: list[str] = []
        """Kinds that the bot asked for; empty: all."""
        self.news = news
        self.fetchers = 0

    def add(self, kind: str, chat_id: int, content: object) -> None:
        if self.allowed and kind not in self.allowed:
            return
        self.waiting[self.next_id] = Update(self.next_id, kind, chat_id, content)
        self.next_id += 1
        if len(self.waiting) > MOST_WAITING:
            self.waiting.pop(next(iter(self.waiting)))
        self.news.tell()

    def confirm(self, offset: int) -> None:
        """Forget what stands before `offset`; a negative one counts from the end."""
        if offset < 0:
            offset = max(self.next_id + offset, 0)
        while self.waiting and (first := next(iter(self.waiting))) < offset:
            del self.waiting[first]

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[Update] | None:
        """The first updates, awaited up to `seconds`; None: another fetch came meanwhile, and gets them."""
        self.fetchers += 1
        turn = self.fetchers
        self.news.tell()
        self.confirm(offset)
        await self.news.wait_until(
            lambda: bool(self.waiting) or self.fetchers != turn, min(seconds, LONGEST_WAIT_SECONDS)
        )
        return list(self.waiting.values())[:limit] if self.fetchers == turn else None
