"""What runs on a schedule, in PostgreSQL's own queue. A program that dies in the middle repeats the job."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Schedule
from pgqueuer.queries import Queries

from feedback.database import TEMPORARY_FAILURES, Connection, open_pool
from feedback.forget_chats import forget_chats
from feedback.record_response import read_local_day
from feedback.slips.end_slips import forget_slips
from feedback.tables.catalogue_uploads import forget_uploads
from feedback.tables.responses import forget_exact_times

EXACT_TIME_KEPT = timedelta(hours=48)
EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_HOUR = "7 * * * *"
EVERY_DAY = "23 17 * * *"  # in UTC: soon after midnight in Vietnam, as the day of a slip ends

log = structlog.get_logger()


class Job(msgspec.Struct, frozen=True):
    """Work of another package, which does nothing where nothing is due: so what failed is tried again at `times`.

    It opens its own connection, as it may take longer than a pool allows.
    """

    name: str
    work: Callable[[str, datetime], Awaitable[None]]
    times: str = EVERY_HOUR


async def prepare_queue(connection: Connection) -> None:
    """Make or renew the queue's own tables."""
    queries = Queries(AsyncpgDriver(connection))  # pyright: ignore[reportArgumentType] (never a pool's proxy here)
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()


async def run_jobs(database_url: str, more: Sequence[Job] = ()) -> None:
    """Work until cancelled; while the database is away, wait and begin again."""
    while True:
        try:
            await run_queue(database_url, more)
        except TEMPORARY_FAILURES:
            log.warning("jobs-wait-for-database")
            await asyncio.sleep(2)


async def run_queue(database_url: str, more: Sequence[Job]) -> None:
    pool = await open_pool(database_url, largest=4)
    queue = PgQueuer.from_asyncpg_pool(pool)

    async def forget() -> None:
        async with pool.acquire() as connection:
            rows = await forget_exact_times(connection, datetime.now(UTC) - EXACT_TIME_KEPT)
        log.info("exact-times-forgotten", rows=rows)

    async def forget_chat() -> None:
        async with pool.acquire() as connection:
            forgotten = await forget_chats(connection, datetime.now(UTC))
        log.info("chats-forgotten", **msgspec.structs.asdict(forgotten))

    async def forget_slip() -> None:
        async with pool.acquire() as connection:
            forgotten = await forget_slips(connection, read_local_day(datetime.now(UTC))[0])
        log.info("slips-forgotten", **msgspec.structs.asdict(forgotten))

    async def forget_upload() -> None:
        async with pool.acquire() as connection:
            forgotten = await forget_uploads(connection, datetime.now(UTC))
        log.info("uploads-forgotten", uploads=forgotten)

    schedule(queue, "forget_exact_times", EVERY_TEN_MINUTES, forget)
    schedule(queue, "forget_uploads", EVERY_TEN_MINUTES, forget_upload)
    schedule(queue, "forget_chats", EVERY_HOUR, forget_chat)
    schedule(queue, "forget_slips", EVERY_DAY, forget_slip)
    for job in more:
        schedule_more(queue, job, database_url)

    try:
        await queue.run()
    finally:
        await pool.close()


def schedule_more(queue: PgQueuer, job: Job, database_url: str) -> None:
    async def work() -> None:
        await job.work(database_url, datetime.now(UTC))
        log.info("job-done", job=job.name)

    schedule(queue, job.name, job.times, work)


def schedule(queue: PgQueuer, name: str, times: str, work: Callable[[], Awaitable[None]]) -> None:
    """A job that fails stops no other, and is tried again at its next time."""

    @queue.schedule(name, times)
    async def run(_schedule: Schedule) -> None:  # pyright: ignore[reportUnusedFunction] (kept by the queue)
        try:
            await work()
        except Exception:
            # The queue's own log would print the row that PostgreSQL refused.
            log.exception("job-failed", job=name)
