"""When service falls at one desk, a supervisor of the Front sees it first, shows why, sends it on, takes it away."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
from playwright.async_api import Browser

from feedback.database import open_connection
from feedback.demo.people import DemoProof
from surveys.errors import AlertChangedError
from tests.conftest import name_database, run_on_server
from tests.dashboards.sign_in_stage import Clock
from tests.journeys.front import (
    COMMUNE,
    DESK,
    NOW,
    PROVINCE,
    STRANGER,
    Front,
    look,
    make_demo,
    open_first_alert,
    open_staff_phone,
    photograph,
    type_sign_in,
    wire_on,
)
from tests.journeys.phone import HEIGHT, WORDINGS, Phone
from tests.journeys.program import run_program
from tests.journeys.taken_away import count_formulas, read_row, read_sheet, read_table, take_away

PROCEDURE, PROCEDURE_NAME = "9.000006", "Đăng ký biến động đất đai (mẫu)"
VIEW = f"/staff/area/u-demo-20410/trend?procedure={PROCEDURE}&lang=vi"
REASON = "Đã trao đổi với đơn vị: quầy thiếu người từ cuối tháng 9.\nHẹn xem lại sau hai tuần."
VI, EN = WORDINGS["vi"], WORDINGS["en"]


class LoadedDemo(msgspec.Struct, frozen=True):
    name: str
    proofs: dict[str, DemoProof]


@pytest.fixture(scope="module")
async def demo(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LoadedDemo]:
    """Loaded once; each test works on a copy."""
    name = f"demo_{uuid4().hex[:12]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield LoadedDemo(name, await make_demo(name_database(server_url, name), tmp_path_factory.mktemp("home")))
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def front(demo: LoadedDemo, server_url: str, browser: Browser, tmp_path: Path) -> AsyncIterator[Front]:
    name, clock = f"test_{uuid4().hex[:12]}", Clock()
    clock.now = NOW
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {demo.name}")
    database_url = name_database(server_url, name)
    async with run_program(database_url, tmp_path, front_door=wire_on(database_url, tmp_path, clock)) as program:
        address = program.address.replace("127.0.0.1", "localhost")
        yield Front(msgspec.structs.replace(program, address=address), clock, demo.proofs, browser, tmp_path)
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_fall_at_one_desk_is_seen_first_shown_sent_on_and_taken_away(front: Front) -> None:
    async with open_staff_phone(front) as phone:
        troubles = await see_it_first(front, phone)
        troubles += await open_the_evidence(front, phone)
        troubles += await filter_to_the_procedure(front, phone)
        content = await phone.page.inner_text("main")
        await check_colleague(front, phone.page.url, content)
        await check_stranger(front, phone.page.url)
        await take_chart_away(front, phone)
        await take_spreadsheet_away(front, phone)
        troubles += await read_own_log(front, phone)
    assert troubles == []


async def see_it_first(front: Front, phone: Phone) -> list[str]:
    await phone.open("/staff")
    troubles = await look(front, phone, "1-sign-in")
    await type_sign_in(front, phone, COMMUNE)
    assert phone.page.url == f"{front.program.address}/staff/overview?lang=vi"
    first = phone.page.locator(".alerts a").first
    assert VI.say("alert.kind.drop") in await first.inner_text()
    assert DESK in await first.inner_text()
    # Without a finger's move: what happened and where are on the screen.
    where = await first.locator(".where").bounding_box()
    assert where
    assert where["y"] + where["height"] <= HEIGHT
    await photograph(front, phone, "2-first-screen")
    return troubles + await look(front, phone, "2-first-screen")


async def open_the_evidence(front: Front, phone: Phone) -> list[str]:
    async with phone.page.expect_navigation():
        await phone.page.locator(".alerts a").first.click()
    assert await phone.page.inner_text("h1") == VI.say("alert.kind.drop")
    why = await phone.page.inner_text("section[aria-labelledby=why]")
    now, before = (int(percent) for percent in re.findall(r"là (\d+)\s%", why))
    # The recipe plants 20 points on 0-100 from 26 September on; the watch of a new demo begins in November.
    assert before - now >= 10
    return await look(front, phone, "3-evidence")


async def filter_to_the_procedure(front: Front, phone: Phone) -> list[str]:
    worst = phone.page.locator("section[aria-labelledby=procedures] tbody a").first
    assert await worst.inner_text() == PROCEDURE_NAME
    async with phone.page.expect_navigation():
        await worst.click()
    assert phone.page.url == f"{front.program.address}{VIEW}"
    shown = await phone.page.inner_text("main")
    assert VI.say("supervision.filter.procedure-is", name=PROCEDURE_NAME) in shown
    assert await phone.page.locator("picture img").count() == 1
    await switch_language(front, phone, PROCEDURE_NAME)
    assert await phone.page.inner_text("main") == shown
    return await look(front, phone, "4-procedure")


async def switch_language(front: Front, phone: Phone, name: str) -> None:
    """To English and back, at the same view with the same filter."""
    async with phone.page.expect_navigation():
        await phone.page.click("header a[hreflang=en]")
    assert await phone.page.get_attribute("html", "lang") == "en"
    assert EN.say("supervision.filter.procedure-is", name=name) in await phone.page.inner_text("main")
    await look(front, phone, "4-procedure-english")
    async with phone.page.expect_navigation():
        await phone.page.click("header a[hreflang=vi]")


async def check_colleague(front: Front, address: str, content: str) -> None:
    """Who supervises the province gets, after signing in, what the other saw."""
    async with open_staff_phone(front) as phone:
        await phone.page.goto(address)
        assert urlsplit(phone.page.url).path == "/staff/sign-in"
        await type_sign_in(front, phone, PROVINCE)
        assert phone.page.url == address
        shown = await phone.page.inner_text("main")
        assert strip_trail(shown) == strip_trail(content)


def strip_trail(text: str) -> str:
    """Without the places above, of which a province's supervisor may open one more."""
    return text[text.index(VI.say("supervision.view.trend")) :]


async def check_stranger(front: Front, address: str) -> None:
    """Who supervises another province learns nothing, not even that there is such a place; the attempt is kept."""
    async with open_staff_phone(front) as phone:
        await phone.page.goto(address)
        await type_sign_in(front, phone, STRANGER)
        answer = await phone.page.goto(address)
        assert answer
        assert answer.status == 404
        shown = await phone.page.inner_text("body")
        assert VI.say("staff-frame.unknown") in shown
        assert "Hội An" not in shown
        assert PROCEDURE_NAME not in shown
    kept = await front.program.select(
        "SELECT DISTINCT sign_in_name, action, object_kind, object_code"
        " FROM audit_log JOIN accounts USING (account_id) WHERE outcome = 'denied'"
    )
    assert kept == [(STRANGER, "see_supervision", "area", "u-demo-20410")]


async def take_chart_away(front: Front, phone: Phone) -> None:
    link = phone.page.locator(".take a", has_text=VI.say("supervision.take.png"))
    download, content = await take_away(phone, link, front.pictures)
    assert download.suggested_filename == "u-demo-20410-trend-trend-2026-Q4.png"
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(content[start : start + 4]) for start in (16, 20))
    # Twice the 680 pixels of a page's chart, and more in it than an empty card.
    assert (width, height > 400, len(content) > 20_000) == (1360, True, True)


async def take_spreadsheet_away(front: Front, phone: Phone) -> None:
    await phone.page.click("main summary")
    shown = await read_table(phone)
    link = phone.page.locator(".take a", has_text=VI.say("supervision.take.xlsx"))
    _, content = await take_away(phone, link, front.pictures)
    assert read_sheet(content) == [read_row(cells) for cells in shown]
    assert len(shown) > 10
    assert count_formulas(content) == 0


async def read_own_log(front: Front, phone: Phone) -> list[str]:
    await phone.open_in_language("/staff/account/log")
    lines = await read_table(phone)
    told = " ".join(cell for line in lines for cell in line)
    for seen in ("c20410", f"u-demo-20410/trend?procedure={PROCEDURE}", "trend/chart.png", "trend/table.xlsx"):
        assert seen in told, seen
    assert VI.say("audit.action.see_supervision") in told
    return await look(front, phone, "5-own-log")


async def test_the_second_of_two_supervisors_is_told_and_loses_no_word(front: Front) -> None:
    async with open_staff_phone(front) as phone:
        await open_first_alert(front, phone, COMMUNE)
        await phone.page.locator("summary", has_text=VI.say("alert.step.dismiss")).click()
        await phone.page.fill("#reason-dismiss", REASON)
        async with open_staff_phone(front) as colleague:
            await open_first_alert(front, colleague, PROVINCE)
            await colleague.page.locator("summary", has_text=VI.say("alert.step.dismiss")).click()
            await colleague.page.fill("#reason-dismiss", "Đã có kế hoạch bổ sung người")
            assert (await colleague.press_and_wait("alert.step.dismiss")).status == 200
            assert VI.say("alert.state.dismissed") in await colleague.page.inner_text("main")
        answer = await phone.press_and_wait("alert.step.dismiss")
        assert answer.status == 409
        shown = await phone.page.inner_text("main")
        assert VI.error(AlertChangedError()) in shown
        assert "Đã có kế hoạch bổ sung người" in shown
        assert REASON.splitlines()[0] in shown
        assert await look(front, phone, "6-second-of-two") == []
    assert await read_events(front) == [("Đã có kế hoạch bổ sung người",)]


async def test_a_session_that_ends_half_way_through_a_reason_costs_no_word(front: Front) -> None:
    async with open_staff_phone(front) as phone:
        await open_first_alert(front, phone, COMMUNE)
        address = phone.page.url
        await phone.page.locator("summary", has_text=VI.say("alert.step.dismiss")).click()
        await phone.page.fill("#reason-dismiss", REASON)
        await end_sessions(front)
        assert (await phone.press_and_wait("alert.step.dismiss")).status == 401
        troubles = await look(front, phone, "7-session-over")
        await type_sign_in(front, phone, COMMUNE)
        assert REASON.splitlines()[0] in await phone.page.inner_text("main")
        troubles += await look(front, phone, "8-kept")
        answer = await phone.press_and_wait("sign-in.kept-send")
        assert (answer.status, phone.page.url) == (200, f"{address}#history")
        assert REASON.splitlines()[1] in await phone.page.inner_text("#history ~ ol")
        troubles += await look(front, phone, "9-dismissed")
        assert troubles == []
    assert await read_events(front) == [(REASON.replace("\n", "\r\n"),)]


async def end_sessions(front: Front) -> None:
    connection = await open_connection(front.program.database_url)
    await connection.execute("UPDATE staff_sessions SET ended_at = $1 WHERE ended_at IS NULL", front.clock.now)
    await connection.close()


async def read_events(front: Front) -> list[tuple[object, ...]]:
    return await front.program.select("SELECT reason FROM alert_events WHERE deed = 'dismissed' ORDER BY event_id")
