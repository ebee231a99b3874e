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


async def select_desk(connection: Connection, desk_id: int) -> Desk | None:
    row = await connection.fetchrow(
        "SELECT desk_id, unit_id, number, name, valid_from, valid_to FROM desks WHERE desk_id = $1", desk_id
    )
    return None if row is None else Desk(**row)


async def select_desks_of_unit(connection: Connection, unit_id: int, day: date) -> list[Desk]:
    """The desks that stand on `day`, by number."""
    rows = await connection.fetch(
        "SELECT desk_id, unit_id, number, name, valid_from, valid_to FROM desks"
        " WHERE unit_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR $2 < valid_to)"
        " ORDER BY length(number), number",
        unit_id,
        day,
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
