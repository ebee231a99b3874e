"""`langnghe reports`: list what was asked for, make a report without the browser."""

import datetime as dt
from pathlib import Path

import click
from rich.table import Table

from dashboards.command_line.words import read_wording
from dashboards.reports.draw_report import Drawing
from dashboards.reports.gather import gather_report, read_rounds
from dashboards.reports.make_report import draw_apart
from dashboards.reports.report_figures import Asked, ReportFigures
from dashboards.reports.report_periods import read_report_period, require_closed
from dashboards.reports.write_command import write_as_of
from feedback.command_line.session import connect, console, run, show_progress
from feedback.database import Connection
from feedback.record_response import LOCAL_TIME, read_local_day
from feedback.settings import Settings
from feedback.tables.reports import Language, Report, ReportFiles, select_own_reports
from feedback.tables.sequencer import select_last_number
from surveys.wording import LANGUAGES, Wording

MOST_LISTED = 100
WHOLE = 100
# As the printed command has it, as ISO 8601 writes it, and as the cover prints it in both languages.
MOMENTS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%H:%M:%S, %d/%m/%Y", "%H:%M:%S, %d %b %Y")
COLUMNS = ("area", "period", "asked", "as-of", "cut", "progress")


@click.group()
def reports() -> None:
    """Monthly and quarterly reports for the Front: of a commune, a province, the nation."""


@reports.command("list")
def reports_list() -> None:
    """The latest hundred that anybody asked for, newest first."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        async with connect(settings) as connection:
            asked = await select_own_reports(connection, MOST_LISTED)
        console.print(draw_reports(list(asked), wording) if asked else wording.say("cli.report-none"))

    run(work)


def draw_reports(asked: list[Report], wording: Wording) -> Table:
    table = Table(*(wording.say(f"report.column.{name}") for name in COLUMNS), box=None)
    table.columns[COLUMNS.index("as-of")].no_wrap = True  # it is typed again to make the report again
    for report in asked:
        state = wording.say(
            f"report.making.{report.state}",
            progress=wording.percent(report.progress / WHOLE),
            time="" if report.made_at is None else wording.date(report.made_at.date()),
        )
        table.add_row(
            report.area,
            f"{report.period} {report.language}",
            wording.date(report.asked_at.date()),
            "" if report.as_of is None else write_as_of(report.as_of),
            "" if report.data_cut is None else str(report.data_cut),
            state,
        )
    return table


@reports.command("make")
@click.argument("area")
@click.argument("period")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Folder for the PDF and the XLSX.",
)
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option(
    "--as-of",
    type=click.DateTime(MOMENTS),
    help="Tell of cases and alerts up to this moment, as a report prints it: Vietnam time unless it says otherwise.",
)
@click.option(
    "--data-cut", type=click.IntRange(min=0), help="The last number of a rating that an earlier report prints."
)
def reports_make(
    area: str, period: str, out: Path, language: Language, as_of: dt.datetime | None, data_cut: int | None
) -> None:
    """Make the report of AREA (VN, p79, c26734, u-CODE) for PERIOD (2026-10, 2026-Q3), both files.

    The command on the method page of an earlier report makes the same bytes again; where figures were put right
    since then, another digest tells so.
    """

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        require_closed(period, read_local_day(now)[0])
        async with connect(settings) as connection:
            figures = await read_figures(connection, area, period, now if as_of is None else place(as_of), data_cut)
        files = await draw(figures, language, wording)
        out.mkdir(parents=True, exist_ok=True)
        pdf, xlsx = (out / f"langnghe-{area}-{period}-{language}.{kind}" for kind in ("pdf", "xlsx"))
        pdf.write_bytes(files.pdf)
        xlsx.write_bytes(files.xlsx)
        console.print(wording.say("cli.report-written", pdf=pdf, xlsx=xlsx, digest=files.digest.hex()))

    run(work)


def place(moment: dt.datetime) -> dt.datetime:
    """In UTC. Raises click.BadParameter at both ends of the calendar."""
    try:
        return (moment.replace(tzinfo=LOCAL_TIME) if moment.tzinfo is None else moment).astimezone(dt.UTC)
    except OverflowError:
        raise click.BadParameter(f"{moment}") from None


async def read_figures(
    connection: Connection, area: str, period: str, as_of: dt.datetime, data_cut: int | None
) -> ReportFigures:
    """Of one moment; without `data_cut` the last number of a rating is that of the same moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cut = await select_last_number(connection) if data_cut is None else data_cut
        rounds = await read_rounds(connection, area, read_report_period(period))
        return await gather_report(connection, Asked(area, period, as_of, cut), rounds)


async def draw(figures: ReportFigures, language: Language, wording: Wording) -> ReportFiles:
    with show_progress(wording.say("cli.report-drawing"), WHOLE) as progress:

        async def say_progress(done: int) -> None:
            progress(done)

        return await draw_apart(Drawing(figures, language), say_progress)
