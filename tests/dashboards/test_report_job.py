"""The maker of reports: who waits gets a report, once, whoever dies meanwhile."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from dashboards.reports.run_reports import run_reports
from dashboards.reports.work_on_reports import HELD_FOR, MOST_TRIES, work_off_reports
from feedback.api_keys import Reach
from feedback.database import Connection, Pool, open_connection, open_pool
from feedback.settings import read_settings
from feedback.tables.reports import (
    ReportFiles,
    claim_report,
    finish_report,
    insert_report,
    note_report_progress,
    select_report,
    select_report_file,
)
from tests.dashboards.report_stage import make_template
from tests.staff_people import add_person
from tests.stores import copy_database

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LATER = NOW + HELD_FOR + timedelta(seconds=1)
COMMUNE = "c32002"


class Stage(msgspec.Struct, frozen=True):
    database_url: str
    pool: Pool
    connection: Connection
    account_id: int


@pytest.fixture(scope="module")
async def reported(server_url: str, template: str) -> str:
    return await make_template(server_url, template)


@pytest.fixture
async def stage(server_url: str, reported: str) -> AsyncIterator[Stage]:
    async with copy_database(server_url, reported) as database_url:
        connection, pool = await open_connection(database_url), await open_pool(database_url, largest=4)
        account_id = await add_person(connection, "asker", "front_supervisor", Reach(provinces=("96",)))
        yield Stage(database_url, pool, connection, account_id)
        await pool.close()
        await connection.close()


async def ask(stage: Stage, area: str = COMMUNE, period: str = "2026-Q3") -> int:
    return await insert_report(stage.connection, area, period, "vi", stage.account_id, NOW)


async def read_tries(stage: Stage, report_id: int) -> int | None:
    return await stage.connection.fetchval("SELECT tries FROM reports WHERE report_id = $1", report_id)


async def test_two_makers_make_each_report_once(stage: Stage) -> None:
    numbers = [await ask(stage), await ask(stage, period="2026-08")]
    taken = await asyncio.gather(*(work_off_reports(stage.pool, lambda: NOW) for _ in range(2)))
    assert sum(taken) == 2
    for number in numbers:
        report = await select_report(stage.connection, number)
        assert report is not None
        assert (report.state, report.progress, report.made_at, report.as_of) == ("made", 100, NOW, NOW)
        assert await read_tries(stage, number) == 1
        pdf = await select_report_file(stage.connection, number, "pdf")
        assert pdf is not None
        assert pdf.startswith(b"%PDF-")


async def test_a_report_that_is_made_again_is_the_same(stage: Stage) -> None:
    number = await ask(stage)
    await work_off_reports(stage.pool, lambda: NOW)
    first = await stage.connection.fetchrow("SELECT pdf, xlsx, digest FROM reports WHERE report_id = $1", number)
    await stage.connection.execute(
        "UPDATE reports SET state = 'waiting', made_at = NULL, pdf = NULL, xlsx = NULL, digest = NULL"
    )
    await work_off_reports(stage.pool, lambda: LATER)
    again = await stage.connection.fetchrow("SELECT pdf, xlsx, digest FROM reports WHERE report_id = $1", number)
    assert first == again


async def test_what_a_killed_maker_held_goes_to_the_next_one(stage: Stage) -> None:
    number = await ask(stage)
    lost = await claim_report(stage.connection, NOW, NOW + HELD_FOR, MOST_TRIES)
    assert lost is not None
    assert await claim_report(stage.connection, NOW, LATER, MOST_TRIES) is None
    taken = await claim_report(stage.connection, LATER, LATER + HELD_FOR, MOST_TRIES)
    assert taken is not None
    # Of the same moment as before, and the first one's word counts no more.
    assert (taken.report_id, taken.tries, taken.as_of) == (number, 2, NOW)
    assert not await note_report_progress(stage.connection, lost, 50, LATER)
    assert not await finish_report(stage.connection, lost, ReportFiles(b"a", b"b", bytes(32)), LATER)
    assert await finish_report(stage.connection, taken, ReportFiles(b"a", b"b", bytes(32)), LATER)


async def test_after_three_lost_tries_it_has_failed(stage: Stage) -> None:
    number = await ask(stage)
    for turn in range(MOST_TRIES):
        moment = NOW + turn * (HELD_FOR + timedelta(seconds=1))
        assert await claim_report(stage.connection, moment, moment + HELD_FOR, MOST_TRIES) is not None
    assert await work_off_reports(stage.pool, lambda: NOW + timedelta(days=1)) == 0
    report = await select_report(stage.connection, number)
    assert report is not None
    assert (report.state, report.failure) == ("failed", "fault")


async def test_whoever_lost_the_area_gets_no_report(stage: Stage) -> None:
    number = await ask(stage)
    await stage.connection.execute("UPDATE appointments SET ended_at = $1", NOW)
    other = await ask(stage, area="u-gone")
    assert await work_off_reports(stage.pool, lambda: NOW) == 2
    found = [await select_report(stage.connection, known) for known in (number, other)]
    assert [(report.state, report.failure) for report in found if report] == [("failed", "reach"), ("failed", "area")]


async def test_of_another_province_nothing_is_made(stage: Stage) -> None:
    number = await ask(stage, area="p79")
    await work_off_reports(stage.pool, lambda: NOW)
    report = await select_report(stage.connection, number)
    assert report is not None
    assert report.failure == "reach"


async def test_when_the_drawing_process_is_killed_it_is_drawn_again(stage: Stage) -> None:
    number = await ask(stage)
    working = asyncio.create_task(work_off_reports(stage.pool, lambda: NOW))
    os.kill(await find_drawing_process(), signal.SIGKILL)
    # The first try was given back at once, so the same maker takes it up again.
    assert await working == 2
    report = await select_report(stage.connection, number)
    assert report is not None
    assert report.state == "made"
    assert await read_tries(stage, number) == 2


async def test_whoever_is_stopped_leaves_no_process_behind(stage: Stage) -> None:
    await ask(stage)
    settings = read_settings({"LANGNGHE_HOME": "/nowhere"})
    running = asyncio.create_task(run_reports(settings, stage.database_url))
    await find_drawing_process()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert list_drawing_processes() == []


async def find_drawing_process() -> int:
    """Of this program's children the one that draws."""
    while (found := list_drawing_processes()) == []:
        await asyncio.sleep(0.02)
    return found[0]


def list_drawing_processes() -> list[int]:
    children = [child for file in Path("/proc/self/task").glob("*/children") for child in file.read_text().split()]
    return [int(child) for child in children if b"draw_report" in Path(f"/proc/{child}/cmdline").read_bytes()]
