"""`langnghe officials`: what the personnel system of a key holder calls each official."""

import csv
import re
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import click
import msgspec

from dashboards.command_line.words import read_wording
from feedback.catalogue.workbook import refuse_file
from feedback.command_line.session import connect, console, run
from feedback.dossier_files import read_text
from feedback.settings import Settings
from feedback.tables.official_identifiers import replace_identifiers, select_official_ids
from surveys.errors import IdentifiersRefusedError
from surveys.wording import Wording

COLUMNS = ("official", "identifier")
LONGEST_IDENTIFIER = 64
# Decree 27/2026 makes the citizen number (12 digits, formerly 9) the key of the personnel file: it stays there.
CITIZEN_NUMBER = re.compile(r"(?:[0-9][ .-]?){8}[0-9]|(?:[0-9][ .-]?){11}[0-9]", re.ASCII)


class Row(msgspec.Struct, frozen=True):
    line: int
    official: str
    identifier: str


@click.group()
def officials() -> None:
    """Map officials to what personnel systems call them."""


@officials.command("map")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--holder", required=True, help="Whose identifiers these are: the holder of the key, as in keys create.")
def officials_map(path: Path, holder: str) -> None:
    """Read a CSV file with the columns official,identifier: all rows, or none and a list of every bad one.

    The citizen identity number (9 or 12 digits) is refused. What stood for these officials before is replaced.
    """

    async def work(settings: Settings) -> int:
        wording = read_wording(settings.language)
        rows = read_mapping(path)
        async with connect(settings) as connection, connection.transaction():
            ids = await select_official_ids(connection, [row.official for row in rows])
            refused = list_refused(rows, ids)
            if not refused:
                await replace_identifiers(connection, holder, {ids[row.official]: row.identifier for row in rows})
        if refused:
            tell_refused(wording, refused)
            return 1
        console.print(wording.say("cli.officials-mapped", count=wording.number(len(rows)), holder=holder), markup=False)
        return 0

    sys.exit(run(work))


def read_mapping(path: Path) -> list[Row]:
    """Raises RefusedWorkbookError when the file cannot be read at all."""
    lines = csv.DictReader(StringIO(read_text(path), newline=""), strict=True)
    try:
        if set(lines.fieldnames or ()) != set(COLUMNS):
            raise refuse_file(path.name, "missing_column", ",".join(COLUMNS))
        return [
            Row(lines.line_num, (cells["official"] or "").strip(), (cells["identifier"] or "").strip())
            for cells in lines
        ]
    except csv.Error as error:
        raise refuse_file(path.name, "unreadable_file", f"{error}") from error


def list_refused(rows: list[Row], ids: Mapping[str, int]) -> list[tuple[int, str]]:
    """Line and reason of every row that cannot be stored. The identifier itself is never repeated."""
    officials_seen, identifiers_seen = set[str](), set[str]()
    refused: list[tuple[int, str]] = []
    for row in rows:
        reason = find_reason(row, ids, officials_seen, identifiers_seen)
        officials_seen.add(row.official)
        identifiers_seen.add(row.identifier)
        if reason:
            refused.append((row.line, reason))
    return refused


def find_reason(row: Row, ids: Mapping[str, int], officials_seen: set[str], identifiers_seen: set[str]) -> str:
    if not row.identifier or len(row.identifier) > LONGEST_IDENTIFIER or not row.identifier.isprintable():
        return "unusable"
    if CITIZEN_NUMBER.fullmatch(row.identifier):
        return "citizen-number"
    if row.official not in ids:
        return "unknown"
    return "twice" if row.official in officials_seen or row.identifier in identifiers_seen else ""


def tell_refused(wording: Wording, refused: list[tuple[int, str]]) -> None:
    for line, reason in refused:
        why = wording.say(f"officials-reason.{reason}")
        console.print(wording.say("cli.officials-row", row=line, reason=why), markup=False)
    console.print(wording.error(IdentifiersRefusedError(count=len(refused))), markup=False)
