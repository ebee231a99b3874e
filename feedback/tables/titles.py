"""The table `titles`: what an official may be called, such as "Công chức tiếp nhận và trả kết quả"."""

from collections.abc import Sequence

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class Title(msgspec.Struct, frozen=True):
    """`title_id` is given by the database and ignored when writing."""

    title_id: int
    code: str
    name: str


async def select_titles(connection: Connection) -> list[Title]:
    rows = await connection.fetch("SELECT title_id, code, name FROM titles ORDER BY code")
    return [Title(**row) for row in rows]


async def upsert_titles(connection: Connection, titles: Sequence[Title]) -> None:
    """Add titles, or change those whose code is there."""
    await connection.execute(
        "INSERT INTO titles (code, name) SELECT * FROM unnest($1::text[], $2::text[])"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name",
        *list_columns(titles, "code", "name"),
    )
