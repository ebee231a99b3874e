"""A report as a workbook: a sheet of what stands on the first pages, then one for each whole table. No clock.

Texts stay texts: nothing in a cell is read as formula, number or address.
"""

import io
import re

import polars.selectors as cs
import xlsxwriter

from dashboards.evaluation.downloads import PLAIN_TEXT, WITHOUT_A_DATE
from dashboards.reports.document import Document
from dashboards.supervision.sentences import Teller
from dashboards.supervision.tables import Table, clean_text, make_frame

LONGEST_NAME = 31  # of a sheet, as Excel takes it
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
NAME_WIDTH, TEXT_WIDTH = 28, 70
WIDE_COLUMN, NARROW_COLUMN = 300, 110  # pixels


def write_xlsx(document: Document, teller: Teller) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, PLAIN_TEXT) as workbook:
        workbook.set_properties({"title": document.title, "created": WITHOUT_A_DATE})
        write_first_sheet(workbook, document, teller)
        taken: set[str] = set()
        for section in document.sections:
            for part in section.parts:
                if part.sheet and part.block.table is not None:
                    write_sheet(
                        workbook, name_sheet(part.sheet, taken), part.block.title, part.block.table, document, teller
                    )
    return file.getvalue()


def write_first_sheet(workbook: xlsxwriter.Workbook, document: Document, teller: Teller) -> None:
    """Cover, key figures, and the sentences of the method."""
    sheet = workbook.add_worksheet(name_sheet(teller.say("report.sheet.first"), set()))
    bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, NAME_WIDTH, wrapped)
    sheet.set_column(1, 3, TEXT_WIDTH, wrapped)
    method = document.sections[-1]
    told = [(part.block.title, said) for part in method.parts for said in (*part.block.sentences, part.command) if said]
    lines: list[tuple[str, ...]] = [
        (document.title,),
        (document.area, document.period),
        (document.purpose,),
        *document.facts,
        (document.keys_title,),
        *((key.name, key.value, key.interval, key.sentence) for key in document.keys),
        *(("", sentence) for sentence in document.keys_lead),
        (method.title,),
        *(("", sentence) for sentence in method.lead),
        *told,
    ]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, clean_text(text) or "", *([bold] if len(line) == 1 else []))


def write_sheet(
    workbook: xlsxwriter.Workbook, name: str, title: str, table: Table, document: Document, teller: Teller
) -> None:
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True})
    heading = (title, document.running, teller.say("supervision.file.n"))
    for line, text in enumerate(heading):
        sheet.write_string(line, 0, clean_text(text) or "", *([bold] if line == 0 else []))
    make_frame(table, teller.wording).write_excel(
        workbook,
        sheet,
        position=(len(heading) + 1, 0),
        column_formats={cs.string(): "@", cs.integer(): "0", cs.date(): "dd/mm/yyyy"},
        header_format={"bold": True, "text_wrap": True},
        autofilter=False,
        column_widths={cs.string(): WIDE_COLUMN, ~cs.string(): NARROW_COLUMN},
    )
    sheet.freeze_panes(len(heading) + 2, 0)


def name_sheet(name: str, taken: set[str]) -> str:
    """As a spreadsheet takes it, and no name twice, whatever its letters' size."""
    plain = NOT_IN_A_NAME.sub(" ", name)[:LONGEST_NAME]
    number = 1
    while plain.lower() in taken:
        number += 1
        plain = f"{NOT_IN_A_NAME.sub(' ', name)[: LONGEST_NAME - 4]} {number}"
    taken.add(plain.lower())
    return plain
