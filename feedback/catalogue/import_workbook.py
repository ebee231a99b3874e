"""Brings the store up to a workbook: all of it in one transaction, or nothing. Nothing is ever deleted.

The same workbook twice changes nothing the second time.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import polars as pl

from feedback.catalogue.check_cells import CheckedSheet, check_cells
from feedback.catalogue.check_rows import check_rows
from feedback.catalogue.compare_sheets import Difference, SheetChanges, compare_sheets, tell_changes
from feedback.catalogue.desk_code_plan import check_desk_codes
from feedback.catalogue.orphans import find_orphans
from feedback.catalogue.sheets import SHEETS
from feedback.catalogue.stored import read_stored
from feedback.catalogue.workbook import BadCell, RefusedWorkbookError, Workbook, sort_bad_cells
from feedback.catalogue.write_rows import write_rows
from feedback.database import Connection
from feedback.tables.places import Place, select_places
from feedback.tables.units import lock_catalogue
from surveys.case_errors import CatalogueChangedError

Frames = Mapping[str, pl.DataFrame]


class ImportCounts(msgspec.Struct, frozen=True):
    """Rows of each sheet, by its name; ended rows that the workbook only implies count as changed."""

    added: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]


class ImportPlan(msgspec.Struct, frozen=True):
    """What a workbook would do: `bad_cells` refuse it whole; `sheets` is empty then."""

    bad_cells: tuple[BadCell, ...]
    sheets: tuple[SheetChanges, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what would change: another one says that the store is not what it was."""
        return hashlib.sha256(msgspec.json.encode(self.sheets)).hexdigest()


class _Judged(msgspec.Struct, frozen=True):
    """`frames` are typed, with the row numbers of the file; `differences` are empty where a cell is bad."""

    frames: Frames
    stored: Frames
    bad_cells: list[BadCell]
    differences: Mapping[str, Difference]


async def check_workbook(connection: Connection, workbook: Workbook) -> list[BadCell]:
    """A dry run: every cell for which `import_workbook` would refuse the workbook."""
    return (await _judge_workbook(connection, workbook)).bad_cells


async def plan_import(connection: Connection, workbook: Workbook) -> ImportPlan:
    """A dry run with what would be new, changed and ended."""
    return await _make_plan(await _judge_workbook(connection, workbook))


async def import_workbook(connection: Connection, workbook: Workbook, expected: str | None = None) -> ImportCounts:
    """Raises RefusedWorkbookError (a CatalogueRefusedError with all bad cells) and then changes nothing.

    So does CatalogueChangedError, where `expected` is the digest of a plan that would not come out again.
    """
    async with connection.transaction():
        await lock_catalogue(connection)
        judged = await _judge_workbook(connection, workbook)
        if judged.bad_cells:
            raise RefusedWorkbookError(judged.bad_cells)
        if expected is not None and (await _make_plan(judged)).digest != expected:
            raise CatalogueChangedError
        for name, difference in judged.differences.items():
            if difference.to_write.height:
                await write_rows(connection, name, difference.to_write)
    return ImportCounts(
        added={name: difference.new.height for name, difference in judged.differences.items()},
        changed={name: one.changed.height + one.implied.height for name, one in judged.differences.items()},
        unchanged={name: difference.unchanged for name, difference in judged.differences.items()},
    )


async def _make_plan(judged: _Judged) -> ImportPlan:
    told = await asyncio.to_thread(tell_changes, judged.differences, judged.frames, judged.stored)
    return ImportPlan(tuple(judged.bad_cells), told)


async def _judge_workbook(connection: Connection, workbook: Workbook) -> _Judged:
    """In a thread of its own what takes long: meanwhile the same process answers citizens."""
    checked = await asyncio.to_thread(_check_sheets, workbook)
    frames = {name: one.frame for name, one in checked.items()}
    stored = await read_stored(connection, *_find_days(frames))
    places = await select_places(connection)
    bad_cells = await asyncio.to_thread(_list_bad_cells, workbook, checked, stored, places)
    if bad_cells:
        return _Judged(frames, stored, bad_cells, {})
    differences = await asyncio.to_thread(compare_sheets, frames, stored)
    orphans = await find_orphans(connection, differences, stored)
    return _Judged(frames, stored, sort_bad_cells(orphans), {} if orphans else differences)


def _check_sheets(workbook: Workbook) -> dict[str, CheckedSheet]:
    return {
        name: check_cells(sheet, workbook.sheets[name]) for name, sheet in SHEETS.items() if name in workbook.sheets
    }


def _list_bad_cells(
    workbook: Workbook, checked: Mapping[str, CheckedSheet], stored: Frames, places: Sequence[Place]
) -> list[BadCell]:
    frames = {name: one.frame for name, one in checked.items()}
    bad_cells = [
        *workbook.bad_cells,
        *_drop_cells_of_missing_columns(workbook, checked),
        *check_rows(checked, workbook.sheets, stored, places),
        *check_desk_codes(frames, stored["desk_codes"]),
    ]
    return sort_bad_cells(bad_cells)


def _find_days(frames: Frames) -> tuple[date, date]:
    """The days whose stored dossier counts are to be compared."""
    days: list[date] = frames["dossier_counts"]["day"].drop_nulls().to_list() if "dossier_counts" in frames else []
    return min(days, default=date.max), max(days, default=date.min)


def _drop_cells_of_missing_columns(workbook: Workbook, checked: Mapping[str, CheckedSheet]) -> list[BadCell]:
    """A column that is not there is one mistake, not one in every row."""
    missing = {(cell.sheet, cell.column) for cell in workbook.bad_cells if cell.reason == "catalogue.missing_column"}
    return [cell for one in checked.values() for cell in one.bad_cells if (cell.sheet, cell.column) not in missing]
