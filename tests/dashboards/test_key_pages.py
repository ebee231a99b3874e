"""Keys of programs as administrators make and revoke them in the browser."""

import re
from collections.abc import AsyncIterator

import pytest

from feedback.api_keys import is_same_secret, read_key_text
from feedback.tables.api_keys import select_api_key
from tests.dashboards.settings_stage import Desk, minutes_ago, open_desk, read_text

LIST = "/staff/keys?lang=en"
KEY = re.compile(r"<code>(lnk_[0-9a-z]{10}_[0-9a-z]{59})</code>")
FORM = {
    "holder": "Sở Nội vụ (mẫu)",
    "scope_evaluation": "yes",
    "provinces": "96",
    "networks": "10.1.2.0/24, 2001:db8::/32",
    "days": "90",
    "quota": "30",
}


@pytest.fixture(scope="module")
async def office(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with open_desk(server_url, template, tmp_path_factory.mktemp("home")) as desk:
        yield desk


@pytest.fixture
async def desk(office: Desk) -> Desk:
    await office.begin()
    return office


async def test_a_key_is_made_shown_once_used_and_revoked(desk: Desk) -> None:
    made = await desk.post(desk.first, "/staff/keys", **FORM)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    [text] = KEY.findall(made.text)
    shown = read_key_text(text)
    stored = await select_api_key(desk.connection, shown.key_id)
    assert stored is not None
    assert is_same_secret(shown, stored)
    listed = await desk.get(desk.second, LIST)
    assert text.rpartition("_")[2] not in listed.text
    # 20 November and 90 days: 18 February.
    assert (
        f"Sở Nội vụ (mẫu) lnk_{shown.key_id} scores for evaluation 30 requests a minute at most 96 10.1.2.0/24,"
        " 2001:db8::/32 made 20 Nov 2026 ends 18 Feb 2027 never used waits for approval, opens nothing yet"
        in read_text(listed)
    )
    revoked = await desk.post(desk.second, f"/staff/keys/{shown.key_id}/revoke")
    assert (revoked.status_code, f"lnk_{shown.key_id} opens nothing any more" in revoked.text) == (200, True)
    again = await desk.post(desk.first, f"/staff/keys/{shown.key_id}/revoke")
    assert (again.status_code, "the key was revoked before" in again.text) == (422, True)
    assert [await desk.count(action) for action in ("key-proposed", "key-revoked")] == [1, 1]
    log = await desk.connection.fetch("SELECT object_code, details::text FROM audit_log")
    assert all(text.rpartition("_")[2] not in f"{row}" for row in log)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"holder": ""}, "the name of the holder has 1 to 100 characters"),
        ({"scope_evaluation": ""}, "choose at least one thing that the key is for"),
        ({"networks": "10.1.2.3/8"}, "a network is written like 10.1.2.0/24"),
        ({"days": "366"}, "the days are a whole number from 1 to 365"),
        ({"days": "٣"}, "the days are a whole number from 1 to 365"),
        ({"quota": "0"}, "requests a minute are a whole number from 1 to 100000"),
        ({"provinces": "97"}, "There is no such unit or province here."),
        ({"everywhere": "yes"}, "Please name exactly one of these."),
        ({"provinces": " ".join(map(str, range(501)))}, "at most 500 codes"),
    ],
)
async def test_a_key_with_a_slip_in_it_comes_back_as_it_was_filled_in(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    form = {**FORM, **changes}
    answer = await desk.post(desk.first, "/staff/keys", **form)
    assert answer.status_code == 422
    text = read_text(answer)
    assert sentence in text
    assert form["networks"] in text
    assert form["provinces"] in text
    assert f'value="{form["holder"]}"' in answer.text
    assert KEY.findall(answer.text) == []
    assert await desk.connection.fetchval("SELECT count(*) FROM api_keys") == 0


async def test_a_holder_has_two_keys_at_most(desk: Desk) -> None:
    statuses = [(await desk.post(desk.first, "/staff/keys", **FORM)).status_code for _ in range(3)]
    assert statuses == [201, 201, 422]


async def test_an_old_sign_in_makes_no_key(desk: Desk) -> None:
    headers = await desk.sign_in(desk.first, minutes_ago(11))
    answer = await desk.client.post("/staff/keys", data={**FORM, "lang": "en"}, headers=headers)
    assert (answer.status_code, "sign in once more" in answer.text) == (422, True)


async def test_a_form_of_an_ended_session_is_kept(desk: Desk) -> None:
    answer = await desk.client.post("/staff/keys", data=FORM)
    assert answer.status_code == 401
    assert "Sở Nội vụ (mẫu)" in answer.text


async def test_others_see_no_keys_and_leave_a_line(desk: Desk) -> None:
    assert (await desk.get(desk.inspector, LIST)).status_code == 403
    assert await desk.count("administer_keys", "denied") == 1


@pytest.mark.parametrize("part", ["0123456789", "lnk_x", "9" * 400, "%00", "%E2%80%AE"])
async def test_what_can_be_no_key_is_an_unknown_page(desk: Desk, part: str) -> None:
    assert (await desk.post(desk.first, f"/staff/keys/{part}/revoke")).status_code == 404
