"""What administrators do in a real browser; how their pages look and read, tests/journeys looks at."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from playwright.async_api import Browser

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
from tests.journeys.program import Program
from tests.staff_people import open_session

LONG = Reach(provinces=("96",), communes=("32041",), units=("32041",))


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


async def test_a_role_is_refused_proposed_and_another_approved_by_keyboard(
    database_url: str, tmp_path: Path, browser: Browser
) -> None:
    people, cookies = await prepare(database_url)
    async with serve_administration(database_url, tmp_path) as address:
        program = Program(address, database_url, tmp_path)
        async with open_signed_in(browser, program, cookies, "vi") as phone:
            await phone.open_in_language(f"/staff/accounts/{people.lan}")
            await phone.page.select_option("#role", "inspector")
            await phone.page.fill("#communes", "99999")
            assert (await phone.press_and_wait("administration.propose.send")).status == 422
            assert await phone.page.input_value("#communes") == "99999"
            await phone.page.fill("#communes", "32041")
            assert (await phone.press_and_wait("administration.propose.send")).status == 201
            assert (await phone.press_and_wait("administration.link.make")).status == 201
            await phone.open_in_language("/staff/accounts/proposals")
            await phone.page.locator("button[value=approved]").first.focus()
            async with phone.page.expect_navigation() as navigation:
                await phone.page.keyboard.press("Enter")
            assert (await navigation.value).status == 200
