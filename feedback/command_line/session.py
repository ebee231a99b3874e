"""What every command shares: settings, the database, one sentence for whatever goes wrong, progress."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import click
import msgspec
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from feedback.catalogue.places import import_places
from feedback.catalogue.workbook import BadCell, RefusedWorkbookError
from feedback.database import open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.folders import FEEDBACK
from feedback.jobs import prepare_queue
from feedback.logs import set_up_logs
from feedback.migrate import migrate
from feedback.register_surveys import register_surveys
from feedback.settings import Settings, read_environment
from surveys.errors import LangNgheError, SecondCopyError
from surveys.survey_files import load_surveys
from surveys.wording import LANGUAGES, LOCALE_FOLDER, Wording, read_wordings

Result = TypeVar("Result")

console = Console(highlight=False, soft_wrap=True)


def read_wording(language: str) -> Wording:
    return read_wordings([LOCALE_FOLDER, FEEDBACK / "locale"])[language]


@contextlib.contextmanager
def open_database(settings: Settings, *, alone: bool = False) -> Generator[tuple[str, EmbeddedPostgres | None]]:
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


def fill_secret(settings: Settings) -> Settings:
    """The settings with a secret: where none is given, the one in the file `secret` of `home`, made once."""
    if settings.secret:
        return settings
    file = settings.home / "secret"
    if not file.exists():
        write_secret(file)
    return msgspec.structs.replace(settings, secret=file.read_text("ascii"))


def write_secret(file: Path) -> None:
    """Whole or not at all, readable by its owner only; where another process was quicker, its secret stands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as new:
        new.write(secrets.token_hex(32))
        new.flush()
        with contextlib.suppress(FileExistsError):
            os.link(new.name, file)


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
async def connect(settings: Settings) -> AsyncGenerator[asyncpg.Connection]:
    with open_database(settings) as (database_url, _):
        await prepare(database_url)
        connection = await open_connection(database_url)
        try:
            yield connection
        finally:
            await connection.close()


def run(work: Callable[[Settings], Coroutine[Any, Any, Result]]) -> Result:
    """Run one command; whatever goes wrong for a person is said in one sentence of the person's language."""
    language = LANGUAGES[0]
    try:
        settings = read_environment()
        language = settings.language
        set_up_logs(settings.log_level)
        return uvloop.run(work(settings))
    except RefusedWorkbookError as error:
        list_bad_cells(read_wording(language), error.bad_cells)
        raise click.ClickException(read_wording(language).error(error)) from None
    except LangNgheError as error:
        raise click.ClickException(read_wording(language).error(error)) from None
    except (OSError, asyncpg.PostgresError) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def list_bad_cells(wording: Wording, bad_cells: tuple[BadCell, ...]) -> None:
    for cell in bad_cells:
        where = wording.say("cli.cell", sheet=cell.sheet, row=cell.row, column=cell.column or "-")
        console.print(f"{where}: {wording.say(cell.reason, value=cell.value)}", markup=False)


@contextlib.contextmanager
def show_progress(sentence: str, total: int | None) -> Generator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    """Yields what is to be told how many steps are done in all."""
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(sentence, total=total)
        yield lambda steps: bar.update(task, completed=steps)
