"""The one program: command line, and the only place that wires the packages together."""

import asyncio
import contextlib
import datetime as dt
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import click
import structlog
import uvicorn
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dashboards.routes import ROUTES as DASHBOARD_ROUTES
from feedback.catalogue.export_workbook import export_workbook
from feedback.catalogue.import_workbook import check_workbook, import_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.workbook import BadCell, RefusedWorkbookError
from feedback.check import check_store
from feedback.database import open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.jobs import prepare_queue, run_jobs
from feedback.migrate import migrate
from feedback.posters.draw import DeskPoster, PosterForm, draw_posters
from feedback.rebuild import rebuild_counts
from feedback.record_response import read_local_day
from feedback.register_surveys import register_surveys
from feedback.settings import Settings, read_environment
from feedback.tables.desk_views import select_desk_labels
from feedback.web.app import FEEDBACK, create_app
from surveys.errors import LangNgheError, NoPostersError, PortTakenError, SecondCopyError
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings

Result = TypeVar("Result")
DASHBOARDS = Path(__file__).parent / "dashboards"
FORMS: tuple[PosterForm, ...] = ("card", "exit", "sheet")

console = Console(highlight=False)


def read_wording(settings: Settings) -> Wording:
    folders = [LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"]
    return read_wordings(folders)[settings.language]


@contextlib.contextmanager
def open_database(settings: Settings, *, alone: bool = False) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The database's address, and the server if it is ours to watch.

    Without DATABASE_URL our own server is started; where another copy of the program runs it already, that one
    is used, unless `alone`: then SecondCopyError.
    """
    if settings.database_url is not None:
        yield settings.database_url, None
        return
    server = EmbeddedPostgres(settings.home)
    try:
        server.start()
    except SecondCopyError:
        if alone or not server.is_running():
            raise
        yield server.url, None
        return
    try:
        yield server.url, server
    finally:
        server.stop()


async def prepare(database_url: str) -> None:
    """Bring schema, surveys, places and the job queue to what this version needs."""
    connection = await open_connection(database_url)
    try:
        await migrate(connection)
        await register_surveys(connection, load_surveys())
        await import_places(connection)
        await prepare_queue(connection)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator["asyncpg.Connection[Any]"]:
    with open_database(settings) as (database_url, _):
        await prepare(database_url)
        connection = await open_connection(database_url)
        try:
            yield connection
        finally:
            await connection.close()


def run(work: Callable[[Settings], Coroutine[Any, Any, Result]], **changes: str) -> Result:
    """Run one command; whatever goes wrong for a person is said in one sentence."""
    try:
        settings = read_environment(**changes)
        return uvloop.run(work(settings))
    except RefusedWorkbookError as error:
        wording = read_wording(read_environment())
        list_bad_cells(wording, error.bad_cells)
        raise click.ClickException(wording.error(error)) from None
    except LangNgheError as error:
        raise click.ClickException(read_wording(read_environment()).error(error)) from None
    except (OSError, asyncpg.PostgresError) as error:
        raise click.ClickException(str(error)) from None


async def serve_pages(settings: Settings, database_url: str) -> None:
    """Answer on one port until told to stop; what was begun is finished first."""
    app = create_app(
        settings, database_url, more_routes=DASHBOARD_ROUTES, more_packages=[DASHBOARDS]
    )
    config = uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="httptools",
        timeout_graceful_shutdown=10,
        backlog=4096,
    )
    with open_port(settings) as port:
        await uvicorn.Server(config).serve(sockets=[port])


@contextlib.contextmanager
def open_port(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as port:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            port.bind((settings.host, settings.port))
        except OSError:
            raise PortTakenError(host=settings.host, port=settings.port) from None
        yield port


async def run_together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run until the first part ends; the others are then stopped."""
    tasks = [asyncio.create_task(part) for part in parts]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def bring_up(settings: Settings, database_url: str, server: EmbeddedPostgres | None) -> None:
    parts = [serve_pages(settings, database_url), run_jobs(database_url)]
    if server is not None:
        parts.append(server.watch())
    await run_together(*parts)


@contextlib.contextmanager
def show_progress(sentence: str, total: int | None) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(sentence, total=total)
        yield lambda steps: bar.advance(task, steps)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="langnghe")
def main() -> None:
    """Lắng Nghe: citizens rate the service at public desks; the ratings become fair indicators.

    \b
    First steps on a new server:
      langnghe up                          start everything on http://127.0.0.1:8080
      langnghe catalogue template x.xlsx   a workbook to fill in: units, desks, officials, procedures
      langnghe catalogue import x.xlsx     read it (add --dry-run to only check it)
      langnghe posters card                print a card with a QR code for every desk

    Settings are environment variables, described in docs/operations.md.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


@main.command()
def up() -> None:
    """Start everything in one process on one port, with an own database unless DATABASE_URL is set."""

    async def work(settings: Settings) -> None:
        with open_database(settings, alone=True) as (database_url, server):
            await prepare(database_url)
            console.print(read_wording(settings).say("cli.up", address=settings.base_url))
            await bring_up(settings, database_url, server)

    run(work)


@main.command()
@click.argument("part", type=click.Choice(["citizens"]))
def serve(part: str) -> None:
    """Serve one part of the pages: "citizens" is rating and public results. For production, with DATABASE_URL."""

    async def work(settings: Settings) -> None:
        with open_database(settings) as (database_url, server):
            watching = [server.watch()] if server else []
            await run_together(serve_pages(settings, database_url), *watching)

    console.print(f"langnghe serve {part}")
    run(work)


@main.command()
def work() -> None:
    """Do the scheduled work, such as forgetting the exact time of ratings after 48 hours."""

    async def work_on(settings: Settings) -> None:
        with open_database(settings) as (database_url, server):
            await prepare(database_url)
            watching = [server.watch()] if server else []
            await run_together(run_jobs(database_url), *watching)

    run(work_on)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("migrate")
def db_migrate() -> None:
    """Bring the database to the shape that this version needs. Safe to repeat."""

    async def work(settings: Settings) -> None:
        with open_database(settings) as (database_url, _):
            await prepare(database_url)
        console.print(read_wording(settings).say("cli.migrated"))

    run(work)


@db.command("rebuild")
def db_rebuild() -> None:
    """Count all ratings anew from their rows and compare; where counts differ, the rows win."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings)
        async with connect(settings) as connection:
            total = await connection.fetchval("SELECT last_number FROM sequencer")
            with show_progress(wording.say("cli.counting"), total) as progress:
                rebuild = await rebuild_counts(connection, progress)
        console.print(
            wording.say(
                "cli.rebuilt-equal" if rebuild.differing == 0 else "cli.rebuilt",
                ratings=wording.number(rebuild.ratings),
                cells=wording.number(rebuild.cells),
                differing=wording.number(rebuild.differing),
            )
        )

    run(work)


@db.command("check")
def db_check() -> None:
    """Name every inconsistency in the store. Ends with 1 when there is one; changes nothing."""

    async def work(settings: Settings) -> int:
        wording = read_wording(settings)
        with open_database(settings) as (database_url, _):
            connection = await open_connection(database_url)
            found = await check_store(connection)
            await connection.close()
        for inconsistency in found:
            console.print(f"{inconsistency.times:>8}  {wording.say(f'inconsistency.{inconsistency.name}')}")
        console.print(wording.say("cli.unsound" if found else "cli.sound"))
        return 1 if found else 0

    sys.exit(run(work))


@main.group()
def catalogue() -> None:
    """Bring units, desks, officials and procedures in and out, as XLSX or a folder of CSV."""


def list_bad_cells(wording: Wording, bad_cells: tuple[BadCell, ...] | list[BadCell]) -> None:
    for cell in bad_cells:
        place = f"{cell.sheet} {cell.column}{'' if cell.row == 0 else f', {cell.row}'}"
        console.print(f"{place}: {wording.say(cell.reason, value=cell.value)}", markup=False)


@catalogue.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only check, and list every cell that needs a correction.")
def catalogue_import(path: Path, *, dry_run: bool) -> None:
    """Read a workbook: all of it, or nothing and a list of every bad cell. Safe to repeat."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings)
        workbook = read_workbook(path)
        async with connect(settings) as connection:
            if dry_run:
                bad_cells = await check_workbook(connection, workbook)
                if bad_cells:
                    raise RefusedWorkbookError(bad_cells)
                console.print(wording.say("cli.workbook-good"))
                return
            counts = await import_workbook(connection, workbook)
        for sheet in counts.added:
            console.print(
                wording.say(
                    "cli.imported",
                    sheet=sheet,
                    added=wording.number(counts.added[sheet]),
                    changed=wording.number(counts.changed[sheet]),
                    unchanged=wording.number(counts.unchanged[sheet]),
                )
            )

    run(work)


@catalogue.command("export")
@click.argument("path", type=click.Path(path_type=Path))
def catalogue_export(path: Path) -> None:
    """Write the catalogue to PATH: a workbook when it ends in .xlsx, else a folder of CSV."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            rows = await export_workbook(connection, path)
        console.print(", ".join(f"{sheet}: {count}" for sheet, count in rows.items()))

    run(work)


@main.command()
@click.argument("form", type=click.Choice(FORMS))
@click.option("--unit", help="Only this unit, by its code.")
@click.option("--province", help="Only the units of this province, by its two digits.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("posters"),
    show_default=True,
    help="Folder for one PDF a unit.",
)
def posters(form: PosterForm, unit: str | None, province: str | None, output: Path) -> None:
    """Make print-ready PDF: "card" (A5, one a desk), "exit" (A4 poster), "sheet" (A4, eight cards to cut)."""

    async def work(settings: Settings) -> None:
        async with connect(settings) as connection:
            files = await write_posters(connection, settings, form, output, unit=unit, province=province)
        console.print(read_wording(settings).say("cli.posters", count=len(files), folder=output.absolute()))

    run(work)


async def write_posters(
    connection: "asyncpg.Connection[Any]",
    settings: Settings,
    form: PosterForm,
    output: Path,
    *,
    unit: str | None = None,
    province: str | None = None,
) -> list[Path]:
    """One PDF a unit; a thousand desks in one file would take half a gigabyte of memory."""
    day, _ = read_local_day(dt.datetime.now(dt.UTC))
    labels = await select_desk_labels(connection, unit, province, day)
    if not labels:
        raise NoPostersError
    by_unit: dict[str, list[DeskPoster]] = {}
    for label in labels:
        unit_code = label.pop("unit_code")
        by_unit.setdefault(unit_code, []).append(DeskPoster(**label))
    output.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with show_progress(read_wording(settings).say("cli.drawing"), len(by_unit)) as progress:
        for unit_code, desks in by_unit.items():
            file = output / f"{form}-{unit_code}.pdf"
            file.write_bytes(await asyncio.to_thread(draw_posters, desks, form, settings.base_url))
            files.append(file)
            progress(1)
    return files


if __name__ == "__main__":
    main()
