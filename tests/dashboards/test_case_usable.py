"""The pages of cases in a real browser: read aloud, by keyboard, on a phone and a projector, in both languages."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.dashboards.area_stage import add_ratings
from tests.dashboards.case_files_stage import PDF, PHOTO, send
from tests.dashboards.case_pages_stage import Site, open_own_site
from tests.dashboards.test_staff_usable import PROJECTOR, open_signed_in
from tests.journeys.program import Program

WEEKS = 8
PHONE_WIDTH = 360


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("usable")) as opened:
        # The eight weeks before the week of 16 November, 150 ratings each: 70 percent satisfied.
        for week in range(WEEKS):
            day = date(2026, 9, 23) + timedelta(weeks=week)
            for procedure in ("1.001193", "1.000894"):
                await add_ratings(opened.connection, "32041", day, (5, 8, 10, 22, 30), procedure=procedure)
        yield opened


@pytest.fixture(scope="module")
async def pages(site: Site) -> dict[str, tuple[str, str]]:
    """Whose browser opens which address, by what stands there."""
    draft = await site.open_draft(title="Nháp: phí thu không đúng ở quầy đất đai (mẫu)", desk=str(site.ids["desk-2"]))
    number = await site.send_case(alert=str(await site.find_alert()))
    await send(site, number, PDF, "Biên bản làm việc ngày 18-11.pdf", reason="Biên bản có chữ ký hai bên.")
    await send(site, number, PHOTO, "bảng niêm yết.jpg", front_only="yes")
    late = await site.send_case(title="Hồ sơ trả trễ không xin lỗi (mẫu)")
    await site.connection.execute("UPDATE supervision_cases SET due_on = '2026-11-17' WHERE case_id = $1", late)
    answered = await site.send_case(
        title="Thiếu ghế chờ cho người cao tuổi (mẫu)", findings="Một câu.\n\n" + "Dài. " * 80
    )
    await site.answer(answered, "Đã kê thêm mười ghế.\nẢnh chụp kèm theo.")
    site.become("supervisor")
    closed = await site.send_case(title="Không ghi giờ hẹn (mẫu)")
    await site.answer(closed)
    site.become("supervisor")
    for verb, fields in (("accept", {}), ("close", {"result": "partly", "reason": "Đã khắc phục một phần."})):
        assert (await site.take(closed, verb, **fields)).status_code == 303
    return {
        "list": ("supervisor", "/staff/cases"),
        "new": ("supervisor", "/staff/cases/new?area=u-32041"),
        "choose": ("supervisor", "/staff/cases/new?q=tan"),
        "draft": ("supervisor", f"/staff/cases/{draft}"),
        "sent": ("supervisor", f"/staff/cases/{number}"),
        "answered": ("supervisor", f"/staff/cases/{answered}"),
        "closed": ("supervisor", f"/staff/cases/{closed}"),
        "unit-list": ("head", "/staff/unit-cases"),
        "unit": ("head", f"/staff/unit-cases/{number}"),
    }


def read_cookies(site: Site, name: str) -> dict[str, str]:
    cookie, _, value = site.cookies[name].partition("=")
    return {cookie: value}


def make_program(site: Site) -> Program:
    return Program(str(site.client.base_url).rstrip("/"), "", Path())


@pytest.mark.parametrize(
    "name",
    ["list", "new", "choose", "draft", "sent", "answered", "closed", "unit-list", "unit"],
)
async def test_a_page_reads_well_on_a_phone_and_has_one_main_action(
    site: Site, browser: Browser, pages: dict[str, tuple[str, str]], name: str
) -> None:
    """What axe finds there, tests/journeys/test_staff_pages_of_cases.py looks for."""
    who, address = pages[name]
    for language, is_wide in (("vi", False), ("en", True)):
        async with open_signed_in(
            browser, make_program(site), read_cookies(site, who), language, is_wide=is_wide
        ) as phone:
            assert (await phone.open_in_language(address)).status == 200
            assert await phone.page.locator("main .main:visible").count() <= 1
            needed = await phone.page.evaluate("() => document.scrollingElement.scrollWidth")
            assert needed <= (PROJECTOR["width"] if is_wide else PHONE_WIDTH)


async def test_the_head_answers_by_keyboard_alone(site: Site, browser: Browser) -> None:
    number = await site.send_case(title="Trả lời bằng bàn phím (mẫu)")
    async with open_signed_in(browser, make_program(site), read_cookies(site, "head"), "vi") as phone:
        await phone.open(f"/staff/unit-cases/{number}")
        for _ in range(40):
            await phone.page.keyboard.press("Tab")
            if await phone.page.evaluate("() => document.activeElement.id") == "reason-answer":
                break
        await phone.page.keyboard.type("Đã khắc phục.")
        await phone.page.keyboard.press("Tab")
        async with phone.page.expect_navigation():
            await phone.page.keyboard.press("Enter")
        assert "Đơn vị đã trả lời, Mặt trận đang xem xét" in await phone.page.inner_text("main")
    assert (await site.find(number)).state == "answered"


async def test_a_file_is_chosen_sent_and_refused_in_the_browser(site: Site, browser: Browser, tmp_path: Path) -> None:
    number = await site.send_case(title="Gửi tệp bằng trình duyệt (mẫu)")
    (tmp_path / "Ảnh quầy.jpg").write_bytes(PHOTO)
    (tmp_path / "giả.pdf").write_bytes(b"PK\x03\x04" + bytes(500))
    async with open_signed_in(browser, make_program(site), read_cookies(site, "supervisor"), "vi") as phone:
        await phone.open(f"/staff/cases/{number}")
        for file, status in (("giả.pdf", 422), ("Ảnh quầy.jpg", 200)):
            details = phone.page.locator("#files ~ details")
            if await details.get_attribute("open") is None:
                await details.locator("summary").click()
            await phone.page.fill("#reason-files", "Ảnh chụp buổi sáng")
            await phone.page.set_input_files("#file", tmp_path / file)
            answer = await phone.press_and_wait("case.step.files")
            assert answer.status == status
            assert "Ảnh chụp buổi sáng" in await phone.page.content()
            assert await phone.list_troubles() == []
        async with phone.page.expect_response("**/files/*") as fetched:
            await phone.page.get_by_role("link", name="Ảnh quầy.jpg").click()
        assert (await (await fetched.value).all_headers())["content-type"] == "image/jpeg"
