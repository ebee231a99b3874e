"""The way to the organisation's own account and back in a real Chromium: two sites, so every cookie rule holds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.dashboards.provider_stage import open_provider
from tests.dashboards.run_identity_provider import NAME as OUTSIDE_NAME
from tests.dashboards.run_identity_provider import PASSWORD as OUTSIDE_PASSWORD
from tests.dashboards.sign_in_stage import add_known_person
from tests.dashboards.ways_stage import Ways, open_page, sign_in_by_password
from tests.journeys.phone import WORDINGS, Phone
from tests.journeys.program import Program

WORDING = WORDINGS["vi"]
LINK = "/staff/outside/link"


@pytest.fixture
async def ways(database_url: str, tmp_path: Path) -> AsyncIterator[Ways]:
    async with open_provider(database_url, tmp_path) as ways:
        await add_known_person(ways.connection)
        yield ways


async def sign_in_there(page: Page) -> None:
    await page.fill("input[name=login]", OUTSIDE_NAME)
    await page.keyboard.press("Enter")
    await page.fill("input[name=password]:not(.dummy-username)", OUTSIDE_PASSWORD)
    await page.keyboard.press("Enter")


async def press(page: Page, key: str) -> None:
    await page.get_by_role("button", name=WORDING.say(key), exact=True).click()


async def test_a_person_links_the_account_and_signs_in_with_it(
    ways: Ways, browser: Browser, database_url: str, tmp_path: Path
) -> None:
    troubles: dict[str, list[str]] = {}
    async with open_page(browser) as (context, page):
        phone = Phone(page, Program(ways.address, database_url, tmp_path), WORDING)
        await sign_in_by_password(ways, page, LINK)
        troubles["link"] = await phone.list_troubles()
        await page.get_by_role("link", name=WORDING.say("outside.link-begin")).click()
        await sign_in_there(page)
        await page.get_by_role("heading", name=WORDING.say("outside.found-title")).wait_for()
        troubles["found"] = await phone.list_troubles()
        await press(page, "outside.found-right")
        await page.get_by_text(WORDING.say("outside.linked")).wait_for()
        await press(page, "staff-frame.sign-out")
        # Signed in at the provider from before, the browser comes straight back.
        await page.goto(f"{ways.address}/staff/outside?to={LINK}")
        await page.get_by_role("heading", name=WORDING.say("outside.code-title")).wait_for()
        troubles["code"] = await phone.list_troubles()
        await page.fill("#code", "000000")
        await press(page, "outside.code-send")
        await page.get_by_text(WORDING.say("error.wrong-code")).wait_for()
        await page.fill("#code", ways.show_code())
        await press(page, "outside.code-send")
        await page.wait_for_url(f"{ways.address}{LINK}**")
        assert OUTSIDE_NAME in await page.inner_text("main")
        await page.goto(f"{ways.address}/staff/outside/back?state=x&code=y")
        troubles["problem"] = await phone.list_troubles()
        assert phone.faults == []
        cookies = await context.cookies(ways.address)
        kept = {(cookie.get("name"), cookie.get("sameSite"), cookie.get("httpOnly")) for cookie in cookies}
        assert kept == {("__Host-langnghe", "Strict", True), ("__Host-langnghe-way", "Lax", True)}
        assert all(cookie.get("secure") for cookie in cookies)
    assert {name: found for name, found in troubles.items() if found} == {}
