"""Signing in with name, password and code: one answer whatever was wrong, slower and slower, and back again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.dashboards.sign_in_stage import (
    ACCOUNT,
    COOKIE_FORM,
    NAME,
    PASSWORD,
    SIGN_IN,
    Stage,
    add_known_person,
    open_stage,
    read,
)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as stage:
        await add_known_person(stage.connection)
        yield stage


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.open_browser() as browser:
        yield browser


async def test_name_password_and_code_open_a_session(stage: Stage, browser: httpx.AsyncClient) -> None:
    reply = await browser.post(SIGN_IN, data=stage.fill_in(name=f" {NAME.upper()} "))
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff?lang=en")
    assert re.fullmatch(COOKIE_FORM, reply.headers["set-cookie"])
    cookie = {"cookie": reply.headers["set-cookie"].partition(";")[0]}
    page = await browser.get(f"{ACCOUNT}?lang=en", headers=cookie)
    assert page.status_code == 200
    assert "Người mẫu lan (mẫu)" in read(page)
    entries = await stage.connection.fetch("SELECT actor, action, outcome FROM audit_log")
    assert [tuple(entry) for entry in entries] == [("Người mẫu lan (mẫu)", "sign-in", "done")]


async def test_nothing_tells_which_of_the_three_was_wrong(stage: Stage, browser: httpx.AsyncClient) -> None:
    wrong = ({"name": "demo-nobody"}, {"password": "ba con trâu uống nước sông Hồng"}, {"code": "000000"}, {"code": ""})
    said = {
        (reply.status_code, re.sub(r'value="demo-\w+"', "", read(reply)))
        for change in wrong
        for reply in [await browser.post(SIGN_IN, data=stage.fill_in(**change))]
    }
    assert len(said) == 1
    status, page = said.pop()
    assert status == 403
    assert "Name, password or code is not right." in page
    assert "set-cookie" not in page
    kept = await stage.connection.fetch("SELECT actor, object_code, outcome FROM audit_log ORDER BY entry_id")
    known = ("Người mẫu lan (mẫu)", NAME, "failed")
    assert [tuple(entry) for entry in kept] == [("unknown", "", "failed"), known, known, known]


async def test_the_log_keeps_no_password_and_no_unknown_name(stage: Stage, browser: httpx.AsyncClient) -> None:
    await browser.post(SIGN_IN, data=stage.fill_in(name="demo-secret-name", password="not for the log at all"))
    rows = await stage.connection.fetch("SELECT to_json(audit_log)::text FROM audit_log")
    assert len(rows) == 1
    assert "secret-name" not in rows[0][0]
    assert "not for" not in rows[0][0]


async def test_a_code_works_once(stage: Stage, browser: httpx.AsyncClient) -> None:
    form = stage.fill_in()
    assert (await browser.post(SIGN_IN, data=form)).status_code == 303
    assert (await browser.post(SIGN_IN, data=form)).status_code == 403


async def test_a_disabled_person_and_one_without_a_device_get_the_same_answer(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await stage.connection.execute("UPDATE accounts SET disabled_at = made_at")
    assert (await browser.post(SIGN_IN, data=stage.fill_in())).status_code == 403
    await stage.connection.execute("UPDATE accounts SET disabled_at = NULL, totp_secret = NULL")
    for code in ("", stage.show_code()):
        assert (await browser.post(SIGN_IN, data=stage.fill_in(code=code))).status_code == 403


async def test_the_form_comes_back_with_the_name_and_never_with_the_password(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    reply = await browser.post(SIGN_IN, data=stage.fill_in(code="000000", to=f"{ACCOUNT}?lang=en"))
    assert f'value="{NAME}"' in read(reply)
    assert f'name="to" value="{ACCOUNT}?lang=en"' in read(reply)
    assert PASSWORD not in read(reply)


async def test_wrong_attempts_wait_longer_and_longer(stage: Stage, browser: httpx.AsyncClient) -> None:
    """Five at once, then after 3, 6, 12, 24 and 42 seconds, as feedback/accounts/delays.py says."""
    for _ in range(5):
        stage.clock.pass_time(seconds=-30)  # fill_in lets half a minute go by
        assert (await browser.post(SIGN_IN, data=stage.fill_in(code="000000"))).status_code == 403
    for wait in (3, 6, 12, 24, 42, 42):
        stage.clock.pass_time(seconds=-30)
        reply = await browser.post(SIGN_IN, data=stage.fill_in())
        assert (reply.status_code, reply.headers["retry-after"]) == (429, str(wait))
        assert f"Please wait {wait} seconds" in read(reply)
        stage.clock.pass_time(seconds=wait - 30)
        assert (await browser.post(SIGN_IN, data=stage.fill_in(code="000000"))).status_code == 403


async def test_nobody_is_shut_out_by_name_alone(stage: Stage, browser: httpx.AsyncClient) -> None:
    form = stage.fill_in(code="000000")
    statuses = [(await browser.post(SIGN_IN, data=form)).status_code for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    assert await stage.sign_in(caller="10.0.0.2")
    other_name = stage.fill_in(name="demo-somebody-else", code="000000")
    assert (await browser.post(SIGN_IN, data=other_name)).status_code == 403
    stage.clock.pass_time(seconds=42)
    assert await stage.sign_in()


async def test_a_page_asked_for_without_a_session_leads_to_the_sign_in_and_back(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    asked = await browser.get(f"{ACCOUNT}?lang=en&of=a%20b")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/staff/sign-in?to=%2Fstaff%2Faccount%3Flang%3Den%26of%3Da%2520b&lang=en"
    form = await browser.get(asked.headers["location"])
    assert 'name="to" value="/staff/account?lang=en&of=a%20b"' in read(form)
    reply = await browser.post(SIGN_IN, data=stage.fill_in(to="/staff/account?lang=en&of=a%20b"))
    assert reply.headers["location"] == "/staff/account?lang=en&of=a%20b"


async def test_a_program_without_a_session_gets_a_problem_and_no_challenge(browser: httpx.AsyncClient) -> None:
    for method in ("GET", "POST"):
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        address = ACCOUNT if method == "GET" else f"{ACCOUNT}/contact"
        reply = await browser.request(method, address, headers=headers)
        assert (reply.status_code, reply.json()["title"]) == (401, "session-needed")
        assert "www-authenticate" not in reply.headers


async def test_a_sign_in_leads_to_no_other_place(stage: Stage, browser: httpx.AsyncClient) -> None:
    for to in ("//evil.example", "/\\evil.example", "https://evil.example/staff/", "/staff/a\r\nset-cookie: x=1"):
        reply = await browser.post(SIGN_IN, data=stage.fill_in(to=to, lang=""))
        assert (reply.status_code, reply.headers["location"]) == (303, "/staff")


async def test_a_link_from_another_site_is_followed_from_our_own_page(browser: httpx.AsyncClient) -> None:
    reply = await browser.get(f"{SIGN_IN}?to=%2Fstaff%2Faccount", headers={"sec-fetch-site": "cross-site"})
    assert '<meta http-equiv="refresh" content="0; url=/staff/account">' in reply.text
    direct = await browser.get(f"{SIGN_IN}?to=%2Fstaff%2Faccount", headers={"sec-fetch-site": "none"})
    assert "http-equiv" not in direct.text


async def test_signing_out_ends_the_session_and_takes_the_cookie(stage: Stage, browser: httpx.AsyncClient) -> None:
    cookie = await stage.sign_in()
    assert (await browser.get(ACCOUNT, headers=cookie)).status_code == 200
    reply = await browser.post("/staff/sign-out", data={"lang": "en"}, headers=cookie)
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff/sign-in?after=sign-out&lang=en")
    assert reply.headers["set-cookie"] == ("__Host-langnghe=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
    assert "You are signed out." in read(await browser.get(reply.headers["location"]))
    assert (await browser.get(ACCOUNT, headers=cookie)).status_code == 303
    assert (await browser.post("/staff/sign-out", data={"lang": ""}, headers=cookie)).status_code == 303
