"""Cross-checks and forms in a real browser: readable aloud, light and dark, by keyboard, on a phone and a projector."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import uvicorn
from playwright.async_api import Browser

from dashboards.checks.routes import ROUTES as CHECK_ROUTES
from dashboards.forms.double_entry import list_doubled
from dashboards.forms.routes import ROUTES as FORM_ROUTES
from dashboards.routes import ROUTES
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.tables.form_batches import select_batches
from feedback.web.app import create_app
from tests.dashboards.checks_and_forms_stage import HERE, SECRET
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.test_staff_usable import open_signed_in
from tests.journeys.phone import Phone
from tests.journeys.program import Program
from tests.staff_people import add_person, open_session
from tests.world import make_world

Troubles = dict[str, list[str]]


class People(msgspec.Struct, frozen=True):
    """What the browsers of a supervisor and two volunteers hold."""

    supervisor: dict[str, str]
    first: dict[str, str]
    second: dict[str, str]


@asynccontextmanager
async def serve_both(database_url: str, home: Path) -> AsyncGenerator[Program]:
    settings = read_settings({"LANGNGHE_HOME": str(home), "LANGNGHE_SECRET": SECRET})
    routes = [*ROUTES, *CHECK_ROUTES, *FORM_ROUTES]
    app = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    server = Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))  # pyright: ignore[reportArgumentType]
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield Program(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", database_url, home)
    server.should_exit = True
    await running


async def prepare(connection: Connection) -> People:
    await make_world(connection)
    supervisor = await add_person(connection, "giam-sat", "front_supervisor", HERE)
    volunteers = [await add_person(connection, name, "front_volunteer", HERE) for name in ("mot", "hai")]
    return People(*[await open_session(connection, account) for account in (supervisor, *volunteers)])


async def look(phone: Phone, name: str, troubles: Troubles) -> None:
    if found := await phone.list_troubles():
        troubles[name] = found


async def run_a_round(phone: Phone, troubles: Troubles) -> None:
    await phone.open_in_language("/staff/checks")
    await look(phone, "checks", troubles)
    await phone.page.fill("#name", "Đợt kiểm tra tháng 11 (mẫu)")
    await phone.page.fill("#size", "2")
    assert (await phone.press_and_wait("check.new.draw")).status == 200
    address = phone.page.url.partition("?")[0].removeprefix(phone.program.address)
    await phone.open_in_language(f"{address}/items/1")
    await look(phone, "item", troubles)
    await phone.page.fill("#note", "Chờ 20 phút mới được tiếp")
    assert (await phone.press_and_wait("check.item.save")).status == 422
    assert await phone.page.input_value("#note") == "Chờ 20 phút mới được tiếp"
    await look(phone, "item refused", troubles)
    await phone.page.locator('input[name="score"][value="2"]').focus()
    await phone.page.keyboard.press("Space")
    assert (await phone.press_and_wait("check.item.save")).status == 200
    await phone.open_in_language(f"{address}/items/1")
    await look(phone, "item found", troubles)
    await phone.open_in_language(address)
    assert (await phone.press_and_wait("check.close.press")).status == 200
    await look(phone, "round closed", troubles)


async def make_forms(phone: Phone, troubles: Troubles) -> str:
    """The address of the batch."""
    await phone.open_in_language("/staff/forms/batches?q=tan")
    await look(phone, "batches", troubles)
    assert (await phone.press_and_wait("form.new.choose")).status == 200
    await look(phone, "new batch", troubles)
    await phone.page.fill("#place", "Nhà văn hóa khu phố 3 (mẫu)")
    assert (await phone.press_and_wait("form.new.make")).status == 200
    await look(phone, "batch", troubles)
    return phone.page.url.partition("?")[0].removeprefix(phone.program.address)


async def fill(phone: Phone, address: str, number: int, score: int) -> None:
    await phone.open_in_language(f"{address}?desk=1&number={number}")
    await phone.page.locator(f'input[name="score"][value="{score}"]').focus()
    await phone.page.keyboard.press("Space")
    assert (await phone.press_and_wait("form.enter.save")).status == 200


async def test_nobody_stumbles_over_checks(database_url: str, tmp_path: Path, browser: Browser) -> None:
    connection = await open_connection(database_url)
    people = await prepare(connection)
    await connection.close()
    troubles: Troubles = {}
    async with (
        serve_both(database_url, tmp_path) as program,
        open_signed_in(browser, program, people.supervisor, "en", is_wide=True) as phone,
    ):
        await run_a_round(phone, troubles)
    assert troubles == {}


async def test_nobody_stumbles_over_forms(database_url: str, tmp_path: Path, browser: Browser) -> None:
    connection = await open_connection(database_url)
    people = await prepare(connection)
    troubles: Troubles = {}
    async with serve_both(database_url, tmp_path) as program:
        async with open_signed_in(browser, program, people.supervisor, "vi") as phone:
            batch = await make_forms(phone, troubles)
        [listed] = await select_batches(connection, [int(batch.rpartition("/")[2])])
        assert listed is not None
        number, address = min(list_doubled(listed.batch)), batch.replace("/batches", "")
        async with open_signed_in(browser, program, people.first, "vi") as phone:
            await phone.open_in_language("/staff/forms")
            await look(phone, "forms", troubles)
            await fill(phone, address, number, 5)
            await look(phone, "saved", troubles)
        async with open_signed_in(browser, program, people.second, "vi") as phone:
            await phone.open_in_language(f"{address}?desk=1&number={number}")
            await look(phone, "second entry", troubles)
            await fill(phone, address, number, 2)
            await look(phone, "differs", troubles)
            late = Phone(await phone.page.context.new_page(), program, phone.wording)
            await late.page.goto(phone.page.url)
            assert (await phone.press_and_wait("form.settle.first")).status == 200
            assert (await late.press_and_wait("form.settle.first")).status == 409
            await look(late, "settled before", troubles)
    await connection.close()
    assert troubles == {}
