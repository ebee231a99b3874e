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


async def select_officials_at_desk(connection: Connection, desk_id: int, day: date) -> list[ServingOfficial]:
    """Who serves at the desk on `day`, with the title held on that day, by name."""
    rows = await connection.fetch(
        "SELECT officials.official_id, officials.code, officials.display_name,"
        " coalesce(titles.title_id, 0) AS title_id, coalesce(titles.name, '') AS title_name"
        " FROM desk_officials JOIN officials ON officials.official_id = desk_officials.official_id"
        " LEFT JOIN official_titles ON official_titles.official_id = officials.official_id"
        " AND official_titles.valid_from <= $2"
        " AND (official_titles.valid_to IS NULL OR $2 < official_titles.valid_to)"
        " LEFT JOIN titles ON titles.title_id = official_titles.title_id"
        " WHERE desk_officials.desk_id = $1 AND desk_officials.valid_from <= $2"
        " AND (desk_officials.valid_to IS NULL OR $2 < desk_officials.valid_to)"
        " AND officials.valid_from <= $2 AND (officials.valid_to IS NULL OR $2 < officials.valid_to)"
        " ORDER BY officials.display_name, officials.code",
        desk_id,
        day,
    )
    return [ServingOfficial(**row) for row in rows]


async def upsert_desk_officials(connection: Connection, rows: Sequence[DeskOfficial]) -> None:
    """Add stretches of time, or change the end of those that begin on the same day."""
    await connection.execute(
        "INSERT INTO desk_officials (desk_id, official_id, valid_from, valid_to)"
        " SELECT * FROM unnest($1::integer[], $2::integer[], $3::date[], $4::date[])"
        " ON CONFLICT (desk_id, official_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to",
        *list_columns(rows, "desk_id", "official_id", "valid_from", "valid_to"),
    )
