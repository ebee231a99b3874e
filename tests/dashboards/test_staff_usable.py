"""The staff pages in a real browser of somebody signed in: readable aloud, by keyboard, on a phone and a projector."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from feedback.api_keys import Reach
from feedback.database import Connection, open_connection
from feedback.tables.appointments import decide_appointment, insert_appointment
from tests.dashboards.staff_stage import make_staff_world, serve_staff
from tests.feedback.review_stage import ask, rate_official
from tests.journeys.phone import HEIGHT, LISTEN, WIDTH, WORDINGS, Phone
from tests.journeys.program import Program
from tests.staff_people import add_person, open_session

PROJECTOR = {"width": 1280, "height": 800}
Cookies = dict[str, str]


@pytest.fixture
async def people(database_url: str) -> AsyncIterator[dict[str, Cookies]]:
    """What the browsers of these people hold."""
    connection = await open_connection(database_url)
    yield await prepare_pages(connection)
    await connection.close()


async def prepare_pages(connection: Connection) -> dict[str, Cookies]:
    ids = await make_staff_world(connection)
    await rate_official(connection, ids, count=12)
    await ask(connection, ids)
    await connection.execute(
        "INSERT INTO drop_alerts (role, entity_id, unit_id, pool, detector, level, day, statistic, threshold)"
        " VALUES ('unit', $1, $1, 'p', 'drop', 'watch', '2026-11-18', 6, 5)",
        ids["32041"],
    )
    await connection.execute(
        "INSERT INTO units (code, name, place_code, area_type, valid_from)"
        " VALUES ('other', 'Đơn vị khác (mẫu)', '32041', 'urban', '2025-07-01')"
    )
    unit, both = Reach(units=("32041",)), Reach(units=("32041", "other"))
    ids_of = {
        "official": await add_person(connection, "official", "official", official_id=ids["demo-1"]),
        "head": await add_person(connection, "head", "head_of_unit", unit),
        "several": await add_person(connection, "several", "unit_manager", both),
        "inspector": await add_person(connection, "inspector", "inspector"),
        "personnel": await add_person(connection, "personnel", "personnel", unit),
        "nobody": await add_person(connection, "nobody", "personnel", unit),
    }
    await connection.execute("UPDATE appointments SET ended_at = now() WHERE account_id = $1", ids_of["nobody"])
    now = datetime.now(UTC)
    second = await insert_appointment(connection, ids_of["several"], "personnel", unit, None, now)
    await decide_appointment(connection, second, "approved", None, now)
    return {name: await open_session(connection, account_id) for name, account_id in ids_of.items()}


@asynccontextmanager
async def open_signed_in(
    browser: Browser, program: Program, cookies: Cookies, language: str, *, is_wide: bool = False
) -> AsyncGenerator[Phone]:
    context = await browser.new_context(
        viewport=PROJECTOR if is_wide else {"width": WIDTH, "height": HEIGHT},  # pyright: ignore[reportArgumentType] (a plain dict)
        locale="en-GB" if language == "en" else "vi-VN",
    )
    for name, value in cookies.items():
        address = program.address.replace("http://", "https://")
        await context.add_cookies([{"name": name, "value": value, "url": address, "secure": True}])
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    phone = Phone(await context.new_page(), program, WORDINGS[language])
    try:
        yield phone
        # The cookie of the session, and none besides.
        assert {cookie.get("name") for cookie in await context.cookies()} == set(cookies)
        await context.clear_cookies()
        await phone.check_manners()
    finally:
        await context.close()


async def test_an_official_asks_and_another_person_votes_in_the_browser(
    database_url: str, tmp_path: Path, browser: Browser, people: dict[str, Cookies]
) -> None:
    reason = "Hôm ấy tôi đi tập huấn, không ngồi quầy."
    async with serve_staff(database_url, tmp_path) as address:
        program = Program(address, database_url, tmp_path)
        async with open_signed_in(browser, program, people["official"], "vi") as phone:
            await phone.open("/staff/me")
            await phone.page.fill("#first-day", "2026-11-20")
            await phone.page.fill("#last-day", "2026-11-19")
            await phone.page.fill("#reason", reason)
            assert (await phone.press_and_wait("staff.review.send")).status == 422
            assert await phone.page.input_value("#reason") == reason
            assert await phone.list_troubles() == []
            await phone.page.fill("#first-day", "2026-11-18")
            assert (await phone.press_and_wait("staff.review.send")).status == 201
            assert await phone.list_troubles() == []
        async with open_signed_in(browser, program, people["inspector"], "vi") as phone:
            await phone.open("/staff/reviews")
            assert reason in await phone.page.inner_text("main")
            await phone.page.fill("#reason-2", "Đã xem lịch tập huấn.")
            async with phone.page.expect_navigation() as navigation:
                await phone.page.locator("section", has_text=reason).locator("button[value=grant]").click()
            assert (await navigation.value).status == 201
            assert await phone.list_troubles() == []
