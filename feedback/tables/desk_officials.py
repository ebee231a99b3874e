"""The table `desk_officials`: who serves at which desk, from when to when."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class DeskOfficial(msgspec.Struct, frozen=True):
    desk_id: int
    official_id: int
    valid_from: date
    valid_to: date | None


class ServingOfficial(msgspec.Struct, frozen=True):
    """An official as met at a desk on one day. `title_id` is 0 and the name empty when no title is known."""

    official_id: int
    code: str
    display_name: str
    title_id: int
    title_name: str


async def select_desk_officials(connection: Connection) -> list[DeskOfficial]:
    rows = await connection.fetch(
        "SELECT desk_id, official_id, valid_from, valid_to FROM desk_officials"
        " ORDER BY desk_id, official_id, valid_from"
    )
    return [DeskOfficial(**row) for row in rows]


async def upsert_desk_officials(connection: Connection, rows: Sequence[DeskOfficial]) -> None:
    """Add stretches of time, or change the end of those that begin on the same day."""
    await connection.execute(
        "INSERT INTO desk_officials (desk_id, official_id, valid_from, valid_to)"
        " SELECT * FROM unnest($1::integer[], $2::integer[], $3::date[], $4::date[])"
        " ON CONFLICT (desk_id, official_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to",
        *list_columns(rows, "desk_id", "official_id", "valid_from", "valid_to"),
    )
