"""Reads dossier counts from a CSV file into entries by row; rows that cannot be read are named, never dropped."""

import csv
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import msgspec

from feedback.catalogue.workbook import refuse_file
from feedback.check_dossiers import DossierEntry, Entries, RowNote

COLUMNS = DossierEntry.__struct_fields__
NEEDED = ("unit", "desk", "procedure", "day", "completed")
COUNTS = ("completed", "late", "complained")
LARGEST_CSV_BYTES = 50_000_000
SEPARATORS = ",;\t"  # a spreadsheet set to Vietnamese writes semicolons
_LOCAL_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_NUMBER = re.compile(r"-?[0-9]{1,12}")


class DossierFile(msgspec.Struct, frozen=True):
    """`entries` by the line's number, the header being 1; `unread` are the rows left out of them."""

    entries: Entries
    unread: tuple[RowNote, ...]


def read_dossier_file(path: Path) -> DossierFile:
    """Columns in any order, under their English names. Raises RefusedWorkbookError when it cannot be read at all."""
    text = read_text(path)
    separator = max(SEPARATORS, key=text.lstrip().partition("\n")[0].count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    entries: dict[int, DossierEntry] = {}
    unread: list[RowNote] = []
    try:
        header = read_header(path, next(lines, []))
        for cells in lines:
            if any(cell.strip() for cell in cells):
                read = read_cells(lines.line_num, header, cells)
                if isinstance(read, RowNote):
                    unread.append(read)
                else:
                    entries[lines.line_num] = read
    except csv.Error as error:
        raise refuse_file(path.name, "unreadable_file", f"{error}") from error
    return DossierFile(entries, tuple(unread))


def read_text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_CSV_BYTES:
            raise refuse_file(path.name, "file_too_large")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse_file(path.name, "not_utf8") from error


def read_header(path: Path, cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    for name in header:
        if name not in COLUMNS:
            raise refuse_file(path.name, "unknown_column", name)
        if header.count(name) > 1:
            raise refuse_file(path.name, "duplicate_column", name)
    for name in NEEDED:
        if name not in header:
            raise refuse_file(path.name, "missing_column", name)
    return header


def read_cells(row: int, header: list[str], cells: list[str]) -> DossierEntry | RowNote:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        return RowNote(row, header[-1], "unreadable")
    texts = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    for name, text in texts.items():
        if any(not sign.isprintable() for sign in text):
            return RowNote(row, name, "unreadable")
    numbers: dict[str, int] = {}
    for name in COUNTS:
        text = texts.get(name) or ("" if name == "completed" else "0")
        if _NUMBER.fullmatch(text) is None:
            return RowNote(row, name, "not-a-count" if text else "missing")
        numbers[name] = int(text)
    return make_entry(texts, numbers)


def make_entry(texts: Mapping[str, str], numbers: Mapping[str, int]) -> DossierEntry:
    return DossierEntry(
        unit=texts.get("unit", ""),
        desk=texts.get("desk", ""),
        procedure=texts.get("procedure", ""),
        day=turn_day(texts.get("day", "")),
        official=texts.get("official") or None,
        **numbers,
    )


def turn_day(text: str) -> str:
    """20/11/2026 as 2026-11-20; anything else as it stands."""
    parts = _LOCAL_DAY.fullmatch(text)
    return f"{parts[3]}-{int(parts[2]):02}-{int(parts[1]):02}" if parts else text
