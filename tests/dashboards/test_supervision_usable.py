"""The supervisor's pages in a real browser: light and dark, with scripts and without, under our policy."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext

from feedback.database import Connection, open_connection
from feedback.web.staff_access import COOKIE
from tests.dashboards.supervision_stage import make_supervised, serve_supervision
from tests.journeys.phone import HEIGHT, LISTEN, WIDTH
from tests.staff_people import add_person, open_session

# A part is fetched once it comes into sight.
PARTS = """() => document.querySelectorAll(".part .block h2").length >= 2"""
INJECT = """() => {
    const held = [];
    for (const attempt of [
        () => { document.body.innerHTML = "<p>planted</p>"; },
        () => { document.body.insertAdjacentHTML("beforeend", "<p>planted</p>"); },
        () => { new DOMParser().parseFromString("<p>planted</p>", "text/html"); },
        () => { Document.parseHTMLUnsafe("<p>planted</p>"); },
        () => { const s = document.createElement("script"); s.text = "1"; },
        () => { const s = document.createElement("script"); s.src = "/static/x.js"; },
    ]) {
        try { attempt(); held.push(false); } catch (error) { held.push(true); }
    }
    return held;
}"""


@pytest.fixture
async def committed(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    await make_supervised(connection)
    yield connection
    await connection.close()


async def open_browser(browser: Browser, connection: Connection, *, scripts: bool = True) -> BrowserContext:
    """Of a supervisor of the nation; the cookie is sent as a header, as `__Host-` cookies need HTTPS."""
    account_id = await add_person(connection, f"supervisor-{scripts}".lower(), "front_supervisor")
    cookies = await open_session(connection, account_id)
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        locale="vi-VN",
        java_script_enabled=scripts,
        extra_http_headers={"cookie": f"{COOKIE}={cookies[COOKIE]}"},
    )
    await context.add_init_script(LISTEN)
    context.set_default_timeout(30_000)
    return context


async def test_parts_come_by_themselves_and_the_policy_lets_nothing_else_in(
    database_url: str, tmp_path: Path, browser: Browser, committed: Connection
) -> None:
    async with serve_supervision(database_url, tmp_path) as address:
        context = await open_browser(browser, committed)
        page = await context.new_page()
        await page.goto(f"{address}/staff/overview")
        for part in await page.locator(".part").all():
            await part.scroll_into_view_if_needed()
        await page.wait_for_function(PARTS)
        assert await page.evaluate("() => window.refused") == []
        assert await page.evaluate(INJECT) == [True] * 6
        assert "planted" not in await page.content()
        await context.close()


async def test_without_scripts_the_same_parts_are_links(
    database_url: str, tmp_path: Path, browser: Browser, committed: Connection
) -> None:
    async with serve_supervision(database_url, tmp_path) as address:
        context = await open_browser(browser, committed, scripts=False)
        page = await context.new_page()
        await page.goto(f"{address}/staff/overview")
        await page.locator(".part a").first.click()
        await page.wait_for_url("**/staff/area/VN/trend")
        await page.select_option("#filter-quarter", "2026-Q3")
        await page.locator("form.filters button").click()
        await page.wait_for_url("**quarter=2026-Q3**")
        await page.select_option("#filter-procedure", "1.000002")
        await page.locator("form.filters button").click()
        await page.wait_for_url("**procedure=1.000002**")
        assert "Đang chỉ tính: thủ tục: Thủ tục (mẫu) 2." in await page.inner_text("main")
        await context.close()
