"""The numbers behind a chart as one table, for the page and to take away as CSV or XLSX. Pure.

Whatever a spreadsheet would run as a formula leaves as text; dashboards/evaluation/downloads.py knows what that is.
"""

import io
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec
import polars as pl
import polars.selectors as cs
import xlsxwriter

from dashboards.disclosure.groups import ReleasedShare
from dashboards.evaluation.downloads import PLAIN_TEXT, WITHOUT_A_DATE, write_csv
from dashboards.phrases import Phrases
from surveys.wording import Wording

Kind = Literal["text", "count", "number", "share", "date"]
Cell = str | int | date | ReleasedShare | None
SHEET = "langnghe"
WIDE_COLUMN, NARROW_COLUMN = 280, 110  # pixels


class Column(msgspec.Struct, frozen=True):
    """`count` is a rounded number that may be hidden, `share` whole percent with an interval."""

    name: str
    kind: Kind = "text"


class Table(msgspec.Struct, frozen=True):
    """`links` are the addresses of the rows, for pages only; empty where rows lead nowhere."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[str, ...] = ()


def make_frame(table: Table, wording: Wording) -> pl.DataFrame:
    """A share becomes percent, low and high; what no number can say stands in a column of remarks."""
    series: list[pl.Series] = []
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        if column.kind == "share":
            series += split_shares(column.name, cells, wording)
        elif column.kind == "text":
            series.append(pl.Series(column.name, [clean_text(cell) for cell in cells], dtype=pl.String))
        else:
            series.append(pl.Series(column.name, cells, dtype=pl.Date if column.kind == "date" else pl.Int64))
    return pl.DataFrame(series)


def split_shares(name: str, cells: Sequence[Cell], wording: Wording) -> list[pl.Series]:
    shares = [cell if isinstance(cell, ReleasedShare) else None for cell in cells]
    exact = [share if share is not None and share.bound == "exact" else None for share in shares]
    phrases = Phrases(wording)
    remarks = ["" if share is not None and share.bound == "exact" else phrases.share(share) for share in shares]
    say = wording.say
    parts = [
        pl.Series(say("supervision.file.percent", name=name), [s and s.percent for s in exact], dtype=pl.Int64),
        pl.Series(say("supervision.file.low", name=name), [s and s.low for s in exact], dtype=pl.Int64),
        pl.Series(say("supervision.file.high", name=name), [s and s.high for s in exact], dtype=pl.Int64),
    ]
    if any(remarks):
        parts.append(pl.Series(say("supervision.file.remark", name=name), remarks, dtype=pl.String))
    return parts


def clean_text(cell: Cell) -> str | None:
    """A space for each control character, NUL among them, which no file of text may hold; lines become one."""
    if cell is None:
        return None
    text = str(cell).replace("\r\n", "\n")
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) != "Cs")


def write_table_csv(table: Table, wording: Wording) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    return write_csv(make_frame(table, wording))


def write_table_xlsx(table: Table, wording: Wording, heading: Sequence[str]) -> bytes:
    """`heading` are lines above the table: title, area, period, filters, what n means, day of the data."""
    file = io.BytesIO()
    frame = make_frame(table, wording)
    with xlsxwriter.Workbook(file, PLAIN_TEXT) as workbook:
        workbook.set_properties({"created": WITHOUT_A_DATE})
        sheet = workbook.add_worksheet(SHEET)
        bold = workbook.add_format({"bold": True})
        for line, text in enumerate(heading):
            sheet.write_string(line, 0, clean_text(text) or "", *([bold] if line == 0 else []))
        frame.write_excel(
            workbook,
            sheet,
            position=(len(heading) + 1, 0),
            column_formats={cs.string(): "@", cs.integer(): "0", cs.date(): "dd/mm/yyyy"},
            header_format={"bold": True},
            autofilter=False,
            column_widths={cs.string(): WIDE_COLUMN, ~cs.string(): NARROW_COLUMN},
        )
    return file.getvalue()
