"""A finished report made again by the command that is printed on it, as owner of the store, and what it was made of."""

import asyncio
import re
import shlex
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import msgspec
import pypdfium2
import pytest
from click.testing import CliRunner

from dashboards.command_line.reports import MOMENTS, place, read_figures, reports
from dashboards.reports.make_report import read_figures as read_figures_as
from dashboards.reports.report_figures import hash_figures
from dashboards.reports.work_on_reports import HELD_FOR, MOST_TRIES, recall_asker, work_off_reports
from feedback.accounts.rows import borrow_snapshot
from feedback.api_keys import EVERYWHERE, Reach
from feedback.command_line.session import prepare
from feedback.database import Connection, Pool, open_connection, open_pool
from feedback.record_response import store_submissions
from feedback.tables.reports import claim_report, insert_report, select_report, select_report_file
from feedback.tables.sequencer import select_last_number
from tests.dashboards.area_stage import add_ratings
from tests.dashboards.report_stage import make_template
from tests.factories import make_rating
from tests.staff_people import add_person
from tests.stores import copy_database, name_database

NOW = datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC)
MOMENT = NOW.replace(microsecond=0)
COMMUNE = "c32002"


class Stage(msgspec.Struct, frozen=True):
    database_url: str
    pool: Pool
    connection: Connection
    account_id: int


@pytest.fixture(scope="module")
async def reported(server_url: str, template: str) -> str:
    """With a deadline of the operator's own, an alert that was dismissed, and comments."""
    name = await make_template(server_url, template)
    connection = await open_connection(name_database(server_url, name))
    await connection.execute(
        "INSERT INTO parameter_values"
        " (name, valid_from, value, basis, is_placeholder, proposed_at, verdict, decided_at) VALUES"
        " ('case_answer_days', '2026-02-01', 10, 'Quy chế mẫu (mẫu)', false, $1, 'approved', $1)",
        MOMENT - timedelta(days=200),
    )
    await connection.execute(
        "INSERT INTO alert_events (alert_id, unit_id, actor, deed, at)"
        " SELECT alert_id, unit_id, 'mẫu', 'dismissed', $1 FROM supervision_alerts WHERE weight = 40",
        MOMENT - timedelta(days=9),
    )
    await write_comments(connection)
    await connection.close()
    return name


async def write_comments(connection: Connection) -> None:
    unit_id, desk_id = await connection.fetchrow(
        "SELECT unit_id, desk_id FROM units AS u JOIN desks USING (unit_id) WHERE u.code = 'demo-2' AND number = '1'"
    )  # pyright: ignore[reportGeneralTypeIssues]
    for number in range(12):
        rating = make_rating(
            unit_id=unit_id,
            desk_id=desk_id,
            official_id=0,
            title_id=0,
            local_day=date(2026, 9, 16),
            comment=f"Chờ lâu ở quầy, lần thứ {number} (mẫu)",
        )
        assert await store_submissions(connection, [rating]) == [None]


@pytest.fixture
async def stage(server_url: str, reported: str) -> AsyncIterator[Stage]:
    async with copy_database(server_url, reported) as database_url:
        connection, pool = await open_connection(database_url), await open_pool(database_url, largest=4)
        account_id = await add_person(connection, "asker", "front_supervisor", Reach(provinces=("96",)))
        yield Stage(database_url, pool, connection, account_id)
        await pool.close()
        await connection.close()


async def ask(stage: Stage, area: str = COMMUNE, asker: int | None = None) -> int:
    return await insert_report(stage.connection, area, "2026-Q3", "vi", asker or stage.account_id, NOW)


async def call(stage: Stage, *words: str) -> str:
    """What the command says."""
    runner = CliRunner(env={"DATABASE_URL": stage.database_url, "LANGNGHE_LANGUAGE": "en", "COLUMNS": "300"})
    done = await asyncio.to_thread(runner.invoke, reports, words)
    assert done.exit_code == 0, done.output
    return done.output


def read_text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()
    return re.sub(r"\s+", " ", " ".join(pages))


async def test_the_printed_command_makes_the_same_files_again(stage: Stage, tmp_path: Path) -> None:
    await prepare(stage.database_url)  # as the program does before it makes anything
    await stage.connection.execute("UPDATE sequencer SET last_number = 6500")
    number = await ask(stage)
    await work_off_reports(stage.pool, lambda: NOW)
    pdf, xlsx = [await select_report_file(stage.connection, number, kind) for kind in ("pdf", "xlsx")]
    assert pdf is not None
    text = read_text(pdf)
    assert "10:04:05, 21/11/2026 (giờ Việt Nam, UTC+7)" in text
    assert "Quy chế mẫu (mẫu)" in text
    command = re.search(r"langnghe reports (make \S+ \S+ --language vi --as-of \S+ --data-cut \d+)", text)
    assert command is not None
    # Ratings of later days move the number on, and change nothing that is told.
    await stage.connection.execute("UPDATE sequencer SET last_number = 7000")
    await call(stage, *shlex.split(command[1]), "--out", str(tmp_path))
    assert (tmp_path / "langnghe-c32002-2026-Q3-vi.pdf").read_bytes() == pdf
    assert (tmp_path / "langnghe-c32002-2026-Q3-vi.xlsx").read_bytes() == xlsx
    listed = await call(stage, "list")
    assert "2026-11-21T10:04:05+07:00" in listed
    assert "6500" in listed


@pytest.mark.parametrize("area", ["VN", "p96", COMMUNE, "u-demo-2"])
async def test_the_job_reads_what_the_command_line_reads(stage: Stage, area: str) -> None:
    """The one behind the second wall, the other as owner of the store."""
    asker = await add_person(stage.connection, "nation", "inspector", EVERYWHERE) if area == "VN" else None
    await ask(stage, area, asker)
    claimed = await claim_report(stage.connection, NOW, NOW + HELD_FOR, MOST_TRIES)
    assert claimed is not None
    signed_in = await recall_asker(stage.pool, claimed, NOW)
    walled = await read_figures_as(stage.pool, signed_in, claimed)
    assert walled == await read_figures(stage.connection, area, "2026-Q3", MOMENT, None)
    assert {known.name: known.value for known in walled.parameters}["case_answer_days"] == 10
    assert (walled.written or 0) >= 10 or area == "VN"


async def test_the_number_is_that_of_the_reading_not_of_a_maker_that_was_killed(stage: Stage) -> None:
    await stage.connection.execute("UPDATE sequencer SET last_number = 1000")
    number = await ask(stage)
    assert await claim_report(stage.connection, NOW, NOW + HELD_FOR, MOST_TRIES) is not None
    # Paper forms of a closed day come in late: the next maker counts them, and says so.
    await add_ratings(stage.connection, "demo-2", date(2026, 9, 2), (50, 0, 0, 0, 0))
    await stage.connection.execute("UPDATE sequencer SET last_number = 1050")
    later = NOW + HELD_FOR + timedelta(seconds=1)
    await work_off_reports(stage.pool, lambda: later)
    report = await select_report(stage.connection, number)
    assert report is not None
    assert (report.state, report.data_cut, report.as_of) == ("made", 1050, MOMENT)
    figures = await read_figures(stage.connection, COMMUNE, "2026-Q3", MOMENT, 1050)
    assert report.digest == hash_figures(figures)


async def test_figures_and_number_are_of_one_moment(stage: Stage) -> None:
    count = "SELECT sum(n1) FROM daily_counts"
    await ask(stage)
    claimed = await claim_report(stage.connection, NOW, NOW + HELD_FOR, MOST_TRIES)
    assert claimed is not None
    signed_in = await recall_asker(stage.pool, claimed, NOW)
    before = await select_last_number(stage.connection)
    async with borrow_snapshot(stage.pool, signed_in, "make_reports") as (rows, last_number):
        counted = await rows.fetchval(count)
        await add_ratings(stage.connection, "demo-2", date(2026, 9, 2), (50, 0, 0, 0, 0))
        await stage.connection.execute("UPDATE sequencer SET last_number = last_number + 50")
        assert (last_number, await rows.fetchval(count)) == (before, counted)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21T10:04:05+07:00",
        "2026-11-21T03:04:05Z",
        "2026-11-21T10:04:05",
        "2026-11-21 10:04:05",
        "10:04:05, 21/11/2026",
        "10:04:05, 21 Nov 2026",
    ],
)
def test_the_moment_may_be_typed_as_the_cover_prints_it(written: str) -> None:
    assert place(click.DateTime(MOMENTS).convert(written, None, None)) == MOMENT


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-1200", "21/11/2026", "10:04, 21/11/2026"]
)
def test_a_moment_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter):
        place(click.DateTime(MOMENTS).convert(written, None, None))
