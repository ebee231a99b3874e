"""The forms of staff filled in and sent by keyboard alone, in a real browser."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, Page

from feedback.accounts.totp import make_code
from tests.dashboards.sign_in_stage import DEVICE, PASSWORD
from tests.journeys.staff_sites import Site, change_person, open_page
from tests.journeys.walk_by_keyboard import press_enter, tab_to

OK, STORED = 200, 201


def write_day_ahead() -> str:
    """Of the same number as its month, so that the order of the two in a field for a day does not matter."""
    today = datetime.now(UTC).date()
    ahead = (today + timedelta(days=days) for days in range(2, 40))
    return next(f"{day:%d%m%Y}" for day in ahead if day.day == day.month)


async def open_as(page: Page, site: Site, who: str, path: str) -> None:
    await change_person(page, site, who)
    await page.goto(f"{site.program.address}{path}")


async def test_somebody_signs_in_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    async with open_page(browser) as page:
        await open_as(page, site, "", "/staff/sign-in?to=/staff/account")
        code = make_code(DEVICE, datetime.now(UTC))
        for field, text in {"#name": "demo-keys", "#password": PASSWORD, "#code": code}.items():
            await tab_to(page, field)
            await page.keyboard.type(text)
        await tab_to(page, "button.main")
        assert await press_enter(page) == OK
        assert page.url.endswith("/staff/account")


async def test_an_alert_is_put_off_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    async with open_page(browser) as page:
        await open_as(page, site, "front_supervisor", f"/staff/alerts/{site.words['alert']}?lang=vi")
        await tab_to(page, "details:has([action$='/snooze']) summary")
        await page.keyboard.press("Enter")
        await tab_to(page, "#until")
        await page.keyboard.type(write_day_ahead())
        await tab_to(page, "#reason-snooze")
        await page.keyboard.type("Chờ báo cáo của đơn vị (mẫu).")
        await tab_to(page, "[action$='/snooze'] button")
        assert await press_enter(page) == OK
    state = "SELECT state FROM supervision_alerts WHERE alert_id = $1"
    assert await site.connection.fetchval(state, int(site.words["alert"])) == "snoozed"


async def test_a_role_is_proposed_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    async with open_page(browser) as page:
        await open_as(page, site, "administrator", f"/staff/accounts/{site.words['several']}?lang=vi")
        await tab_to(page, "#role")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "[name=everywhere]")
        await page.keyboard.press("Space")
        await tab_to(page, "[action$='/appointments'] button")
        assert await press_enter(page) == STORED


async def test_figures_are_filtered_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    async with open_page(browser) as page:
        await open_as(page, sites["province"], "front_supervisor", "/staff/area/p96/trend?lang=vi")
        await tab_to(page, "#filter-quarter")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "form.filters button")
        assert await press_enter(page) == OK
        assert "quarter=2026-Q3" in page.url


async def test_digests_are_chosen_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    person = site.people["front_supervisor"]
    await site.connection.execute(
        "UPDATE accounts SET email = 'mau@mttq.test', digest_by = '{}' WHERE account_id = $1", person.account_id
    )
    async with open_page(browser) as page:
        await open_as(page, site, person.name, "/staff/digests?lang=vi")
        await tab_to(page, "[name=email]")
        await page.keyboard.press("Space")
        await tab_to(page, "[action='/staff/digests'] button")
        assert await press_enter(page) == STORED
    chosen = await site.connection.fetchval("SELECT digest_by FROM accounts WHERE account_id = $1", person.account_id)
    assert chosen == ["email"]
