"""Reports, printed forms, posters and workbooks made of the world of payloads, and what is printed in them."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import quote

import httpx
import pypdfium2

from dashboards.reports.work_on_reports import work_off_reports
from tests.journeys.payload_downloads import open_client
from tests.journeys.payload_site import PayloadSite
from tests.journeys.payload_texts import PAYLOADS

OK = 200
HEAD, FOOT = 60, 55  # points
# Left out on both sides: ends of lines and blanks; hyphens, as one at the end of a line is read as if printing had put
# it there; and letters that the font does not have.
UNSEEN = re.compile(r"[^!-,.-~\xa1-\xac\xae-\u024f\u1e00-\u1eff]")
HOSTILE_CODES = tuple(
    f"{text}·unit-code" for text in PAYLOADS if text.isprintable() and len(text) < 50 and not {"/", "."} & {*text}
)


@asynccontextmanager
async def enter_as(site: PayloadSite, role: str) -> AsyncGenerator[httpx.AsyncClient]:
    await site.forget_limits()
    async with open_client(site, role) as client:
        client.headers["sec-fetch-site"] = "same-origin"
        yield client


async def make_report(site: PayloadSite, client: httpx.AsyncClient, area: str) -> dict[Literal["pdf", "xlsx"], bytes]:
    asked = {"area": area, "period": "2026-Q3", "language": "vi", "lang": "vi"}
    answer = await client.post("/staff/reports", data=asked)
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    assert await work_off_reports(site.app.state.pool, site.app.state.read_now) == 1
    number = await site.connection.fetchval("SELECT max(report_id) FROM reports")
    return {
        "pdf": (await take(client, f"/staff/reports/{number}/report.pdf")).content,
        "xlsx": (await take(client, f"/staff/reports/{number}/report.xlsx")).content,
    }


async def take(client: httpx.AsyncClient, address: str) -> httpx.Response:
    answer = await client.get(address)
    assert answer.status_code == OK, (address, answer.text[:500])
    return answer


def list_unit_files() -> list[str]:
    """Addresses under codes that hold quotes, signs of markup, and letters that no header takes."""
    chosen = [code for code in HOSTILE_CODES if '"' in code or any(ord(letter) > 255 for letter in code)]
    return [f"/staff/catalogue/{quote(code, safe='')}" for code in chosen[:6]]


def read_print(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [read_body(document[number]) for number in range(len(document))]
    finally:
        document.close()
    return UNSEEN.sub("", "".join(pages))


def read_body(page: pypdfium2.PdfPage) -> str:
    """Without the lines at head and foot, which stand in the middle of what a page's end cuts in two."""
    width, height = page.get_size()
    return page.get_textpage().get_text_bounded(0, FOOT, width, height - HEAD)


def list_unprinted(texts: list[str], printed: str) -> list[str]:
    """Of those that are not told to be printed backwards."""
    return [text for text in texts if "\u202e" not in text and UNSEEN.sub("", text) not in printed]
