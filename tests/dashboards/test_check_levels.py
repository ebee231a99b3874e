"""Who runs a round as the higher level, who only reads along, and until when a round waits for ratings to compare."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import msgspec
import pytest

from dashboards.checks.gaps import read_gap
from feedback.api_keys import Reach
from feedback.tables.check_rounds import select_items, select_round
from tests.dashboards.area_stage import add_ratings, make_province
from tests.dashboards.checks_and_forms_stage import HERE, NOW, Stage, open_stage
from tests.stores import copy_database

ROUND = {
    "name": "Đợt của tỉnh (mẫu)",
    "area": "p96",
    "way": "desks",
    "size": "9",
    "first": "2026-07-01",
    "last": "2026-09-30",
}
GAP = "-80 điểm phần trăm"


class People(msgspec.Struct, frozen=True):
    """A supervisor and an inspector of the province; a supervisor of one commune, an inspector of its unit alone."""

    province: int
    inspector: int
    commune: int
    unit: int


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    home = tmp_path_factory.mktemp("home")
    async with copy_database(server_url, template) as database_url, open_stage(database_url, home) as stage:
        await make_province(stage.connection, 3)
        for unit in ("demo-1", "demo-2", "demo-3"):
            for desk in ("1", "2", "3"):
                await add_ratings(stage.connection, unit, date(2026, 7, 8), (1, 1, 2, 8, 8), desk=desk)
        await add_ratings(stage.connection, "demo-1", date(2026, 11, 4), (3, 0, 0, 0, 12))
        yield stage


@pytest.fixture(scope="module")
async def people(stage: Stage) -> People:
    return People(
        await stage.add("tinh", "front_supervisor", HERE),
        await stage.add("thanh-tra", "inspector", HERE),
        await stage.add("xa", "front_supervisor", Reach(communes=("32001",))),
        await stage.add("don-vi", "inspector", Reach(units=("demo-1",))),
    )


async def draw(stage: Stage, account_id: int, **changes: str) -> str:
    """The address of a new round."""
    reply = await stage.post(account_id, "/staff/checks", **{**ROUND, **changes})
    assert reply.status_code == 303, reply.text
    return reply.headers["location"].partition("?")[0]


def read_number(address: str) -> int:
    return int(address.rpartition("/")[2])


async def record_all(stage: Stage, account_id: int, address: str, score: str = "1") -> None:
    for item in await select_items(stage.connection, read_number(address)):
        reply = await stage.post(account_id, f"{address}/items/{item.place}", score=score)
        assert reply.status_code == 303, reply.text


async def find_place(stage: Stage, address: str, unit: str) -> int:
    items = await select_items(stage.connection, read_number(address))
    return next(item.place for item in items if item.unit_code == unit)


async def test_nobody_is_first_at_the_own_place_of_a_wider_round(stage: Stage, people: People) -> None:
    address = await draw(stage, people.province)
    item = f"{address}/items/{await find_place(stage, address, 'demo-1')}"
    for account_id in (people.commune, people.unit):
        assert 'name="score"' not in await stage.read(account_id, item)
        refused = await stage.post(account_id, item, score="5", note="Rất tốt <b>")
        assert (refused.status_code, "cấp trên" in refused.text) == (422, True)
        assert "Rất tốt &lt;b&gt;" in refused.text
        page = await stage.read(account_id, address)
        assert "Đóng và tính chênh lệch" not in page
        assert "Chỉ người phụ trách toàn bộ nơi kiểm tra" in page
        assert (await stage.post(account_id, f"{address}/close")).status_code == 422
    assert (await stage.post(people.inspector, item, score="2")).status_code == 303


async def test_the_gap_of_all_is_shown_to_who_reaches_all(stage: Stage, people: People) -> None:
    """All nine desks with 16 of 20 each, none of nine found good: 0 - 80 points."""
    address = await draw(stage, people.province)
    await record_all(stage, people.inspector, address)
    assert (await stage.post(people.inspector, f"{address}/close")).status_code == 303
    for account_id in (people.province, people.inspector):
        assert GAP in await stage.read(account_id, address)
    for account_id in (people.commune, people.unit):
        page = await stage.read(account_id, address)
        assert "rộng hơn phạm vi của Ông/Bà" in page
        assert page.count('<li id="item-') == 3
        for text in (GAP, "Người dân tại những nơi đã xem", 'id="gap"'):
            assert text not in page
    # One unit's round is told to who reaches that unit.
    own = await draw(stage, people.commune, area="u-demo-1", size="3")
    await stage.connection.execute(
        "UPDATE check_rounds SET closed_at = $2, gap = (SELECT gap FROM check_rounds WHERE round_id = $3)"
        " WHERE round_id = $1",
        *(read_number(own), NOW, read_number(address)),
    )
    assert GAP in await stage.read(people.unit, own)


async def test_a_round_over_the_own_unit_alone_is_not_drawn(stage: Stage, people: People) -> None:
    before = await stage.count("check-drawn")
    refused = await stage.post(people.unit, "/staff/checks", **{**ROUND, "area": "u-demo-1", "size": "2"})
    assert (refused.status_code, "cấp trên" in refused.text) == (422, True)
    assert "Ông/Bà chưa được giao nơi nào để rút mẫu" in await stage.read(people.unit, "/staff/checks")
    assert await stage.count("check-drawn") == before
    address = await draw(stage, people.commune, area="u-demo-1", size="2")
    assert (await stage.post(people.unit, f"{address}/items/1", score="5")).status_code == 422
    assert (await stage.post(people.commune, f"{address}/items/1", score="3")).status_code == 303


async def test_a_round_outlives_the_reach_of_who_drew_it(stage: Stage) -> None:
    drawer = await stage.add("sap-nghi", "front_supervisor", HERE)
    other = await stage.add("nguoi-thay", "front_supervisor", HERE)
    address = await draw(stage, drawer)
    await record_all(stage, drawer, address)
    await stage.connection.execute(
        "UPDATE appointments SET province_codes = '{}', commune_codes = '{32001}' WHERE account_id = $1", drawer
    )
    assert (await stage.post(drawer, f"{address}/close")).status_code == 422
    assert (await stage.post(other, f"{address}/close")).status_code == 303
    line = await stage.connection.fetchval(
        "SELECT account_id FROM audit_log WHERE action = 'check-closed' AND object_code = $1",
        str(read_number(address)),
    )
    assert line == other
    drawn = await select_round(stage.connection, read_number(address))
    assert drawn is not None
    assert drawn.gap is not None
    assert read_gap(drawn.gap).checks == 9


async def test_a_round_with_an_item_out_of_reach_is_not_closed_over_the_rest(stage: Stage, people: People) -> None:
    nation = await stage.add("toan-quoc", "inspector")
    address = await draw(stage, people.province)
    await record_all(stage, people.province, address)
    await stage.connection.execute("UPDATE units SET place_code = '79' WHERE code = 'demo-3'")
    refused = await stage.post(people.province, f"{address}/close")
    assert (refused.status_code, "nằm ngoài phạm vi của Ông/Bà" in refused.text) == (422, True)
    assert (await stage.post(nation, f"{address}/close")).status_code == 303
    await stage.connection.execute("UPDATE units SET place_code = '32003' WHERE code = 'demo-3'")


async def test_a_round_waits_while_its_batches_may_still_come(stage: Stage, people: People) -> None:
    """The desk has 15 ratings of November. In the running quarter no later batch lets them out; after it, the only
    batch is the whole quarter, which no round of November holds.
    """
    address = await draw(stage, people.province, area="u-demo-1", size="3", first="2026-11-01", last="2026-11-20")
    items = await select_items(stage.connection, read_number(address))
    await stage.connection.execute(
        "INSERT INTO check_items (round_id, place, unit_id, desk_id)"
        " SELECT round_id, place + 3, unit_id, desk_id FROM check_items WHERE round_id = $1",
        items[0].round_id,
    )
    await record_all(stage, people.province, address)
    refused = await stage.post(people.province, f"{address}/close")
    assert (refused.status_code, "chậm nhất là từ ngày 01/01/2027" in refused.text) == (422, True)
    assert "Đóng và tính chênh lệch" in await stage.read(people.province, address)
    stage.clock.now = datetime(2027, 1, 1, 3, tzinfo=UTC)
    assert (await stage.post(people.province, f"{address}/close")).status_code == 303
    page = await stage.read(people.province, address)
    stage.clock.now = NOW
    assert "Chưa có nhóm trọn mười lượt đánh giá nào" in page
    assert "dưới 10 lượt" not in page
