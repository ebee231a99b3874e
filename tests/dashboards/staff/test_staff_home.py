"""Where each role begins, and what surrounds every page: name, links, language, the way out."""

import re
from html import unescape

import httpx

from dashboards.staff.frame import SECTIONS
from feedback.accounts.powers import ACTIONS, POWERS, Role
from feedback.api_keys import Reach
from feedback.database import Connection
from tests.dashboards.staff_stage import sign_in
from tests.feedback.review_stage import find_ids

UNIT = Reach(units=("32041",))
FIRST: dict[Role, str] = {
    "front_volunteer": "/staff/forms",
    "front_supervisor": "/staff/overview",
    "inspector": "/staff/overview",
    "head_of_unit": "/staff/unit",
    "unit_manager": "/staff/unit",
    "official": "/staff/me",
    "personnel": "/staff/scores",
    "administrator": "/staff/accounts",
}


def list_links(page: str) -> dict[str, str]:
    """Address and aria-current of each link of the navigation."""
    navigation = re.search(r'<nav class="sections".*?</nav>', page, re.DOTALL)
    found = re.findall(r'<a href="([^"?]*)[^"]*"(?: aria-current="(\w+)")?', navigation[0] if navigation else "")
    return dict(found)


async def test_every_role_begins_at_its_first_page(site: httpx.AsyncClient, committed: Connection) -> None:
    ids = await find_ids(committed)
    for role, address in FIRST.items():
        official_id = ids["demo-1"] if role == "official" else None
        headers = await sign_in(committed, role.replace("_", "-"), role, UNIT, official_id=official_id)
        reply = await site.get("/staff", headers=headers)
        assert (reply.status_code, reply.headers["location"]) == (303, f"{address}?lang=vi")
        reply = await site.get("/staff?lang=en", headers=headers)
        assert reply.headers["location"] == f"{address}?lang=en"
    assert set(FIRST) == set(POWERS)


async def test_whoever_has_one_unit_is_taken_to_it_and_others_choose(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    one = await sign_in(committed, "one", "head_of_unit", UNIT)
    assert (await site.get("/staff/unit", headers=one)).headers["location"] == "/staff/unit/32041?lang=vi"
    await committed.execute(
        "INSERT INTO units (code, name, place_code, area_type, valid_from)"
        " VALUES ('a/b?', 'Đơn vị khác (mẫu)', '32041', 'urban', '2025-07-01')"
    )
    two = await sign_in(committed, "two", "unit_manager", Reach(units=("32041", "a/b?")))
    page = unescape((await site.get("/staff/unit", headers=two)).text)
    assert page.count("<li><a href=/staff/unit/".replace("=", '="')) == 2
    none = await sign_in(committed, "none", "head_of_unit", Reach(units=("gone",)))
    assert "chưa được giao đơn vị nào" in unescape((await site.get("/staff/unit", headers=none)).text)


async def test_links_are_those_that_the_person_may_open(site: httpx.AsyncClient, committed: Connection) -> None:
    inspector = await sign_in(committed, "inspector", "inspector")
    page = (await site.get("/staff/reviews", headers=inspector)).text
    assert list_links(page) == {
        "/staff/overview": "",
        "/staff/alerts": "",
        "/staff/cases": "",
        "/staff/checks": "",
        "/staff/reports": "",
        "/staff/reviews": "page",
    }
    head = await sign_in(committed, "head", "head_of_unit", UNIT)
    assert list_links((await site.get("/staff/unit/32041", headers=head)).text) == {
        "/staff/unit": "true",
        "/staff/unit-cases": "",
        "/staff/desks": "",
    }


async def test_every_page_tells_who_is_signed_in_and_how_to_get_out(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    headers = await sign_in(committed, "head", "head_of_unit", UNIT)
    page = unescape((await site.get("/staff/unit/32041?release=2026-Q1&lang=vi", headers=headers)).text)
    assert "Người mẫu head (mẫu)</a>" in page
    assert '<form method="post" action="/staff/sign-out">' in page
    assert '<a class="skip" href="#main">' in page
    # The other language shows the same quarter.
    assert 'href="/staff/unit/32041?lang=en&release=2026-Q1"' in page


async def test_the_language_is_the_accounts_unless_the_address_names_one(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    headers = await sign_in(committed, "inspector", "inspector") | {"accept-language": "en"}
    assert '<html lang="vi">' in (await site.get("/staff/reviews", headers=headers)).text
    assert '<html lang="en">' in (await site.get("/staff/reviews?lang=en", headers=headers)).text
    await committed.execute("UPDATE accounts SET language = 'en'")
    assert '<html lang="en">' in (await site.get("/staff/reviews", headers=headers)).text


async def test_after_a_form_the_other_language_is_a_page_that_exists(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    ids = await find_ids(committed)
    headers = await sign_in(committed, "official", "official", official_id=ids["demo-1"])
    page = unescape((await site.post("/staff/me/reviews", headers=headers, data={"lang": "vi"})).text)
    assert 'href="/staff/me?lang=en"' in page


def test_every_action_but_those_within_others_pages_has_a_link() -> None:
    linked = {section.action for section in SECTIONS}
    assert set(ACTIONS) - linked == {"read_comments", "work_on_alerts", "work_on_cases", "answer_cases"}
