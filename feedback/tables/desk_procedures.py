"""The table `desk_procedures`: which procedures a desk receives, and which unit decides them."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class DeskProcedure(msgspec.Struct, frozen=True):
    """`deciding_unit_id` is None when the serving unit decides itself."""

    desk_id: int
    procedure_code: str
    deciding_unit_id: int | None
    valid_from: date
    valid_to: date | None


class OfferedProcedure(msgspec.Struct, frozen=True):
    """A procedure as offered at a desk on one day."""

    procedure_id: int
    code: str
    name: str
    field: str
    deciding_unit_id: int | None


async def select_desk_procedures(connection: Connection) -> list[DeskProcedure]:
    rows = await connection.fetch(
        "SELECT desk_id, procedure_code, deciding_unit_id, valid_from, valid_to FROM desk_procedures"
        " ORDER BY desk_id, procedure_code, valid_from"
    )
    return [DeskProcedure(**row) for row in rows]


async def upsert_desk_procedures(connection: Connection, rows: Sequence[DeskProcedure]) -> None:
    """Add stretches of time, or change those that begin on the same day."""
    await connection.execute(
        "INSERT INTO desk_procedures (desk_id, procedure_code, deciding_unit_id, valid_from, valid_to)"
        " SELECT * FROM unnest($1::integer[], $2::text[], $3::integer[], $4::date[], $5::date[])"
        " ON CONFLICT (desk_id, procedure_code, valid_from) DO UPDATE SET"
        " deciding_unit_id = excluded.deciding_unit_id, valid_to = excluded.valid_to",
        *list_columns(rows, "desk_id", "procedure_code", "deciding_unit_id", "valid_from", "valid_to"),
    )
