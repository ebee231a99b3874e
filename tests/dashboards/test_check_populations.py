"""Dossiers to draw from, where the counts of a unit and of its desks do not agree: each is as likely as any other."""

from datetime import date

import pytest

from dashboards.checks.draw_round import RoundWish, draw_items, require_same
from dashboards.supervision.areas import NATION_AREA
from feedback.database import Connection
from feedback.tables.check_populations import DossierCell, UnitDossiers
from feedback.tables.check_rounds import DrawnItem
from surveys.case_errors import CheckRefusedError
from tests.dashboards.area_stage import DAY, add_dossiers, make_province
from tests.dashboards.test_check_rounds import FIRST, LAST, SEED, add_desk_dossiers


async def draw_all(connection: Connection, size: int) -> tuple[int, list[DrawnItem]]:
    wish = RoundWish("Đợt (mẫu)", "dossiers", size, FIRST, LAST)
    return await draw_items(connection, NATION_AREA, wish, SEED, DAY)


async def test_a_unit_with_more_dossiers_than_its_desks_tell_stands_without_desks(connection: Connection) -> None:
    """10 by desk, 40 by unit, as a workbook brings them: which ten of the forty the desk had, nobody knows."""
    await make_province(connection, 1)
    await add_dossiers(connection, "demo-1", FIRST, 40)
    await add_desk_dossiers(connection, "demo-1", FIRST, 10)
    population, items = await draw_all(connection, 40)
    assert population == 40
    assert {item.desk_id for item in items} == {0}
    assert sorted(item.ordinal for item in items) == [*range(1, 41)]


async def test_desks_that_tell_more_than_their_unit_tell_all(connection: Connection) -> None:
    """10 by desk, 4 by unit on one day; 10 by desk and none by unit on the other."""
    await make_province(connection, 1)
    await add_dossiers(connection, "demo-1", FIRST, 4)
    for day in (FIRST, LAST):
        await add_desk_dossiers(connection, "demo-1", day, 10)
    population, items = await draw_all(connection, 20)
    assert population == 20
    assert 0 not in {item.desk_id for item in items}
    assert {(item.day, item.ordinal) for item in items} == {(day, n) for day in (FIRST, LAST) for n in range(1, 11)}


def test_counts_that_came_in_while_drawing_are_refused() -> None:
    cell = DossierCell(1, 0, "", 0, "1.000001", date(2026, 7, 1), 9)
    require_same([UnitDossiers(1, "demo-1", 9)], {1: [cell]})
    for cells in ({1: [cell, cell]}, {}):
        with pytest.raises(CheckRefusedError, match="counts-moved"):
            require_same([UnitDossiers(1, "demo-1", 9)], cells)
