"""The list of cases, and the ways to a new one that no alert names: by a unit, by a place of a round."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest

from feedback.tables.supervision_cases import SupervisionCase
from tests.dashboards.case_pages_stage import NOW, Site, open_own_site


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("case-lists")) as opened:
        yield opened


async def test_the_list_has_first_what_is_to_be_done_and_says_how_late(site: Site) -> None:
    late, waiting, answered = [await site.send_case(title=f"Vụ {name} (mẫu)") for name in ("trễ", "chờ", "đáp")]
    draft = await site.open_draft(title="Vụ nháp (mẫu)")
    await site.answer(answered)
    # Tuesday 17 November: 18, 19 and 20 November are three working days.
    await site.connection.execute("UPDATE supervision_cases SET due_on = '2026-11-17' WHERE case_id = $1", late)
    site.become("supervisor")
    page = await site.read("/staff/cases")
    assert "Quá hạn 3 ngày làm việc (hạn 17/11/2026)" in page
    places = [page.index(f'href="/staff/cases/{number}?') for number in (late, answered, waiting, draft)]
    assert places == sorted(places)
    assert page.index("Cần Ông/Bà xử lý") < places[0]
    for query, count in (("show=overdue", 1), ("show=answered", 1), ("show=draft", 1), ("show=waiting", 2)):
        assert len(re.findall(r">Vụ \w+ \(mẫu\)</a>", await site.read(f"/staff/cases?{query}&area=u-32041"))) == count
    assert "For you to act on" in await site.read("/staff/cases?show=%00&lang=en")
    assert (await site.client.get("/staff/cases?area=p01")).status_code == 404


async def test_what_waits_stands_before_older_cases_and_these_are_on_the_next_page(site: Site) -> None:
    number = await site.send_case(title="Vụ mới (mẫu)")
    changed = {"case_id", "state", "accepted_at", "due_on", "changed_at", "title"}
    kept = ", ".join(name for name in SupervisionCase.__struct_fields__ if name not in changed)
    await site.connection.execute(
        f"INSERT INTO supervision_cases ({kept}, state, accepted_at, due_on, changed_at, title)"  # noqa: S608 (names)
        f" SELECT {kept}, 'accepted', sent_at, '2026-01-05', sent_at - n * interval '1 day', 'Vụ cũ số ' || n"
        " FROM supervision_cases, generate_series(1, 150) AS n WHERE case_id = $1",
        number,
    )
    for who, address in (("supervisor", "/staff/cases"), ("head", "/staff/unit-cases")):
        site.become(who)
        for query in ("", "?page=0", "?page=%00", "?page=-2"):
            page = await site.read(address + query)
            assert f'href="{address}/{number}?' in page
            assert [f"Vụ cũ số {n}<" in page for n in (1, 150)] == [True, False]
        further = await site.read(unescape(re.findall(r'<a href="([^"]*)" rel="next">', page)[0]))
        assert f'href="{address}/{number}?' not in further
        assert [f"Vụ cũ số {n}<" in further for n in (1, 150)] == [False, True]
        assert ('rel="prev"' in further, 'rel="next"' in further) == (True, False)
    await site.connection.execute("DELETE FROM supervision_cases WHERE title LIKE 'Vụ cũ số %'")


async def test_a_unit_is_found_by_name_where_nothing_names_it(site: Site) -> None:
    site.become("supervisor")
    page = await site.read("/staff/cases/new?q=tan+thanh")
    assert "/staff/cases/new?lang=vi&amp;area=u-32041" in page
    assert "/staff/cases/new?lang=vi&amp;area=c32041" in page
    assert "u-32041" in await site.read("/staff/cases/new?area=c32041")
    assert 'name="title"' in await site.read("/staff/cases/new?area=u-32041~1")
    assert "There are no cases" not in await site.read("/staff/cases/new?lang=en&q=%E2%80%8B")


async def test_a_place_of_a_round_opens_a_case_about_its_desk_with_what_was_found(site: Site) -> None:
    supervisor = await site.connection.fetchval(
        "SELECT account_id FROM accounts WHERE sign_in_name = 'demo-supervisor'"
    )
    round_id = await site.connection.fetchval(
        "INSERT INTO check_rounds (name, area, way, seed, drawn_from, first_day, last_day, drawn_by, drawn_at)"
        " VALUES ('Đợt mẫu', 'p96', 'desks', decode(repeat('00', 16), 'hex'), 3, '2026-11-01', '2026-11-15', $1, $2)"
        " RETURNING round_id",
        *(supervisor, NOW),
    )
    await site.connection.execute(
        "INSERT INTO check_items (round_id, place, unit_id, desk_id, note, found_by, found_at)"
        " VALUES ($1, 1, $2, $3, 'Không có bảng phí', $4, $5)",
        *(round_id, site.ids["unit"], site.ids["desk-2"], supervisor, NOW),
    )
    site.become("supervisor")
    address = f"/staff/cases/new?round={round_id}&place=1"
    assert "Không có bảng phí</textarea>" in await site.read(address)
    number = await site.open_draft(round=str(round_id), place="1", area="")
    case = await site.find(number)
    assert (case.origin, case.round_id, case.desk_id) == ("round", round_id, site.ids["desk-2"])
    assert (await site.client.get(f"/staff/cases/new?round={round_id}&place=2")).status_code == 404
    site.become("stranger")
    assert (await site.client.get(address)).status_code == 404
