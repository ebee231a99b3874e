"""The table `desks`: the desks of a unit, each with the number that is written on it."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class Desk(msgspec.Struct, frozen=True):
    """`number` is text, unique within the unit. `desk_id` is given by the database, ignored when writing."""

    desk_id: int
    unit_id: int
    number: str
    name: str
    valid_from: date
    valid_to: date | None


async def select_desks(connection: Connection) -> list[Desk]:
    rows = await connection.fetch(
        "SELECT desk_id, unit_id, number, name, valid_from, valid_to FROM desks ORDER BY unit_id, number"
    )
    return [Desk(**row) for row in rows]


async def upsert_desks(connection: Connection, desks: Sequence[Desk]) -> None:
    """Add desks, or change those whose unit and number are there."""
    await connection.execute(
        "INSERT INTO desks (unit_id, number, name, valid_from, valid_to)"
        " SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::date[], $5::date[])"
        " ON CONFLICT (unit_id, number) DO UPDATE SET name = excluded.name,"
        " valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        *list_columns(desks, "unit_id", "number", "name", "valid_from", "valid_to"),
    )
