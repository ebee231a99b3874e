"""Signing in with the organisation's own account, against a real identity provider over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.dashboards.provider_stage import Walk, link, open_provider, open_walk, read_form
from tests.dashboards.sign_in_stage import add_known_person, read
from tests.dashboards.ways_stage import Ways
from tests.staff_people import add_person

CODE = "/staff/outside/code"


@pytest.fixture
async def ways(database_url: str, tmp_path: Path) -> AsyncIterator[Ways]:
    """Whose provider asks for a password only."""
    async with open_provider(database_url, tmp_path) as ways:
        yield ways


@pytest.fixture
async def walk(ways: Ways) -> AsyncIterator[Walk]:
    async with open_walk(ways) as walk:
        yield walk


@pytest.fixture
async def person(ways: Ways) -> int:
    return await add_known_person(ways.connection)


async def test_a_linked_person_signs_in_with_the_code_of_the_own_device(walk: Walk, person: int) -> None:
    await link(walk, person)
    page = await walk.sign_in()
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert "type the code from your own device" in read(page)
    wrong = await walk.ours.post(CODE, data={**read_form(page), "code": "000000"})
    assert wrong.status_code == 403
    assert read_form(wrong) == read_form(page)
    reply = await walk.ours.post(CODE, data={**read_form(page), "code": walk.ways.show_code()})
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff")
    cookie = reply.headers["set-cookie"].partition(";")[0]
    account = await walk.ours.get("/staff/passkeys", headers={"cookie": cookie})
    assert account.status_code == 200
    assert await walk.ways.connection.fetchval("SELECT way FROM staff_sessions ORDER BY began_at DESC") == "outside"
    again = await walk.ours.post(CODE, data={**read_form(page), "code": walk.ways.show_code()})
    assert again.status_code == 403
    assert await walk.ways.list_audit() == [
        ("link-outside", "done", {}),
        ("sign-in", "failed", {"way": "outside", "reason": "code"}),
        ("sign-in", "done", {"way": "outside", "second_factor": "device"}),
        ("sign-in", "failed", {"way": "outside", "reason": "state"}),
    ]


@pytest.mark.usefixtures("person")
async def test_whom_nobody_linked_gets_no_account(walk: Walk) -> None:
    """Not even where the e-mail address is the same."""
    await walk.ways.connection.execute("UPDATE accounts SET email = 'lan.mau@example.com'")
    page = await walk.sign_in()
    assert page.status_code == 403
    assert "No account here is linked to this one" in read(page)
    assert await walk.ways.connection.fetchval("SELECT count(*) FROM accounts") == 1
    assert await walk.ways.connection.fetchval("SELECT count(*) FROM staff_sessions") == 0
    assert await walk.ways.list_audit() == [("sign-in", "failed", {"way": "outside", "reason": "not-linked"})]


async def test_without_a_device_one_factor_is_not_enough(walk: Walk) -> None:
    await link(walk, await add_person(walk.ways.connection, "lan", "front_supervisor"))
    page = await walk.sign_in()
    assert page.status_code == 403
    assert "has no code device yet" in read(page)
    assert "set-cookie" not in page.headers


async def test_a_disabled_account_is_not_found(walk: Walk, person: int) -> None:
    await link(walk, person)
    await walk.ways.connection.execute("UPDATE accounts SET disabled_at = now()")
    assert (await walk.sign_in()).status_code == 403


async def test_the_way_out_asks_for_a_code_bound_to_this_browser(walk: Walk) -> None:
    query = parse_qs(urlsplit(await walk.go_out()).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{walk.ways.address}/staff/outside/back"]
    assert all(len(query[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))


@pytest.mark.usefixtures("person")
async def test_another_state_is_refused(walk: Walk) -> None:
    address = await walk.sign_in_there(await walk.go_out())
    for state in ("", "x", "ă", "\x01", "A" * 43, "A" * 6000):
        assert (await walk.come_back(address, state=state)).status_code == 403
    assert (await walk.come_back(address)).status_code == 403  # for the last time: nobody is linked
    reasons = [entry[2] for entry in await walk.ways.list_audit()]
    assert reasons[-2:] == [{"way": "outside", "reason": "state"}, {"way": "outside", "reason": "not-linked"}]


@pytest.mark.usefixtures("person")
async def test_nobody_is_pushed_into_a_sign_in_that_another_began(walk: Walk) -> None:
    address = await walk.sign_in_there(await walk.go_out())
    walk.ours.headers["cookie"] = "__Host-langnghe-way=of-another-browser"
    assert (await walk.come_back(address)).status_code == 403
    assert (await walk.ways.list_audit())[-1] == ("sign-in", "failed", {"way": "outside", "reason": "browser"})


async def test_an_answer_is_taken_once_and_a_code_as_well(walk: Walk, person: int) -> None:
    await link(walk, person)
    address = await walk.sign_in_there(await walk.go_out())
    assert (await walk.come_back(address)).status_code == 200
    assert (await walk.come_back(address)).status_code == 403
    # The code of one way with the state of another: the provider itself refuses to exchange it twice.
    state = parse_qs(urlsplit(await walk.go_out()).query)["state"][0]
    assert (await walk.come_back(address, state=state)).status_code == 403
    reasons = [entry[2] for entry in await walk.ways.list_audit()]
    assert reasons[-2:] == [{"way": "outside", "reason": "state"}, {"way": "outside", "reason": "code-not-taken"}]


@pytest.mark.usefixtures("person")
async def test_a_way_holds_ten_minutes(walk: Walk) -> None:
    address = await walk.sign_in_there(await walk.go_out())
    walk.ways.clock.pass_time(minutes=10)
    assert (await walk.come_back(address)).status_code == 403


async def test_who_declines_at_the_provider_is_told_so(walk: Walk) -> None:
    address = await walk.sign_in_there(await walk.go_out())
    page = await walk.come_back(address, error="access_denied")
    assert page.status_code == 403
    assert "could not be finished" in read(page)


async def test_another_person_cannot_keep_a_link_that_was_found_for_somebody_else(walk: Walk, person: int) -> None:
    other = await add_person(walk.ways.connection, "binh", "administrator")
    session, foreign = await walk.ways.open_session(person), await walk.ways.open_session(other)
    out = await walk.go_out("/staff/outside/link/begin?lang=en", cookie=session)
    found = await walk.come_back(await walk.sign_in_there(out))
    reply = await walk.ours.post("/staff/outside/link", data=read_form(found), headers={"cookie": foreign})
    assert reply.status_code == 403
    assert await walk.ways.connection.fetchval("SELECT count(outside_id) FROM accounts") == 0


async def test_one_account_of_the_organisation_opens_one_account_here(walk: Walk, person: int) -> None:
    await link(walk, person)
    session = await walk.ways.open_session(await add_person(walk.ways.connection, "binh", "administrator"))
    out = await walk.go_out("/staff/outside/link/begin?lang=en", cookie=session)
    found = await walk.come_back(await walk.sign_in_there(out))
    reply = await walk.ours.post("/staff/outside/link", data=read_form(found), headers={"cookie": session})
    assert reply.status_code == 409
    assert (await walk.ways.list_audit())[-1] == ("link-outside", "failed", {})


async def test_a_link_is_ended(walk: Walk, person: int) -> None:
    await link(walk, person)
    session = await walk.ways.open_session(person)
    reply = await walk.ours.post("/staff/outside/unlink", data={"lang": "en"}, headers={"cookie": session})
    assert (reply.status_code, "The link is ended" in reply.text) == (200, True)
    assert (await walk.sign_in()).status_code == 403


async def test_linking_asks_for_a_sign_in_of_the_last_ten_minutes(walk: Walk, person: int) -> None:
    session = {"cookie": await walk.ways.open_session(person)}
    walk.ways.clock.pass_time(minutes=10, seconds=1)
    assert (await walk.ours.get("/staff/outside/link/begin", headers=session)).status_code == 403
    for path in ("link", "unlink"):
        assert (await walk.ours.post(f"/staff/outside/{path}", data={"token": "x"}, headers=session)).status_code == 403
