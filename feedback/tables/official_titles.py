"""The table `official_titles`: which title an official holds, from when to when; one at a time."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class OfficialTitle(msgspec.Struct, frozen=True):
    official_id: int
    title_id: int
    valid_from: date
    valid_to: date | None


async def select_official_titles(connection: Connection) -> list[OfficialTitle]:
    rows = await connection.fetch(
        "SELECT official_id, title_id, valid_from, valid_to FROM official_titles ORDER BY official_id, valid_from"
    )
    return [OfficialTitle(**row) for row in rows]


async def upsert_official_titles(connection: Connection, titles: Sequence[OfficialTitle]) -> None:
    """Add stretches of time, or change those that begin on the same day for the same official."""
    await connection.execute(
        "INSERT INTO official_titles (official_id, title_id, valid_from, valid_to)"
        " SELECT * FROM unnest($1::integer[], $2::integer[], $3::date[], $4::date[])"
        " ON CONFLICT (official_id, valid_from) DO UPDATE SET title_id = excluded.title_id,"
        " valid_to = excluded.valid_to",
        *list_columns(titles, "official_id", "title_id", "valid_from", "valid_to"),
    )
