"""Parts, splits, filters, pilots and search of an area, on Saturday 2026-11-21; numbers by hand beside them."""

from datetime import date

import pytest

from dashboards.supervision.areas import NATION_AREA, find_area, list_own_areas, list_parts, search_areas
from dashboards.supervision.figures import AreaFigures, Filters, Peers
from dashboards.supervision.pilots import add_pilot, end_pilot
from dashboards.supervision.read_figures import read_area_figures
from dashboards.supervision.roll_up import roll_up
from feedback.accounts.powers import ROLES
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection
from feedback.tables.staff_rows import take_reach
from surveys.errors import UnknownPlaceError
from tests.dashboards.area_stage import DAY, add_dossiers, add_ratings, make_province
from tests.staff_people import add_person

Q3 = Filters(quarter="2026-Q3")
SUMMER = date(2026, 8, 12)


async def read(connection: Connection, code: str, filters: Filters = Q3) -> AreaFigures:
    area = await find_area(connection, code)
    assert area is not None
    return await read_area_figures(connection, area, filters, DAY)


async def test_procedures_where_citizens_suffer_most_come_first(connection: Connection) -> None:
    await make_province(connection)
    # Upper ends: 50 of 100 60 %, 4 of 8 79 %, 80 of 100 87 %: the sure one of the two halves comes first.
    await add_ratings(connection, "demo-1", SUMMER, (10, 10, 0, 40, 40), procedure="1.000001")
    await add_ratings(connection, "demo-1", SUMMER, (2, 2, 0, 2, 2), procedure="1.000002")
    await add_ratings(connection, "demo-1", SUMMER, (30, 10, 10, 20, 30), procedure="1.000003")
    procedures = (await read(connection, "u-demo-1")).procedures
    assert [(row.key, row.group.n) for row in procedures.rows] == [
        ("1.000003", 100),
        ("1.000002", 10),
        ("1.000001", 100),
    ]
    assert procedures.hidden == 0


async def test_citizens_stand_against_businesses_and_channels_by_themselves(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (10, 0, 0, 40, 50))
    await add_ratings(connection, "demo-1", SUMMER, (20, 0, 0, 10, 10), rater="business", channel=2, proof=b"A")
    figures = await read(connection, "u-demo-1")
    shares = [(row.key, row.group.share and row.group.share.percent) for row in figures.raters.rows]
    assert shares == [("business", 50), ("citizen", 90)]
    assert [(row.key, row.group.n) for row in figures.channels.rows] == [("1", 100), ("2", 40)]
    assert [(row.key, row.group.n) for row in figures.integrity.proof.rows] == [("A", 40), ("C", 100)]


async def test_a_filter_shows_the_same_figures_as_the_row_it_stands_for(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (10, 0, 0, 40, 50), desk="1")
    await add_ratings(connection, "demo-1", SUMMER, (20, 0, 0, 10, 10), desk="1", procedure="1.000002")
    await add_ratings(connection, "demo-1", SUMMER, (5, 5, 0, 5, 5), desk="2", procedure="1.000002", rater="business")
    await roll_up(connection, DAY)
    for code in ("u-demo-1", "c32001", "p96", "VN"):
        rows = {row.key: row.group for row in (await read(connection, code)).procedures.rows}
        figures = await read(connection, code, Filters("2026-Q3", "1.000002"))
        # 30 of 60.
        assert figures.headline.group == rows["1.000002"]
        assert (rows["1.000002"].n, rows["1.000002"].share and rows["1.000002"].share.percent) == (60, 50)
        assert [week.group.n for week in figures.weeks if week.group.n] == [60]
    desks = (await read(connection, "u-demo-1", Filters("2026-Q3", "1.000002"))).peers[0].children
    assert [child.group.n for child in desks] == [40, 20, None]
    raters = await read(connection, "u-demo-1", Filters("2026-Q3", rater="business"))
    assert raters.headline.group.n == 20


async def test_a_desk_has_the_figures_it_has_in_the_list_of_its_unit(connection: Connection) -> None:
    await make_province(connection)
    for week in range(5):
        day = date(2026, 10, 5 + 7 * week) if week < 4 else date(2026, 11, 2)
        await add_ratings(connection, "demo-1", day, (2, 0, 2, 8, 8), desk="1")
        await add_ratings(connection, "demo-1", day, (2, 0, 2, 8, 8), desk="2", procedure="1.000002")
    children = (await read(connection, "u-demo-1", Filters())).peers[0].children
    desk = await read(connection, "u-demo-1~1", Filters())
    # Five batches of 20; the newest waits for the next one.
    assert [child.group.n for child in children] == [80, 80, None]
    assert desk.headline.group == children[0].group
    assert [week.group.n for week in desk.weeks if week.group.n] == [20, 20, 20, 20]
    closed = await read(connection, "u-demo-1~1")
    assert (closed.headline.group.n, closed.procedures.rows) == (None, ())


async def test_units_are_compared_with_their_like_and_an_outlier_stands_out(connection: Connection) -> None:
    await make_province(connection, units=24)
    for unit in range(1, 25):
        scores = (60, 0, 0, 20, 20) if unit == 2 else (10, 0, 0, 40, 50)
        await add_ratings(connection, f"demo-{unit}", SUMMER, scores)
    await roll_up(connection, DAY)
    rural, urban = (await read(connection, "p96")).peers
    assert (rural.area_type, urban.area_type, rural.mean) == ("rural", "urban", 90.0)
    assert {child.funnel for child in rural.children} == {"inside"}
    assert [child.area.code for child in urban.children if child.funnel == "alarm"] == ["u-demo-2"]
    assert (rural.limits[0].n, rural.limits[-1].n) == (100, 100)
    only = (await read(connection, "p96", Filters("2026-Q3", area_type="urban"))).peers
    assert [group.area_type for group in only] == ["urban"]
    assert only[0].children == urban.children


async def test_few_peers_have_no_limits(connection: Connection) -> None:
    await make_province(connection, units=8)
    for unit in range(1, 9):
        await add_ratings(connection, f"demo-{unit}", SUMMER, (10, 0, 0, 40, 50))
    await roll_up(connection, DAY)
    for group in (await read(connection, "p96")).peers:
        assert isinstance(group, Peers)
        assert (group.mean, group.limits, {child.funnel for child in group.children}) == (None, (), {None})


async def test_pilot_sites_stand_against_the_rest_of_their_area_type(connection: Connection) -> None:
    await make_province(connection, units=6)
    await add_pilot(connection, "demo-1", date(2026, 7, 1))
    await add_pilot(connection, "demo-2", date(2026, 9, 1))
    for unit in range(1, 7):
        await add_ratings(connection, f"demo-{unit}", SUMMER, (10, 0, 0, 40, 50) if unit == 1 else (20, 0, 0, 40, 40))
    await roll_up(connection, DAY)
    for code in ("p96", "VN"):
        (pair,) = (await read(connection, code)).pilots
        # 90 of 100 against 160 of 200. Newcombe: 10 ± √(7.4² + 4.9²) below, √(4.5² + 6.1²) above: 1.1 to 17.6.
        assert (pair.area_type, pair.pilot.n, pair.rest.n) == ("rural", 100, 200)
        assert (pair.difference, pair.low, pair.high) == (10, 1, 18)


async def test_a_pilot_is_named_once_and_ends_once(connection: Connection) -> None:
    await make_province(connection)
    assert await add_pilot(connection, "demo-1", SUMMER)
    assert not await add_pilot(connection, "demo-1", DAY)
    assert await end_pilot(connection, "demo-1", DAY)
    assert not await end_pilot(connection, "demo-1", DAY)
    with pytest.raises(UnknownPlaceError):
        await add_pilot(connection, "nowhere", DAY)


async def test_ratings_set_aside_are_a_share_of_all_and_in_nothing_else(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (10, 0, 0, 40, 40))
    await add_ratings(connection, "demo-1", SUMMER, (10, 0, 0, 0, 0), proof=b"X")
    figures = await read(connection, "u-demo-1")
    integrity = figures.integrity
    # 10 of 100.
    assert (figures.headline.group.n, integrity.received) == (90, 100)
    assert integrity.set_aside is not None
    assert integrity.set_aside.percent == 10
    assert [reason.reason for reason in integrity.reasons] == ["automatic"]


async def test_a_response_under_five_percent_is_low(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (0, 0, 0, 10, 9))
    await add_dossiers(connection, "demo-1", SUMMER, 400)
    response = (await read(connection, "u-demo-1")).headline.response
    # 19 of 400: 4.75 %.
    assert response is not None
    assert (response.completed, response.received, response.is_low) == (400, 19, True)


async def test_rows_out_of_reach_are_not_counted(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (10, 0, 0, 40, 40))
    account_id = await add_person(connection, "giam-sat", "front_supervisor", Reach(communes=("32002",)))
    await take_reach(connection, account_id, ROLES, "see_supervision", "langnghe_staff")
    assert (await read(connection, "u-demo-1")).headline.group.n is None


async def test_areas_are_found_by_code_listed_and_searched_without_marks(connection: Connection) -> None:
    await make_province(connection)
    unit = await find_area(connection, "u-demo-1")
    assert unit is not None
    assert (unit.parent, unit.where.province, unit.where.commune) == ("c32001", "96", "32001")
    assert [desk.code for desk in await list_parts(connection, unit)] == [f"u-demo-1~{n}" for n in (1, 2, 3)]
    for code in ("", "u-", "u-nobody", "u-demo-1~9", "p9", "p00", "c1", "x\x00", "VN" * 200, "p٧٩"):
        assert await find_area(connection, code) is None
    assert await list_own_areas(connection, EVERYWHERE) == (NATION_AREA,)
    own = await list_own_areas(connection, Reach(provinces=("96",), communes=("32002",), units=("demo-3",)))
    assert [area.code for area in own] == ["p96", "c32002", "u-demo-3"]
    assert [area.code for area in await search_areas(connection, "ca mau", EVERYWHERE)] == ["p96"]
    found = await search_areas(connection, "XÃ MAU 2", Reach(provinces=("96",)))
    assert [area.code for area in found] == ["c32002"]
    assert await search_areas(connection, "mau", Reach(provinces=("79",))) == ()
