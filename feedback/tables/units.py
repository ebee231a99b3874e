"""The table `units`: serving units, such as the public service centre of a commune, and where they stand."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns

CATALOGUE_LOCK = 0x6C6E6361


class Unit(msgspec.Struct, frozen=True):
    """`code` stands in public addresses. `unit_id` is given by the database and ignored when writing."""

    unit_id: int
    code: str
    name: str
    place_code: str
    area_type: str
    valid_from: date
    valid_to: date | None


async def lock_catalogue(connection: Connection) -> None:
    """Held until the transaction ends: one import at a time compares the catalogue and changes it."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", CATALOGUE_LOCK)


async def select_units(connection: Connection) -> list[Unit]:
    rows = await connection.fetch(
        "SELECT unit_id, code, name, place_code, area_type, valid_from, valid_to FROM units ORDER BY code"
    )
    return [Unit(**row) for row in rows]


async def upsert_units(connection: Connection, units: Sequence[Unit]) -> None:
    """Add units, or change those whose code is there."""
    await connection.execute(
        "INSERT INTO units (code, name, place_code, area_type, valid_from, valid_to)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[])"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, place_code = excluded.place_code,"
        " area_type = excluded.area_type, valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        *list_columns(units, "code", "name", "place_code", "area_type", "valid_from", "valid_to"),
    )
