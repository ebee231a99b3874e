"""Tablets at exits as administrators register and end them; the square is read back as a tablet reads it."""

import re
from collections.abc import AsyncIterator

import pytest

from feedback.kiosks import hash_kiosk_secret
from tests.dashboards.settings_stage import BASE_URL, Desk, open_desk, read_text

LIST = "/staff/kiosks"
FORM = {"unit": "32041", "name": "Lối ra chính (mẫu)"}
ADDRESS = re.compile(rf"<code>({re.escape(BASE_URL)}/K/([0-9A-Z]{{24}}))</code>")


@pytest.fixture(scope="module")
async def office(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with open_desk(server_url, template, tmp_path_factory.mktemp("home")) as desk:
        yield desk


@pytest.fixture
async def desk(office: Desk) -> Desk:
    await office.begin()
    return office


async def test_a_tablet_is_registered_and_its_address_is_shown_once(desk: Desk) -> None:
    made = await desk.post(desk.first, LIST, **FORM)
    assert made.status_code == 201
    [(address, secret)] = ADDRESS.findall(made.text)
    assert await desk.connection.fetchval("SELECT secret_hash FROM kiosks") == hash_kiosk_secret(secret)
    assert (await desk.client.get(address)).status_code == 200
    listed = await desk.get(desk.second, f"{LIST}?lang=en")
    assert secret not in listed.text
    assert "<svg" not in listed.text
    assert (
        "Lối ra chính (mẫu) Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu) 32041 20 Nov 2026"
        " Người mẫu mot (mẫu) in use" in read_text(listed)
    )
    log = await desk.connection.fetch("SELECT object_code, details::text FROM audit_log")
    assert all(secret not in f"{row}" for row in log)


async def test_the_end_of_a_tablet_is_seen_on_it_at_once(desk: Desk) -> None:
    [(address, _)] = ADDRESS.findall((await desk.post(desk.first, LIST, **FORM)).text)
    kiosk_id = await desk.connection.fetchval("SELECT kiosk_id FROM kiosks")
    ended = await desk.post(desk.second, f"{LIST}/{kiosk_id}/end")
    assert (ended.status_code, "is not in use any more" in ended.text) == (200, True)
    assert (await desk.client.get(address)).status_code == 410
    again = await desk.post(desk.second, f"{LIST}/{kiosk_id}/end")
    assert (again.status_code, "ended before" in again.text) == (422, True)
    assert [await desk.count(f"kiosk-{deed}") for deed in ("registered", "ended")] == [1, 1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit": "nowhere"}, "no unit with this code serves today"),
        ({"unit": "9" * 4000}, "no unit with this code serves today"),
        ({"name": " "}, "the name has 1 to 60 characters"),
        ({"name": "x" * 61}, "the name has 1 to 60 characters"),
        ({"name": "a\u202eb"}, "the name has 1 to 60 characters"),
    ],
)
async def test_a_registration_with_a_slip_in_it_comes_back_as_it_was_filled_in(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    form = {**FORM, **changes}
    answer = await desk.post(desk.first, LIST, **form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{form["unit"].strip()}"' in answer.text
    assert f'value="{form["name"].strip()}"' in answer.text
    assert await desk.connection.fetchval("SELECT count(*) FROM kiosks") == 0


@pytest.mark.parametrize("part", ["0", "x", "9" * 400, "%00", "%E2%80%AE", "-1"])
async def test_what_can_be_no_tablet_is_an_unknown_page(desk: Desk, part: str) -> None:
    assert (await desk.post(desk.first, f"{LIST}/{part}/end")).status_code == 404


async def test_others_register_nothing(desk: Desk) -> None:
    assert (await desk.post(desk.inspector, LIST, **FORM)).status_code == 403
    assert await desk.count("administer_kiosks", "denied") == 1
