"""Judges dossier counts row by row and against each other. Pure: it asks no store and stores nothing."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date

import msgspec

from feedback.api_keys import Reach
from feedback.tables.dossier_desks import CountedDesk

MOST_DOSSIERS = 1_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DossierEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row: dossiers completed at a desk on a day, of which late, and of which complained about."""

    unit: str
    desk: str
    procedure: str
    day: str
    completed: int
    late: int = 0
    complained: int = 0
    official: str | None = None


class RowNote(msgspec.Struct, frozen=True):
    """`reason` is a key of feedback/locale, said as reason.<key>."""

    row: int
    field: str
    reason: str


class DossierCatalogue(msgspec.Struct, frozen=True):
    units: AbstractSet[str]
    desks: Mapping[tuple[str, str], CountedDesk]
    officials: Mapping[str, int]
    procedures: AbstractSet[str]


def read_day(text: str) -> date | None:
    """A day such as 2026-11-20; None when it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


Entries = Mapping[int, DossierEntry]
"""By row number: the line of a file, or the place in a list, from 1 on."""


def check_entries(entries: Entries, catalogue: DossierCatalogue, reach: Reach, today: date) -> list[RowNote]:
    """Why rows are refused, by row; one reason a row. Empty when all are good."""
    notes = {row: note for row, entry in entries.items() if (note := check_entry(row, entry, catalogue, reach, today))}
    good = {row: entry for row, entry in entries.items() if row not in notes}
    notes |= {note.row: note for note in compare_entries(good)}
    return [notes[row] for row in sorted(notes)]


def check_entry(
    row: int, entry: DossierEntry, catalogue: DossierCatalogue, reach: Reach, today: date
) -> RowNote | None:
    for field in ("unit", "desk", "procedure", "day"):
        if not getattr(entry, field):
            return RowNote(row, field, "missing")
    return check_numbers(row, entry) or check_names(row, entry, catalogue, reach, today)


def check_numbers(row: int, entry: DossierEntry) -> RowNote | None:
    for field in ("completed", "late", "complained"):
        number: int = getattr(entry, field)
        if number < 0:
            return RowNote(row, field, "negative")
        if number > MOST_DOSSIERS:
            return RowNote(row, field, "not-a-count")
        if number > entry.completed:
            return RowNote(row, field, "more-than-completed")
    return None


def check_names(
    row: int, entry: DossierEntry, catalogue: DossierCatalogue, reach: Reach, today: date
) -> RowNote | None:
    """The first thing that does not hold, from the outside in."""
    day = read_day(entry.day)
    desk = catalogue.desks.get((entry.unit, entry.desk))
    holds = (
        ("day", "wrong-day", day is not None),
        ("day", "day-to-come", day is not None and day <= today),
        ("unit", "no-such-unit", entry.unit in catalogue.units),
        ("desk", "no-such-desk", desk is not None and day is not None and desk.stands_on(day)),
        (
            "unit",
            "outside-key",
            desk is not None and reach.covers(desk.unit_code, desk.place_code, desk.province_code),
        ),
        ("procedure", "no-such-procedure", entry.procedure in catalogue.procedures),
        ("official", "no-such-official", not entry.official or entry.official in catalogue.officials),
    )
    return next((RowNote(row, field, reason) for field, reason, is_so in holds if not is_so), None)


def compare_entries(entries: Entries) -> list[RowNote]:
    """Rows that repeat an earlier one, or would count the same dossiers with and without their official."""
    notes: list[RowNote] = []
    officials: dict[tuple[str, ...], set[str]] = {}
    for row, entry in entries.items():
        official = entry.official or ""
        seen = officials.setdefault((entry.unit, entry.desk, entry.day, entry.procedure), set())
        if official in seen:
            notes.append(RowNote(row, "official" if official else "desk", "twice"))
        elif seen and ("" in seen or not official):
            notes.append(RowNote(row, "official", "mixed-officials"))
        seen.add(official)
    return notes
