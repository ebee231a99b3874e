"""Waits for word that there is work: PostgreSQL's own notifications, and a look every second in case one was missed."""

import asyncio
import contextlib

import asyncpg

from feedback.database import TEMPORARY_FAILURES, Connection, open_connection

LOOK_AGAIN_SECONDS = 1


async def wait_for_wake(wake: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wake.wait(), LOOK_AGAIN_SECONDS)


async def listen(connection: asyncpg.Connection, queue: str, wake: asyncio.Event) -> None:
    def hear(_connection: Connection, _process: int, _queue: str, _payload: object) -> None:
        wake.set()

    await connection.add_listener(queue, hear)


async def keep_listening(database_url: str, queue: str, wake: asyncio.Event) -> None:
    """On a connection of its own, until cancelled; while the database is away, the look every second has to do."""
    while True:
        with contextlib.suppress(*TEMPORARY_FAILURES):
            connection = await open_connection(database_url)
            try:
                await listen(connection, queue, wake)
                while not connection.is_closed():  # noqa: ASYNC110 (a hung-up line sets no event)
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
            finally:
                connection.terminate()
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
