"""Areas of supervision: found by the code that stands in addresses, listed by what they lie in, searched by name."""

import re

from dashboards.alphabet import make_sort_key
from dashboards.supervision.figures import Area
from feedback.accounts.powers import NATION, Where
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.area_views import (
    DeskRow,
    PlaceRow,
    UnitRow,
    search_places,
    search_units,
    select_desks_of_unit,
    select_places_by_code,
    select_provinces,
    select_units_by_code,
    select_units_of_place,
)

NATION_CODE = "VN"
NATION_AREA = Area("nation", NATION_CODE, "Việt Nam", NATION)
LONGEST_CODE = 200
LONGEST_SEARCH = 100
MOST_FOUND = 20
PROVINCE = re.compile(r"p(\d{2})", re.ASCII)
COMMUNE = re.compile(r"c(\d{5})", re.ASCII)
UNIT = "u-"
DESK = "~"


def make_place_area(place: PlaceRow) -> Area:
    if place.province_code is None:
        return Area("province", f"p{place.code}", place.name, Where(place.code), parent=NATION_CODE)
    where = Where(place.province_code, place.code)
    return Area("commune", f"c{place.code}", place.name, where, parent=f"p{place.province_code}")


def make_unit_area(unit: UnitRow) -> Area:
    return Area(
        kind="unit",
        code=UNIT + unit.code,
        name=unit.name,
        where=Where(unit.province_code, unit.commune_code, unit.code),
        parent=f"c{unit.commune_code}" if unit.commune_code else f"p{unit.province_code}",
        area_type=unit.area_type,
        unit_id=unit.unit_id,
    )


def make_desk_area(unit: Area, desk: DeskRow) -> Area:
    code = f"{unit.code}{DESK}{desk.number}"
    return Area("desk", code, desk.name, unit.where, unit.code, unit.area_type, unit.unit_id, desk.desk_id)


async def find_area(connection: Connection, code: str) -> Area | None:
    """None where nothing is called so; whether the asker may see it is another question."""
    if not 1 <= len(code) <= LONGEST_CODE or not code.isprintable():
        return None
    if code == NATION_CODE:
        return NATION_AREA
    if place := PROVINCE.fullmatch(code) or COMMUNE.fullmatch(code):
        places = await select_places_by_code(connection, [place[1]])
        return make_place_area(places[0]) if places else None
    if code.startswith(UNIT):
        return await find_unit(connection, code) or await find_desk(connection, code)
    return None


async def find_unit(connection: Connection, code: str) -> Area | None:
    units = await select_units_by_code(connection, [code.removeprefix(UNIT)])
    return make_unit_area(units[0]) if units else None


async def find_desk(connection: Connection, code: str) -> Area | None:
    unit_code, sign, number = code.rpartition(DESK)
    unit = await find_unit(connection, unit_code) if sign else None
    if unit is None:
        return None
    desks = await list_parts(connection, unit)
    return next((desk for desk in desks if desk.code == f"{unit.code}{DESK}{number}"), None)


async def list_parts(connection: Connection, area: Area) -> tuple[Area, ...]:
    """Provinces of the nation, units of a province or commune, desks of a unit; in the order of the alphabet."""
    match area.kind:
        case "nation":
            parts = [make_place_area(place) for place in await select_provinces(connection)]
        case "province" | "commune":
            units = await select_units_of_place(connection, area.where.commune or area.where.province)
            parts = [make_unit_area(unit) for unit in units]
        case "unit":
            return tuple(make_desk_area(area, desk) for desk in await select_desks_of_unit(connection, area.unit_id))
        case "desk":
            return ()
    return tuple(sorted(parts, key=lambda part: (make_sort_key(part.name), part.code)))


async def list_own_areas(connection: Connection, reach: Reach) -> tuple[Area, ...]:
    """Where an account's appointments hold, widest first: `reach` as join_reaches gives it."""
    if reach.everywhere:
        return (NATION_AREA,)
    places = await select_places_by_code(connection, [*reach.provinces, *reach.communes])
    units = await select_units_by_code(connection, reach.units)
    areas = [*map(make_place_area, places), *map(make_unit_area, units)]
    order = ("province", "commune", "unit")
    return tuple(sorted(areas, key=lambda area: (order.index(area.kind), make_sort_key(area.name), area.code)))


async def search_areas(connection: Connection, text: str, reach: Reach) -> tuple[Area, ...]:
    """Places and units within reach whose name holds the text, with or without marks; at most MOST_FOUND."""
    sought = " ".join(text.split())
    if not 1 <= len(sought) <= LONGEST_SEARCH or not sought.isprintable():
        return ()
    places = await search_places(connection, sought, reach, MOST_FOUND)
    units = await search_units(connection, sought, reach, MOST_FOUND)
    return tuple([*map(make_place_area, places), *map(make_unit_area, units)][:MOST_FOUND])
