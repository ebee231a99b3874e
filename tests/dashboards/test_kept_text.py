"""A session that ended with half-written text: nothing is lost, and nothing of it runs."""

import re
from collections.abc import AsyncIterator
from html import escape, unescape
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.dashboards.sign_in_stage import ACCOUNT, PASSWORD, SIGN_IN, Stage, add_known_person, open_stage, read

TYPED = {"lang": "en", "language": "en", "email": "một dòng\r\nhai \"dòng\" & <script>alert(1)</script> 'ba'"}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as stage:
        await add_known_person(stage.connection)
        yield stage


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.open_browser() as browser:
        yield browser


def read_form(reply: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to `action`."""
    form = re.search(f'<form method="post" action="{re.escape(escape(action))}">(.*?)</form>', reply.text, re.DOTALL)
    assert form
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1])
    return {unescape(name): unescape(value) for name, value in hidden}


async def test_a_form_sent_too_late_is_kept_through_the_sign_in_and_sent_on(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    cookie = await stage.sign_in()
    stage.clock.pass_time(minutes=31)
    late = await browser.post(f"{ACCOUNT}/contact?lang=en", data=TYPED, headers=cookie)
    assert late.status_code == 401
    assert "www-authenticate" not in late.headers
    assert "What you typed is kept in this page" in read(late)
    assert "<script>alert" not in late.text
    hidden = read_form(late, SIGN_IN)
    assert msgspec.json.decode(hidden["kept"]) == TYPED
    assert hidden["to"] == f"{ACCOUNT}/contact?lang=en"
    wrong = await browser.post(SIGN_IN, data={**stage.fill_in(code="000000"), **hidden})
    assert wrong.status_code == 403
    assert read_form(wrong, SIGN_IN) == hidden
    right = await browser.post(SIGN_IN, data={**stage.fill_in(), **hidden})
    assert right.status_code == 200
    assert read_form(right, f"{ACCOUNT}/contact?lang=en") == TYPED
    new = {"cookie": right.headers["set-cookie"].partition(";")[0]}
    sent = await browser.post(f"{ACCOUNT}/contact?lang=en", data=TYPED | {"email": "lan@example.vn"}, headers=new)
    assert sent.status_code == 200
    assert await stage.connection.fetchval("SELECT email FROM accounts") == "lan@example.vn"


async def test_no_password_and_no_code_is_written_into_a_page(browser: httpx.AsyncClient) -> None:
    form = {"new_password": PASSWORD, "repeated": PASSWORD, "password": PASSWORD, "code": "123456", "lang": "en"}
    late = await browser.post(f"{ACCOUNT}/password", data=form)
    assert late.status_code == 401
    assert PASSWORD not in read(late)
    assert "123456" not in read(late)


async def test_the_largest_form_is_kept(stage: Stage, browser: httpx.AsyncClient) -> None:
    """65,536 bytes as sent, whose every quote takes two letters more in what is kept."""
    typed = {"email": '"' * 21_000, "lang": "vi"}
    late = await browser.post(f"{ACCOUNT}/contact", data=typed)
    assert late.status_code == 401
    kept = await browser.post(SIGN_IN, data={**stage.fill_in(lang="vi"), **read_form(late, SIGN_IN)})
    assert kept.status_code == 200
    assert read_form(kept, f"{ACCOUNT}/contact") == typed


async def test_what_was_not_kept_by_us_is_not_shown(stage: Stage, browser: httpx.AsyncClient) -> None:
    for kept in ("[]", "{", '{"a": 1}', "null", "x", "[" * 5000):
        reply = await browser.post(SIGN_IN, data=stage.fill_in(kept=kept, to="/staff/x"))
        assert (reply.status_code, reply.headers["location"]) == (303, "/staff/x")


async def test_a_form_from_another_site_is_refused_before_anything_is_kept(browser: httpx.AsyncClient) -> None:
    reply = await browser.post(f"{ACCOUNT}/contact", data=TYPED, headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403
    assert "kept" not in reply.text
