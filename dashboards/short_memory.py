"""Keeps what is dear to read for a moment, so that many readers at once cost one reading."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ShortMemory(Generic[Value]):
    """Readers of the same key share one reading while it runs and for `seconds` after it began."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.readings: dict[str, tuple[float, asyncio.Future[Value]]] = {}

    async def recall(self, key: str, read: Callable[[], Awaitable[Value]]) -> Value:
        """Raises what `read` raises; a failed reading is not kept, and one reader leaving stops no other."""
        now = asyncio.get_running_loop().time()
        self.readings = {kept: entry for kept, entry in self.readings.items() if entry[0] > now or not entry[1].done()}
        if key not in self.readings:
            self.readings[key] = (now + self.seconds, asyncio.ensure_future(read()))
        reading = self.readings[key][1]
        try:
            return await asyncio.shield(reading)
        except Exception:
            self.readings.pop(key, None)
            raise
