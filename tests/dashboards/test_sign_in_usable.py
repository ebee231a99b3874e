"""Signing in in a real browser: the cookie over plain http on this machine, by keyboard alone, nobody stumbles."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.dashboards.sign_in_stage import ACCOUNT, NAME, PASSWORD, SIGN_IN, Stage, add_known_person, open_stage
from tests.journeys.phone import LISTEN


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as stage:
        await add_known_person(stage.connection)
        yield stage


async def open_page(browser: Browser, width: int = 360, height: int = 640) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    return await context.new_page()


async def type_sign_in(stage: Stage, page: Page, *, name: str = NAME) -> None:
    """By keyboard alone, from the field that has the focus."""
    stage.clock.pass_time(seconds=30)
    await page.focus("#name")
    for text in (name, PASSWORD, stage.show_code()):
        await page.keyboard.press("Control+A")
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def test_the_cookie_works_over_http_on_this_machine_and_no_script_reads_it(
    stage: Stage, browser: Browser
) -> None:
    page = await open_page(browser)
    await page.goto(f"{stage.address}{ACCOUNT}")
    assert page.url == f"{stage.address}{SIGN_IN}?to=%2Fstaff%2Faccount"
    await type_sign_in(stage, page)
    assert page.url == f"{stage.address}{ACCOUNT}"
    [cookie] = await page.context.cookies()
    kept = {name: cookie.get(name) for name in ("name", "path", "secure", "httpOnly", "sameSite", "expires")}
    assert kept == {
        "name": "__Host-langnghe",
        "path": "/",
        "secure": True,
        "httpOnly": True,
        "sameSite": "Strict",
        "expires": -1,
    }
    assert await page.evaluate("document.cookie") == ""
    async with page.expect_navigation():
        await page.get_by_role("button", name="Đăng xuất").click()
    assert await page.context.cookies() == []


async def test_a_link_on_another_site_opens_for_who_is_signed_in(stage: Stage, browser: Browser) -> None:
    """localhost and 127.0.0.1 are two sites: the first request comes without the cookie."""
    page = await open_page(browser)
    await page.goto(f"{stage.address}{SIGN_IN}")
    await type_sign_in(stage, page)
    await page.goto(f"{stage.address.replace('127.0.0.1', 'localhost')}{SIGN_IN}")
    script = (
        "to => { const link = document.createElement('a'); link.href = to; document.body.append(link); link.click() }"
    )
    await page.evaluate(script, f"{stage.address}{ACCOUNT}?lang=en")
    await page.wait_for_url(f"{stage.address}{ACCOUNT}?lang=en")


async def test_what_was_typed_before_the_session_ended_arrives(stage: Stage, browser: Browser) -> None:
    page = await open_page(browser)
    await page.goto(f"{stage.address}{SIGN_IN}?to={ACCOUNT}")
    await type_sign_in(stage, page)
    await page.fill("#email", "lan@mau.vn")
    stage.clock.pass_time(minutes=31)
    async with page.expect_navigation():
        await page.press("#email", "Enter")
    assert await page.locator("#email").count() == 0
    await type_sign_in(stage, page)
    async with page.expect_navigation():
        await page.locator("main button.main").click()
    assert await page.input_value("#email") == "lan@mau.vn"
    assert await stage.connection.fetchval("SELECT email FROM accounts") == "lan@mau.vn"
