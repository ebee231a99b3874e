"""Texts that were stored, typed or asked by to do harm: none runs on a page, and none is a formula in a file."""

import asyncio
import re
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from playwright.async_api import Browser, Page, Route

from feedback.accounts.totp import make_code
from feedback.web.own_paths import read_own_path
from tests.conftest import name_database, run_on_server
from tests.dashboards.sign_in_stage import DEVICE, PASSWORD
from tests.journeys.payload_cases import RECEIPTS
from tests.journeys.payload_downloads import (
    DOCUMENTS,
    KNOWN,
    count_rows_of_xlsx,
    list_file_routes,
    list_unseen_in,
    take_files,
)
from tests.journeys.payload_files import count_rows_of_csv, find_faults_of_csv, find_faults_of_xlsx
from tests.journeys.payload_pages import list_fields, list_pages
from tests.journeys.payload_questions import list_names, list_questions
from tests.journeys.payload_site import PayloadSite, serve_payloads
from tests.journeys.payload_texts import GAP, PAYLOADS
from tests.journeys.payload_watch import Watch, list_unseen, open_watch

CONTACT = "/staff/account/contact"
TO = re.compile(r'name="to" value="([^"]*)"')
FOLLOW = re.compile(r'content="0; url=([^"]*)"')
SEND = """([address, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    for (const [name, value] of fields) {
        const area = document.createElement("textarea");
        area.name = name;
        area.value = value;
        form.append(area);
    }
    document.body.append(form);
    form.submit();
}"""
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PayloadSite]:
    name = f"payloads_{uuid.uuid4().hex[:12]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    async with serve_payloads(name_database(server_url, name), tmp_path_factory.mktemp("payloads")) as site:
        yield site
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def test_the_corpus_holds_three_hundred_different_texts() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 300


async def test_no_stored_text_runs_on_a_page_that_shows_it(site: PayloadSite, browser: Browser) -> None:
    shown: list[str] = []
    troubles: list[str] = []
    for role, pages in list_pages(site.world).items():
        visitor = site.world.visitors.get(role)
        async with open_watch(browser, site.address, visitor and visitor.cookies) as (watch, page):
            await page.route("**/*.svg*", draw_nothing)
            for path in pages:
                await site.forget_limits()
                await watch.look_through(page, path)
            if not role:
                await tell_receipts(site, watch, page)
            shown += watch.texts
            troubles += watch.troubles
    everything = await asyncio.to_thread("\n\3\n".join, shown)
    unseen = {name: list_unseen(texts, everything) for name, texts in list_fields().items()}
    assert troubles == []
    assert {name: texts for name, texts in unseen.items() if texts} == {}


async def tell_receipts(site: PayloadSite, watch: Watch, page: Page) -> None:
    """What became of a matter stands on the page behind a receipt."""
    watch.forms.add(f"{site.address}/R")
    for receipt in RECEIPTS:
        await site.forget_limits()
        await page.goto(f"{site.address}/R")
        async with page.expect_navigation():
            await page.evaluate(SEND, ["/R", [["receipt", receipt]]])
        await watch.read(page, "receipt")


async def test_no_file_to_take_away_holds_a_formula(site: PayloadSite) -> None:
    assert list_file_routes() == KNOWN | DOCUMENTS
    files = await take_files(site)
    faults = [
        f"{address}: {fault}"
        for address, content in files.items()
        for fault in (find_faults_of_csv if ".csv" in address else find_faults_of_xlsx)(content)
    ]
    assert faults == []
    pairs = {address: address.replace(".csv", ".xlsx") for address in files if ".csv" in address}
    assert set(pairs.values()) | set(pairs) == set(files)
    for text, sheet in pairs.items():
        assert count_rows_of_csv(files[text]) == count_rows_of_xlsx(files[sheet]), text
    assert list_unseen_in(files) == {}


async def draw_nothing(route: Route) -> None:
    """Within a page no picture runs anything; the same pictures are opened as pages of their own."""
    if route.request.resource_type == "image":
        await route.fulfill(body=PICTURE, content_type="image/svg+xml")
    else:
        await route.continue_()


async def test_no_text_of_an_address_runs_on_the_page_that_answers(site: PayloadSite, browser: Browser) -> None:
    assert {"q", "kind", "state", "area", "to", "search", "person", "quarter"} <= set(list_names())
    asked: dict[str, list[str]] = defaultdict(list)
    for role, address in list_questions(site.world):
        asked[role].append(address)
    troubles: list[str] = []
    statuses: dict[int, int] = defaultdict(int)
    for role, addresses in asked.items():
        async with open_watch(browser, site.address, site.world.visitors[role].cookies) as (watch, page):
            await page.route("**/*.svg*", draw_nothing)
            for address in addresses:
                await site.forget_limits()
                statuses[await watch.look(page, address)] += 1
            troubles += watch.troubles
    assert troubles == []
    assert statuses[200] > statuses[404] > 0
    assert max(statuses) < 500


async def test_a_sign_in_leads_back_to_own_pages_only(site: PayloadSite) -> None:
    async with httpx.AsyncClient(base_url=site.address, headers={"accept": "text/html"}) as client:
        for text in PAYLOADS:
            await site.forget_limits()
            for to in (text, f"/staff/{text}", f"/staff/area/VN?procedure={text}"):
                cross = {"sec-fetch-site": "cross-site"} if read_own_path(to) != "/staff" else {}
                answer = await client.get("/staff/sign-in", params={"to": to}, headers=cross)
                [led] = (FOLLOW if cross else TO).findall(answer.text)
                assert unescape(led) == read_own_path(to)
                assert re.fullmatch(r"/staff(?:/[!-~]*)?", unescape(led)), to


async def test_no_text_that_a_sign_in_kept_runs(site: PayloadSite, browser: Browser) -> None:
    """Sent when nobody is signed in: kept in the page that asks to sign in, and in the one after it."""
    texts = [GAP.join(PAYLOADS[place::50]) for place in range(50)]
    fields = [
        ("lang", "vi"),
        *(pair for pair in zip([f"{text[:60]}·field" for text in PAYLOADS[::7]], texts, strict=False)),
    ]
    async with open_watch(browser, site.address) as (watch, page):
        watch.forms.add(f"{site.address}{CONTACT}")
        await watch.look(page, "/staff/sign-in")
        async with page.expect_navigation():
            await page.evaluate(SEND, [CONTACT, fields])
        await watch.read(page, "asked again")
        await sign_in(site, page)
        await watch.read(page, "kept")
    assert watch.troubles == []
    kept = [text for _, text in fields[1:]]
    assert len(kept) > 40
    assert list_unseen(kept, normalise(watch)) == []


def normalise(watch: Watch) -> str:
    """A form sends every end of a line as two signs."""
    return "\n".join(watch.texts).replace("\r\n", "\n").replace("\r", "\n")


async def sign_in(site: PayloadSite, page: Page) -> None:
    await page.fill("#name", "demo-lan")
    await page.fill("input[type=password]", PASSWORD)
    await page.fill("input[autocomplete=one-time-code]", make_code(DEVICE, site.app.state.read_now()))
    async with page.expect_navigation():
        await page.click("button.main")
