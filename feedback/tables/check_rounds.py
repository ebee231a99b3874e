"""The tables `check_rounds` and `check_items`: what a random sample drew, and what was found there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from feedback.database import Connection

Way = Literal["desks", "dossiers"]
ROUND_LOCK = 0x6C6E6372


class CheckRound(msgspec.Struct, frozen=True):
    """`area` is the code of dashboards/supervision/areas.py; `gap` is JSON, written once when the round closes."""

    round_id: int
    name: str
    area: str
    way: Way
    seed: bytes
    drawn_from: int
    first_day: date
    last_day: date
    drawn_by: int
    drawn_at: datetime
    closed_at: datetime | None = None
    gap: str | None = None


class DrawnItem(msgspec.Struct, frozen=True):
    """`ordinal` says which dossier of that day; a desk has procedure_id 0, no day and ordinal 0."""

    place: int
    unit_id: int
    desk_id: int
    procedure_id: int = 0
    day: date | None = None
    ordinal: int = 0


class Finding(msgspec.Struct, frozen=True):
    """`note` says why where `not_possible`; `score` 1 to 5, as citizens give it."""

    score: int | None
    was_late: bool | None
    note: str | None
    not_possible: bool


class CheckItem(msgspec.Struct, frozen=True):
    """A drawn item with its names, and what was found. `desk_number` is empty where only the unit is known."""

    round_id: int
    place: int
    unit_id: int
    desk_id: int
    procedure_id: int
    day: date | None
    ordinal: int
    found_score: int | None
    was_late: bool | None
    note: str | None
    not_possible: bool
    found_by: int | None
    found_at: datetime | None
    unit_code: str
    unit_name: str
    province_code: str
    commune_code: str
    desk_number: str
    desk_name: str
    procedure_code: str
    procedure_name: str


class ListedRound(msgspec.Struct, frozen=True):
    """`items` and `done` are those that the asker reaches."""

    round_id: int
    name: str
    area: str
    way: Way
    drawn_at: datetime
    closed_at: datetime | None
    items: int
    done: int


ROUND = CheckRound.__struct_fields__
NEW_ROUND = ROUND[1:]
ITEM = DrawnItem.__struct_fields__
SELECT_ITEMS = """
SELECT i.round_id, i.place, i.unit_id, i.desk_id, i.procedure_id, i.day, i.ordinal, i.found_score, i.was_late, i.note,
       i.not_possible, i.found_by, i.found_at, u.code AS unit_code, u.name AS unit_name,
       coalesce(p.province_code, u.place_code) AS province_code,
       CASE WHEN p.province_code IS NULL THEN '' ELSE u.place_code END AS commune_code,
       coalesce(d.number, '') AS desk_number, coalesce(d.name, '') AS desk_name,
       coalesce(r.code, '') AS procedure_code, coalesce(r.name, '') AS procedure_name
FROM check_items AS i JOIN units AS u USING (unit_id) LEFT JOIN desks AS d USING (desk_id)
LEFT JOIN procedures AS r USING (procedure_id)
LEFT JOIN LATERAL (
    SELECT province_code FROM places WHERE places.code = u.place_code ORDER BY valid_from DESC LIMIT 1) AS p ON true
WHERE i.round_id = $1
"""
SELECT_LISTED = """
SELECT r.round_id, r.name, r.area, r.way, r.drawn_at, r.closed_at,
       count(i.place)::integer AS items, count(i.found_at)::integer AS done
FROM check_rounds AS r LEFT JOIN check_items AS i USING (round_id)
GROUP BY r.round_id ORDER BY r.closed_at IS NOT NULL, r.round_id DESC LIMIT $1
"""


async def lock_round(connection: Connection, round_id: int) -> None:
    """Held until the transaction ends: nothing is found in a round while it closes."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", ROUND_LOCK, round_id)


async def insert_round(connection: Connection, drawn: CheckRound, items: Sequence[DrawnItem]) -> int:
    """The new round_id; that of `drawn` is not read."""
    rows = await connection.fetch(
        f"INSERT INTO check_rounds ({', '.join(NEW_ROUND)})"
        f" VALUES ({', '.join(f'${place}' for place in range(1, len(NEW_ROUND) + 1))}) RETURNING round_id",
        *(getattr(drawn, name) for name in NEW_ROUND),
    )
    round_id: int = rows[0]["round_id"]
    await connection.executemany(
        f"INSERT INTO check_items (round_id, {', '.join(ITEM)}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [(round_id, *msgspec.structs.astuple(item)) for item in items],
    )
    return round_id


async def select_rounds(connection: Connection, limit: int) -> list[ListedRound]:
    """Those that the connection may see: open ones first, then the latest."""
    return [ListedRound(**dict(row)) for row in await connection.fetch(SELECT_LISTED, limit)]


async def select_round(connection: Connection, round_id: int) -> CheckRound | None:
    row = await connection.fetchrow(f"SELECT {', '.join(ROUND)} FROM check_rounds WHERE round_id = $1", round_id)
    return None if row is None else CheckRound(**dict(row))


async def select_items(connection: Connection, round_id: int) -> list[CheckItem]:
    """In the order drawn, those that the connection may see."""
    return [CheckItem(**dict(row)) for row in await connection.fetch(f"{SELECT_ITEMS} ORDER BY i.place", round_id)]


async def select_item(connection: Connection, round_id: int, place: int) -> CheckItem | None:
    row = await connection.fetchrow(f"{SELECT_ITEMS} AND i.place = $2", round_id, place)
    return None if row is None else CheckItem(**dict(row))


async def update_found(
    connection: Connection, item: CheckItem, finding: Finding, found_by: int, found_at: datetime
) -> bool:
    """False where something was found there before."""
    updated = await connection.execute(
        "UPDATE check_items SET found_score = $3, was_late = $4, note = $5, not_possible = $6, found_by = $7,"
        " found_at = $8 WHERE round_id = $1 AND place = $2 AND found_at IS NULL",
        item.round_id,
        item.place,
        *msgspec.structs.astuple(finding),
        found_by,
        found_at,
    )
    return updated == "UPDATE 1"


async def reaches_round(connection: Connection, round_id: int) -> bool:
    """Whether it is open, and the connection may see every item that was drawn."""
    return bool(await connection.fetchval("SELECT reaches_round($1)", round_id))


async def close_round(connection: Connection, round_id: int, gap: str, closed_at: datetime) -> bool:
    """False where it was closed before, or an item lies out of reach."""
    updated = await connection.execute(
        "UPDATE check_rounds SET closed_at = $2, gap = $3 WHERE round_id = $1 AND closed_at IS NULL",
        round_id,
        closed_at,
        gap,
    )
    return updated == "UPDATE 1"


async def select_people(connection: Connection, account_ids: Sequence[int]) -> dict[int, str]:
    """The names of accounts, which only the program may read."""
    rows = await connection.fetch(
        "SELECT account_id, display_name FROM accounts WHERE account_id = ANY ($1::integer[])", list(account_ids)
    )
    return {row["account_id"]: row["display_name"] for row in rows}
