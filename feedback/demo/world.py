"""The two demo catalogues: three communes in detail, or every commune of the country in little.

Places are real; units, desks and officials are invented and say so. The same day gives the same workbook, and
desk codes are the same on every day, so that printed demo posters keep working.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
import numpy as np

from feedback.catalogue.places import list_places_on
from feedback.catalogue.workbook import Workbook, make_workbook
from feedback.demo.areas import find_area_types
from feedback.demo.recipe import (
    EVENT_PLACE,
    NATIONAL,
    NEW_TITLE_DAYS_BEFORE,
    SMALL,
    TRANSFER_DAYS_BEFORE,
    DemoSize,
    DeskRecipe,
    read_recipe,
)
from feedback.demo.season import FIRST_DAY_OF_ALL
from feedback.demo.volumes import make_dossier_counts
from feedback.tables.places import Place
from surveys.codes import DESK_CODE_RANDOM_BITS, make_desk_code

OLD_TITLE = "demo-hop-dong"

Row = dict[str, str]
Rows = defaultdict[str, list[Row]]


class DemoUnit(msgspec.Struct, frozen=True):
    code: str
    place: Place
    area_type: str
    desks: tuple[DeskRecipe, ...]


def make_small_world(day: date) -> Workbook:
    """An urban, a mountain and an island commune; `day` is today."""
    return make_world(SMALL, day)


def make_national_world(day: date) -> Workbook:
    """Every commune there is on `day`, each with three desks; the unit's code is the commune's."""
    return make_world(NATIONAL, day)


def make_world(size: DemoSize, day: date) -> Workbook:
    recipe = read_recipe()
    rows: Rows = defaultdict(list)
    units = _list_small_units(size, day) if size.name == "small" else _list_national_units(size, day)
    codes = iter(_draw_desk_codes(size, sum(len(unit.desks) for unit in units)))
    for title in recipe.titles:
        rows["titles"].append({"code": title.code, "name": title.name})
    offered = {code for unit in units for desk in unit.desks for code in desk.procedures}
    for procedure in recipe.procedures:
        if procedure.code in offered:
            rows["procedures"].append(_since(code=procedure.code, name=procedure.name, field=procedure.field))
    for unit in units:
        _add_unit(rows, size, unit, codes)
    _add_events(rows, size, day)
    world = make_workbook(rows)
    return Workbook({**world.sheets, "dossier_counts": make_dossier_counts(size, world, day)})


def name_event_unit(size: DemoSize) -> str:
    """Code of the unit in which an official is transferred and one desk's ratings drop."""
    return size.unit_prefix + EVENT_PLACE


def name_official(size: DemoSize, unit_code: str, number: int) -> str:
    """Code of the `number`th official of a unit, from 1."""
    place_code = unit_code.removeprefix(size.unit_prefix)
    return f"demo-{size.name[0]}{place_code}-{number:02}"


def _list_small_units(size: DemoSize, day: date) -> list[DemoUnit]:
    places = {place.code: place for place in list_places_on(day)}
    return [
        DemoUnit(size.unit_prefix + unit.place_code, places[unit.place_code], unit.area_type, unit.desks)
        for unit in read_recipe().small_units
    ]


def _list_national_units(size: DemoSize, day: date) -> list[DemoUnit]:
    communes = [place for place in list_places_on(day) if place.province_code is not None]
    areas = find_area_types(communes)
    desks = read_recipe().national_desks
    return [DemoUnit(size.unit_prefix + place.code, place, areas[place.code], desks) for place in communes]


def _draw_desk_codes(size: DemoSize, count: int) -> list[str]:
    drawn = np.random.default_rng([size.seed, 1]).integers(0, 2**DESK_CODE_RANDOM_BITS, count)
    return [make_desk_code(bits) for bits in drawn.tolist()]


def _since(**cells: str) -> Row:
    return {**cells, "valid_from": FIRST_DAY_OF_ALL.isoformat()}


def _add_unit(rows: Rows, size: DemoSize, unit: DemoUnit, codes: Iterable[str]) -> None:
    place = unit.place.name
    name = f"Trung tâm Phục vụ hành chính công {place[0].lower()}{place[1:]} (mẫu)"
    rows["units"].append(_since(code=unit.code, name=name, place_code=unit.place.code, area_type=unit.area_type))
    officials = 0
    for number, (desk, code) in enumerate(zip(unit.desks, codes, strict=False), start=1):
        rows["desks"].append(_since(unit=unit.code, number=f"{number}", name=desk.name, code=code))
        for procedure in desk.procedures:
            rows["desk_procedures"].append(_since(unit=unit.code, desk=f"{number}", procedure=procedure))
        for title in desk.officials:
            officials += 1
            official = name_official(size, unit.code, officials)
            shown = f"Cán bộ mẫu {officials:02} (mẫu)"
            rows["officials"].append(_since(code=official, display_name=shown))
            rows["official_titles"].append(_since(official=official, title=title))
            rows["desk_officials"].append(_since(unit=unit.code, desk=f"{number}", official=official))


def _add_events(rows: Rows, size: DemoSize, day: date) -> None:
    """The first official of the event unit moves from desk 1 to desk 2; the second gets another title."""
    unit = name_event_unit(size)
    _replace(
        rows["desk_officials"],
        {"official": name_official(size, unit, 1)},
        day - timedelta(days=TRANSFER_DAYS_BEFORE),
        desk="2",
    )
    second = {"official": name_official(size, unit, 2)}
    held = next(row for row in rows["official_titles"] if second.items() <= row.items())
    title, held["title"] = held["title"], OLD_TITLE
    _replace(rows["official_titles"], second, day - timedelta(days=NEW_TITLE_DAYS_BEFORE), title=title)


def _replace(rows: list[Row], wanted: Row, when: date, **changes: str) -> None:
    """End the row that has the `wanted` cells on the day `when` and go on with `changes`."""
    row = next(row for row in rows if wanted.items() <= row.items())
    rows.append({**row, **changes, "valid_from": when.isoformat()})
    row["valid_to"] = when.isoformat()
