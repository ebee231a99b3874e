"""Writes an empty XLSX workbook with every sheet and column, and a sheet that explains them."""

from pathlib import Path

import polars as pl
import xlsxwriter

from feedback.catalogue.export_workbook import DATE_FORMAT, PLAIN_TEXT, write_sheet
from feedback.catalogue.sheets import GUIDE_SHEET, SHEETS, Kind, Sheet
from surveys.wording import Wording

COLUMN_WIDTH = 18


def write_template(path: Path, wording: Wording) -> None:
    with xlsxwriter.Workbook(path, PLAIN_TEXT) as workbook:
        write_sheet(workbook, GUIDE_SHEET, make_guide(wording))
        for sheet in SHEETS.values():
            _write_empty_sheet(workbook, sheet, wording)


def make_guide(wording: Wording) -> pl.DataFrame:
    """One line a column: sheet, column, whether it must be filled, and what belongs there."""
    needed = {True: wording.say("catalogue.guide.needed"), False: wording.say("catalogue.guide.optional")}
    lines = [
        (sheet.name, column.name, needed[column.required], explain_column(sheet, column.name, wording))
        for sheet in SHEETS.values()
        for column in sheet.columns
    ]
    titles = [wording.say(f"catalogue.guide.{part}") for part in ("sheet", "column", "needs", "explanation")]
    return pl.DataFrame(lines, schema=dict.fromkeys(titles, pl.String), orient="row")


def explain_column(sheet: Sheet, column: str, wording: Wording) -> str:
    return wording.say(f"catalogue.column.{sheet.name}.{column}")


def _write_empty_sheet(workbook: xlsxwriter.Workbook, sheet: Sheet, wording: Wording) -> None:
    """Whole columns are marked as text or date, so that a typed 06970 stays 06970."""
    formats = {
        Kind.DATE: workbook.add_format({"num_format": DATE_FORMAT}),
        Kind.COUNT: workbook.add_format({"num_format": "0"}),
    }
    text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
    worksheet = workbook.add_worksheet(sheet.name)
    worksheet.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        worksheet.set_column(place, place, COLUMN_WIDTH, formats.get(column.kind, text))
        worksheet.write_string(0, place, column.name, bold)
        worksheet.write_comment(0, place, explain_column(sheet, column.name, wording), {"x_scale": 2})
