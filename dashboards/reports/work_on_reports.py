"""Works off what was asked for: claims a report, has it made, keeps its files. A killed maker loses nothing.

Whoever makes a report says again and again that it does; a report of which nothing is heard goes to the next maker.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from dashboards.reports.draw_report import Drawing
from dashboards.reports.make_report import READ, draw_apart, read_figures
from feedback.accounts.powers import SignedIn
from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.tables.accounts import select_account
from feedback.tables.appointments import select_appointments_in_force
from feedback.tables.reports import (
    ClaimedReport,
    Failure,
    claim_report,
    fail_exhausted_reports,
    fail_report,
    finish_report,
    give_report_back,
    note_report_progress,
)
from surveys.case_errors import ReportRefusedError
from surveys.errors import UnknownPageError

MOST_TRIES = 3
HELD_FOR = timedelta(minutes=2)
"""Far longer than the time between two words about progress."""
BEGUN = 10
REFUSALS: dict[type[Exception], Failure] = {UnknownPageError: "reach", ReportRefusedError: "area"}

log = structlog.get_logger()


class ReportLostError(RuntimeError):
    """Another maker has taken the report over."""


async def work_off_reports(pool: Pool, read_clock: Callable[[], datetime]) -> int:
    """Until none waits; how many were taken up. Raises what a database that is away raises."""
    taken = 0
    while (claimed := await claim(pool, read_clock)) is not None:
        taken += 1
        await make_claimed(pool, claimed, read_clock)
    return taken


async def claim(pool: Pool, read_clock: Callable[[], datetime]) -> ClaimedReport | None:
    now = read_clock()
    async with pool.acquire() as connection:
        await fail_exhausted_reports(connection, now, MOST_TRIES)
        return await claim_report(connection, now, now + HELD_FOR, MOST_TRIES)


async def make_claimed(pool: Pool, claimed: ClaimedReport, read_clock: Callable[[], datetime]) -> None:
    """Whatever goes wrong is noted with the report, and the next one is taken up."""
    try:
        await make_and_keep(pool, claimed, read_clock)
    except ReportLostError:
        log.warning("report-taken-over", report=claimed.report_id)
    except (UnknownPageError, ReportRefusedError) as error:
        log.warning("report-refused", report=claimed.report_id, error=error.code)
        async with pool.acquire() as connection:
            await fail_report(connection, claimed, REFUSALS[type(error)])
    except TEMPORARY_FAILURES:
        # The database may be away: it goes to the next maker once nothing is heard of this one.
        log.warning("report-waits-for-database", report=claimed.report_id)
        raise
    except Exception:
        # Whatever it was, the next report is still owed.
        log.exception("report-failed", report=claimed.report_id, tries=claimed.tries)
        async with pool.acquire() as connection:
            await give_up_try(connection, claimed)


async def give_up_try(connection: Connection, claimed: ClaimedReport) -> None:
    if claimed.tries < MOST_TRIES:
        await give_report_back(connection, claimed)
    else:
        await fail_report(connection, claimed, "fault")


async def make_and_keep(pool: Pool, claimed: ClaimedReport, read_clock: Callable[[], datetime]) -> None:
    async def say_progress(progress: int, data_cut: int | None = None) -> None:
        async with pool.acquire() as connection:
            if not await note_report_progress(connection, claimed, progress, read_clock() + HELD_FOR, data_cut):
                raise ReportLostError

    await say_progress(BEGUN)
    signed_in = await recall_asker(pool, claimed, read_clock())
    figures = await read_figures(pool, signed_in, claimed)
    await say_progress(READ, figures.asked.data_cut)
    files = await draw_apart(Drawing(figures, claimed.language), say_progress)
    async with pool.acquire() as connection:
        if not await finish_report(connection, claimed, files, read_clock()):
            raise ReportLostError
    log.info("report-made", report=claimed.report_id, tries=claimed.tries, bytes=len(files.pdf) + len(files.xlsx))


async def recall_asker(pool: Pool, claimed: ClaimedReport, now: datetime) -> SignedIn:
    """Who asked, with the appointments in force now. Raises UnknownPageError where the account was closed."""
    async with pool.acquire() as connection:
        account = await select_account(connection, claimed.asked_by)
        appointments = await select_appointments_in_force(connection, claimed.asked_by)
    if account is None or account.disabled_at is not None:
        raise UnknownPageError
    return SignedIn(account, appointments, b"", now)
