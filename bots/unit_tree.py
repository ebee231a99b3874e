"""Provinces, units and desks by name, held in memory so that finding one's unit needs no look-up."""

import msgspec


class DeskEntry(msgspec.Struct, frozen=True):
    code: str
    number: str
    name: str


class UnitEntry(msgspec.Struct, frozen=True):
    unit_id: int
    name: str
    place_name: str
    """Of its commune, or of its province for a unit of the province."""
    province_code: str
    desks: tuple[DeskEntry, ...]
    plain: str
    """Name and place name as `fold_name` writes them, to be searched."""


class ProvinceEntry(msgspec.Struct, frozen=True):
    code: str
    name: str
    plain: str


class UnitTree(msgspec.Struct, frozen=True):
    """Only what has a desk in use. Provinces and units by name, desks by number."""

    provinces: tuple[ProvinceEntry, ...]
    units: dict[int, UnitEntry]
    by_province: dict[str, tuple[UnitEntry, ...]]
