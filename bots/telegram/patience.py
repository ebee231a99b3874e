"""Tries a call to Telegram until it works: longer pauses each time, and the pause that Telegram asks for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import RetryAfter

from bots.telegram.trouble import Trouble
from bots.telegram.verdicts import read_pause

Result = TypeVar("Result")

LONGEST_PAUSE_SECONDS = 60
MOST_DOUBLINGS = 6


async def try_until_done(call: Callable[[], Awaitable[Result]], trouble: Trouble) -> Result:
    tries = 0
    while True:
        try:
            result = await call()
        except Exception as error:  # noqa: BLE001 (nothing that Telegram does may end the program)
            trouble.note(error)
            await asyncio.sleep(find_pause(error, tries))
            tries += 1
        else:
            trouble.note(None)
            return result


def find_pause(error: Exception, tries: int) -> float:
    if isinstance(error, RetryAfter):
        return read_pause(error).total_seconds()
    return min(2 ** min(tries, MOST_DOUBLINGS), LONGEST_PAUSE_SECONDS)
