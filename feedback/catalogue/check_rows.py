"""Judges rows against each other and against the store: keys, time, references, places, counts.

Cells that are bad by themselves are null by now and left out of every comparison here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from feedback.catalogue.check_cells import CheckedSheet
from feedback.catalogue.sheets import ROW, Sheet
from feedback.catalogue.workbook import BadCell, make_bad_cell
from feedback.tables.places import Place

Frames = Mapping[str, pl.DataFrame]
SAME_DAY_ALLOWED = {"desk_codes"}  # a card found overlaid on its first day ends that day


def check_rows(
    checked: Mapping[str, CheckedSheet], texts: Frames, stored: Frames, places: Sequence[Place]
) -> list[BadCell]:
    """`texts` are the sheets before typing: a reference to a row that is bad elsewhere is still known."""
    bad_cells: list[BadCell] = []
    for name, one in checked.items():
        bad_cells.extend(_check_duplicates(one.sheet, one.frame))
        bad_cells.extend(_check_ends(one.sheet, one.frame))
        bad_cells.extend(_check_overlaps(one.sheet, one.frame, stored[name]))
        bad_cells.extend(_check_references(one.sheet, one.frame, texts, stored))
        bad_cells.extend(_check_counts(one.sheet, one.frame))
        bad_cells.extend(_check_places(one.sheet, one.frame, places))
    return bad_cells


def end_replaced_rows(sheet: Sheet, given: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Stored rows that the file ends without naming them: open ones whose successor begins later."""
    if not sheet.replaces:
        return stored.clear()
    starts = given.select(*sheet.group, starts="valid_from").drop_nulls()
    untouched = stored.filter(pl.col("valid_to").is_null()).join(given, on=sheet.key, how="anti")
    ends = (
        untouched.join(starts, on=sheet.group)
        .filter(pl.col("starts") > pl.col("valid_from"))
        .group_by(sheet.key)
        .agg(pl.col("starts").min())
    )
    return untouched.join(ends, on=sheet.key).with_columns(valid_to="starts").select(stored.columns).sort(sheet.key)


def _check_duplicates(sheet: Sheet, frame: pl.DataFrame) -> Iterator[BadCell]:
    keyed = frame.drop_nulls(sheet.key)
    again = keyed.filter(pl.int_range(pl.len()).over(sheet.key) > 0)
    for row, *key in again.select(ROW, *sheet.key).iter_rows():
        shown = ", ".join(str(part) for part in key)
        yield make_bad_cell(sheet.name, row, sheet.key[-1], "duplicate_key", shown)


def _check_ends(sheet: Sheet, frame: pl.DataFrame) -> Iterator[BadCell]:
    if "valid_to" not in frame.columns:
        return
    start, end = pl.col("valid_from"), pl.col("valid_to")
    wrong = frame.filter(end < start if sheet.name in SAME_DAY_ALLOWED else end <= start)
    for row, day in wrong.select(ROW, "valid_to").iter_rows():
        yield make_bad_cell(sheet.name, row, "valid_to", "end_before_start", f"{day}")


def _check_overlaps(sheet: Sheet, frame: pl.DataFrame, stored: pl.DataFrame) -> Iterator[BadCell]:
    """Each row against the one before it in time; named at the later row, or at the one in the file."""
    if not sheet.group:
        return
    given = frame.drop_nulls(sheet.key).unique(sheet.key, keep="first", maintain_order=True)
    ended = end_replaced_rows(sheet, given.drop(ROW), stored)
    kept = stored.join(given, on=sheet.key, how="anti").join(ended, on=sheet.key, how="anti")
    columns = [*sheet.key, "valid_to", ROW]
    old = pl.concat([kept, ended]).with_columns(pl.lit(None, dtype=frame.schema[ROW]).alias(ROW))
    rows = pl.concat([given.select(columns), old.select(columns)]).sort(sheet.key)
    earlier = [pl.col(name).shift(1).over(sheet.group).alias(f"earlier_{name}") for name in ("valid_to", ROW)]
    is_first = pl.int_range(pl.len()).over(sheet.group) == 0
    starts_too_early = pl.col("earlier_valid_to").is_null() | (pl.col("earlier_valid_to") > pl.col("valid_from"))
    overlapping = rows.with_columns(earlier).filter(~is_first & starts_too_early)
    overlapping = overlapping.with_columns(pl.coalesce(ROW, f"earlier_{ROW}").alias(ROW)).drop_nulls(ROW)
    for row, day in overlapping.select(ROW, "valid_from").iter_rows():
        yield make_bad_cell(sheet.name, row, "valid_from", "overlap", f"{day}")


def _check_references(sheet: Sheet, frame: pl.DataFrame, texts: Frames, stored: Frames) -> Iterator[BadCell]:
    known_bad: set[int] = set()
    for reference in sheet.references:
        targets = [stored[reference.sheet].select(reference.target)]
        if reference.sheet in texts:
            targets.append(texts[reference.sheet].select(reference.target))
        rows = frame.drop_nulls(reference.columns).join(
            pl.concat(targets).unique(), left_on=reference.columns, right_on=reference.target, how="anti"
        )
        column = reference.columns[-1]
        for row, value in rows.select(ROW, column).iter_rows():
            # An unknown unit makes its desk unknown too: one sentence is enough.
            if len(reference.columns) == 1 or row not in known_bad:
                yield make_bad_cell(sheet.name, row, column, f"unknown_{reference.sheet}", value)
            known_bad.add(row)


def _check_counts(sheet: Sheet, frame: pl.DataFrame) -> Iterator[BadCell]:
    if sheet.name != "dossier_counts":
        return
    for column in ("late", "complained"):
        wrong = frame.filter(pl.col(column) > pl.col("completed"))
        for row, value in wrong.select(ROW, column).iter_rows():
            yield make_bad_cell(sheet.name, row, column, "more_than_completed", f"{value}")


def _check_places(sheet: Sheet, frame: pl.DataFrame, places: Sequence[Place]) -> Iterator[BadCell]:
    if sheet.name != "units":
        return
    holds = _find_places(places)
    for row, code, day in frame.select(ROW, "place_code", "valid_from").drop_nulls("place_code").iter_rows():
        if not holds(code, None):
            yield make_bad_cell(sheet.name, row, "place_code", "unknown_place", code)
        elif day is not None and not holds(code, day):
            yield make_bad_cell(sheet.name, row, "place_code", "place_not_valid", code)


def _find_places(places: Sequence[Place]) -> Callable[[str, date | None], bool]:
    stretches: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        stretches[place.code].append(place)

    def holds(code: str, day: date | None) -> bool:
        return any(
            day is None or (place.valid_from <= day and (place.valid_to is None or day < place.valid_to))
            for place in stretches.get(code, [])
        )

    return holds
