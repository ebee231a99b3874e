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


async def upsert_desk_codes(connection: Connection, codes: Sequence[DeskCode]) -> None:
    """Add codes, or change the validity of those that are there; the desk of a code is never changed."""
    await connection.execute(
        "INSERT INTO desk_codes (code, desk_id, valid_from, valid_to)"
        " SELECT * FROM unnest($1::text[], $2::integer[], $3::date[], $4::date[])"
        " ON CONFLICT (code) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        *list_columns(codes, "code", "desk_id", "valid_from", "valid_to"),
    )
