"""What the public pages ask of the catalogue: units with their places, names of procedures, dossiers."""

from datetime import date

import msgspec
import polars as pl

from feedback.copy_frames import copy_frame
from feedback.database import Connection

DOSSIERS = {
    "day": pl.Date(),
    "completed": pl.Int64(),
    "late": pl.Int64(),
    "complained": pl.Int64(),
}


class PublicUnit(msgspec.Struct, frozen=True):
    """A unit and where it is. A unit of the province itself has the province as its place."""

    unit_id: int
    code: str
    name: str
    area_type: str
    place_kind: str
    place_name: str
    province_code: str
    province_name: str


class PublicProvince(msgspec.Struct, frozen=True):
    code: str
    name: str


class ProcedureName(msgspec.Struct, frozen=True):
    procedure_id: int
    code: str
    name: str


# A unit that was closed keeps its page, under the last names its place had while it served.
SELECT_UNIT = """
SELECT units.unit_id, units.code, units.name, units.area_type,
       place.kind AS place_kind, place.name AS place_name,
       province.code AS province_code, province.name AS province_name
FROM units
CROSS JOIN LATERAL (
    SELECT code, kind, name, province_code FROM places
    WHERE code = units.place_code AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
) AS place
CROSS JOIN LATERAL (
    SELECT code, name FROM places
    WHERE code = coalesce(place.province_code, place.code) AND valid_from <= $2
    ORDER BY valid_from DESC LIMIT 1
) AS province
WHERE units.code = $1
"""
SELECT_PROVINCE = """
SELECT code, name FROM places
WHERE code = $1 AND province_code IS NULL AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
"""
SELECT_PROVINCE_UNITS = """
SELECT units.unit_id, units.code, units.name, units.area_type,
       place.kind AS place_kind, place.name AS place_name,
       province.code AS province_code, province.name AS province_name
FROM places AS province
JOIN places AS place ON province.code IN (place.province_code, place.code)
    AND place.valid_from <= $2 AND (place.valid_to IS NULL OR place.valid_to > $2)
JOIN units ON units.place_code = place.code
    AND units.valid_from <= $2 AND (units.valid_to IS NULL OR units.valid_to > $2)
WHERE province.code = $1
    AND province.valid_from <= $2 AND (province.valid_to IS NULL OR province.valid_to > $2)
"""
SELECT_PROCEDURE_NAMES = """
SELECT procedure_id, code, name FROM procedures WHERE procedure_id = ANY($1::integer[]) ORDER BY valid_from
"""
SELECT_UNIT_DOSSIERS = """
SELECT day, sum(completed), sum(late), sum(complained)
FROM dossier_counts
WHERE unit_id = $1::integer AND day BETWEEN $2::date AND $3::date
GROUP BY day
"""


async def select_public_unit(connection: Connection, code: str, day: date) -> PublicUnit | None:
    row = await connection.fetchrow(SELECT_UNIT, code, day)
    return None if row is None else msgspec.convert(dict(row), PublicUnit)


async def select_public_province(connection: Connection, code: str, day: date) -> PublicProvince | None:
    row = await connection.fetchrow(SELECT_PROVINCE, code, day)
    return None if row is None else msgspec.convert(dict(row), PublicProvince)


async def select_province_units(connection: Connection, province: str, day: date) -> list[PublicUnit]:
    """The units that serve in the province on that day, in no order."""
    rows = await connection.fetch(SELECT_PROVINCE_UNITS, province, day)
    return [msgspec.convert(dict(row), PublicUnit) for row in rows]


async def select_procedure_names(connection: Connection, procedure_ids: list[int]) -> list[ProcedureName]:
    """Oldest first, so that the last one of a code carries its name of today."""
    rows = await connection.fetch(SELECT_PROCEDURE_NAMES, procedure_ids)
    return [msgspec.convert(dict(row), ProcedureName) for row in rows]


async def select_unit_dossiers(connection: Connection, unit_id: int, first_day: date, last_day: date) -> pl.DataFrame:
    """One row for each day on which the unit completed dossiers; both days included."""
    return await copy_frame(connection, SELECT_UNIT_DOSSIERS, unit_id, first_day, last_day, schema=DOSSIERS)
