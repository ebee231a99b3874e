"""Makes one report: reads its figures as the person who asked, has them drawn by a process of its own.

Drawing holds a processor for seconds, and much of it holds Python's own lock, so no thread would spare the pages.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

import dashboards
from dashboards.reports.draw_report import Drawing, Drawn
from dashboards.reports.gather import find_report_area, gather_report, read_rounds
from dashboards.reports.report_figures import Asked, ReportFigures
from dashboards.reports.report_periods import read_report_period
from feedback.accounts.powers import SignedIn, may
from feedback.accounts.rows import borrow_rows, borrow_snapshot
from feedback.database import Pool
from feedback.tables.reports import ClaimedReport, ReportFiles
from surveys.errors import UnknownPageError

READ, DRAWN = 30, 95  # percent of the work done once figures are read, and once files are drawn
LONGEST_LINE = 64 * 1024 * 1024
PROGRAM = (sys.executable, "-m", "dashboards.reports.draw_report")
ROOT = Path(dashboards.__file__).parents[1]

SayProgress = Callable[[int], Awaitable[None]]


class DrawingFailedError(RuntimeError):
    """The process that draws ended without a report."""


async def read_figures(pool: Pool, signed_in: SignedIn, claimed: ClaimedReport) -> ReportFigures:
    """Behind the second wall, with the person's appointments as they stand now; checks are another action's rows.

    The data cut is that of the very moment that the figures are of. Raises UnknownPageError where the person reaches
    the area no more, and ReportRefusedError.
    """
    async with borrow_rows(pool, signed_in, "run_checks") as connection:
        rounds = await read_rounds(connection, claimed.area, read_report_period(claimed.period))
    async with borrow_snapshot(pool, signed_in, "make_reports") as (connection, last_number):
        area = await find_report_area(connection, claimed.area)
        if not may(signed_in.appointments, "make_reports", area.where):
            raise UnknownPageError
        return await gather_report(connection, Asked(claimed.area, claimed.period, claimed.as_of, last_number), rounds)


async def draw_apart(drawing: Drawing, say_progress: SayProgress) -> ReportFiles:
    """Raises DrawingFailedError. Whoever is cancelled leaves no process behind."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        cwd=ROOT,
    )
    try:
        return await listen(process, msgspec.json.encode(drawing), say_progress)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def listen(process: asyncio.subprocess.Process, figures: bytes, say_progress: SayProgress) -> ReportFiles:
    if process.stdin is None or process.stdout is None:
        raise DrawingFailedError
    process.stdin.write(figures)
    await process.stdin.drain()
    process.stdin.close()
    async for line in process.stdout:
        drawn = msgspec.json.decode(line, type=Drawn)
        if drawn.files is not None:
            return drawn.files
        await say_progress(READ + (DRAWN - READ) * drawn.progress // 100)
    raise DrawingFailedError
