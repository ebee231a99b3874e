"""One's own account: sessions seen and ended, language and e-mail, another password with the present one and a code."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.dashboards.sign_in_stage import (
    ACCOUNT,
    COOKIE_FORM,
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
        await add_known_person(stage.connection)
        yield stage


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    cookie = (await stage.sign_in())["cookie"]
    async with stage.open_browser(cookie=cookie) as browser:
        yield browser


async def list_deeds(stage: Stage) -> list[tuple[str, str]]:
    rows = await stage.connection.fetch("SELECT action, outcome FROM audit_log ORDER BY entry_id")
    return [(row["action"], row["outcome"]) for row in rows]


def find_ends(page: str) -> list[str]:
    return re.findall(r'action="(/staff/account/sessions/[0-9a-f]{16})"', page)


async def test_own_sessions_are_listed_and_ended_one_by_one(stage: Stage, browser: httpx.AsyncClient) -> None:
    other = await stage.sign_in(caller="10.0.0.2")
    page = await browser.get(f"{ACCOUNT}?lang=en")
    ends = find_ends(page.text)
    assert len(ends) == 1
    assert read(page).count("password and code") == 2
    assert "this one" in read(page)
    ended = await browser.post(ends[0], data={"lang": "en"})
    assert (ended.status_code, "That session has ended." in read(ended)) == (200, True)
    assert find_ends(ended.text) == []
    assert (await browser.get(ACCOUNT, headers=other)).status_code == 303
    assert (await browser.post(ends[0], data={"lang": "en"})).status_code == 200
    assert await list_deeds(stage) == [("sign-in", "done")] * 2 + [("end-session", "done")]


async def test_nobody_ends_a_session_of_somebody_else(stage: Stage, browser: httpx.AsyncClient) -> None:
    cookies = await open_session(stage.connection, await add_person(stage.connection, "minh", "inspector"))
    other = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    row = str(
        await stage.connection.fetchval("SELECT encode(id_hash, 'hex') FROM staff_sessions ORDER BY account_id DESC")
    )
    for shown in (row[:16], row, "", "0", "é" * 400, "%00"):
        await browser.post(f"{ACCOUNT}/sessions/{shown}", data={"lang": "en"})
    assert (await browser.get(ACCOUNT, headers=other)).status_code == 200


async def test_all_other_sessions_end_at_one_press(stage: Stage, browser: httpx.AsyncClient) -> None:
    others = [await stage.sign_in(caller=f"10.0.0.{number}") for number in (2, 3)]
    reply = await browser.post(f"{ACCOUNT}/sessions", data={"lang": "en"})
    assert "All other sessions have ended." in read(reply)
    assert [(await browser.get(ACCOUNT, headers=each)).status_code for each in others] == [303, 303]
    assert (await browser.get(ACCOUNT)).status_code == 200


async def test_language_and_address_are_kept_and_a_wrong_one_comes_back(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    reply = await browser.post(f"{ACCOUNT}/contact", data={"language": "en", "email": "lan@example.vn"})
    assert "Language and e-mail address are saved." in read(reply)
    kept = await stage.connection.fetchrow("SELECT language, email FROM accounts")
    assert tuple(kept or ()) == ("en", "lan@example.vn")
    wrong = await browser.post(f"{ACCOUNT}/contact", data={"language": "vi", "email": "lan at example"})
    assert wrong.status_code == 422
    assert 'value="lan at example"' in wrong.text
    assert await stage.connection.fetchval("SELECT email FROM accounts") == "lan@example.vn"
    await browser.post(f"{ACCOUNT}/contact", data={"language": "xx", "email": ""})
    kept = await stage.connection.fetchrow("SELECT language, email FROM accounts")
    assert tuple(kept or ()) == ("en", None)


async def test_another_password_needs_the_present_one_and_a_code_and_ends_every_session(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    other = await stage.sign_in(caller="10.0.0.2")
    new = {"new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    for changed, status in (
        ({"password": NEW_PASSWORD}, 403),
        ({"code": "000000"}, 403),
        ({"repeated": PASSWORD}, 422),
        ({"new_password": "ngắn", "repeated": "ngắn"}, 422),
    ):
        reply = await browser.post(f"{ACCOUNT}/password", data={**stage.fill_in(), **new, **changed})
        assert reply.status_code == status, read(reply)
        assert PASSWORD not in read(reply)
    reply = await browser.post(f"{ACCOUNT}/password", data={**stage.fill_in(), **new})
    assert (reply.status_code, "The password is changed." in read(reply)) == (200, True)
    assert re.fullmatch(COOKIE_FORM, reply.headers["set-cookie"])
    assert (await browser.get(ACCOUNT)).status_code == 303
    assert (await browser.get(ACCOUNT, headers=other)).status_code == 303
    fresh = {"cookie": reply.headers["set-cookie"].partition(";")[0]}
    assert (await browser.get(ACCOUNT, headers=fresh)).status_code == 200
    assert (await browser.post(SIGN_IN, data=stage.fill_in())).status_code == 403
    assert (await browser.post(SIGN_IN, data=stage.fill_in(password=NEW_PASSWORD))).status_code == 303
    assert ("prove-again", "failed") in await list_deeds(stage)
    assert ("change-password", "done") in await list_deeds(stage)


async def test_guessing_the_password_of_an_open_session_is_slowed_down(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    form = {**stage.fill_in(code="000000"), "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    replies = [await browser.post(f"{ACCOUNT}/password", data=form) for _ in range(7)]
    assert [reply.status_code for reply in replies] == [403] * 5 + [429] * 2
    assert replies[-1].headers["retry-after"] == "3"
