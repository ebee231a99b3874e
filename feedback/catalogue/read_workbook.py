"""Reads a workbook from an XLSX file, a folder of CSV files, or one CSV file named after its sheet.

It judges file, sheets and headers; what stands in the cells is judged later.
"""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

import polars as pl

from feedback.catalogue.read_xlsx import read_xlsx
from feedback.catalogue.sheets import GUIDE_SHEET, ROW, SHEETS, Sheet
from feedback.catalogue.workbook import BadCell, Workbook, clean_cells, make_bad_cell, refuse_file

LARGEST_CSV_BYTES = 50_000_000
SEPARATORS = ",;\t"  # a spreadsheet set to Vietnamese writes semicolons


def read_workbook(path: Path) -> Workbook:
    """Raises RefusedWorkbookError when the file as such cannot be read."""
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() == ".csv":
        return _judge_sheets({path.stem: _read_csv(path)})
    if path.suffix.lower() == ".xlsx":
        return _judge_sheets(read_xlsx(path))
    raise refuse_file(path.name, "unknown_file_type")


def _read_folder(folder: Path) -> Workbook:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".csv")
    if not files:
        raise refuse_file(folder.name, "no_sheets")
    return _judge_sheets({file.stem: _read_csv(file) for file in files})


def _read_csv(path: Path) -> pl.DataFrame:
    """The cells as they stand, without a header, shorter lines filled up."""
    rows = _split_lines(path.name, _read_text(path))
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return pl.DataFrame(
        rows, schema={f"column_{place}": pl.String for place in range(width)}, orient="row", strict=True
    )


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_CSV_BYTES:
            raise refuse_file(path.name, "file_too_large")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse_file(path.name, "not_utf8") from error
    except OSError as error:
        raise refuse_file(path.name, "unreadable_file", error.strerror or "") from error


def _split_lines(name: str, text: str) -> list[list[str]]:
    header = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise refuse_file(name, "unreadable_file", f"{error}") from error


def _judge_sheets(grids: Mapping[str, pl.DataFrame]) -> Workbook:
    sheets: dict[str, pl.DataFrame] = {}
    bad_cells: list[BadCell] = []
    for given_name, grid in grids.items():
        name = given_name.strip().lower()
        if grid.is_empty() or name == GUIDE_SHEET:
            continue
        if name not in SHEETS or name in sheets:
            bad_cells.append(make_bad_cell(given_name, 0, "", "unknown_sheet", given_name))
            continue
        sheets[name], found = _judge_header(SHEETS[name], grid)
        bad_cells.extend(found)
    if not sheets and not bad_cells:
        raise refuse_file("", "no_sheets")
    return Workbook(sheets, tuple(bad_cells))


def _judge_header(sheet: Sheet, grid: pl.DataFrame) -> tuple[pl.DataFrame, list[BadCell]]:
    """The frame with the sheet's own columns (those that are missing left empty) and what is wrong on top."""
    grid = grid.with_row_index(ROW, offset=1)
    grid = grid.filter(~pl.all_horizontal(pl.exclude(ROW).fill_null("").str.strip_chars() == ""))
    if grid.is_empty():
        return _take_columns(sheet, grid, {}), []
    header = [(cell or "").strip() for cell in grid.drop(ROW).row(0)]
    header_row: int = grid[ROW][0]
    places = {title.lower(): column for title, column in zip(header, grid.drop(ROW).columns, strict=True)}
    return _take_columns(sheet, grid[1:], places), _judge_titles(sheet, header_row, header, grid[1:])


def _take_columns(sheet: Sheet, grid: pl.DataFrame, places: Mapping[str, str]) -> pl.DataFrame:
    return clean_cells(
        grid.select(
            ROW,
            *(
                pl.col(places[name]).fill_null("").alias(name) if name in places else pl.lit("").alias(name)
                for name in sheet.column_names
            ),
        )
    )


def _judge_titles(sheet: Sheet, row: int, header: Sequence[str], grid: pl.DataFrame) -> list[BadCell]:
    titles = [title.lower() for title in header]
    bad_cells = [
        make_bad_cell(sheet.name, row, name, "missing_column", name)
        for name in sheet.column_names
        if name not in titles
    ]
    for place, title in enumerate(titles):
        if title in titles[:place] and title:
            bad_cells.append(make_bad_cell(sheet.name, row, header[place], "duplicate_column", header[place]))
        elif title and title not in sheet.column_names:
            bad_cells.append(make_bad_cell(sheet.name, row, header[place], "unknown_column", header[place]))
        elif not title:
            bad_cells.extend(_find_untitled_cells(sheet, grid, grid.columns[place + 1]))
    return bad_cells


def _find_untitled_cells(sheet: Sheet, grid: pl.DataFrame, column: str) -> list[BadCell]:
    """Cells beside the table, under no title: most often a line with a separator too many."""
    cells = grid.select(ROW, column).filter(pl.col(column).fill_null("").str.strip_chars() != "")
    return [make_bad_cell(sheet.name, row, "", "cell_without_column", value) for row, value in cells.iter_rows()]
