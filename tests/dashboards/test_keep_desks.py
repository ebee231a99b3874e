"""The desks a unit keeps itself: one change a form, by the rules of the import, seen by whoever edits beside."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from feedback.record_response import read_local_day
from surveys.codes import print_desk_code, read_desk_code
from tests.dashboards.catalogue_stage import (
    DESKS,
    CatalogueOffice,
    open_catalogue,
    read_hidden,
    read_text,
)
from tests.stores import copy_database
from tests.world import BUSY_DESK, QUIET_DESK

UNIT = f"{DESKS}/32041"
TODAY = read_local_day(datetime.now(UTC))[0]
SELECT_OPEN = """
SELECT o.code FROM desk_officials AS a JOIN desks AS d USING (desk_id) JOIN officials AS o USING (official_id)
WHERE d.number = $1 AND a.valid_to IS NULL ORDER BY o.code
"""


@pytest.fixture(scope="module")
async def office(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CatalogueOffice]:
    async with (
        copy_database(server_url, template) as url,
        open_catalogue(url, tmp_path_factory.mktemp("home")) as office,
    ):
        yield office


async def change(office: CatalogueOffice, deed: str, who: str = "manager", **fields: str) -> httpx.Response:
    """With what the page shows just before."""
    page = await office.get(who, f"{UNIT}?desk={fields.get('desk', '')}")
    hidden = {name: read_hidden(page, name) for name in ("seen", "opened")}
    return await office.post(who, UNIT, deed=deed, **hidden, **fields)


async def list_open(office: CatalogueOffice, desk: str) -> list[str]:
    return [row["code"] for row in await office.connection.fetch(SELECT_OPEN, desk)]


async def test_whoever_keeps_one_unit_is_taken_to_it(office: CatalogueOffice) -> None:
    for who in ("head", "manager"):
        answer = await office.get(who, DESKS)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{UNIT}?lang=en")


async def test_a_desk_is_added_renamed_and_ended(office: CatalogueOffice) -> None:
    added = await change(office, "add-desk", desk="9", name="Quầy chín (mẫu)", day="2026-02-01")
    assert (added.status_code, "The desk was added and got a code" in added.text) == (200, True)
    [printed] = re.findall(r"Desk 9[^<]*</a></th><td><code>([^<]+)</code>", added.text)
    assert read_desk_code(printed)
    renamed = await change(office, "rename-desk", desk="9", name="Đất đai - Xây dựng (mẫu)")
    assert "Đất đai - Xây dựng (mẫu)" in renamed.text
    ended = await change(office, "end-desk", desk="9", day="2026-03-01")
    assert "from 1 Feb 2026 until before 1 Mar 2026" in read_text(ended)
    assert [await office.count(deed) for deed in ("add-desk", "rename-desk", "end-desk")] == [1, 1, 1]
    line = await office.connection.fetchrow("SELECT * FROM audit_log WHERE action = 'rename-desk'")
    assert line is not None
    assert (line["object_kind"], line["object_code"], line["actor"]) == ("desk", "32041/9", "Người mẫu manager (mẫu)")


async def test_a_wrong_end_is_moved_or_taken_back(office: CatalogueOffice) -> None:
    await change(office, "add-desk", desk="8", name="Quầy tám (mẫu)", day="2026-02-01")
    await change(office, "end-desk", desk="8", day="2026-03-01")
    page = await office.get("manager", f"{UNIT}?desk=8")
    assert 'id="end-desk-day" name="day" value="2026-03-01"' in page.text
    moved = await change(office, "end-desk", desk="8", day="2026-04-01")
    assert "from 1 Feb 2026 until before 1 Apr 2026" in read_text(moved)
    early = await change(office, "end-desk", desk="8", day="2026-01-01")
    assert (early.status_code, 'name="day" value="2026-01-01"' in early.text) == (422, True)
    back = await change(office, "end-desk", desk="8", day="")
    assert (back.status_code, "The end was taken back" in read_text(back)) == (200, True)
    assert await office.connection.fetchval("SELECT valid_to FROM desks WHERE number = '8'") is None
    assert await office.count("reopen-desk") == 1


async def test_people_are_placed_and_their_placement_ends(office: CatalogueOffice) -> None:
    placed = await change(office, "place-official", desk="2", official="demo-2", day="2026-04-01")
    assert placed.status_code == 200
    assert await list_open(office, "2") == ["demo-2", "demo-3"]
    fields = {"desk": "2", "official": "demo-2", "start": "2026-04-01"}
    assert (await change(office, "end-place", day="2026-05-01", **fields)).status_code == 200
    assert await list_open(office, "2") == ["demo-3"]


async def test_a_new_official_gets_title_and_place_from_one_day(office: CatalogueOffice) -> None:
    person = {"desk": "2", "official": "demo-new", "name": "Cán bộ mới (mẫu)", "title": "reception"}
    answer = await change(office, "new-official", who="head", day="2026-11-01", **person)
    assert "Cán bộ mới (mẫu) demo-new · Công chức tiếp nhận và trả kết quả from 1 Nov 2026" in read_text(answer)
    again = await change(office, "new-official", day="2026-11-02", **person)
    assert (again.status_code, "somebody with the code demo-new already" in again.text) == (422, True)


async def test_procedures_are_taken_and_given_up(office: CatalogueOffice) -> None:
    fields = {"desk": "2", "procedure": "1.000894"}
    taken = await change(office, "offer-procedure", day="2026-06-01", deciding_unit="other", **fields)
    assert "Đăng ký kết hôn 1.000894 · decided by other from 1 Jun 2026" in read_text(taken)
    twice = await change(office, "offer-procedure", day="2026-06-01", **fields)
    assert (twice.status_code, "there is such a line already" in twice.text) == (422, True)
    ended = await change(office, "end-procedure", start="2026-06-01", day="2026-07-01", **fields)
    assert "decided by other from 1 Jun 2026 until before 1 Jul 2026" in read_text(ended)


async def test_a_replaced_code_opens_nothing_and_the_new_one_does(office: CatalogueOffice) -> None:
    answer = await change(office, "new-code", desk="2")
    [printed] = re.findall(r"Desk 2[^<]*</a></th><td><code>([^<]+)</code>", answer.text)
    assert printed != print_desk_code(QUIET_DESK)
    assert (await office.client.get(f"/Q/{read_desk_code(printed)}")).status_code == 200
    assert (await office.client.get(f"/Q/{QUIET_DESK}")).status_code == 404
    posters = await office.get("manager", f"{UNIT}/posters?form=sheet")
    assert posters.headers["content-type"] == "application/pdf"
    # Twice on one day: the code in between held on no day.
    assert (await change(office, "new-code", desk="2")).status_code == 200


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("end-desk", {}),
        ("end-place", {"official": "demo-1", "start": "2025-07-01"}),
        ("end-procedure", {"procedure": "1.001193", "start": "2025-07-01"}),
    ],
)
async def test_nothing_ends_before_its_last_rating(office: CatalogueOffice, deed: str, fields: dict[str, str]) -> None:
    answer = await change(office, deed, desk="1", day="2026-10-31", **fields)
    assert (answer.status_code, "2026-10-31 is the last day with a rating" in answer.text) == (422, True)
    assert 'name="day" value="2026-10-31"' in answer.text
    assert await office.count(deed, "failed") == 0


@pytest.mark.parametrize(
    ("deed", "fields", "sentence"),
    [
        ("add-desk", {"desk": "1", "name": "x", "day": "2026-01-01"}, "has a desk with the number 1 already"),
        ("add-desk", {"desk": "x" * 21, "name": "x", "day": "2026-01-01"}, "20"),
        ("add-desk", {"desk": "7", "name": "", "day": "2026-01-01"}, "must be filled"),
        ("add-desk", {"desk": "7", "name": "x", "day": "31/02/2026"}, "31/02/2026"),
        ("add-desk", {"desk": "7", "name": "a\u202eb", "day": "2026-01-01"}, "character"),
        ("end-desk", {"desk": "1", "day": ""}, "there is no day"),
        ("end-desk", {"desk": "77", "day": "2026-01-01"}, "no desk with the number 77"),
        ("place-official", {"desk": "1", "official": "nobody", "day": "2026-01-01"}, "nobody"),
        ("place-official", {"desk": "1", "official": "demo-1", "day": "2026-01-01"}, "overlaps"),
        ("new-official", {"desk": "1", "official": "001203000123", "name": "x", "day": "2026-01-01"}, "identity"),
        ("offer-procedure", {"desk": "1", "procedure": "9.999999", "day": "2026-01-01"}, "9.999999"),
        ("end-procedure", {"desk": "1", "procedure": "1.001193", "start": "x", "day": "2026-12-01"}, "this line is"),
        ("drop-desk", {"desk": "1"}, "there is no such change"),
        ("", {}, "there is no such change"),
    ],
)
async def test_a_slip_is_told_and_nothing_typed_is_lost(
    office: CatalogueOffice, deed: str, fields: dict[str, str], sentence: str
) -> None:
    before = await office.count(deed)
    answer = await change(office, deed, **fields)
    assert (answer.status_code, sentence in read_text(answer)) == (422, True), read_text(answer)
    if deed == "place-official":
        assert f'name="official" value="{fields["official"]}"' in answer.text
    assert await office.count(deed) == before


async def test_the_second_of_two_people_sees_what_the_first_changed(office: CatalogueOffice) -> None:
    page = await office.get("head", f"{UNIT}?desk=1")
    hidden = {name: read_hidden(page, name) for name in ("seen", "opened")}
    await change(office, "rename-desk", desk="1", name="Hộ tịch (mẫu)")
    late = await office.post("head", UNIT, deed="rename-desk", desk="1", name="Chứng thực (mẫu)", **hidden)
    text = read_text(late)
    assert late.status_code == 409
    assert "Somebody else has changed the catalogue meanwhile" in text
    assert "Người mẫu manager (mẫu): desk renamed 32041/1" in text
    assert 'name="name" value="Chứng thực (mẫu)"' in late.text
    assert "Desk 1 · Hộ tịch (mẫu)" in text or "Hộ tịch (mẫu)" in text
    hidden = {name: read_hidden(late, name) for name in ("seen", "opened")}
    again = await office.post("head", UNIT, deed="rename-desk", desk="1", name="Chứng thực (mẫu)", **hidden)
    assert again.status_code == 200


@pytest.mark.parametrize("opened", ["", "never", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "x" * 4000])
async def test_a_page_that_lies_about_its_age_is_told_the_same(office: CatalogueOffice, opened: str) -> None:
    answer = await office.post("manager", UNIT, deed="new-code", desk="1", seen="x", opened=opened)
    assert answer.status_code == 409


async def test_nobody_touches_the_desks_of_another_unit(office: CatalogueOffice) -> None:
    for path in (UNIT, f"{UNIT}/posters?form=card"):
        assert (await office.get("stranger", path)).status_code == 404
    assert (await office.post("stranger", UNIT, deed="new-code", desk="1", seen="x")).status_code == 404
    assert (await office.get("manager", f"{DESKS}/other")).status_code == 404
    assert await office.count("keep_desks", "denied") == 4
    for who in ("administrator", "front"):
        assert (await office.get(who, UNIT)).status_code == 403


@pytest.mark.parametrize("unit", ["nowhere", "%00", "x" * 5000, "%E2%80%AE"])
async def test_a_unit_that_is_not_there_is_no_page(office: CatalogueOffice, unit: str) -> None:
    assert (await office.get("manager", f"{DESKS}/{unit}")).status_code == 404
    assert (await office.post("manager", f"{DESKS}/{unit}", deed="new-code")).status_code == 404


async def test_what_was_typed_outlives_a_session(office: CatalogueOffice) -> None:
    answer = await office.client.post(UNIT, data={"deed": "add-desk", "name": "Quầy đã gõ (mẫu)", "lang": "en"})
    assert answer.status_code == 401
    assert "Quầy đã gõ (mẫu)" in answer.text


async def test_codes_of_procedures_are_found_by_name(office: CatalogueOffice) -> None:
    found = read_text(await office.get("manager", f"{UNIT}?desk=1&find=khai sinh"))
    assert "1.001193 Đăng ký khai sinh" in found


async def test_a_change_for_a_later_day_is_taken(office: CatalogueOffice) -> None:
    later = f"{TODAY + timedelta(days=30)}"
    answer = await change(office, "end-place", desk="1", official="demo-2", start="2025-07-01", day=later)
    assert answer.status_code == 200
    assert (await office.client.get(f"/Q/{BUSY_DESK}")).status_code == 200
