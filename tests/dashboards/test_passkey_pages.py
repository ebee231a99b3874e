"""Passkeys in a real Chromium with a virtual authenticator, the whole way; and what is refused on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.dashboards.sign_in_stage import add_known_person
from tests.dashboards.ways_stage import Ways, open_page, open_ways, plug_in, sign_in_by_password
from tests.journeys.phone import WORDINGS, Phone
from tests.journeys.program import Program

OWN_PAGE = "/staff/passkeys"
WORDING = WORDINGS["vi"]


@pytest.fixture
async def ways(database_url: str, tmp_path: Path) -> AsyncIterator[Ways]:
    async with open_ways(database_url, tmp_path) as ways:
        await add_known_person(ways.connection)
        yield ways


async def press(page: Page, key: str, **values: str) -> None:
    await page.get_by_role("button", name=WORDING.say(key, **values), exact=True).click()


async def add_passkey(page: Page, name: str) -> None:
    await page.fill("#new-name", name)
    await press(page, "passkeys.add")
    await page.get_by_role("heading", name=name, exact=True).wait_for()


async def test_a_person_adds_a_passkey_signs_out_and_signs_in_with_it(ways: Ways, browser: Browser) -> None:
    async with open_page(browser) as (context, page):
        await plug_in(context, page)
        await sign_in_by_password(ways, page, OWN_PAGE)
        assert WORDING.say("passkeys.asked") in await page.inner_text("main")
        await add_passkey(page, "Điện thoại của Lan")
        assert WORDING.say("passkeys.asked") not in await page.inner_text("main")
        await press(page, "staff-frame.sign-out")
        await page.goto(f"{ways.address}/staff/sign-in?to={OWN_PAGE}")
        await press(page, "passkeys.sign-in")
        await page.wait_for_url(f"{ways.address}{OWN_PAGE}**")
        assert "Điện thoại của Lan" in await page.inner_text("main")
        assert await page.evaluate("() => window.refused") == []
        ways_in = await ways.connection.fetch("SELECT way FROM staff_sessions ORDER BY began_at")
        assert [row["way"] for row in ways_in] == ["code", "passkey"]
        done = [(action, outcome) for action, outcome, _ in await ways.list_audit()]
        assert done == [("sign-in", "done"), ("add-passkey", "done"), ("sign-out", "done"), ("sign-in", "done")]


async def test_a_person_renames_and_removes_a_passkey(ways: Ways, browser: Browser) -> None:
    async with open_page(browser) as (context, page):
        await plug_in(context, page)
        await sign_in_by_password(ways, page, OWN_PAGE)
        await add_passkey(page, "Cũ")
        await page.fill("#name-1", "Mới")
        await press(page, "passkeys.rename", name="Cũ")
        await page.get_by_text(WORDING.say("passkeys.renamed")).wait_for()
        await press(page, "passkeys.remove", name="Mới")
        await page.get_by_text(WORDING.say("passkeys.removed")).wait_for()
        await page.goto(f"{ways.address}/staff/sign-in")
        await press(page, "passkeys.sign-in")
        await page.get_by_text(WORDING.say("error.passkey-refused")).wait_for()
        assert page.url.endswith("/staff/sign-in")
        assert (await ways.list_audit())[-1] == ("sign-in", "failed", {"way": "passkey", "reason": "unknown"})


async def test_the_same_authenticator_is_not_added_twice(ways: Ways, browser: Browser) -> None:
    async with open_page(browser) as (context, page):
        await plug_in(context, page)
        await sign_in_by_password(ways, page, OWN_PAGE)
        await add_passkey(page, "Một")
        await press(page, "passkeys.add")
        await page.get_by_text(WORDING.say("passkeys.unfinished")).wait_for()
        assert await page.input_value("#new-name") == WORDING.say("passkeys.usual-name")
        assert await ways.connection.fetchval("SELECT count(*) FROM account_passkeys") == 1


async def test_an_authenticator_that_does_not_ask_its_person_is_not_enough(ways: Ways, browser: Browser) -> None:
    async with open_page(browser) as (context, page):
        await plug_in(context, page, verifies=False)
        await sign_in_by_password(ways, page, OWN_PAGE)
        await press(page, "passkeys.add")
        await page.get_by_text(WORDING.say("passkeys.unfinished")).wait_for()


async def test_without_scripts_password_and_code_still_sign_in(ways: Ways, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = await context.new_page()
    await page.goto(f"{ways.address}/staff/sign-in")
    assert await page.get_by_role("button", name=WORDING.say("passkeys.sign-in")).count() == 0
    await sign_in_by_password(ways, page, OWN_PAGE)
    assert WORDING.say("passkeys.unable") in await page.inner_text("main")
    assert await page.locator("#new-name").is_visible() is False
    await context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nobody_stumbles_on_the_page(
    ways: Ways, browser: Browser, database_url: str, tmp_path: Path, language: str
) -> None:
    async with open_page(browser) as (context, page):
        await plug_in(context, page)
        phone = Phone(page, Program(ways.address, database_url, tmp_path), WORDINGS[language])
        await sign_in_by_password(ways, page, OWN_PAGE)
        assert (await phone.open_in_language(OWN_PAGE)).status == 200
        assert await phone.list_troubles() == []
        await page.focus("#new-name")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name=WORDINGS[language].say("passkeys.usual-name")).wait_for()
        assert await phone.list_troubles() == []
        assert await page.get_attribute("html", "lang") == language
        ways.clock.pass_time(minutes=10, seconds=1)
        await phone.open_in_language(OWN_PAGE)
        assert WORDINGS[language].say("error.old-proof") in await page.inner_text("main")
        assert await phone.list_troubles() == []
        assert phone.faults == []
