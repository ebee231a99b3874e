"""Taking an account by its link: once, for three days, and never past the second factor."""

import base64
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from feedback.accounts.invitations import invite
from feedback.accounts.totp import make_code
from tests.dashboards.sign_in_stage import (
    ACCOUNT,
    DEVICE,
    PASSWORD,
    SIGN_IN,
    Stage,
    add_known_person,
    open_stage,
    read,
)
from tests.staff_people import add_person, open_session

NEW_PASSWORD = "mưa rơi trên mái tôn cũ"


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as stage:
        yield stage


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.open_browser() as browser:
        yield browser


async def make_link(stage: Stage, account_id: int) -> str:
    return "/staff/invitation/" + await invite(stage.connection, account_id, None, stage.clock.now)


async def open_link(browser: httpx.AsyncClient, link: str) -> str:
    """As a browser does that keeps what it is given also over http on this machine."""
    reply = await browser.get(link)
    if given := reply.headers.get("set-cookie"):
        browser.headers["cookie"] = given.partition(";")[0]
    return read(reply)


def read_device(page: str) -> bytes:
    """What a person types into the device: the groups of letters in the page."""
    shown = re.search(r'<p class="receipt">([A-Z2-7 ]+)</p>', page)
    assert shown
    return base64.b32decode(shown[1].replace(" ", ""))


def choose(code: str, **changed: str) -> dict[str, str]:
    return {"new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD, "code": code, "lang": "en", **changed}


async def test_a_new_person_sets_a_password_enrols_a_device_and_signs_in(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    link = await make_link(stage, await add_person(stage.connection, "minh", "inspector"))
    page = await open_link(browser, f"{link}?lang=en")
    assert 'name="username" value="demo-minh"' in page
    square = await browser.get(f"{link}/square.svg")
    assert (square.status_code, square.headers["content-type"]) == (200, "image/svg+xml")
    device = read_device(page)
    assert device == read_device(await open_link(browser, link))
    code = make_code(device, stage.clock.now)
    taken = await browser.post(link, data=choose(code))
    assert (taken.status_code, taken.headers["location"]) == (303, "/staff/sign-in?after=invitation&lang=en")
    assert "The account is ready." in read(await browser.get(taken.headers["location"]))
    form = {"name": "demo-minh", "password": NEW_PASSWORD, "code": code}
    assert (await browser.post(SIGN_IN, data=form)).status_code == 403  # the code was used up
    stage.clock.pass_time(seconds=30)
    form["code"] = make_code(device, stage.clock.now)
    assert (await browser.post(SIGN_IN, data=form)).status_code == 303


async def test_whatever_is_wrong_the_link_stays_good_and_says_why(stage: Stage, browser: httpx.AsyncClient) -> None:
    link = await make_link(stage, await add_person(stage.connection, "minh", "inspector"))
    code = make_code(read_device(await open_link(browser, link)), stage.clock.now)
    for changed, status, said in (
        ({"code": "000000"}, 403, "This code is not right."),
        ({"new_password": "ngắn quá", "repeated": "ngắn quá"}, 422, "at least 15 characters"),
        ({"repeated": "mưa rơi trên mái tôn mới"}, 422, "typed differently"),
        ({"new_password": "password12345678", "repeated": "password12345678"}, 422, "a common one"),
    ):
        reply = await browser.post(link, data={**choose(code), **changed})
        assert (reply.status_code, said in read(reply)) == (status, True), read(reply)
        assert NEW_PASSWORD not in read(reply)
    assert await stage.connection.fetchval("SELECT password_hash FROM accounts") is None
    assert (await browser.post(link, data=choose(code))).status_code == 303


async def test_a_link_opens_once_for_three_days_until_a_newer_one(stage: Stage, browser: httpx.AsyncClient) -> None:
    account_id = await add_person(stage.connection, "minh", "inspector")
    older, link = await make_link(stage, account_id), await make_link(stage, account_id)
    code = make_code(read_device(await open_link(browser, link)), stage.clock.now)
    for address in (older, "/staff/invitation/x", "/staff/invitation/" + "a" * 3000, f"{older}/square.svg"):
        assert (await browser.get(address)).status_code == 404
        assert (await browser.post(address.removesuffix("/square.svg"), data=choose(code))).status_code == 404
    stage.clock.pass_time(hours=72)
    assert (await browser.post(link, data=choose(code))).status_code == 404
    stage.clock.pass_time(seconds=-1)
    code = make_code(read_device(await open_link(browser, link)), stage.clock.now)
    assert (await browser.post(link, data=choose(code))).status_code == 303
    assert (await browser.post(link, data=choose(code))).status_code == 404
    assert "opens nothing any more" in read(await browser.get(f"{link}?lang=en"))


async def test_a_second_link_resets_the_password_and_still_asks_for_the_device(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    account_id = await add_known_person(stage.connection)
    session = await open_session(stage.connection, account_id, stage.clock.now)
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in session.items())}
    link = await make_link(stage, account_id)
    page = await browser.get(f"{link}?lang=en")
    assert "You have a code device already" in read(page)
    assert "receipt" not in page.text
    assert (await browser.get(f"{link}/square.svg")).status_code == 404
    assert (await browser.post(link, data=choose("000000"))).status_code == 403
    assert (await browser.get(ACCOUNT, headers=cookie)).status_code == 200
    assert (await browser.post(link, data=choose(make_code(DEVICE, stage.clock.now)))).status_code == 303
    assert (await browser.get(ACCOUNT, headers=cookie)).status_code == 303
    assert (await browser.post(SIGN_IN, data=stage.fill_in(password=PASSWORD))).status_code == 403
    assert (await browser.post(SIGN_IN, data=stage.fill_in(password=NEW_PASSWORD))).status_code == 303


async def test_who_opened_the_link_before_does_not_know_the_device_of_who_takes_the_account(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    account_id = await add_person(stage.connection, "minh", "inspector")
    link = await make_link(stage, account_id)
    async with stage.open_browser("10.0.2.1") as earlier:
        seen = read_device(await open_link(earlier, link))
    device = read_device(await open_link(browser, link))
    assert (await browser.post(link, data=choose(make_code(seen, stage.clock.now)))).status_code == 403
    assert (await browser.post(link, data=choose(make_code(device, stage.clock.now)))).status_code == 303
    stage.clock.pass_time(seconds=60)
    again = await make_link(stage, account_id)
    async with stage.open_browser("10.0.2.1") as later:
        assert (await later.post(again, data=choose(make_code(seen, stage.clock.now)))).status_code == 403


async def test_codes_are_not_guessed_at_a_link_from_many_addresses(stage: Stage) -> None:
    link = await make_link(stage, await add_known_person(stage.connection))
    statuses: list[int] = []
    for caller in range(8):
        async with stage.open_browser(f"10.0.1.{caller}") as browser:
            statuses.append((await browser.post(link, data=choose("000000"))).status_code)
    assert statuses == [403] * 5 + [429] * 3


async def test_a_disabled_person_takes_no_account(stage: Stage, browser: httpx.AsyncClient) -> None:
    link = await make_link(stage, await add_known_person(stage.connection))
    await stage.connection.execute("UPDATE accounts SET disabled_at = $1", stage.clock.now - timedelta(days=1))
    assert (await browser.get(link)).status_code == 404


async def test_the_link_is_kept_by_hash_only(stage: Stage) -> None:
    link = await make_link(stage, await add_known_person(stage.connection))
    kept = str(await stage.connection.fetchval("SELECT to_json(account_invitations)::text FROM account_invitations"))
    assert link.rpartition("/")[2] not in kept
    assert len(link.rpartition("/")[2]) == 43  # 256 bits
