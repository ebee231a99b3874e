import asyncio

import pytest

from dashboards.short_memory import ShortMemory
from surveys.errors import UnknownPlaceError


class Reading:
    """Counts how often it was read."""

    def __init__(self) -> None:
        self.times = 0

    async def read(self) -> int:
        self.times += 1
        await asyncio.sleep(0)
        return self.times

    async def fail(self) -> int:
        self.times += 1
        raise UnknownPlaceError


async def test_many_readers_at_once_cost_one_reading() -> None:
    memory, reading = ShortMemory[int](60), Reading()
    assert await asyncio.gather(*(memory.recall("79", reading.read) for _ in range(20))) == [1] * 20
    assert await memory.recall("01", reading.read) == 2


async def test_what_was_kept_too_long_is_read_again() -> None:
    memory, reading = ShortMemory[int](0), Reading()
    assert [await memory.recall("79", reading.read), await memory.recall("79", reading.read)] == [1, 2]


async def test_a_failed_reading_is_not_kept() -> None:
    memory, reading = ShortMemory[int](60), Reading()
    for _ in range(2):
        with pytest.raises(UnknownPlaceError):
            await memory.recall("79", reading.fail)
    assert reading.times == 2


async def test_a_reader_who_leaves_stops_nobody_else() -> None:
    memory, reading = ShortMemory[int](60), Reading()
    leaving = asyncio.create_task(memory.recall("79", reading.read))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await memory.recall("79", reading.read) == 1
