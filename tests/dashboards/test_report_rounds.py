"""Which rounds of cross-checks a report tells: those within its area with their gap, wider ones by name alone."""

from datetime import UTC, date, datetime

import msgspec

from dashboards.checks.gaps import Gap
from dashboards.disclosure.groups import ReleasedShare
from dashboards.reports.tell_checks import tabulate_rounds
from dashboards.supervision.sentences import Teller
from feedback.accounts.powers import NATION, Where
from feedback.database import Connection
from feedback.tables.report_inputs import RoundRow, select_closed_rounds
from tests.dashboards.area_stage import make_province
from tests.dashboards.test_supervision_views import VI
from tests.staff_people import add_person

NOW = datetime(2026, 9, 20, 3, tzinfo=UTC)
BEGIN, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
ROUND = """
WITH made AS (
    INSERT INTO check_rounds (name, area, way, seed, drawn_from, first_day, last_day, drawn_by, drawn_at, closed_at,
                              gap)
    VALUES ($1, $1, 'desks', decode(repeat('00', 16), 'hex'), 9, '2026-07-01', '2026-08-31', $2, $3, $3, $4)
    RETURNING round_id)
INSERT INTO check_items (round_id, place, unit_id, desk_id)
SELECT round_id, row_number() OVER (ORDER BY unit_id), unit_id, 0 FROM made, units WHERE code = ANY ($5::text[])
"""
FOUND, RATED = ReleasedShare(17, "exact", 3, 57), ReleasedShare(80, "exact", 73, 86)
GAP = Gap(6, 1, 1, 6, 3, FOUND, 180, RATED, -63, -78, -23, "lower")
ALL = ("demo-1", "demo-2")
AREAS = {"VN(mẫu)": ALL, "p96": ALL, "c32001": ("demo-1",), "u-demo-1": ("demo-1",), "u-demo-2": ("demo-2",)}


async def test_the_gap_of_a_wider_round_is_not_read(connection: Connection) -> None:
    await make_province(connection, 2)
    account_id = await add_person(connection, "supervisor", "front_supervisor")
    for area, units in AREAS.items():
        await connection.execute(ROUND, area, account_id, NOW, msgspec.json.encode(GAP).decode(), units)
    await connection.execute("UPDATE check_rounds SET area = 'VN' WHERE area = 'VN(mẫu)'")
    told = {
        where: {
            known.name: known.gap is not None for known in await select_closed_rounds(connection, where, BEGIN, END)
        }
        for where in (NATION, Where("96"), Where("96", "32001"), Where("96", "32001", "demo-1"), Where("79"))
    }
    within = dict.fromkeys(AREAS, True)
    assert told[NATION] == within
    assert told[Where("96")] == within | {"VN(mẫu)": False}
    of_commune = {"VN(mẫu)": False, "p96": False, "c32001": True, "u-demo-1": True}
    assert told[Where("96", "32001")] == of_commune
    assert told[Where("96", "32001", "demo-1")] == of_commune | {"c32001": False}
    assert told[Where("79")] == {}


def test_a_wider_round_has_its_name_and_says_where_its_result_stands() -> None:
    own = RoundRow(
        1, "Đợt xã (mẫu)", "desks", date(2026, 7, 1), date(2026, 8, 31), 9, NOW, msgspec.json.encode(GAP).decode()
    )
    wider = msgspec.structs.replace(own, name="Đợt tỉnh (mẫu)", gap=None)
    first, second = tabulate_rounds((own, wider), Teller(VI)).rows
    assert first[2:5] == (6, FOUND, RATED)
    assert second[0] == "Đợt tỉnh (mẫu)"
    assert second[2:5] == (None, None, None)
    assert second[5] == "Đợt này rộng hơn nơi của báo cáo: kết quả nằm trong báo cáo của nơi rộng hơn."
