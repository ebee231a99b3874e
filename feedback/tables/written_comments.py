"""The view `written_comments`: what people wrote, without score, official and time. Rows out of reach are not there."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection


class WrittenComment(msgspec.Struct, frozen=True):
    """The last text of one rating that counts."""

    unit_id: int
    local_day: date
    comment: str


async def select_written_comments(
    connection: Connection, unit_ids: Sequence[int], first_day: date, last_day: date
) -> list[WrittenComment]:
    """Both days included; within a day in the order of the texts."""
    rows = await connection.fetch(
        "SELECT unit_id, local_day, comment FROM written_comments"
        " WHERE unit_id = ANY ($1::integer[]) AND local_day BETWEEN $2 AND $3 ORDER BY unit_id, local_day, comment",
        list(unit_ids),
        first_day,
        last_day,
    )
    return [WrittenComment(**dict(row)) for row in rows]


async def select_reader(connection: Connection) -> str:
    """Whose reach the connection has: the account's number, or nothing outside of staff pages."""
    return await connection.fetchval("SELECT coalesce(current_setting('langnghe.account', true), '')") or ""
