"""What a judged workbook would change: row by row against the store, as data. It reads and writes nothing."""

import hashlib
from collections.abc import Mapping
from typing import Literal

import msgspec
import polars as pl

from feedback.catalogue.check_rows import end_replaced_rows
from feedback.catalogue.desk_code_plan import list_given_codes, plan_desk_codes
from feedback.catalogue.sheets import ROW, SHEETS, Sheet

Frames = Mapping[str, pl.DataFrame]
Deed = Literal["new", "changed", "ended"]

MOST_ROWS_TOLD = 100  # of a sheet; the numbers tell of all


class CellChange(msgspec.Struct, frozen=True):
    """Texts as a person reads them; empty for an empty cell."""

    column: str
    before: str
    after: str


class RowChange(msgspec.Struct, frozen=True):
    """`row` is that of the file, 0 where the file only implies the change; `code` names the row by its key."""

    deed: Deed
    row: int
    code: str
    cells: tuple[CellChange, ...]


class SheetChanges(msgspec.Struct, frozen=True):
    """`rows` are the first of those that are new, changed or ended; `digest` (SHA-256, hex) is of them all.

    It covers what stood there before, too: whoever changes one of those rows meanwhile changes the digest.
    """

    sheet: str
    new: int
    changed: int
    ended: int
    unchanged: int
    rows: tuple[RowChange, ...]
    digest: str


class Difference(msgspec.Struct, frozen=True):
    """Of one sheet. `given` frames carry the row of the file; `implied` are stored rows that the file ends unnamed."""

    sheet: Sheet
    new: pl.DataFrame
    changed: pl.DataFrame
    implied: pl.DataFrame
    unchanged: int

    @property
    def to_write(self) -> pl.DataFrame:
        named = (self.changed.drop(ROW), self.new.drop(ROW))
        return pl.concat([self.implied.select(named[0].columns), *named])


def compare_sheets(given: Frames, stored: Frames) -> dict[str, Difference]:
    """Of every sheet of the workbook, and of desk_codes where desks without a code get one."""
    differences: dict[str, Difference] = {}
    for name, sheet in SHEETS.items():
        frame = given.get(name)
        if name == "desk_codes":
            frame = _plan_codes(given, stored[name])
        if frame is not None:
            differences[name] = _compare_sheet(sheet, frame, stored[name])
    return differences


def tell_changes(differences: Mapping[str, Difference], given: Frames, stored: Frames) -> tuple[SheetChanges, ...]:
    """The same workbook and the same store tell the same; codes that the import will draw are only counted."""
    known_codes = {one.code for one in list_given_codes(given)} | set(stored["desk_codes"]["code"])
    return tuple(_tell_sheet(one, stored[name], known_codes) for name, one in differences.items())


def _plan_codes(given: Frames, stored: pl.DataFrame) -> pl.DataFrame | None:
    planned = plan_desk_codes(given, stored)
    if not planned.height and "desk_codes" not in given:
        return None
    if "desk_codes" not in given:
        return planned.with_columns(pl.lit(0, dtype=pl.UInt32).alias(ROW))
    rows = given["desk_codes"].select("code", ROW).unique("code", keep="first")
    return planned.join(rows, on="code", how="left").with_columns(pl.col(ROW).fill_null(0))


def _compare_sheet(sheet: Sheet, given: pl.DataFrame, stored: pl.DataFrame) -> Difference:
    if sheet.name == "desks":  # the code beside a desk is kept by the sheet desk_codes
        given, stored = given.drop("code"), stored.drop("code")
    implied = end_replaced_rows(sheet, given.drop(ROW), stored)
    known = given.join(stored, on=sheet.key, how="semi")
    unchanged = known.join(stored, on=stored.columns, how="semi", nulls_equal=True)
    return Difference(
        sheet=sheet,
        new=given.join(stored, on=sheet.key, how="anti"),
        changed=known.join(stored, on=stored.columns, how="anti", nulls_equal=True),
        implied=implied,
        unchanged=unchanged.height,
    )


def _tell_sheet(difference: Difference, stored: pl.DataFrame, known_codes: set[str]) -> SheetChanges:
    sheet, new = difference.sheet, difference.new
    ends = _list_ended_rows(difference, stored)
    if sheet.name == "desk_codes":
        new = new.filter(pl.col("code").is_in(list(known_codes)))
    told: list[RowChange] = [_tell_new(sheet, row) for row in new.head(MOST_ROWS_TOLD).iter_rows(named=True)]
    implied = difference.implied.with_columns(pl.lit(0, dtype=pl.UInt32).alias(ROW))
    changed = pl.concat([difference.changed, implied.select(difference.changed.columns)])
    replaced = _keep_changed(sheet, stored, changed)
    before = {_read_key(sheet, row): row for row in replaced.iter_rows(named=True)}
    for row in changed.head(MOST_ROWS_TOLD).iter_rows(named=True):
        key = _read_key(sheet, row)
        told.append(_tell_changed(sheet, row, before[key], is_ended=key in ends))
    return SheetChanges(
        sheet=sheet.name,
        new=difference.new.height,
        changed=changed.height - len(ends),
        ended=len(ends),
        unchanged=difference.unchanged,
        rows=tuple(sorted(told, key=lambda one: (one.row, one.code)))[:MOST_ROWS_TOLD],
        digest=_digest_rows(difference.new, changed, replaced, known_codes),
    )


def _digest_rows(new: pl.DataFrame, changed: pl.DataFrame, replaced: pl.DataFrame, known_codes: set[str]) -> str:
    if "desk" in new.columns and "code" in new.columns:  # a code that the import will draw is another each time
        drawn = ~pl.col("code").is_in(list(known_codes))
        new = new.with_columns(pl.when(drawn).then(pl.lit("")).otherwise("code").alias("code"))
    frames = (new, changed, replaced.select(name for name in changed.columns if name in replaced.columns))
    rows = [frame.sort(frame.columns).write_csv() for frame in frames]
    return hashlib.sha256("\0".join(rows).encode()).hexdigest()


def _list_ended_rows(difference: Difference, stored: pl.DataFrame) -> set[tuple[object, ...]]:
    """Keys of stored rows that end, or end earlier."""
    sheet = difference.sheet
    if "valid_to" not in sheet.column_names:
        return set()
    ends = pl.col("valid_to").is_not_null()
    earlier = pl.col("valid_to_before").is_null() | (pl.col("valid_to") < pl.col("valid_to_before"))
    old = stored.select(*sheet.key, valid_to_before="valid_to")
    named = difference.changed.filter(ends).join(old, on=sheet.key).filter(earlier)
    return {*named.select(sheet.key).iter_rows(), *difference.implied.select(sheet.key).iter_rows()}


def _keep_changed(sheet: Sheet, stored: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    return stored.join(changed.select(sheet.key), on=sheet.key, how="semi")


def _read_key(sheet: Sheet, row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in sheet.key)


def _tell_new(sheet: Sheet, row: Mapping[str, object]) -> RowChange:
    cells = tuple(CellChange(name, "", _say(row[name])) for name in sheet.column_names if row.get(name) is not None)
    return RowChange("new", _read_row(row), name_row(sheet, row), cells)


def _tell_changed(
    sheet: Sheet, row: Mapping[str, object], before: Mapping[str, object], *, is_ended: bool
) -> RowChange:
    names = [name for name in sheet.column_names if name in row and row[name] != before[name]]
    cells = tuple(CellChange(name, _say(before[name]), _say(row[name])) for name in names)
    return RowChange("ended" if is_ended else "changed", _read_row(row), name_row(sheet, row), cells)


def name_row(sheet: Sheet, row: Mapping[str, object]) -> str:
    """By its codes; the day on which it begins is no part of its name."""
    names = sheet.group or sheet.key
    return ", ".join(_say(row[name]) for name in names)


def _read_row(row: Mapping[str, object]) -> int:
    return int(str(row[ROW]))


def _say(value: object) -> str:
    return "" if value is None else str(value)
