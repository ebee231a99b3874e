"""(a) Ratings through the door against one-row transactions; (f) what a row costs in a small and in a large store."""

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from statistics import median

import msgspec

from feedback.database import Connection, open_connection, open_pool
from feedback.record_response import Intake, store_submissions
from feedback.tables.responses import COLUMNS, Response

CALLERS = 256
RATINGS = 20_000
ONE_ROW_RATINGS = 3_000
BATCHES, BATCH = 120, 256
BARE_INSERT = (
    f"INSERT INTO responses (sequence_number, {', '.join(COLUMNS)})"
    f" VALUES (0, {', '.join(f'${i}' for i in range(1, len(COLUMNS) + 1))})"
)


class IntakeFigures(msgspec.Struct, frozen=True):
    door: float
    one_row: float
    bare_insert: float
    """Ratings a second, each."""


def make_ratings(count: int) -> list[Response]:
    """Ratings at 36 cells of three units."""
    return [
        Response(
            unit_id=1 + i % 3,
            token_hash=os.urandom(32),
            desk_id=1 + i % 4,
            official_id=1 + i % 12,
            title_id=1,
            procedure_id=1 + i % 9,
            deciding_unit_id=0,
            survey_id=1,
            local_day=date(2026, 11, 21),
            received_at=datetime(2026, 11, 21, 2, tzinfo=UTC),
            part_of_day=1,
            channel=1,
            proof_class=b"C",
            score=1 + i % 5,
        )
        for i in range(count)
    ]


async def send_from_callers(ratings: list[Response], send: Callable[[Response], Awaitable[object]]) -> float:
    """Ratings a second with CALLERS callers, each sending its next as soon as the last is answered."""
    waiting = iter(ratings)

    async def call() -> None:
        for rating in waiting:
            await send(rating)

    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return len(ratings) / (time.perf_counter() - started)


async def measure_intake(database_url: str) -> list[IntakeFigures]:
    pool = await open_pool(database_url, smallest=16, largest=16)
    door = Intake(pool)

    async def store_alone(rating: Response) -> None:
        async with pool.acquire() as connection:
            await store_submissions(connection, [rating])

    async def insert_bare(rating: Response) -> None:
        async with pool.acquire() as connection:
            await connection.execute(BARE_INSERT, *msgspec.structs.astuple(rating))

    await send_from_callers(make_ratings(2_000), door.record_response)
    figures = [
        IntakeFigures(
            door=await send_from_callers(make_ratings(RATINGS), door.record_response),
            one_row=await send_from_callers(make_ratings(ONE_ROW_RATINGS), store_alone),
            bare_insert=await send_from_callers(make_ratings(RATINGS), insert_bare),
        )
        for _ in range(3)
    ]
    await pool.close()
    return figures


async def measure_row_cost(small_url: str, large_url: str) -> tuple[float, float]:
    """Median microseconds a row in the small and in the large store, batches taken in turn from each."""
    connections = [await open_connection(url) for url in (small_url, large_url)]
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(10):
        for connection in connections:
            await time_batch(connection)
    for _, (connection, kept) in itertools.product(range(BATCHES), zip(connections, seconds, strict=True)):
        kept.append(await time_batch(connection))
    for connection in connections:
        await connection.close()
    return median(seconds[0]) / BATCH * 1e6, median(seconds[1]) / BATCH * 1e6


async def time_batch(connection: Connection) -> float:
    ratings = make_ratings(BATCH)
    started = time.perf_counter()
    await store_submissions(connection, ratings)
    return time.perf_counter() - started
