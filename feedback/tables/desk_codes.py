"""The table `desk_codes`: which printed code names which desk, and when. A code never changes its desk."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class DeskCode(msgspec.Struct, frozen=True):
    """`code` has all nine symbols."""

    code: str
    desk_id: int
    valid_from: date
    valid_to: date | None


async def select_desk_codes(connection: Connection) -> list[DeskCode]:
    rows = await connection.fetch(
        "SELECT code, desk_id, valid_from, valid_to FROM desk_codes ORDER BY desk_id, valid_from, code"
    )
    return [DeskCode(**row) for row in rows]


async def select_desk_code(connection: Connection, code: str) -> DeskCode | None:
    """The code, also when it was revoked: the caller compares `valid_from` and `valid_to` with its day."""
    row = await connection.fetchrow("SELECT code, desk_id, valid_from, valid_to FROM desk_codes WHERE code = $1", code)
    return None if row is None else DeskCode(**row)


async def select_codes_of_unit(connection: Connection, unit_id: int, day: date) -> list[DeskCode]:
    """The codes in use on `day` at the desks of a unit: what its posters show."""
    rows = await connection.fetch(
        "SELECT desk_codes.code, desk_codes.desk_id, desk_codes.valid_from, desk_codes.valid_to"
        " FROM desk_codes JOIN desks ON desks.desk_id = desk_codes.desk_id"
        " WHERE desks.unit_id = $1"
        " AND desks.valid_from <= $2 AND (desks.valid_to IS NULL OR $2 < desks.valid_to)"
        " AND desk_codes.valid_from <= $2 AND (desk_codes.valid_to IS NULL OR $2 < desk_codes.valid_to)"
        " ORDER BY length(desks.number), desks.number, desk_codes.valid_from, desk_codes.code",
        unit_id,
        day,
    )
    return [DeskCode(**row) for row in rows]


async def upsert_desk_codes(connection: Connection, codes: Sequence[DeskCode]) -> None:
    """Add codes, or change the validity of those that are there; the desk of a code is never changed."""
    await connection.execute(
        "INSERT INTO desk_codes (code, desk_id, valid_from, valid_to)"
        " SELECT * FROM unnest($1::text[], $2::integer[], $3::date[], $4::date[])"
        " ON CONFLICT (code) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        *list_columns(codes, "code", "desk_id", "valid_from", "valid_to"),
    )
