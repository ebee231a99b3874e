"""Pages that no address shows: forms that came back with their message, a session over, a try too soon."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import cast

import msgspec
from playwright.async_api import Page

from feedback.accounts.totp import make_code
from tests.dashboards.sign_in_stage import DEVICE, PASSWORD
from tests.journeys.staff_sites import Site

MOST_ATTEMPTS = 12
TOO_SOON = 429
# As it is sent without the browser's own checks, which a script or an old browser leaves out.
MISSING = """([selector, fields]) => {
    const form = document.querySelector(selector);
    return form
        ? Object.keys(fields).filter(name => !form.querySelector(`[name="${name}"]`)).map(name => `field ${name}`)
        : [`form ${selector}`];
}"""
SEND = """([selector, fields]) => {
    const form = document.querySelector(selector);
    for (const [name, value] of Object.entries(fields)) {
        const called = `[name="${name}"]`;
        const field = form.querySelector(`${called}[value="${value}"]`) || form.querySelector(called);
        if (["radio", "checkbox"].includes(field.type)) field.checked = true;
        else field.value = value;
    }
    for (const details of document.querySelectorAll("details")) details.open = true;
    form.noValidate = true;
    form.requestSubmit(form.querySelector("button"));
}"""
Act = Callable[[Page, Site, str], Awaitable[int]]


class Refusal(msgspec.Struct, frozen=True):
    name: str
    who: str
    path: str
    status: int
    act: Act


class MissingFormError(Exception):
    """The page does not offer what was to be filled in."""


async def send(page: Page, selector: str, **fields: str) -> int:
    """The status of the page that answers. Raises MissingFormError."""
    if missing := cast("list[str]", await page.evaluate(MISSING, [selector, fields])):
        raise MissingFormError(f"no {', '.join(missing)}")
    async with page.expect_navigation() as navigation:
        await page.evaluate(SEND, [selector, fields])
    answer = await navigation.value
    assert answer
    return answer.status


def filling(selector: str, **fields: str) -> Act:
    async def act(page: Page, _site: Site, _language: str) -> int:
        return await send(page, selector, **fields)

    return act


async def try_too_often(page: Page, _site: Site, language: str) -> int:
    status = 0
    for _ in range(MOST_ATTEMPTS):
        status = await send(page, "main form", name=f"demo-hasty-{language}", password="x", code="123456")
        if status == TOO_SOON:
            break
    return status


async def come_too_late(page: Page, _site: Site, _language: str) -> int:
    """The session ended while something was typed."""
    await page.context.clear_cookies()
    return await send(page, "form[action$='/snooze']", until="2026-12-01", reason="Chờ báo cáo (mẫu)")


async def come_back_late(page: Page, _site: Site, language: str) -> int:
    """What was typed waits behind the sign-in, to be sent on at a press."""
    await page.context.clear_cookies()
    await send(page, "form[action$='/contact']", email="lan@mau.vn")
    code = make_code(DEVICE, datetime.now(UTC))
    return await send(page, "main form", name=f"demo-{language}", password=PASSWORD, code=code)


async def change_what_changed(page: Page, _site: Site, _language: str) -> int:
    return await send(
        page,
        "form[action$='/snooze']",
        changed_at="2026-01-01T00:00:00+00:00",
        until="2026-12-01",
        reason="Chờ báo cáo (mẫu)",
    )


async def take_address(page: Page, _site: Site, language: str) -> int:
    return await send(page, "form[action$='/contact']", email="a@mau.vn", language=language)


ACCOUNT, ALERT = "/staff/account", "/staff/alerts/{alert}"
REFUSALS = (
    Refusal(
        "sign-in",
        "",
        "/staff/sign-in?to=/staff/alerts",
        403,
        filling("main form", name="demo-nobody", password="x", code="123456"),
    ),
    Refusal("too soon", "", "/staff/sign-in", 429, try_too_often),
    Refusal("session over", "front_supervisor", ALERT, 401, come_too_late),
    Refusal("kept", "own", ACCOUNT, 200, come_back_late),
    Refusal("address of mail", "inspector", ACCOUNT, 422, filling("form[action$='/contact']", email="nowhere")),
    Refusal("address of mail taken", "personnel", ACCOUNT, 200, take_address),
    Refusal("password", "own", ACCOUNT, 422, filling("form[action$='/password']", password="x", code="1")),
    Refusal(
        "invitation", "", "/staff/invitation/{token}", 422, filling("main form", new_password="short", repeated="other")
    ),
    Refusal("alert changed", "front_supervisor", ALERT, 409, change_what_changed),
    Refusal(
        "alert until yesterday",
        "front_supervisor",
        ALERT,
        422,
        filling("form[action$='/snooze']", until="2026-01-01", reason="Chờ báo cáo (mẫu)"),
    ),
    Refusal("alert without reason", "front_supervisor", ALERT, 422, filling("form[action$='/dismiss']")),
    Refusal(
        "role nowhere", "administrator", "/staff/accounts/{several}", 422, filling("form[action$='/appointments']")
    ),
    Refusal(
        "person without a name",
        "administrator",
        "/staff/accounts",
        422,
        filling("form[method=post][action$='/accounts']"),
    ),
    Refusal(
        "review of days turned round",
        "official",
        "/staff/me",
        422,
        filling("form[action$='/reviews']", first_day="2026-11-20", last_day="2026-11-19", reason="Nghỉ phép (mẫu)"),
    ),
    Refusal("vote without reason", "inspector", "/staff/reviews", 409, filling("form[action*='/reviews/']")),
    Refusal("digest", "front_supervisor", "/staff/digests", 201, filling("main form")),
)
