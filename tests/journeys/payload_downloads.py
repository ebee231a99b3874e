"""Every table that can be taken out of the world of payloads, by address; from pages, and by key."""

import io
import re
from html import unescape

import httpx
import polars as pl

from feedback.api_keys import EVERYWHERE
from tests.feedback.slip_stage import add_key
from tests.journeys.payload_pages import AREAS, CLOSED, VIEWS
from tests.journeys.payload_rows import HOLDER
from tests.journeys.payload_site import PayloadSite
from tests.journeys.payload_texts import PAYLOADS
from tests.wired import list_handlers

LINK = re.compile(r'href="([^"]+\.(?:csv|xlsx)[^"]*)"')
# Addresses of files that the tables below stand at; a new one has to be added to them.
KNOWN = {
    "/staff/alerts/{alert}/{file}",
    "/staff/area/{area}/comments/{file}",
    "/staff/area/{area}/{view}/{file}",
    "/staff/checks/{check}/items.csv",
    "/staff/checks/{check}/items.xlsx",
    "/staff/scores/{file}",
    "/api/v1/releases/{release}/download.csv",
    "/api/v1/releases/{release}/download.xlsx",
    "/api/v1/releases/{release}/download.parquet",
}
# Those of one kind, and what is no table; test_stored_documents.py looks into them.
DOCUMENTS = {
    "/staff/reports/{report}/{file}",
    "/staff/catalogue-file/export.xlsx",
    "/staff/catalogue-file/template.xlsx",
    "/staff/catalogue/{unit}/export.xlsx",
    "/staff/forms/batches/{batch}/forms.pdf",
    *(f"/staff/{side}/{{case}}/{kind}/{{file}}" for side in ("cases", "unit-cases") for kind in ("files", "pictures")),
}
FILE = re.compile(r"\{file\}|download|\.(?:csv|xlsx|pdf)$")


def list_file_routes() -> set[str]:
    return {path for path, _ in list_handlers() if FILE.search(path)}


async def take_files(site: PayloadSite) -> dict[str, bytes]:
    world = site.world
    views = [f"/staff/area/{area}/{view}{CLOSED}" for area in AREAS for view in VIEWS]
    supervisor = [*views, *(f"/staff/alerts/{alert}" for alert in world.alerts)]
    supervisor.append(f"/staff/checks/{world.cases.round_id}")
    personnel = ["/staff/scores", "/staff/scores?role=unit"]
    files: dict[str, bytes] = {}
    for role, pages in (("front_supervisor", supervisor), ("personnel", personnel)):
        async with open_client(site, role) as client:
            links = [link for page in pages for link in await read_links(site, client, page)]
            for link in dict.fromkeys(links):
                files[link] = await take(site, client, link)
    headers = await add_key(site.database_url, holder=HOLDER, reach=EVERYWHERE)
    async with httpx.AsyncClient(base_url=site.address, headers=headers, timeout=60) as client:
        for role in ("official", "unit", "procedure"):
            for form in ("csv", "xlsx"):
                address = f"/api/v1/releases/2026-Q3/download.{form}?role={role}"
                files[address] = await take(site, client, address)
    return files


def open_client(site: PayloadSite, role: str) -> httpx.AsyncClient:
    cookie = "; ".join(f"{name}={value}" for name, value in site.world.visitors[role].cookies.items())
    return httpx.AsyncClient(base_url=site.address, headers={"cookie": cookie, "accept": "text/html"}, timeout=60)


async def read_links(site: PayloadSite, client: httpx.AsyncClient, page: str) -> list[str]:
    await site.forget_limits()
    answer = await client.get(page)
    # Some views are not there for some areas.
    assert answer.status_code in {200, 404}, answer.text
    return [unescape(link) for link in LINK.findall(answer.text)]


async def take(site: PayloadSite, client: httpx.AsyncClient, address: str) -> bytes:
    await site.forget_limits()
    answer = await client.get(address)
    assert answer.status_code == 200, address
    return answer.content


def count_rows_of_xlsx(content: bytes) -> int:
    """Of the table: what stands above it are the lines of a heading and an empty one."""
    sheet = pl.read_excel(io.BytesIO(content), has_header=False, drop_empty_rows=False)
    column = sheet.to_series(0).to_list()
    head = len(column) - column[::-1].index(None) if None in column else 0
    return len(column) - head - 1


def list_unseen_in(files: dict[str, bytes]) -> dict[str, list[str]]:
    """Texts whose letters stand in no file, though their field does."""
    shown = "\n".join(content.decode("utf-8-sig") for address, content in files.items() if ".csv" in address)
    plain = re.sub(r"[\s'\"]|[\0-\x1f]", "", shown)
    marks = ("unit", "procedure", "official-code", "unit-code", "title-code", "procedure-code")
    wanted = {mark: [re.sub(r"[\s'\"]|[\0-\x1f]", "", f"{text}·{mark}") for text in PAYLOADS] for mark in marks}
    unseen = {mark: [text for text in texts if text not in plain] for mark, texts in wanted.items()}
    return {mark: texts for mark, texts in unseen.items() if texts}
