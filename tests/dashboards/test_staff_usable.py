"""The staff pages in a real browser, whose reader gives the key at its own prompt: readable aloud, light and dark."""

import base64
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from feedback.database import Connection, open_connection
from tests.dashboards.staff_stage import add_staff_key, make_staff_world, serve_staff
from tests.feedback.review_stage import ask, rate_official
from tests.journeys.phone import ARGUMENTS, HEIGHT, LISTEN, WIDTH, WORDINGS, Phone, find_browser
from tests.journeys.program import Program

PAGES = {
    "/staff/me": "own",
    "/staff/me/2026-Q3": "own",
    "/staff/unit/32041": "manage",
    "/staff/unit/32041/officials/demo-1/2026-Q3": "manage",
    "/staff/unit/32041/officials/demo-2/2026-Q3": "manage",
    "/staff/reviews": "review",
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def keys(database_url: str) -> AsyncIterator[dict[str, str]]:
    """What a reader types at the prompt, by scope."""
    connection = await open_connection(database_url)
    yield await prepare_pages(connection)
    await connection.close()


async def prepare_pages(connection: Connection) -> dict[str, str]:
    ids = await make_staff_world(connection)
    await rate_official(connection, ids, count=12)
    await ask(connection, ids)
    await connection.execute(
        "INSERT INTO drop_alerts (role, entity_id, unit_id, pool, detector, level, day, statistic, threshold)"
        " VALUES ('unit', $1, $1, 'p', 'drop', 'watch', '2026-11-18', 6, 5)",
        ids["32041"],
    )
    headers = {
        "own": await add_staff_key(connection, "own", "Cán bộ một (mẫu)", official_id=ids["demo-1"]),
        "manage": await add_staff_key(connection, "manage"),
        "review": await add_staff_key(connection, "review"),
    }
    return {scope: read_password(header) for scope, header in headers.items()}


def read_password(header: str) -> str:
    return base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")[2]


@asynccontextmanager
async def open_with_key(browser: Browser, program: Program, key: str, language: str) -> AsyncGenerator[Phone]:
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        locale="en-GB" if language == "en" else "vi-VN",
        http_credentials={"username": "ai", "password": key},
    )
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    phone = Phone(await context.new_page(), program, WORDINGS[language])
    try:
        yield phone
        await phone.check_manners()
    finally:
        await context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nobody_stumbles_on_any_staff_page(
    database_url: str, tmp_path: Path, browser: Browser, keys: dict[str, str], language: str
) -> None:
    troubles: dict[str, list[str]] = {}
    async with serve_staff(database_url, tmp_path) as address:
        program = Program(address, database_url, tmp_path)
        for path, scope in PAGES.items():
            async with open_with_key(browser, program, keys[scope], language) as phone:
                assert (await phone.open_in_language(path)).status == 200, path
                for details in await phone.page.locator("summary").all():
                    await details.click()
                assert await phone.page.get_attribute("html", "lang") == language
                assert await phone.page.evaluate(
                    "() => [...document.images].every(image => image.complete && image.naturalWidth > 0)"
                ), path
                if found := await phone.list_troubles():
                    troubles[path] = found
    assert troubles == {}


async def test_an_official_asks_and_another_person_votes_in_the_browser(
    database_url: str, tmp_path: Path, browser: Browser, keys: dict[str, str]
) -> None:
    reason = "Hôm ấy tôi đi tập huấn, không ngồi quầy."
    async with serve_staff(database_url, tmp_path) as address:
        program = Program(address, database_url, tmp_path)
        async with open_with_key(browser, program, keys["own"], "vi") as phone:
            await phone.open("/staff/me")
            await phone.page.fill("#first-day", "2026-11-20")
            await phone.page.fill("#last-day", "2026-11-19")
            await phone.page.fill("#reason", reason)
            assert (await phone.press_and_wait("staff.review.send")).status == 422
            assert await phone.page.input_value("#reason") == reason
            assert await phone.list_troubles() == []
            await phone.page.fill("#first-day", "2026-11-18")
            assert (await phone.press_and_wait("staff.review.send")).status == 201
            assert await phone.list_troubles() == []
        async with open_with_key(browser, program, keys["review"], "vi") as phone:
            await phone.open("/staff/reviews")
            assert reason in await phone.page.inner_text("main")
            await phone.page.fill("#reason-2", "Đã xem lịch tập huấn.")
            async with phone.page.expect_navigation() as navigation:
                await phone.page.locator("section", has_text=reason).locator("button[value=grant]").click()
            assert (await navigation.value).status == 201
            assert await phone.list_troubles() == []
