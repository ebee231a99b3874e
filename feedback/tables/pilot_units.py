"""The table `pilot_units`: where the service index is piloted, from when to when."""

from datetime import date

import msgspec

from feedback.database import Connection


class PilotUnit(msgspec.Struct, frozen=True):
    """`code` and `name` are those of the unit; `valid_to` is the first day on which it is no pilot any more."""

    unit_id: int
    code: str
    name: str
    area_type: str
    valid_from: date
    valid_to: date | None


async def select_pilot_units(connection: Connection) -> list[PilotUnit]:
    """Every stretch of time, ended ones too, by unit."""
    rows = await connection.fetch(
        "SELECT unit_id, u.code, u.name, u.area_type, p.valid_from, p.valid_to"
        " FROM pilot_units AS p JOIN units AS u USING (unit_id) ORDER BY u.code, p.valid_from"
    )
    return [PilotUnit(**dict(row)) for row in rows]


async def insert_pilot_unit(connection: Connection, unit_id: int, first_day: date) -> bool:
    """False where the unit is a pilot already, or will be."""
    added = await connection.execute(
        "INSERT INTO pilot_units (unit_id, valid_from) SELECT $1::integer, $2::date WHERE NOT EXISTS ("
        " SELECT FROM pilot_units WHERE unit_id = $1 AND (valid_to IS NULL OR valid_to > $2)) ON CONFLICT DO NOTHING",
        unit_id,
        first_day,
    )
    return added == "INSERT 0 1"


async def end_pilot_unit(connection: Connection, unit_id: int, day: date) -> bool:
    """`day` is the first on which it is no pilot any more; False where it is none, or begins only then."""
    ended = await connection.execute(
        "UPDATE pilot_units SET valid_to = $2 WHERE unit_id = $1 AND valid_to IS NULL AND valid_from < $2",
        unit_id,
        day,
    )
    return ended == "UPDATE 1"
