"""Figures of an area as a supervisor gets them, on Saturday 2026-11-21; numbers worked out by hand beside them."""

from datetime import date

import pytest

from dashboards.supervision.areas import find_area
from dashboards.supervision.figures import AreaFigures, Filters
from dashboards.supervision.read_figures import read_area_figures
from dashboards.supervision.roll_up import roll_up
from feedback.database import Connection
from surveys.errors import UnusableFilterError
from tests.dashboards.area_stage import DAY, add_dossiers, add_ratings, make_province

Q3 = Filters(quarter="2026-Q3")
SUMMER = date(2026, 8, 12)


async def read(connection: Connection, code: str, filters: Filters = Q3) -> AreaFigures:
    area = await find_area(connection, code)
    assert area is not None
    return await read_area_figures(connection, area, filters, DAY)


async def test_a_closed_quarter_of_a_unit_shows_its_three_figures(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (6, 4, 10, 40, 40))
    await add_dossiers(connection, "demo-1", SUMMER, 1000)
    headline = (await read(connection, "u-demo-1")).headline
    # 80 of 100 satisfied; Wilson: 71.1 to 86.7. 10 of 100 dissatisfied: 5.5 to 17.4. 100 of 1,000: 8.3 to 12.0.
    share, low, response = headline.group.share, headline.dissatisfied, headline.response
    assert share is not None
    assert low is not None
    assert response is not None
    assert response.share is not None
    assert (share.percent, share.low, share.high) == (80, 71, 87)
    assert (low.percent, low.low, low.high) == (10, 5, 18)
    assert (response.share.percent, response.share.low, response.share.high) == (10, 8, 13)
    assert (headline.group.n, headline.missing, response.is_low) == (100, 0, False)


async def test_the_nation_and_a_province_read_the_roll_up(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", SUMMER, (6, 4, 10, 40, 40))
    await roll_up(connection, DAY)
    for code in ("VN", "p96"):
        figures = await read(connection, code)
        assert figures.headline.group.n == 100
    peers = (await read(connection, "p96")).peers
    assert [(group.area_type, len(group.children)) for group in peers] == [("rural", 2), ("urban", 1)]


@pytest.mark.parametrize("code", ["VN", "p96", "c32001", "u-demo-1", "u-demo-1~1"])
@pytest.mark.parametrize("filters", [Filters(), Q3, Filters(procedure="1.000001"), Filters("2026-Q3", "1.000001")])
async def test_every_area_without_ratings_says_what_is_missing(
    connection: Connection, code: str, filters: Filters
) -> None:
    await make_province(connection)
    await roll_up(connection, DAY)
    figures = await read(connection, code, filters)
    assert figures.headline.group.share is None
    assert figures.headline.missing == (5 if filters.quarter else 20)


@pytest.mark.parametrize(
    ("code", "filters"),
    [
        ("VN", Filters(quarter="2019-Q1")),
        ("VN", Filters(procedure="1.000001", rater="citizen")),
        ("u-demo-1~1", Filters(rater="citizen")),
        ("u-demo-1", Filters(area_type="urban")),
        ("VN", Filters(area_type="x")),
        ("VN", Filters(procedure="\x00")),
    ],
)
async def test_what_is_not_offered_is_refused(connection: Connection, code: str, filters: Filters) -> None:
    await make_province(connection)
    with pytest.raises(UnusableFilterError):
        await read(connection, code, filters)
