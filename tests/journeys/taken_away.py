"""What is taken away from a page of staff, read back: files as a browser saves them, and the table on the page."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
from playwright.async_api import Download, Locator

from tests.journeys.phone import WORDINGS, Phone

VI = WORDINGS["vi"]


async def take_away(phone: Phone, link: Locator, folder: Path) -> tuple[Download, bytes]:
    async with phone.page.expect_download() as started:
        await link.click()
    download = await started.value
    file = folder / download.suggested_filename
    await download.save_as(file)
    return download, file.read_bytes()


async def read_table(phone: Phone) -> list[list[str]]:
    """The cells of the one table on the page, row by row, as they are shown."""
    rows = await phone.page.locator("main table tbody tr").all()
    return [[text.strip() for text in await row.locator("th, td").all_inner_texts()] for row in rows]


def read_row(cells: list[str]) -> list[object]:
    """Of a row on the page: day, number, percent with its interval, and what fired."""
    day, n, share, alerts = cells
    first = date(*reversed([int(part) for part in day.split("/")]))
    numbers = [int(number) for number in re.findall(r"\d+", share)]
    count = int(n.replace(".", "")) if n[0].isdigit() else None
    return [first, count, *(numbers or [None] * 3), alerts or None]


def read_sheet(content: bytes) -> list[list[object]]:
    """The rows below the heading lines and the names of columns; a remark beside a share is left out."""
    sheet = pl.read_excel(content, engine="calamine", has_header=False, drop_empty_rows=False)
    lines = [list(row) for row in sheet.rows()]
    start = next(place for place, line in enumerate(lines) if line[0] == VI.say("supervision.column.week"))
    return [read_line(line) for line in lines[start + 1 :]]


def read_line(line: list[object]) -> list[object]:
    day, *numbers = line[:5]
    return [
        date.fromisoformat(str(day)[:10]),
        *(None if number in {None, ""} else int(float(str(number))) for number in numbers),
        line[-1] or None,
    ]


def count_formulas(content: bytes) -> int:
    sheets = zipfile.ZipFile(io.BytesIO(content))
    return sum(len(re.findall(rb"<f[ >/]", sheets.read(name))) for name in sheets.namelist())
