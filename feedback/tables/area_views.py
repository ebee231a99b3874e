"""What a supervisor's pages ask of the catalogue: places, units and desks as nodes of one tree. Reads only.

A place that changed its name stands here under the last one.
"""

from collections.abc import Sequence

import msgspec

from feedback.api_keys import Reach
from feedback.database import Connection


class PlaceRow(msgspec.Struct, frozen=True):
    """`province_code` is None for a province."""

    code: str
    name: str
    province_code: str | None


class UnitRow(msgspec.Struct, frozen=True):
    """`commune_code` is empty for a unit of the province itself."""

    unit_id: int
    code: str
    name: str
    area_type: str
    province_code: str
    commune_code: str


class DeskRow(msgspec.Struct, frozen=True):
    desk_id: int
    number: str
    name: str


class NamedProcedure(msgspec.Struct, frozen=True):
    """`procedure_id` is any that carried the code, `name` the last."""

    procedure_id: int
    code: str
    name: str


LAST_PLACES = "SELECT DISTINCT ON (code) code, name, province_code FROM places{where} ORDER BY code, valid_from DESC"
UNITS = """
SELECT u.unit_id, u.code, u.name, u.area_type, coalesce(p.province_code, u.place_code) AS province_code,
       CASE WHEN p.province_code IS NULL THEN '' ELSE u.place_code END AS commune_code
FROM units AS u LEFT JOIN LATERAL (
    SELECT province_code FROM places WHERE places.code = u.place_code ORDER BY valid_from DESC LIMIT 1
) AS p ON true
"""
# Marks are taken off on both sides, so that a name is found however it was typed.
FOLD = r"regexp_replace(normalize(replace(lower({name}), 'đ', 'd'), NFD), '[\u0300-\u036f]', '', 'g')"
SEARCH_PLACES = f"""
SELECT code, name, province_code FROM ({LAST_PLACES.format(where="")}) AS place
WHERE strpos({FOLD.format(name="name")}, {FOLD.format(name="$1::text")}) > 0
  AND ($2 OR code = ANY ($3::text[]) OR code = ANY ($4::text[]) OR province_code = ANY ($3::text[]))
ORDER BY length(code), name, code LIMIT $5
"""
SEARCH_UNITS = f"""
SELECT * FROM ({UNITS}) AS unit
WHERE strpos({FOLD.format(name="name || ' ' || code")}, {FOLD.format(name="$1::text")}) > 0
  AND ($2 OR province_code = ANY ($3::text[]) OR commune_code = ANY ($4::text[]) OR code = ANY ($5::text[]))
ORDER BY name, code LIMIT $6
"""
SELECT_PROCEDURES = """
SELECT procedure_id, code, first_value(name) OVER (PARTITION BY code ORDER BY valid_from DESC) AS name
FROM procedures
"""


async def select_provinces(connection: Connection) -> list[PlaceRow]:
    rows = await connection.fetch(LAST_PLACES.format(where=" WHERE length(code) = 2"))
    return [PlaceRow(**dict(row)) for row in rows]


async def select_places_by_code(connection: Connection, codes: Sequence[str]) -> list[PlaceRow]:
    rows = await connection.fetch(LAST_PLACES.format(where=" WHERE code = ANY ($1::text[])"), list(codes))
    return [PlaceRow(**dict(row)) for row in rows]


async def select_units_by_code(connection: Connection, codes: Sequence[str]) -> list[UnitRow]:
    rows = await connection.fetch(UNITS + " WHERE u.code = ANY ($1::text[]) ORDER BY u.code", list(codes))
    return [UnitRow(**dict(row)) for row in rows]


async def select_units_of_place(connection: Connection, place_code: str) -> list[UnitRow]:
    """The units of a province, those of its communes among them; or of one commune."""
    rows = await connection.fetch(
        UNITS + " WHERE u.place_code = $1 OR p.province_code = $1 ORDER BY u.name, u.code", place_code
    )
    return [UnitRow(**dict(row)) for row in rows]


async def select_desks_of_unit(connection: Connection, unit_id: int) -> list[DeskRow]:
    rows = await connection.fetch(
        "SELECT desk_id, number, name FROM desks WHERE unit_id = $1 ORDER BY length(number), number", unit_id
    )
    return [DeskRow(**dict(row)) for row in rows]


async def select_named_procedures(connection: Connection) -> list[NamedProcedure]:
    return [NamedProcedure(**dict(row)) for row in await connection.fetch(SELECT_PROCEDURES)]


async def search_places(connection: Connection, text: str, reach: Reach, limit: int) -> list[PlaceRow]:
    """By any part of the name, with or without marks; provinces first."""
    within = (reach.everywhere, list(reach.provinces), list(reach.communes))
    rows = await connection.fetch(SEARCH_PLACES, text, *within, limit)
    return [PlaceRow(**dict(row)) for row in rows]


async def search_units(connection: Connection, text: str, reach: Reach, limit: int) -> list[UnitRow]:
    """By any part of the name or code, with or without marks."""
    within = (reach.everywhere, list(reach.provinces), list(reach.communes), list(reach.units))
    rows = await connection.fetch(SEARCH_UNITS, text, *within, limit)
    return [UnitRow(**dict(row)) for row in rows]
