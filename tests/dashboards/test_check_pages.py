"""The pages of cross-checks: drawing, recording on the way, the second of two, closing with the gap, the files."""

from collections.abc import AsyncIterator
from datetime import date

import msgspec
import pytest

from dashboards.checks.draw_round import RoundWish, draw_items
from dashboards.checks.gaps import read_gap
from dashboards.supervision.areas import find_area
from feedback.tables.check_rounds import select_items, select_round
from tests.dashboards.area_stage import DAY, add_dossiers, add_ratings, make_province
from tests.dashboards.checks_and_forms_stage import ELSEWHERE, HERE, Stage, open_stage
from tests.stores import copy_database

ROUND = {
    "name": "Đợt quý III (mẫu)",
    "area": "u-demo-2",
    "way": "desks",
    "size": "3",
    "first": "2026-07-01",
    "last": "2026-09-30",
}


class People(msgspec.Struct, frozen=True):
    supervisor: int
    inspector: int
    stranger: int


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    async with copy_database(server_url, template) as database_url, open_stage(database_url, home) as stage:
        await make_province(stage.connection, 3)
        await add_dossiers(stage.connection, "demo-2", date(2026, 9, 16), 40)
        for desk in ("1", "2", "3"):
            for day in (8, 15, 22):
                await add_ratings(stage.connection, "demo-2", date(2026, 7, day), (1, 1, 2, 8, 8), desk=desk)
        yield stage


@pytest.fixture(scope="module")
async def people(stage: Stage) -> People:
    return People(
        await stage.add("giam-sat", "front_supervisor", HERE),
        await stage.add("thanh-tra", "inspector", HERE),
        await stage.add("la", "front_supervisor", ELSEWHERE),
    )


async def draw(stage: Stage, account_id: int, **changes: str) -> str:
    """The address of a new round."""
    reply = await stage.post(account_id, "/staff/checks", **{**ROUND, **changes})
    assert reply.status_code == 303, reply.text
    return reply.headers["location"].partition("?")[0]


def read_number(address: str) -> int:
    return int(address.rpartition("/")[2])


async def test_a_draw_is_shown_with_its_seed_and_anybody_can_draw_it_again(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor)
    drawn = await select_round(stage.connection, read_number(address))
    assert drawn is not None
    page = await stage.read(people.supervisor, address)
    assert f"{drawn.seed.hex()}. Rút từ 3." in page
    assert "Người mẫu giam-sat (mẫu) rút ngày 21/11/2026" in page
    area = await find_area(stage.connection, "u-demo-2")
    assert area is not None
    wish = RoundWish(drawn.name, "desks", 3, drawn.first_day, drawn.last_day)
    _, again = await draw_items(stage.connection, area, wish, drawn.seed, DAY)
    items = await select_items(stage.connection, drawn.round_id)
    assert [(item.place, item.desk_id) for item in items] == [(item.place, item.desk_id) for item in again]


async def test_every_draw_leaves_a_row_and_a_line(stage: Stage, people: People) -> None:
    before = await stage.count("check-drawn")
    first, second = [await draw(stage, people.supervisor) for _ in range(2)]
    assert first != second
    assert await stage.count("check-drawn") == before + 2
    page = await stage.read(people.inspector, "/staff/checks")
    assert f'"{first}?' in page
    assert f'"{second}?' in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"size": "4"}, "chỉ có 3 để chọn"),
        ({"size": "x"}, "từ 1 đến 200"),
        ({"last": "2026-11-21"}, "366"),
        ({"last": "2026-07-11"}, "từ thứ Hai đến Chủ nhật"),
    ],
)
async def test_a_draw_that_cannot_be_made_comes_back_as_it_was_typed(
    stage: Stage, people: People, changes: dict[str, str], says: str
) -> None:
    before = await stage.count("check-drawn")
    form = {**ROUND, "name": "Đợt <b>mới</b> (mẫu)", **changes}
    reply = await stage.post(people.supervisor, "/staff/checks", **form)
    assert (reply.status_code, says in reply.text) == (422, True)
    assert "Đợt &lt;b&gt;mới&lt;/b&gt; (mẫu)" in reply.text
    assert await stage.count("check-drawn") == before


async def test_an_item_is_recorded_once_and_the_second_sees_by_whom(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor)
    item = f"{address}/items/1"
    assert 'name="score"' in await stage.read(people.inspector, item)
    note = "Quầy vắng người <i>15 phút</i>"
    saved = await stage.post(people.inspector, item, score="2", late="yes", note=note)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{address}?lang=vi#item-1")
    again = await stage.post(people.supervisor, item, score="5", note="Tôi thấy <u>khác</u>")
    assert again.status_code == 409
    for text in ("Người mẫu thanh-tra (mẫu) ghi ngày 21/11/2026", "Tôi thấy &lt;u&gt;khác&lt;/u&gt;", "Mức 5 trên 5"):
        assert text in again.text
    page = await stage.read(people.supervisor, address)
    assert "Mức 2 trên 5 · Trễ hạn" in page
    assert "đã xem 1 trên 3" in page
    line = await stage.connection.fetchrow(
        "SELECT account_id, unit_id FROM audit_log WHERE action = 'check-recorded' AND object_code = $1",
        f"{read_number(address)}/1",
    )
    assert line is not None
    assert (line["account_id"], line["unit_id"] != 0) == (people.inspector, True)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"note": "chưa chọn mức"}, "mức từ 1 đến 5"),
        ({"score": "6", "note": "sáu"}, "mức từ 1 đến 5"),
        ({"not_possible": "yes"}, "vì sao"),
        ({"score": "3", "late": "maybe", "note": "có lẽ"}, "đúng hạn"),
        ({"score": "3", "note": "ă" * 2001}, "2000"),
    ],
)
async def test_what_cannot_be_recorded_comes_back_as_it_was_typed(
    stage: Stage, people: People, fields: dict[str, str], says: str
) -> None:
    address = await draw(stage, people.supervisor)
    reply = await stage.post(people.inspector, f"{address}/items/2", **fields)
    assert (reply.status_code, says in reply.text) == (422, True)
    assert fields.get("note", "") in reply.text
    assert "đã xem 0 trên 3" in await stage.read(people.supervisor, address)


async def test_a_round_of_dossiers_says_where_and_when_and_holds_no_number(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor, way="dossiers", size="6", area="p96")
    page = await stage.read(people.inspector, address)
    assert page.count("hoàn thành ngày 16/09/2026, theo giờ hoàn thành: Thủ tục (mẫu) 1") == 6
    assert "Rút từ 40." in page
    assert "Số hồ sơ không ghi vào trang này" in await stage.read(people.inspector, f"{address}/items/1")


async def test_closing_works_out_the_gap_once(stage: Stage, people: People) -> None:
    """Six dossiers of the unit, one found good; its ratings: 3 days at 3 desks, 16 of 20 each, 144 of 180 = 80 %."""
    address = await draw(stage, people.supervisor, way="dossiers", size="8", area="u-demo-2")
    for place, score in enumerate(("1", "2", "2", "3", "1", "5"), 1):
        await stage.post(people.inspector, f"{address}/items/{place}", score=score, late="yes" if place == 1 else "no")
    await stage.post(people.inspector, f"{address}/items/7", not_possible="yes", note="Không tìm thấy hồ sơ")
    assert (await stage.post(people.stranger, f"{address}/close")).status_code == 404
    closed = await stage.post(people.supervisor, f"{address}/close")
    assert (closed.status_code, closed.headers["location"]) == (303, f"{address}?lang=vi#gap")
    drawn = await select_round(stage.connection, read_number(address))
    assert drawn is not None
    assert drawn.gap is not None
    gap = read_gap(drawn.gap)
    assert (gap.checks, gap.not_possible, gap.late, gap.late_known, gap.rated_n) == (6, 1, 1, 6, 180)
    # 1/6 - 4/5 = -63.3 points; Wilson: 3.0 to 56.4 and 73.6 to 85.2; Newcombe: -77.9 to -23.1, rounded outwards.
    assert (gap.points, gap.low, gap.high, gap.verdict) == (-63, -78, -23, "lower")
    page = await stage.read(people.inspector, address)
    assert "Kiểm tra thấy kém hơn rõ rệt" in page
    assert "-63 điểm phần trăm, khoảng tin cậy 95\u00a0% từ -78 đến -23" in page
    assert "Trễ hạn: 1 trên 6" in page
    again = await stage.post(people.supervisor, f"{address}/close")
    assert (again.status_code, "đã đóng" in again.text) == (409, True)
    late = await stage.post(people.inspector, f"{address}/items/8", score="4", note="Đến muộn")
    assert (late.status_code, "Đến muộn" in late.text) == (409, True)


async def test_an_item_leads_to_a_case_for_those_who_work_on_cases(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor)
    link = f"/staff/cases/new?lang=vi&round={read_number(address)}&place=1"
    assert link in await stage.read(people.supervisor, f"{address}/items/1")
    assert link not in await stage.read(people.inspector, f"{address}/items/1")


async def test_the_files_hold_the_items_and_no_formula(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor)
    await stage.post(people.inspector, f"{address}/items/1", score="4", note="=CMD|' /C calc'!A0")
    csv = await stage.get(people.supervisor, f"{address}/items.csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(csv.text.strip().splitlines()) == 4
    assert "'=CMD|" in csv.text
    assert ",=CMD" not in csv.text
    xlsx = await stage.get(people.supervisor, f"{address}/items.xlsx")
    assert xlsx.content[:2] == b"PK"


async def test_out_of_reach_there_is_no_round_and_the_attempt_is_kept(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor)
    before = await stage.count("run_checks", "denied")
    for path in (address, f"{address}/items/1", f"{address}/items.csv", "/staff/checks?area=p96"):
        assert (await stage.get(people.stranger, path)).status_code == 404
    for path, fields in ((f"{address}/items/1", {"score": "1"}), (f"{address}/close", {}), ("/staff/checks", ROUND)):
        assert (await stage.post(people.stranger, path, **fields)).status_code == 404
    assert await stage.count("run_checks", "denied") == before + 7
    assert f'"{address}?' not in await stage.read(people.stranger, "/staff/checks")
    for text in ("0", "999999999", "9" * 40, "abc", "-1", "١", "%00", "x" * 500):
        for path in (f"/staff/checks/{text}", f"{address}/items/{text}", f"/staff/checks/{text}/items.xlsx"):
            assert (await stage.get(people.supervisor, path)).status_code in {400, 404}


async def test_an_inspector_of_one_unit_sees_the_items_there_and_no_others(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor, area="p96", size="9")
    own = await stage.add("mot-don-vi", "inspector", msgspec.structs.replace(HERE, provinces=(), units=("demo-1",)))
    page = await stage.read(own, address)
    assert page.count('<li id="item-') == 3
    assert "Trung tâm (mẫu) 2" not in page
    items = await select_items(stage.connection, read_number(address))
    other = next(item.place for item in items if item.unit_code == "demo-2")
    assert (await stage.get(own, f"{address}/items/{other}")).status_code == 404
    assert "Đóng và tính chênh lệch" not in page


async def test_when_the_session_is_over_what_was_typed_is_kept(stage: Stage, people: People) -> None:
    address = await draw(stage, people.supervisor)
    reply = await stage.client.post(f"{address}/items/1", data={"score": "2", "note": "Chờ lâu", "lang": "vi"})
    assert (reply.status_code, "Chờ lâu" in reply.text) == (401, True)
