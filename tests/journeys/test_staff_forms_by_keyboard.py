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
        for _ in range(6):
            await page.keyboard.press("ArrowDown")  # to the inspector, who may be one for everywhere
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


async def type_into(page: Page, **texts: str) -> None:
    """In the order in which the Tab key comes to the fields."""
    for name, text in texts.items():
        await tab_to(page, f"main form[method=post] [name={name}]")
        await page.keyboard.type(text)


async def test_a_case_is_opened_sent_and_answered_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    async with open_page(browser) as page:
        await open_as(page, site, "front_supervisor", "/staff/cases/new?area=u-32041&lang=vi")
        words = {
            "title": "Thiếu ghế chờ (mẫu)",
            "findings": "Bốn người đứng (mẫu).",
            "recommendation": "Kê thêm (mẫu).",
        }
        await type_into(page, **words)
        await tab_to(page, "main button.main")
        assert await press_enter(page) == OK
        number = int(page.url.partition("?")[0].rpartition("/")[2])
        await tab_to(page, "[formaction$='/send']")
        assert await press_enter(page) == OK
        await open_as(page, site, "head_of_unit", f"/staff/unit-cases/{number}?lang=vi")
        await type_into(page, reason="Đã kê thêm mười ghế (mẫu).")
        await tab_to(page, "[action$='/answer'] button")
        assert await press_enter(page) == OK
    state = "SELECT state FROM supervision_cases WHERE case_id = $1"
    assert await site.connection.fetchval(state, number) == "answered"


async def test_a_finding_is_saved_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    number = int(site.words["check"])
    async with open_page(browser) as page:
        await open_as(page, site, "front_supervisor", f"/staff/checks/{number}/items/2?lang=vi")
        await tab_to(page, "[name=score]")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "main button.main")
        assert await press_enter(page) == OK
    found = "SELECT count(*) FROM check_items WHERE round_id = $1 AND found_at IS NOT NULL"
    assert await site.connection.fetchval(found, number) == 2


async def test_a_paper_form_is_entered_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    number = int(site.words["batch"])
    entered = "SELECT count(*) FROM form_entries WHERE batch_id = $1"
    before = int(await site.connection.fetchval(entered, number) or 0)
    async with open_page(browser) as page:
        await open_as(page, site, "front_volunteer", f"/staff/forms/{number}?desk=2&lang=vi")
        await type_into(page, number="40")
        await tab_to(page, "[name=score]")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "main form[method=post] button.main")
        assert await press_enter(page) == OK
    assert await site.connection.fetchval(entered, number) == before + 1


async def test_a_parameter_is_proposed_by_keyboard_alone(sites: dict[str, Site], browser: Browser) -> None:
    site = sites["full"]
    async with open_page(browser) as page:
        await open_as(page, site, "administrator", "/staff/parameters/case_escalation_days?lang=vi")
        await type_into(page, basis="Quyết định 7/QĐ-MTTQ (mẫu)")
        await tab_to(page, "main button.main")
        assert await press_enter(page) == STORED
    proposed = "SELECT count(*) FROM parameter_values WHERE name = 'case_escalation_days'"
    assert await site.connection.fetchval(proposed) == 1
