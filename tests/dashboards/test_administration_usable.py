"""The pages of administration in a real browser: readable aloud, light and dark, on a phone and on a projector."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright

from dashboards.routes import ROUTES
from dashboards.staff.administration.routes import ROUTES as ADMINISTRATION_ROUTES
from feedback.accounts.appoint import propose
from feedback.api_keys import Reach
from feedback.database import open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.test_staff_usable import open_signed_in
from tests.feedback.appointment_stage import NOW, People, add_people
from tests.journeys.phone import ARGUMENTS, find_browser
from tests.journeys.program import Program
from tests.staff_people import open_session

LONG = Reach(provinces=("96",), communes=("32041",), units=("32041",))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def serve_administration(database_url: str, home: Path) -> AsyncGenerator[str]:
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    routes = [*ROUTES, *ADMINISTRATION_ROUTES]
    app = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def prepare(database_url: str) -> tuple[People, dict[str, str]]:
    connection = await open_connection(database_url)
    people = await add_people(connection)
    await propose(connection, people.second, people.lan, "front_supervisor", LONG, NOW)
    cookies = await open_session(connection, people.first.account_id)
    await connection.close()
    return people, cookies


@pytest.mark.parametrize(("language", "is_wide"), [("vi", False), ("en", True)])
async def test_nobody_stumbles_over_administration(
    database_url: str,
    tmp_path: Path,
    browser: Browser,
    language: str,
    is_wide: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    people, cookies = await prepare(database_url)
    account = f"/staff/accounts/{people.lan}"
    pages = ("/staff/accounts", account, "/staff/accounts/proposals", "/staff/audit", "/staff/account/log")
    troubles: dict[str, list[str]] = {}
    async with serve_administration(database_url, tmp_path) as address:
        program = Program(address, database_url, tmp_path)
        async with open_signed_in(browser, program, cookies, language, is_wide=is_wide) as phone:
            for path in pages:
                assert (await phone.open_in_language(path)).status == 200, path
                if found := await phone.list_troubles():
                    troubles[path] = found
            await phone.open_in_language(account)
            await phone.page.select_option("#role", "inspector")
            await phone.page.fill("#communes", "99999")
            assert (await phone.press_and_wait("administration.propose.send")).status == 422
            assert await phone.page.input_value("#communes") == "99999"
            troubles |= {"refused": found} if (found := await phone.list_troubles()) else {}
            await phone.page.fill("#communes", "32041")
            assert (await phone.press_and_wait("administration.propose.send")).status == 201
            assert (await phone.press_and_wait("administration.link.make")).status == 201
            troubles |= {"link": found} if (found := await phone.list_troubles()) else {}
            await phone.open_in_language("/staff/accounts/proposals")
            await phone.page.locator("button[value=approved]").first.focus()
            async with phone.page.expect_navigation() as navigation:
                await phone.page.keyboard.press("Enter")
            assert (await navigation.value).status == 200
    assert troubles == {}
