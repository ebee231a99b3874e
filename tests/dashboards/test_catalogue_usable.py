"""What is done on the catalogue's pages in a real browser; how they look and read, tests/journeys looks at."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import uvicorn
from playwright.async_api import Browser, FilePayload

from feedback.catalogue.read_sent_workbook import LARGEST_UPLOAD
from feedback.database import open_connection
from tests.dashboards.catalogue_stage import (
    DESKS,
    IMPORT,
    OTHER_UNIT,
    add_staff,
    make_xlsx,
    wire_catalogue,
)
from tests.dashboards.conftest import Server
from tests.dashboards.test_staff_usable import open_signed_in
from tests.feedback.test_orphaned_ratings import INSERT_COUNT, RATED
from tests.journeys.phone import Phone
from tests.journeys.program import Program
from tests.staff_people import open_session
from tests.stores import copy_database
from tests.world import make_world

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESK = {"unit": "32041", "number": "1", "name": "Hộ tịch", "valid_from": "2025-07-01"}


class Place(msgspec.Struct, frozen=True):
    program: Program
    administrator: dict[str, str]
    manager: dict[str, str]


@pytest.fixture(scope="module")
async def place(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    home = tmp_path_factory.mktemp("home")
    async with copy_database(server_url, template) as url, serve_catalogue(url, home) as address:
        connection = await open_connection(url)
        await make_world(connection)
        await connection.execute(OTHER_UNIT)
        await connection.execute(INSERT_COUNT, RATED, 5)
        accounts = await add_staff(connection)
        cookies = [await open_session(connection, accounts[name]) for name in ("administrator", "manager")]
        await connection.close()
        yield Place(Program(address, url, home), *cookies)


@asynccontextmanager
async def serve_catalogue(database_url: str, home: Path) -> AsyncGenerator[str]:
    app = wire_catalogue(database_url, home, "http://127.0.0.1:8080")
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def send(phone: Phone, content: bytes, name: str = "catalogue.xlsx") -> int:
    file: FilePayload = {"name": name, "mimeType": XLSX, "buffer": content}
    await phone.page.set_input_files("#workbook", file)
    return (await phone.press_and_wait("catalogue-page.check")).status


async def test_a_file_that_is_far_too_large_is_told_and_the_next_one_is_taken(place: Place, browser: Browser) -> None:
    """The browser is still sending when the answer comes."""
    async with open_signed_in(browser, place.program, place.administrator, "vi") as phone:
        await phone.open_in_language(IMPORT)
        assert await send(phone, b"0" * (2 * LARGEST_UPLOAD), "large.xlsx") == 413
        assert await send(phone, make_xlsx(desks=[DESK, DESK | {"number": "5"}])) == 200


async def test_a_desk_is_kept_by_keyboard_and_nothing_typed_is_lost(place: Place, browser: Browser) -> None:
    path = f"{DESKS}/32041?desk=1"
    async with open_signed_in(browser, place.program, place.manager, "vi") as phone:
        await phone.open_in_language(path)
        await phone.page.locator("summary", has_text=phone.wording.say("desks-page.deed.end-desk")).focus()
        await phone.page.keyboard.press("Enter")
        await phone.page.fill("#end-desk-day", "2026-10-01")
        assert (await phone.press_and_wait("desks-page.send.end-desk")).status == 422
        assert await phone.page.input_value("#end-desk-day") == "2026-10-01"
        await phone.open_in_language(path)
        await phone.page.locator("summary", has_text=phone.wording.say("desks-page.deed.rename-desk")).focus()
        await phone.page.keyboard.press("Enter")
        await phone.page.fill("#rename-desk-name", "Hộ tịch và chứng thực (mẫu)")
        await phone.page.keyboard.press("Enter")
        await phone.page.locator("p.notice").wait_for()
    renamed = await place.program.select("SELECT name FROM desks WHERE number = '1'")
    assert ("Hộ tịch và chứng thực (mẫu)",) in [tuple(row) for row in renamed]
