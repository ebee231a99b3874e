"""Supervisors of the Front in the small demo on one fixed day: their phones, how they sign in."""

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from playwright.async_api import Browser

from dashboards.daily_work import catch_up
from feedback.accounts.totp import make_code
from feedback.api_keys import Reach
from feedback.database import open_connection
from feedback.demo.load import load_demo
from feedback.demo.people import DemoPerson, DemoProof, add_people, add_person, enrol, make_proof
from feedback.demo.recipe import SMALL, DemoSize
from feedback.record_response import read_local_day
from feedback.web.front_door import FrontDoor
from feedback.web.staff_access import COOKIE
from tests.dashboards.sign_in_stage import Clock
from tests.journeys.phone import HEIGHT, LISTEN, WIDTH, WORDINGS, Phone
from tests.journeys.program import Program
from tests.wired import SECRET, wire_program

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
COMMUNE, PROVINCE, STRANGER = "mau-mat-tran-xa", "mau-mat-tran-tinh", "mau-mat-tran-lao-cai"
OPEN_ALL = """() => document.querySelectorAll("details:not([open])").forEach(element => {
    element.open = true;
    element.dataset.opened = "";
})"""
CLOSE_AGAIN = """() => document.querySelectorAll("details[data-opened]").forEach(element => { element.open = false })"""
ALL_DRAWN = "() => [...document.images].every(image => image.complete && image.naturalWidth > 0)"
DESKTOP = (1280, 800)
DESK = "Đất đai - Xây dựng (mẫu)"  # of number 3, where the demo plants its drop
LAO_CAI = Reach(provinces=("15",))


class Front(msgspec.Struct, frozen=True):
    """The demo behind its server at http://localhost, with who can sign in to it. `pictures` is a folder."""

    program: Program
    clock: Clock
    proofs: dict[str, DemoProof]
    browser: Browser
    pictures: Path


def wire_on(database_url: str, home: Path, clock: Clock) -> FrontDoor:
    """All pages, on the day of `clock`."""
    front_door = wire_program(database_url, home)
    state = front_door.app.state  # pyright: ignore[reportFunctionMemberAccess] (an ASGI app by its type)
    state.read_now, state.read_day = clock.read, lambda: read_local_day(clock.now)[0]
    return front_door


async def make_demo(database_url: str, home: Path, size: DemoSize = SMALL) -> dict[str, DemoProof]:
    """The small demo with its alerts raised, and its people; beside them a supervisor of another province."""
    connection = await open_connection(database_url)
    demo = await load_demo(connection, size, DAY, lambda _: None)
    proofs = await add_people(connection, demo, home, SECRET, NOW)
    stranger = DemoPerson(STRANGER, "Mặt trận tỉnh Lào Cai (mẫu)", "front_supervisor", LAO_CAI)
    await add_person(connection, stranger, NOW)
    proof = make_proof(stranger)
    await enrol(connection, proof, SECRET, is_new=True)
    await connection.close()
    await catch_up(database_url, NOW)
    return {known.name: known for known in (*proofs, proof)}


@asynccontextmanager
async def open_staff_phone(front: Front, *, language: str = "vi") -> AsyncGenerator[Phone]:
    """As a citizen's, but it keeps the one cookie of a session."""
    locale = "en-GB" if language == "en" else "vi-VN"
    context = await front.browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, locale=locale
    )
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    phone = Phone(await context.new_page(), front.program, WORDINGS[language])
    try:
        yield phone
        assert [address for address in phone.loaded if not address.startswith(front.program.address)] == []
        assert {cookie.get("name") for cookie in await context.cookies()} <= {COOKIE}
        assert phone.faults == []
    finally:
        await context.close()


async def type_sign_in(front: Front, phone: Phone, name: str) -> None:
    """What the form on the page asks for. A code works once, so each sign-in takes the next half minute."""
    front.clock.pass_time(seconds=30)
    proof = front.proofs[name]
    await phone.page.fill("#name", proof.name)
    await phone.page.fill("#password", proof.password)
    await phone.page.fill("#code", make_code(base64.b32decode(proof.totp_secret), front.clock.now))
    await phone.press_and_wait("sign-in.send")


async def open_first_alert(front: Front, phone: Phone, name: str) -> None:
    """By the sign-in and the first screen."""
    await phone.open("/staff")
    await type_sign_in(front, phone, name)
    async with phone.page.expect_navigation():
        await phone.page.locator(".alerts a", has_text=DESK).click()


async def look(front: Front, phone: Phone, name: str) -> list[str]:
    """What one would stumble over on the page shown, all of which is opened; two pictures of it lie in the folder."""
    await phone.page.emulate_media(color_scheme="light")
    for width, height in (DESKTOP, (WIDTH, HEIGHT)):
        await phone.page.set_viewport_size({"width": width, "height": height})
        await load_pictures(phone)
        await photograph(front, phone, f"{name}-{width}", whole=True)
    await phone.page.evaluate(OPEN_ALL)
    found = await phone.list_troubles()
    await phone.page.evaluate(CLOSE_AGAIN)
    await phone.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    return [f"{name}: {trouble}" for trouble in found]


async def photograph(front: Front, phone: Phone, name: str, *, whole: bool = False) -> None:
    """The caret stays: hiding it would leave inline styles behind."""
    path = front.pictures / f"supervision-{name}.png"
    await phone.page.screenshot(path=path, full_page=whole, caret="initial")


async def load_pictures(phone: Phone) -> None:
    """Wait until every picture is drawn; each must become one."""
    await phone.page.wait_for_load_state("networkidle")
    await phone.page.wait_for_function(ALL_DRAWN)
