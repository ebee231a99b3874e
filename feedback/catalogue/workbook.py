"""A workbook as it was read: every cell still text, and the cells that cannot be used. It opens no file."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import polars as pl

from feedback.catalogue.reasons import REASONS
from feedback.catalogue.sheets import ROW, SHEETS, Sheet
from surveys.errors import CatalogueRefusedError

LONGEST_VALUE_SHOWN = 60


class BadCell(msgspec.Struct, frozen=True):
    """`row` counts the header as 1 and is 0 for a whole sheet; `reason` is a key of feedback/locale.

    `value` fills {value} in the sentence.
    """

    sheet: str
    row: int
    column: str
    reason: str
    value: str = ""


class RefusedWorkbookError(CatalogueRefusedError):
    """Nothing was imported: {count} cells need a correction."""

    def __init__(self, bad_cells: Sequence[BadCell]) -> None:
        super().__init__(count=len(bad_cells))
        self.bad_cells = tuple(bad_cells)


class Workbook(msgspec.Struct, frozen=True):
    """`sheets` holds frames of text with the columns of their sheet and `row`; empty cells are null."""

    sheets: Mapping[str, pl.DataFrame]
    bad_cells: tuple[BadCell, ...] = ()


def make_bad_cell(sheet: str, row: int, column: str, reason: str, value: str | None = None) -> BadCell:
    """What cannot be printed in `value` is replaced; what looks like an identity number is not repeated."""
    if reason not in REASONS:
        raise ValueError(f"{reason} has no sentence")
    shown = "" if reason == "identity_number" else (value or "")[:LONGEST_VALUE_SHOWN]
    shown = "".join(symbol if symbol.isprintable() else "\ufffd" for symbol in shown)
    return BadCell(sheet, row, column, f"catalogue.{reason}", shown)


def refuse_file(name: str, reason: str, value: str = "") -> RefusedWorkbookError:
    return RefusedWorkbookError([make_bad_cell(name, 0, "", reason, value)])


def sort_bad_cells(bad_cells: Iterable[BadCell]) -> list[BadCell]:
    """In the order of the sheets, then by row and by column as they stand in the file."""
    orders = {name: (order, sheet.column_names) for order, (name, sheet) in enumerate(SHEETS.items())}

    def find_place(cell: BadCell) -> tuple[int, str, int, int, str]:
        order, names = orders.get(cell.sheet, (len(orders), ()))
        column = names.index(cell.column) if cell.column in names else len(names)
        return order, cell.sheet, cell.row, column, cell.reason

    return sorted(set(bad_cells), key=find_place)


def make_workbook(rows: Mapping[str, Sequence[Mapping[str, str]]]) -> Workbook:
    """A workbook from rows at hand instead of a file; columns that a row does not name are empty."""
    return Workbook({name: _make_sheet(SHEETS[name], sheet_rows) for name, sheet_rows in rows.items()})


def clean_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Composed letters, no blanks around, no quote prefix (export_workbook.py sets it), empty cells null."""
    cells = pl.exclude(ROW).str.strip_chars().str.normalize("NFC")
    cells = cells.str.replace(r"^'('*[=+\-@])", "$1")
    frame = frame.with_columns(cells).with_columns(pl.exclude(ROW).replace("", None))
    return frame.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))


def _make_sheet(sheet: Sheet, rows: Sequence[Mapping[str, str]]) -> pl.DataFrame:
    cells = [[row.get(name, "") for name in sheet.column_names] for row in rows]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(sheet.column_names, pl.String), orient="row")
    return clean_cells(frame.with_row_index(ROW, offset=2))
