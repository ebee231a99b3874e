"""The square of a new tablet, and the tablet's page, in a real browser: readable aloud, by keyboard, at every size."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, Page, expect

from dashboards.routes import ROUTES
from dashboards.staff.settings_pages.routes import ROUTES as SETTINGS_ROUTES
from feedback.database import open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.settings_stage import make_settings_world
from tests.dashboards.test_staff_usable import open_signed_in
from tests.feedback.kiosk_stage import PAGE, list_kiosk_routes, register
from tests.journeys.phone import Phone, open_phone
from tests.journeys.program import Program
from tests.staff_people import open_session

SIZES = {1280: 800, 800: 1280, 360: 640}
SHOWN = "[data-words]:not([hidden]) [data-screen]:not([hidden])"


@asynccontextmanager
async def serve(database_url: str, home: Path) -> AsyncGenerator[Program]:
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    routes = [*ROUTES, *SETTINGS_ROUTES, *list_kiosk_routes()]
    app = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield Program(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", database_url, home)
    server.should_exit = True
    await running


@pytest.fixture
async def program(database_url: str, tmp_path: Path) -> AsyncIterator[Program]:
    async with serve(database_url, tmp_path) as program:
        yield program


async def test_the_square_of_a_new_tablet_leads_to_its_address(program: Program, browser: Browser) -> None:
    connection = await open_connection(program.database_url)
    first, _, _ = await make_settings_world(connection)
    cookies = await open_session(connection, first)
    await connection.close()
    async with open_signed_in(browser, program, cookies, "vi") as phone:
        await phone.open_in_language("/staff/kiosks")
        await phone.page.fill("#unit", "32041")
        await phone.page.fill("#name", "Lối ra (mẫu)")
        assert (await phone.press_and_wait("kiosks.form.send")).status == 201
        address = await phone.page.inner_text(".secret-link code")
        picture = program.home / "square.png"
        await phone.page.locator(".square").screenshot(path=picture)
    assert [found.text for found in zxingcpp.read_barcodes(Image.open(picture))] == [address]


async def open_tablet(phone: Phone, address: str = PAGE) -> Page:
    connection = await open_connection(phone.program.database_url)
    await make_settings_world(connection)
    await register(connection)
    await connection.close()
    await phone.page.clock.install()
    await phone.open(address)
    return phone.page


async def test_nobody_stumbles_over_the_tablet(program: Program, browser: Browser) -> None:
    troubles: dict[str, list[str]] = {}

    async def look(phone: Phone, name: str) -> None:
        for width, height in SIZES.items():
            await phone.page.set_viewport_size({"width": width, "height": height})
            small = await phone.page.evaluate(
                "() => [...document.querySelectorAll('button')].filter(button => button.checkVisibility()"
                " && button.getBoundingClientRect().height < 48).map(button => button.outerHTML)"
            )
            if small:
                troubles[f"{name} {width}"] = small
        if found := await phone.list_troubles():
            troubles[name] = found

    async with open_phone(browser, program) as phone:
        page = await open_tablet(phone)
        await look(phone, "desk")
        # By keyboard alone: the second of three desks, then the middle face.
        for _ in range(2):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(f"{SHOWN} h1")).to_be_focused()
        await look(phone, "answers")
        for _ in range(3):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await expect(page.locator(f"{SHOWN} [data-sent]")).to_be_visible()
        await look(phone, "thanks")
        await phone.open(f"{PAGE}?state=1&lang=en")
        await look(phone, "state")
        [(score, number)] = await program.select("SELECT score, number FROM responses JOIN desks USING (desk_id)")
        assert (score, number) == (3, "2")
        await page.clock.run_for(25_000)
        await expect(page.locator(f"{SHOWN} h1")).to_have_text(phone.wording.say("kiosk.which-desk"))
        connection = await open_connection(program.database_url)
        await connection.execute("UPDATE kiosks SET ended_at = now()")
        await connection.close()
        await phone.open(PAGE)
        await look(phone, "ended")
    assert troubles == {}


async def test_whoever_walks_away_leaves_nothing_behind(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        page = await open_tablet(phone)
        start = page.locator('[data-words="vi"] [data-screen="desk"]')
        await page.click("[data-words=vi] .language")
        await page.click("[data-words=en] .desk >> nth=0")
        left = page.locator("[data-words=en] [data-seconds-left]")
        await expect(left).to_have_text("20")
        await page.clock.run_for(15_000)
        await expect(left).to_have_text("5")
        await page.mouse.click(5, 400)
        await expect(left).to_have_text("20")
        await expect(start).to_be_hidden()
        await page.clock.run_for(21_000)
        await expect(start).to_be_visible()
        await page.click("[data-words=vi] .desk >> nth=0")
        await page.click("[data-words=vi] .answer >> nth=4")
        receipt = await page.locator(f"{SHOWN} p.receipt").inner_text()
        await page.clock.run_for(19_000)
        await expect(page.locator(f"{SHOWN} p.receipt")).to_have_text(receipt)
        await page.clock.run_for(2_000)
        await expect(start).to_be_visible()


async def test_what_is_refused_for_good_is_shown_behind_a_long_press_and_can_be_sent_again(
    program: Program, browser: Browser
) -> None:
    async with open_phone(browser, program) as phone:
        page = await open_tablet(phone)
        connection = await open_connection(program.database_url)
        await connection.execute("UPDATE kiosks SET ended_at = now() - interval '1 hour'")
        await page.click("[data-words=vi] .desk >> nth=0")
        await page.click("[data-words=vi] .answer >> nth=0")
        await expect(page.locator(f"{SHOWN} [data-kept]")).to_be_visible()
        await expect(page.locator("[data-words=vi] [data-state-refused]")).to_have_text("1")
        await page.locator("[data-words=vi] [data-hold]").hover()
        await page.mouse.down()
        await page.clock.run_for(3_100)
        await page.mouse.up()
        await expect(page.locator(f"{SHOWN} [data-refused] li")).to_contain_text("không còn dùng để đánh giá")
        await connection.execute("UPDATE kiosks SET ended_at = NULL")
        await connection.close()
        await page.click(f"{SHOWN} [data-deed=again]")
        await expect(page.locator("[data-words=vi] [data-state-refused]")).to_have_text("0")
        await expect(page.locator("[data-words=vi] [data-state-sent]")).not_to_have_text("–")
    assert await program.select("SELECT count(*) FROM responses") == [(1,)]
