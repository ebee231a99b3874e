"""What runs on a schedule, in PostgreSQL's own queue. A program that dies in the middle repeats the job."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Schedule
from pgqueuer.queries import Queries

from feedback.database import TEMPORARY_FAILURES, Connection, open_pool
from feedback.forget_chats import forget_chats
from feedback.tables.responses import forget_exact_times

EXACT_TIME_KEPT = timedelta(hours=48)
EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_HOUR = "7 * * * *"

log = structlog.get_logger()


async def prepare_queue(connection: Connection) -> None:
    """Make or renew the queue's own tables."""
    queries = Queries(AsyncpgDriver(connection))  # pyright: ignore[reportArgumentType] (never a pool's proxy here)
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()


async def run_jobs(database_url: str) -> None:
    """Work until cancelled; while the database is away, wait and begin again."""
    while True:
        try:
            await run_queue(database_url)
        except TEMPORARY_FAILURES:
            log.warning("jobs-wait-for-database")
            await asyncio.sleep(2)


async def run_queue(database_url: str) -> None:
    pool = await open_pool(database_url, largest=4)
    queue = PgQueuer.from_asyncpg_pool(pool)

    @queue.schedule("forget_exact_times", EVERY_TEN_MINUTES)
    async def forget(_schedule: Schedule) -> None:  # pyright: ignore[reportUnusedFunction] (kept by the queue)
        async with pool.acquire() as connection:
            rows = await forget_exact_times(connection, datetime.now(UTC) - EXACT_TIME_KEPT)
        log.info("exact-times-forgotten", rows=rows)

    @queue.schedule("forget_chats", EVERY_HOUR)
    async def forget_chat(_schedule: Schedule) -> None:  # pyright: ignore[reportUnusedFunction] (kept by the queue)
        async with pool.acquire() as connection:
            forgotten = await forget_chats(connection, datetime.now(UTC))
        log.info("chats-forgotten", **msgspec.structs.asdict(forgotten))

    try:
        await queue.run()
    finally:
        await pool.close()
