"""The table `officials`: who serves, under an opaque code that is never the citizen identity number."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class Official(msgspec.Struct, frozen=True):
    """`official_id` is given by the database and ignored when writing."""

    official_id: int
    code: str
    display_name: str
    valid_from: date
    valid_to: date | None


async def select_officials(connection: Connection) -> list[Official]:
    rows = await connection.fetch(
        "SELECT official_id, code, display_name, valid_from, valid_to FROM officials ORDER BY code"
    )
    return [Official(**row) for row in rows]


async def upsert_officials(connection: Connection, officials: Sequence[Official]) -> None:
    """Add officials, or change those whose code is there."""
    await connection.execute(
        "INSERT INTO officials (code, display_name, valid_from, valid_to)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::date[])"
        " ON CONFLICT (code) DO UPDATE SET display_name = excluded.display_name,"
        " valid_from = excluded.valid_from, valid_to = excluded.valid_to",
        *list_columns(officials, "code", "display_name", "valid_from", "valid_to"),
    )
