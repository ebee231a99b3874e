"""What a program other than our script may send to the addresses of passkeys: refused with 4xx, and kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.dashboards.ways_stage import Ways, open_ways
from tests.feedback.soft_passkey import PRESENT, VERIFIED, SoftPasskey, encode
from tests.staff_people import add_person

OWN_PAGE = "/staff/passkeys"
CHALLENGE, SIGN_IN = f"{OWN_PAGE}/challenge", f"{OWN_PAGE}/sign-in"
BEFORE_SIGN_IN = (CHALLENGE, SIGN_IN)
SIGNED_IN = (f"{OWN_PAGE}/begin", f"{OWN_PAGE}/keep", f"{OWN_PAGE}/rename", f"{OWN_PAGE}/remove")
SHOWN = ("credential", "client_data", "authenticator_data", "signature", "user_handle")

BODIES = (
    b"[" * 60_000,
    b'{"a": "\xff"}',
    b'{"a": "\\u0000"}',
    b'{"a":1,"a":2}',
    b"[]",
    b"{" * 9,
    b"x" * 70_000,
)


@pytest.fixture
async def ways(database_url: str, tmp_path: Path) -> AsyncIterator[Ways]:
    async with open_ways(database_url, tmp_path) as ways:
        yield ways


@pytest.fixture
async def person(ways: Ways) -> int:
    return await add_person(ways.connection, "lan", "front_supervisor")


async def enrol(ways: Ways, account_id: int, name: str = "Khóa mềm") -> SoftPasskey:
    """Through the addresses that the script uses."""
    passkey = SoftPasskey(ways.address)
    async with ways.open_client(cookie=await ways.open_session(account_id)) as client:
        options = await client.post(f"{OWN_PAGE}/begin", json={})
        kept = await client.post(f"{OWN_PAGE}/keep", json={**passkey.make(options.text), "name": name})
    assert (kept.status_code, kept.json()) == (201, {"to": OWN_PAGE})
    return passkey


async def sign_in(client: httpx.AsyncClient, passkey: SoftPasskey, **changes: str) -> httpx.Response:
    options = await client.post(CHALLENGE, json={})
    assert options.status_code == 200
    return await client.post(SIGN_IN, json=passkey.show(options.text, flags=PRESENT | VERIFIED, **changes))


def read_problem(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["title"]


async def test_the_session_is_new_and_the_one_before_ends(ways: Ways, person: int) -> None:
    passkey = await enrol(ways, person)
    before = await ways.open_session(person)
    async with ways.open_client(cookie=before) as client:
        reply = await sign_in(client, passkey)
        assert (reply.status_code, reply.json()) == (200, {"to": "/staff"})
        assert reply.headers["cache-control"] == "no-store"
        cookie = reply.headers["set-cookie"].partition(";")[0]
        assert cookie != before
        assert reply.headers["set-cookie"].endswith("; Path=/; Secure; HttpOnly; SameSite=Strict")
        assert (await client.get(OWN_PAGE)).status_code == 401
    async with ways.open_client(cookie=cookie, accept="text/html") as client:
        assert (await client.get(OWN_PAGE)).status_code == 200


async def test_an_answer_sent_twice_is_refused_the_second_time(ways: Ways, person: int) -> None:
    passkey = await enrol(ways, person)
    async with ways.open_client() as client:
        shown = passkey.show((await client.post(CHALLENGE, json={})).text)
        assert (await client.post(SIGN_IN, json=shown)).status_code == 200
        assert read_problem(await client.post(SIGN_IN, json=shown)) == (403, "passkey-refused")
    assert (await ways.list_audit())[-1] == ("sign-in", "failed", {"way": "passkey", "reason": "challenge"})


async def test_an_answer_for_another_origin_is_refused(ways: Ways, person: int) -> None:
    passkey = await enrol(ways, person)
    async with ways.open_client() as client:
        for origin in ("https://evil.example", "http://127.0.0.1:80", f"{ways.address}.evil.example"):
            assert read_problem(await sign_in(client, passkey, origin=origin)) == (403, "passkey-refused")


async def test_an_answer_that_came_too_late_is_refused(ways: Ways, person: int) -> None:
    passkey = await enrol(ways, person)
    async with ways.open_client() as client:
        shown = passkey.show((await client.post(CHALLENGE, json={})).text)
        ways.clock.pass_time(minutes=5)
        assert read_problem(await client.post(SIGN_IN, json=shown)) == (403, "passkey-refused")


async def test_a_passkey_opens_no_other_account(ways: Ways, person: int) -> None:
    other = await add_person(ways.connection, "binh", "administrator")
    passkey, theirs = await enrol(ways, person), await enrol(ways, other)
    async with ways.open_client() as client:
        passkey.handle = theirs.handle
        assert read_problem(await sign_in(client, passkey)) == (403, "passkey-refused")
        passkey.credential_id = theirs.credential_id
        assert read_problem(await sign_in(client, passkey)) == (403, "passkey-refused")
    assert (await ways.list_audit())[-2:] == [
        ("sign-in", "failed", {"way": "passkey", "reason": "other-account"}),
        ("sign-in", "failed", {"way": "passkey", "reason": "not-verified"}),
    ]


@pytest.mark.parametrize("part", SHOWN)
async def test_a_changed_part_is_refused(ways: Ways, person: int, part: str) -> None:
    passkey = await enrol(ways, person)
    async with ways.open_client() as client:
        for content in ("", "AAAA", "\u0103", "%", 7, None, True, "A" * 9000):
            shown = passkey.show((await client.post(CHALLENGE, json={})).text)
            reply = await client.post(SIGN_IN, json={**shown, part: content})
            assert reply.status_code in {400, 403}, content
    assert await ways.connection.fetchval("SELECT count(*) FROM staff_sessions WHERE way = 'passkey'") == 0


@pytest.mark.parametrize("path", [*BEFORE_SIGN_IN, *SIGNED_IN])
async def test_other_sites_reach_nothing(ways: Ways, person: int, path: str) -> None:
    cookie = await ways.open_session(person)
    hostile = (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
    )
    for headers in hostile:
        async with ways.open_client(cookie=cookie, **headers) as client:
            assert read_problem(await client.post(path, json={})) == (403, "foreign-page")
    async with ways.open_client(cookie=cookie) as client:
        assert (await client.post(path, content=b"{}", headers={"content-type": "text/plain"})).status_code == 415


@pytest.mark.parametrize("path", [*BEFORE_SIGN_IN, *SIGNED_IN])
async def test_hostile_bodies_are_refused(ways: Ways, person: int, path: str) -> None:
    headers = {"content-type": "application/json"}
    async with ways.open_client(cookie=await ways.open_session(person)) as client:
        for body in BODIES:
            reply = await client.post(path, content=body, headers=headers)
            assert 400 <= reply.status_code < 500, body[:20]


@pytest.mark.parametrize("path", SIGNED_IN)
async def test_nobody_reaches_the_own_page_without_a_session(ways: Ways, path: str) -> None:
    async with ways.open_client() as client:
        assert (await client.post(path, json={})).status_code == 401
        assert (await client.get(OWN_PAGE)).status_code == 401


async def test_what_changes_passkeys_asks_for_a_sign_in_of_the_last_ten_minutes(ways: Ways, person: int) -> None:
    passkey = await enrol(ways, person)
    async with ways.open_client(cookie=await ways.open_session(person)) as client:
        ways.clock.pass_time(minutes=10, seconds=1)
        for name in ("begin", "keep"):
            assert read_problem(await client.post(f"{OWN_PAGE}/{name}", json={})) == (403, "old-proof")
        removal = {"passkey": encode(passkey.credential_id)}
        assert (await client.post(f"{OWN_PAGE}/remove", data=removal)).status_code == 403
    assert await ways.connection.fetchval("SELECT count(*) FROM account_passkeys") == 1


@pytest.mark.parametrize("deed", ["rename", "remove"])
async def test_the_passkey_of_somebody_else_does_not_exist(ways: Ways, person: int, deed: str) -> None:
    other = await add_person(ways.connection, "binh", "administrator")
    theirs = await enrol(ways, other)
    async with ways.open_client(cookie=await ways.open_session(person)) as client:
        for code in (encode(theirs.credential_id), "", "%", "\u0103", "A" * 5000):
            reply = await client.post(f"{OWN_PAGE}/{deed}", data={"passkey": code, "name": "x"})
            assert read_problem(reply) == (404, "unknown-page")
    assert await ways.connection.fetchval("SELECT name FROM account_passkeys") == "Khóa mềm"
    assert (await ways.list_audit())[-1] == ("see_self", "denied", {})


async def test_at_an_address_of_digits_there_are_no_passkeys(database_url: str, tmp_path: Path) -> None:
    async with open_ways(database_url, tmp_path, host="127.0.0.1") as ways:
        cookie = await ways.open_session(await add_person(ways.connection, "lan", "official"))
        async with ways.open_client(cookie=cookie) as client:
            assert read_problem(await client.post(CHALLENGE, json={})) == (409, "passkeys-off")
            assert read_problem(await client.post(f"{OWN_PAGE}/begin", json={})) == (409, "passkeys-off")
            page = await client.get(f"{OWN_PAGE}?lang=en", headers={"accept": "text/html"})
            assert "Passkeys work only where this site has its own https address" in page.text


async def test_challenges_are_limited(ways: Ways) -> None:
    async with ways.open_client() as client:
        statuses = {(await client.post(CHALLENGE, json={})).status_code for _ in range(61)}
    assert statuses == {200, 429}
