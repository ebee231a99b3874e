"""A new unit goes live through the browser alone: catalogue, accounts, posters, a first rating, a first figure."""

import base64
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket

import msgspec
import pytest
from playwright.async_api import Browser, FilePayload

from feedback.accounts.totp import make_code
from feedback.catalogue.places import import_places
from feedback.catalogue.read_sent_workbook import read_sent_workbook
from feedback.catalogue.sheets import SHEETS
from feedback.database import open_connection
from feedback.record_response import read_local_day
from feedback.register_surveys import register_surveys
from surveys.survey_files import load_surveys
from tests.dashboards.catalogue_stage import Row, make_xlsx
from tests.dashboards.sign_in_stage import DEVICE, PASSWORD, Clock, add_known_person
from tests.journeys.phone import LISTEN, WORDINGS, Phone, open_phone
from tests.journeys.program import Program, run_program
from tests.journeys.test_scan_to_indicator import scan_cards
from tests.wired import wire_program

VI = WORDINGS["vi"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNIT, NAME = "mau-tan-lap", "Trung tâm Phục vụ hành chính công (mẫu)"
OWN_PASSWORD = "sáu con vịt bơi qua cầu tre"
START = {"valid_from": "2026-01-01"}
RIGHT: dict[str, list[Row]] = {
    "units": [{"code": UNIT, "name": NAME, "place_code": "31825", "area_type": "urban"} | START],
    "desks": [
        {"unit": UNIT, "number": "1", "name": "Hộ tịch (mẫu)"} | START,
        {"unit": UNIT, "number": "2", "name": "Đất đai (mẫu)"} | START,
    ],
    "titles": [{"code": "tiep-nhan", "name": "Công chức tiếp nhận và trả kết quả"}],
    "officials": [{"code": "mau-1", "display_name": "Cán bộ mẫu 1"} | START],
    "official_titles": [{"official": "mau-1", "title": "tiep-nhan"} | START],
    "procedures": [{"code": "1.001193", "name": "Đăng ký khai sinh", "field": "Hộ tịch"} | START],
    "desk_officials": [{"unit": UNIT, "desk": "1", "official": "mau-1"} | START],
    "desk_procedures": [{"unit": UNIT, "desk": "1", "procedure": "1.001193"} | START],
}
THREE_ERRORS = RIGHT | {
    "units": [RIGHT["units"][0] | {"place_code": "99999"}],
    "procedures": [RIGHT["procedures"][0] | {"valid_from": "31/02/2026"}],
    "desk_officials": [RIGHT["desk_officials"][0] | {"official": "mau-2"}],
}


class Office(msgspec.Struct, frozen=True):
    """The program at the address that its posters carry, and what was done so far."""

    program: Program
    browser: Browser
    clock: Clock
    steps: list[str]


@pytest.fixture
async def office(database_url: str, browser: Browser, tmp_path: Path) -> AsyncIterator[Office]:
    """Empty but for what every installation has, and two administrators whom the operator made."""
    connection = await open_connection(database_url)
    await import_places(connection)
    await register_surveys(connection, load_surveys())
    for name in ("mot", "hai"):
        await add_known_person(connection, name, "administrator")
    await connection.close()
    clock, port = Clock(), find_port()
    front_door = wire_program(database_url, tmp_path, LANGNGHE_BASE_URL=f"http://127.0.0.1:{port}")
    state = front_door.app.state  # pyright: ignore[reportFunctionMemberAccess] (an ASGI app by its type)
    state.read_now, state.read_day = clock.read, lambda: read_local_day(clock.now)[0]
    async with run_program(database_url, tmp_path, port, front_door) as program:
        yield Office(program, browser, clock, [])


def find_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def open_desktop(office: Office) -> AsyncGenerator[Phone]:
    """Of one person at work, who keeps the cookies of a session."""
    context = await office.browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    desktop = Phone(await context.new_page(), office.program, VI)
    try:
        yield desktop
        assert [address for address in desktop.loaded if not address.startswith(office.program.address)] == []
        assert desktop.faults == []
    finally:
        await context.close()


async def sign_in(office: Office, desktop: Phone, name: str, password: str = PASSWORD, device: bytes = DEVICE) -> None:
    """A code works once, so each sign-in takes the next half minute."""
    office.clock.pass_time(seconds=30)
    await desktop.open("/staff")
    await desktop.page.fill("#name", name)
    await desktop.page.fill("#password", password)
    await desktop.page.fill("#code", make_code(device, office.clock.now))
    await desktop.press_and_wait("sign-in.send")
    office.steps.append(f"{name} signs in")


async def send_workbook(office: Office, desktop: Phone, sheets: dict[str, list[Row]]) -> int:
    """The status of the page that says what the file would do."""
    file: FilePayload = {"name": "danh-muc.xlsx", "mimeType": XLSX, "buffer": make_xlsx(**sheets)}
    await desktop.page.set_input_files("#workbook", file)
    office.steps.append("a workbook is checked")
    return (await desktop.press_and_wait("catalogue-page.check")).status


async def import_catalogue(office: Office, desktop: Phone) -> None:
    """The template, a workbook with three errors, the same put right, and the import."""
    await follow(desktop, "staff-frame.link.catalogue")
    await follow(desktop, "catalogue-page.import")
    async with desktop.page.expect_download() as download:
        await desktop.page.get_by_role("link", name=VI.say("catalogue-page.template")).click()
    template = read_sent_workbook("template.xlsx", (await (await download.value).path()).read_bytes())
    assert set(template.sheets) == set(SHEETS)
    office.steps.append("the template is downloaded")
    assert await send_workbook(office, desktop, THREE_ERRORS) == 422
    wrong = await desktop.page.locator("section[aria-labelledby=bad-cells] tbody tr th").all_inner_texts()
    assert [" ".join(text.split()) for text in wrong] == [
        "units dòng 2, place_code",
        "procedures dòng 2, valid_from",
        "desk_officials dòng 2, official",
    ]
    assert await office.program.select("SELECT FROM units") == []
    assert await send_workbook(office, desktop, RIGHT) == 200
    assert await office.program.select("SELECT FROM units") == []
    assert (await desktop.press_and_wait("catalogue-page.import-now")).status == 201
    assert len(await office.program.select("SELECT FROM desk_codes")) == 2
    office.steps.append("the workbook is imported")


async def follow(desktop: Phone, key: str) -> None:
    async with desktop.page.expect_navigation():
        await desktop.page.get_by_role("link", name=VI.say(key), exact=True).first.click()


async def invite_head(office: Office, desktop: Phone) -> str:
    """The link, shown this once."""
    await follow(desktop, "staff-frame.link.accounts")
    await desktop.page.fill("#display-name", "Người đứng đầu (mẫu)")
    await desktop.page.fill("#sign-in-name", "mau-dung-dau")
    assert (await desktop.press_and_wait("administration.invite.send")).status == 201
    office.steps.append("the head is invited")
    return await desktop.page.locator(".secret-link code").inner_text()


async def take_account(office: Office, desktop: Phone, link: str) -> bytes:
    """An own password and a code device, whose secret comes back; then a first sign-in, without any power."""
    await desktop.page.goto(link)
    printed = await desktop.page.locator("p.receipt").inner_text()
    secret = re.sub(r"[^A-Z2-7]", "", printed)
    device = base64.b32decode(secret + "=" * (-len(secret) % 8))
    await desktop.page.fill("#new-password", OWN_PASSWORD)
    await desktop.page.fill("#repeated", OWN_PASSWORD)
    await desktop.page.fill("#code", make_code(device, office.clock.now))
    await desktop.press_and_wait("invitation.send")
    office.steps.append("the head takes the account")
    await sign_in(office, desktop, "mau-dung-dau", OWN_PASSWORD, device)
    assert await desktop.page.get_by_role("link", name=VI.say("staff-frame.link.unit"), exact=True).count() == 0
    return device


async def propose_head(office: Office, desktop: Phone) -> None:
    await follow(desktop, "staff-frame.link.accounts")
    async with desktop.page.expect_navigation():
        await desktop.page.get_by_role("link", name="Người đứng đầu (mẫu)").click()
    await desktop.page.select_option("#role", "head_of_unit")
    await desktop.page.fill("#units", UNIT)
    assert (await desktop.press_and_wait("administration.propose.send")).status == 201
    office.steps.append("the role is proposed")


async def approve(office: Office) -> None:
    """By another administrator, in a browser of their own."""
    async with open_desktop(office) as desktop:
        await sign_in(office, desktop, "demo-hai")
        await desktop.open("/staff/accounts/proposals")
        assert (await desktop.press_and_wait("administration.proposals.approve")).status == 200
    office.steps.append("the role is approved")


async def print_posters(office: Office, desktop: Phone, folder: Path) -> list[str]:
    """The addresses that a phone reads from the cards."""
    await follow(desktop, "staff-frame.link.catalogue")
    async with desktop.page.expect_navigation():
        await desktop.page.get_by_role("link", name=NAME).first.click()
    async with desktop.page.expect_download() as download:
        await desktop.page.get_by_role("link", name=VI.say("catalogue-page.poster.card")).click()
    await (await download.value).save_as(folder / "cards.pdf")
    office.steps.append("the cards are downloaded")
    return scan_cards(folder / "cards.pdf")


async def rate(office: Office, scanned: str) -> None:
    async with open_phone(office.browser, office.program) as phone:
        await phone.page.goto(scanned)
        assert NAME in await phone.page.inner_text("main")
        await phone.tap_face(5)
        await phone.read_receipt()
    office.steps.append("a citizen rates")


async def test_a_new_unit_goes_live_through_the_browser_alone(office: Office, tmp_path: Path) -> None:
    async with open_desktop(office) as first, open_desktop(office) as head:
        await sign_in(office, first, "demo-mot")
        await import_catalogue(office, first)
        device = await take_account(office, head, await invite_head(office, first))
        await propose_head(office, first)
        await approve(office)
        scanned = await print_posters(office, first, tmp_path)
        [*codes] = await office.program.select("SELECT code FROM desk_codes ORDER BY desk_id")
        assert scanned == [f"{office.program.address}/Q/{code}".upper() for (code,) in codes]
        await rate(office, scanned[0])
        await sign_in(office, head, "mau-dung-dau", OWN_PASSWORD, device)
        assert NAME in await head.page.inner_text("h1")
        # Below the smallest group a page shows how many ratings there are, and nothing else of them.
        await follow(head, "staff.unit.public")
        assert "".join(filter(str.isdigit, await head.page.inner_text("#received"))) == "1"
        office.steps.append("the head sees the first figure")
    assert len(office.steps) == 15
