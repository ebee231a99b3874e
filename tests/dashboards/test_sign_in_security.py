"""Ids from outside are never taken over, and no form of another site is taken (fixation, cross-site requests)."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from feedback.accounts.sessions import begin_session
from tests.dashboards.sign_in_stage import ACCOUNT, NAME, SIGN_IN, Stage, add_known_person, open_stage
from tests.feedback.conftest import serve
from tests.staff_people import add_person, open_session
from tests.wired import list_handlers, wire_program

CHOSEN = "attacker-chosen-000000000000000000000000000"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as stage:
        await add_known_person(stage.connection)
        yield stage


def name_cookie(session_id: str) -> dict[str, str]:
    return {"cookie": f"__Host-langnghe={session_id}"}


async def find_account(stage: Stage) -> int:
    return int(await stage.connection.fetchval("SELECT account_id FROM accounts WHERE sign_in_name = $1", NAME) or 0)


async def test_an_id_chosen_by_somebody_else_is_never_taken_over(stage: Stage) -> None:
    async with stage.open_browser() as browser:
        reply = await browser.post(SIGN_IN, data=stage.fill_in(), headers=name_cookie(CHOSEN))
        new = {"cookie": reply.headers["set-cookie"].partition(";")[0]}
        assert CHOSEN not in new["cookie"]
        assert (await browser.get(ACCOUNT, headers=name_cookie(CHOSEN))).status_code == 303
        assert (await browser.get(ACCOUNT, headers=new)).status_code == 200


async def test_an_id_known_before_the_sign_in_opens_nothing_after(stage: Stage) -> None:
    """The attacker's own session, planted in the victim's browser, ends; nobody gets the victim's by it."""
    attacker_id = await add_person(stage.connection, "attacker", "official")
    planted = await begin_session(stage.connection, attacker_id, "code", stage.clock.now)
    async with stage.open_browser() as browser:
        assert (await browser.get(ACCOUNT, headers=name_cookie(planted))).status_code == 200
        assert (await browser.post(SIGN_IN, data=stage.fill_in(), headers=name_cookie(planted))).status_code == 303
        assert (await browser.get(ACCOUNT, headers=name_cookie(planted))).status_code == 303


async def test_every_sign_in_has_another_id(stage: Stage) -> None:
    cookies = {(await stage.sign_in())["cookie"] for _ in range(3)}
    assert len(cookies) == 3


async def test_what_stands_in_the_database_is_no_cookie(stage: Stage) -> None:
    await stage.sign_in()
    id_hash = bytes(await stage.connection.fetchval("SELECT id_hash FROM staff_sessions") or b"")
    async with stage.open_browser() as browser:
        for shown in (id_hash.hex(), f"\\x{id_hash.hex()}"):
            assert (await browser.get(ACCOUNT, headers=name_cookie(shown))).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x" * 5000, "%00", "é", '"', "a; __Host-langnghe=b"])
async def test_a_cookie_of_nonsense_is_no_session_and_no_fault(stage: Stage, cookie: str) -> None:
    async with stage.open_browser() as browser:
        headers = [(b"cookie", f"__Host-langnghe={cookie}".encode())]
        assert (await browser.get(ACCOUNT, headers=headers)).status_code in {303, 400, 431}


async def test_ten_sessions_end_the_moment_the_account_is_disabled(stage: Stage) -> None:
    account_id = await find_account(stage)
    cookies = [await open_session(stage.connection, account_id, stage.clock.now) for _ in range(10)]
    async with stage.open_browser() as browser:
        headers = [name_cookie(next(iter(cookie.values()))) for cookie in cookies]
        assert {(await browser.get(ACCOUNT, headers=each)).status_code for each in headers} == {200}
        await stage.connection.execute("UPDATE accounts SET disabled_at = $1", stage.clock.now)
        assert {(await browser.get(ACCOUNT, headers=each)).status_code for each in headers} == {303}


class Places(defaultdict[str, str]):
    """Something for each part of an address: what is refused is refused before it is looked up."""

    def __missing__(self, name: str) -> str:
        return "1"


# By their address: sign-in, invitations and passkeys are public, and change something all the same.
POSTS = sorted(
    {
        re.sub(r":\w+", "", path)
        for path, handler in list_handlers()
        if path.startswith("/staff/")
        and "POST" in handler.http_methods
        and handler.opt["access"] in {"staff", "public"}
    }
)
EVIL = "https://evil.example"
REFUSED = {
    "cross-site": {"sec-fetch-site": "cross-site", "content-type": FORM},
    "cross-site, origin hidden": {"sec-fetch-site": "cross-site", "origin": "null", "content-type": FORM},
    "same-site": {"sec-fetch-site": "same-site", "content-type": FORM},
    "none and a foreign origin": {"sec-fetch-site": "none", "origin": EVIL, "content-type": FORM},
    "same-origin and a foreign origin": {"sec-fetch-site": "same-origin", "origin": EVIL, "content-type": FORM},
    "a foreign origin": {"origin": EVIL, "content-type": FORM},
    "no headers": {"content-type": FORM},
    "text/plain": {"sec-fetch-site": "same-origin", "content-type": "text/plain"},
    "multipart": {"sec-fetch-site": "same-origin", "content-type": "multipart/form-data; boundary=x"},
    "no kind": {"sec-fetch-site": "same-origin"},
    "cross-site multipart": {"sec-fetch-site": "cross-site", "content-type": "multipart/form-data; boundary=x"},
}
# These take files from our own pages; what is sent here is none.
TAKES_FILES = {"/staff/cases/{case}/files multipart": 400}


@pytest.fixture
async def program(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    config = uvicorn.Config(
        wire_program(database_url, tmp_path, LANGNGHE_TRUSTED_PROXY="127.0.0.1"),  # pyright: ignore[reportArgumentType]
        port=0,
        log_level="warning",
        access_log=False,
        http="httptools",
    )
    async for address in serve(uvicorn.Server(config)):
        yield address


def test_the_forms_for_staff_are_found() -> None:
    assert {SIGN_IN, "/staff/sign-out", f"{ACCOUNT}/contact", f"{ACCOUNT}/password"} <= set(POSTS)


async def list_taken(address: str, paths: list[str], cookie: dict[str, str]) -> dict[str, int]:
    """Which forms were not refused when they came in a way in which another site could send them."""
    taken: dict[str, int] = {}
    async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html", **cookie}, timeout=30) as browser:
        for number, path in enumerate(paths):
            for way, headers in REFUSED.items():
                caller = {"x-real-ip": f"10.9.{number}.1"}
                reply = await browser.post(path.format_map(Places()), content=b"a=b", headers={**headers, **caller})
                if reply.status_code not in {403, 415}:
                    taken[f"{path} {way}"] = reply.status_code
    return taken


async def test_no_form_for_staff_is_taken_from_another_page_than_ours(program: str, stage: Stage) -> None:
    """Every address that changes something, by every way, from a browser that is signed in."""
    account_id = await find_account(stage)
    cookie = name_cookie(next(iter((await open_session(stage.connection, account_id)).values())))
    assert await list_taken(program, POSTS, cookie) == TAKES_FILES
    own = [SIGN_IN, "/staff/sign-out", "/staff/invitation/{token}", f"{ACCOUNT}/password", f"{ACCOUNT}/sessions/1"]
    assert await list_taken(stage.address, own, cookie) == {}
