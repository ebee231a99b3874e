"""Brings the store up to a workbook: all of it in one transaction, or nothing. Nothing is ever deleted.

The same workbook twice changes nothing the second time.
"""

from collections.abc import Mapping
from datetime import date

import msgspec
import polars as pl

from feedback.catalogue.check_cells import CheckedSheet, check_cells
from feedback.catalogue.check_rows import check_rows, end_replaced_rows
from feedback.catalogue.desk_code_plan import check_desk_codes, plan_desk_codes
from feedback.catalogue.sheets import ROW, SHEETS, Sheet
from feedback.catalogue.stored import read_stored
from feedback.catalogue.workbook import BadCell, RefusedWorkbookError, Workbook, sort_bad_cells
from feedback.catalogue.write_rows import write_rows
from feedback.database import Connection
from feedback.tables.places import select_places
from feedback.tables.units import lock_catalogue

Frames = Mapping[str, pl.DataFrame]


class ImportCounts(msgspec.Struct, frozen=True):
    """Rows of each sheet, by its name; ended rows that the workbook only implies count as changed."""

    added: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]


class _Judged(msgspec.Struct, frozen=True):
    frames: Frames  # typed, with the row numbers of the file
    stored: Frames
    bad_cells: list[BadCell]


class _Difference(msgspec.Struct, frozen=True):
    to_write: pl.DataFrame
    added: int
    changed: int
    unchanged: int


async def check_workbook(connection: Connection, workbook: Workbook) -> list[BadCell]:
    """A dry run: every cell for which `import_workbook` would refuse the workbook."""
    return (await _judge_workbook(connection, workbook)).bad_cells


async def import_workbook(connection: Connection, workbook: Workbook) -> ImportCounts:
    """Raises RefusedWorkbookError (a CatalogueRefusedError with all bad cells) and then changes nothing."""
    async with connection.transaction():
        await lock_catalogue(connection)
        judged = await _judge_workbook(connection, workbook)
        if judged.bad_cells:
            raise RefusedWorkbookError(judged.bad_cells)
        differences = _compare(judged)
        for name, difference in differences.items():
            if difference.to_write.height:
                await write_rows(connection, name, difference.to_write)
    return ImportCounts(
        added={name: difference.added for name, difference in differences.items()},
        changed={name: difference.changed for name, difference in differences.items()},
        unchanged={name: difference.unchanged for name, difference in differences.items()},
    )


async def _judge_workbook(connection: Connection, workbook: Workbook) -> _Judged:
    checked = {
        name: check_cells(sheet, workbook.sheets[name]) for name, sheet in SHEETS.items() if name in workbook.sheets
    }
    frames = {name: one.frame for name, one in checked.items()}
    stored = await read_stored(connection, *_find_days(frames))
    places = await select_places(connection)
    bad_cells = [
        *workbook.bad_cells,
        *_drop_cells_of_missing_columns(workbook, checked),
        *check_rows(checked, workbook.sheets, stored, places),
        *check_desk_codes(frames, stored["desk_codes"]),
    ]
    return _Judged(frames, stored, sort_bad_cells(bad_cells))


def _find_days(frames: Frames) -> tuple[date, date]:
    """The days whose stored dossier counts are to be compared."""
    days: list[date] = frames["dossier_counts"]["day"].drop_nulls().to_list() if "dossier_counts" in frames else []
    return min(days, default=date.max), max(days, default=date.min)


def _drop_cells_of_missing_columns(workbook: Workbook, checked: Mapping[str, CheckedSheet]) -> list[BadCell]:
    """A column that is not there is one mistake, not one in every row."""
    missing = {(cell.sheet, cell.column) for cell in workbook.bad_cells if cell.reason == "catalogue.missing_column"}
    return [cell for one in checked.values() for cell in one.bad_cells if (cell.sheet, cell.column) not in missing]


def _compare(judged: _Judged) -> dict[str, _Difference]:
    differences: dict[str, _Difference] = {}
    for name, sheet in SHEETS.items():
        given = judged.frames.get(name)
        if name == "desk_codes":
            planned = plan_desk_codes(judged.frames, judged.stored[name])
            given = planned if planned.height or given is not None else None
        if given is not None:
            differences[name] = _compare_sheet(sheet, given, judged.stored[name])
    return differences


def _compare_sheet(sheet: Sheet, given: pl.DataFrame, stored: pl.DataFrame) -> _Difference:
    if sheet.name == "desks":  # the code beside a desk is kept by the sheet desk_codes
        given, stored = given.drop("code"), stored.drop("code")
    given = given.drop(ROW, strict=False)
    ended = end_replaced_rows(sheet, given, stored)
    added = given.join(stored, on=sheet.key, how="anti")
    known = given.join(stored, on=sheet.key, how="semi")
    unchanged = known.join(stored, on=known.columns, how="semi", nulls_equal=True)
    changed = known.join(stored, on=known.columns, how="anti", nulls_equal=True)
    return _Difference(
        to_write=pl.concat([ended, changed, added]),
        added=added.height,
        changed=changed.height + ended.height,
        unchanged=unchanged.height,
    )
