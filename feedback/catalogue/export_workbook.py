"""Writes the stored catalogue as XLSX or as a folder of CSV files, which the import takes back unchanged."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import polars.selectors as cs
import xlsxwriter

from feedback.catalogue.read_xlsx import LARGEST_UNPACKED_BYTES, measure_unpacked
from feedback.catalogue.stored import read_stored
from feedback.catalogue.workbook import refuse_file
from feedback.database import Connection

MOST_SHEET_ROWS = 1_048_575  # below the header; the writer would drop the rest in silence

# A text that a spreadsheet would run as a formula gets a quote in front, which the import takes away again;
# so does a text that looks quoted already. XLSX cells say that they are text and need only the second.
RUNS_AS_FORMULA = r"^('*[=+\-@])"
LOOKS_QUOTED = r"^('+[=+\-@])"

DATE_FORMAT = "yyyy-mm-dd"
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


async def export_workbook(connection: Connection, path: Path) -> dict[str, int]:
    """The rows written to each sheet. A path ending in .xlsx becomes a file, any other a folder of CSV files.

    Raises RefusedWorkbookError when the file would be one that the import refuses as too large.
    """
    frames = await read_stored(connection)
    if path.suffix.lower() == ".xlsx":
        write_xlsx(frames, path)
    else:
        write_csv_folder(frames, path)
    return {name: frame.height for name, frame in frames.items()}


def write_csv_folder(frames: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Begins each file with the byte-order mark by which spreadsheets know UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        quote_texts(frame, RUNS_AS_FORMULA).write_csv(folder / f"{name}.csv", include_bom=True)


def write_xlsx(frames: Mapping[str, pl.DataFrame], path: Path) -> None:
    if any(frame.height > MOST_SHEET_ROWS for frame in frames.values()):
        raise refuse_file(path.name, "too_much_for_xlsx")
    with xlsxwriter.Workbook(path, PLAIN_TEXT) as workbook:
        for name, frame in frames.items():
            write_sheet(workbook, name, quote_texts(frame, LOOKS_QUOTED))
    if measure_unpacked(path) > LARGEST_UNPACKED_BYTES:
        path.unlink()
        raise refuse_file(path.name, "too_much_for_xlsx")


def write_sheet(workbook: xlsxwriter.Workbook, name: str, frame: pl.DataFrame) -> None:
    """Every text cell is marked as text, so that codes keep their zeros when somebody edits them."""
    frame.write_excel(
        workbook,
        name,
        column_formats={cs.string(): "@", cs.date(): DATE_FORMAT},
        column_widths=120,
        header_format={"bold": True},
        autofilter=False,
        freeze_panes=(1, 0),
    )


def quote_texts(frame: pl.DataFrame, form: str) -> pl.DataFrame:
    return frame.with_columns(cs.string().str.replace(form, "'$1"))
