"""Builds the tree of provinces, units and desks from the store. Does not keep it."""

from collections import defaultdict
from datetime import date
from functools import lru_cache

from bots.unit_tree import DeskEntry, ProvinceEntry, UnitEntry, UnitTree, fold_name, strip_kind
from feedback.database import Connection
from feedback.tables.unit_tree import UnitRow, select_unit_rows

# The tree is built again every minute while names stay what they were: folding them is most of the work.
fold = lru_cache(maxsize=16_384)(fold_name)


async def read_units(connection: Connection, day: date) -> UnitTree:
    """All that has a desk in use on `day`.

    Places stand in the order of their own names, without their kind: Cà Mau before Hà Nội.
    """
    rows = sorted(await select_unit_rows(connection, day), key=order_unit)
    provinces = {row.province_code: row for row in sorted(rows, key=order_province)}
    by_province: defaultdict[str, list[UnitEntry]] = defaultdict(list)
    for row in rows:
        by_province[row.province_code].append(make_unit(row))
    return UnitTree(
        provinces=tuple(
            ProvinceEntry(code, row.province_name, fold(row.province_name)) for code, row in provinces.items()
        ),
        units={unit.unit_id: unit for units in by_province.values() for unit in units},
        by_province={code: tuple(units) for code, units in by_province.items()},
    )


def make_unit(row: UnitRow) -> UnitEntry:
    desks = map(DeskEntry, row.codes, row.numbers, row.desk_names)
    plain = fold(f"{row.name} {row.place_name}")
    return UnitEntry(row.unit_id, row.name, row.place_name, row.province_code, tuple(desks), plain)


def order_unit(row: UnitRow) -> tuple[str, str, int]:
    return strip_kind(fold(row.place_name)), row.name, row.unit_id


def order_province(row: UnitRow) -> tuple[str, str]:
    return strip_kind(fold(row.province_name)), row.province_code
