"""The maker of reports as a part of the running program. Puts together, decides nothing."""

import asyncio
from datetime import UTC, datetime

import structlog

from dashboards.reports.work_on_reports import work_off_reports
from feedback.database import TEMPORARY_FAILURES, open_pool
from feedback.settings import Settings

LOOK_AGAIN_SECONDS = 2

log = structlog.get_logger()


async def run_reports(_settings: Settings, database_url: str) -> None:
    """Work until cancelled, beside any number of others; the database may be away."""
    pool = await open_pool(database_url, largest=2)
    try:
        while True:
            try:
                await work_off_reports(pool, read_clock)
            except TEMPORARY_FAILURES:
                log.warning("reports-wait-for-database")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
    finally:
        await pool.close()


def read_clock() -> datetime:
    return datetime.now(UTC)
