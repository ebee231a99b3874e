"""Looks for what a spreadsheet would run in a file that staff take away, the way spreadsheets cut it into cells."""

import csv
import io
import re
import zipfile
from xml.etree.ElementTree import fromstring

# Excel and LibreOffice look past a mark, blanks and quotes; the wide forms are those of Asian keyboards.
FORMULA = re.compile(r"[\s\ufeff\u200b\"]*[=+\-@＝＋－＠]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
# Where a decimal comma is usual, a file is cut at semicolons; LibreOffice also at tabs.
CUTS = ",;\t"
LEADS_OUT = re.compile(rb"<f[ >/]|hyperlink|externalLink|TargetMode|ddeLink|oleLink", re.IGNORECASE)


def find_faults_of_csv(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    faults = [f"NUL in {row}" for row in rows if "\0" in "".join(row)]
    faults += [f"other lengths than the head: {row}" for row in rows if len(row) != len(rows[0])]
    # A line break in a cell is a new row wherever the cell before it is not seen for what it is.
    if len(rows) != len(text.removesuffix("\r\n").splitlines()):
        faults.append("lines that are no rows")
    for cut in CUTS:
        cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=cut) for cell in row]
        faults += [f"cut at {cut!r}: {cell!r}" for cell in cells if FORMULA.match(cell) and not NUMBER.fullmatch(cell)]
    return faults


def count_rows_of_csv(content: bytes) -> int:
    """Without the head."""
    return len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))) - 1


def find_faults_of_xlsx(content: bytes) -> list[str]:
    faults: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            part = parts.read(name)
            fromstring(part)  # noqa: S314 (made by our own program a moment ago); raises on what is no XML
            # Words of the texts themselves, and of the file's own properties, lead nowhere.
            is_told = name.startswith("docProps/") or name == "xl/sharedStrings.xml"
            faults += [] if is_told else [f"{name}: {found!r}" for found in LEADS_OUT.findall(part)]
    return faults
