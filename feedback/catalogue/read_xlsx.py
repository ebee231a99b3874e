"""Reads the cells of an XLSX file as text.

The file may come from anyone: what the reader library would trust (sizes, parts, how far the cells reach) is
looked at first, and only a clean copy is handed to it.
"""

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import fastexcel
import polars as pl

from feedback.catalogue.workbook import refuse_file

LARGEST_UNPACKED_BYTES = 50_000_000
MOST_PARTS = 1_000
MOST_CELLS = 5_000_000  # the library lays out the whole rectangle up to the last cell

WANTED_PARTS = re.compile(r"xl/.*|_rels/.*|docProps/.*|\[Content_Types\]\.xml")
CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*)>")
FORMULA_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
CELL_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")


def read_xlsx(path: Path) -> dict[str, pl.DataFrame]:
    """The cells of every sheet, header included. Raises RefusedWorkbookError."""
    copy = _copy_parts(path)
    try:
        reader = fastexcel.read_excel(copy)
        # skip_rows=0 keeps empty rows at the top, so that row numbers are those people see.
        return {
            name: reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
            for name in reader.sheet_names
        }
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as error:
        raise refuse_file(path.name, "unreadable_file", f"{error}".partition("\n")[0]) from error


def measure_unpacked(path: Path) -> int:
    """The bytes that `read_xlsx` would unpack, as the file states them."""
    with zipfile.ZipFile(path) as archive:
        return sum(part.file_size for part in _list_wanted_parts(archive))


def _list_wanted_parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [part for part in archive.infolist() if WANTED_PARTS.fullmatch(part.filename)]


def _copy_parts(path: Path) -> bytes:
    """The parts of the file, unpacked under a limit; what the file states about its sizes is not believed."""
    copy = BytesIO()
    try:
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as clean:
            if "xl/workbook.xml" not in archive.namelist():
                raise refuse_file(path.name, "not_xlsx")
            _copy_archive(archive, clean, path.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise refuse_file(path.name, "not_xlsx") from error
    except OSError as error:
        raise refuse_file(path.name, "unreadable_file", error.strerror or "") from error
    return copy.getvalue()


def _copy_archive(archive: zipfile.ZipFile, clean: zipfile.ZipFile, name: str) -> None:
    parts = _list_wanted_parts(archive)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        raise refuse_file(name, "file_too_large")
    for part in parts:
        unpacked = archive.read(part)  # never more than the size just summed; a lie ends in a wrong checksum
        if b"sheetData" in unpacked:
            _judge_cells(unpacked, name)
        clean.writestr(part.filename, unpacked)


def _judge_cells(part: bytes, name: str) -> None:
    """Refuse a sheet whose cells reach too far, or hide where they stand, or hold a formula's error.

    The library would read such an error as an empty cell.
    """
    last_row = last_column = 0
    for cell in CELL.finditer(part):
        attributes: bytes = cell[1]
        if attributes.endswith(b"/"):
            continue
        address = CELL_ADDRESS.search(attributes)
        if address is None:
            raise refuse_file(name, "unreadable_file", "r")
        if FORMULA_ERROR.search(attributes):
            raise refuse_file(name, "formula_error", (address[1] + address[2]).decode("ascii"))
        last_row = max(last_row, int(address[2]))
        last_column = max(last_column, _read_column_letters(address[1]))
        if last_row * last_column > MOST_CELLS:
            raise refuse_file(name, "file_too_large")


def _read_column_letters(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
