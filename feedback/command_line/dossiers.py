"""`langnghe dossiers`: dossier counts from a file."""

import datetime as dt
import sys
from pathlib import Path

import click

from feedback.check_dossiers import RowNote
from feedback.command_line.session import connect, console, read_wording, run
from feedback.dossier_files import read_dossier_file
from feedback.dossier_intake import take_dossiers
from feedback.record_response import read_local_day
from feedback.settings import Settings
from surveys.errors import DossiersRefusedError
from surveys.wording import Wording


@click.group()
def dossiers() -> None:
    """Bring in how many dossiers each desk completed."""


@dossiers.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only check, and list every row that needs a correction.")
def dossiers_import(path: Path, *, dry_run: bool) -> None:
    """Read a CSV file: all its rows, or none and a list of every bad one. Safe to repeat.

    Columns: unit, desk, official (may be empty), procedure, day, completed, late, complained.
    """

    async def work(settings: Settings) -> int:
        wording = read_wording(settings.language)
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        file = read_dossier_file(path)
        async with connect(settings) as connection:
            outcome = await take_dossiers(connection, file.entries, today, dry_run=dry_run or bool(file.unread))
        refused = sorted((*file.unread, *outcome.refused), key=lambda note: note.row)
        list_notes(wording, refused or list(outcome.flagged))
        if refused:
            console.print(wording.error(DossiersRefusedError(count=len(refused))))
            return 1
        key = "cli.dossiers-good" if dry_run else "cli.dossiers-stored"
        rows, flagged = wording.number(len(file.entries)), wording.number(len(outcome.flagged))
        console.print(wording.say(key, rows=rows, flagged=flagged))
        return 0

    sys.exit(run(work))


def list_notes(wording: Wording, notes: list[RowNote]) -> None:
    for note in notes:
        reason = wording.say(f"reason.{note.reason}")
        console.print(wording.say("cli.dossiers-row", row=note.row, field=note.field, reason=reason), markup=False)
