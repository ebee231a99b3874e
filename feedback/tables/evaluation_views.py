"""What the evaluation API asks of the store: pages of released scores with codes instead of ids, in the order of ids.

Never a name, and nothing that was not released; `figure` is still what the official concerned may see.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import asyncpg
import msgspec

from feedback.api_keys import Reach
from feedback.database import Connection


class ReleaseHead(msgspec.Struct, frozen=True):
    """A release without its parameters and figures."""

    release_id: int
    code: str
    first_day: date
    last_day: date
    method_version: str


class ScoreRow(msgspec.Struct, frozen=True):
    """`entity` is the code of the official, unit or procedure; `identifier` is what the asking holder calls it."""

    entity_id: int
    pool: str
    entity: str
    identifier: str | None
    title: str | None
    unit: str | None
    place: str | None
    area_type: str
    release: str
    method_version: str
    open_reviews: int
    figure: str


class Wish(msgspec.Struct, frozen=True):
    """Which rows of a release: `unit_ids` None is all; `limit` None is no end; after (`entity_id`, `pool`)."""

    role: Literal["official", "unit", "procedure"]
    holder: str
    unit_ids: Sequence[int] | None = None
    title: str | None = None
    area_type: str | None = None
    entity_id: int = -1
    pool: str = ""
    limit: int | None = None


SELECT_HEADS = "SELECT release_id, code, first_day, last_day, method_version FROM releases ORDER BY first_day"
OPEN_REVIEWS = (
    "FROM score_reviews AS v WHERE v.state = 'open' AND v.first_day <= r.last_day AND v.last_day >= r.first_day"
)
# What belongs to the rows of `page` is joined after they are chosen: a join before would read the catalogue whole.
SELECT_OFFICIALS = f"""
SELECT s.entity_id, s.pool, o.code AS entity, i.identifier, t.code AS title, u.code AS unit, u.place_code AS place,
    s.area_type, r.code AS release, r.method_version, s.figure,
    (SELECT count(*) {OPEN_REVIEWS} AND v.official_id = s.entity_id)::integer AS open_reviews
FROM page AS s
JOIN releases AS r USING (release_id)
JOIN officials AS o ON o.official_id = s.entity_id
JOIN units AS u ON u.unit_id = s.unit_id
LEFT JOIN titles AS t ON t.title_id = s.title_id
LEFT JOIN official_identifiers AS i ON i.official_id = s.entity_id AND i.holder = $1"""
SELECT_UNITS = f"""
SELECT s.entity_id, s.pool, u.code AS entity, NULL AS identifier, NULL AS title, u.code AS unit,
    u.place_code AS place, s.area_type, r.code AS release, r.method_version, s.figure,
    (SELECT count(*) {OPEN_REVIEWS} AND v.official_id IN (
        SELECT p.entity_id FROM release_scores AS p
        WHERE p.release_id = s.release_id AND p.role = 'official' AND p.unit_id = s.entity_id
    ))::integer AS open_reviews
FROM page AS s
JOIN releases AS r USING (release_id)
JOIN units AS u ON u.unit_id = s.entity_id
WHERE $1::text IS NOT NULL"""
SELECT_PROCEDURES = """
SELECT s.entity_id, s.pool, p.code AS entity, NULL AS identifier, NULL AS title, NULL AS unit, NULL AS place,
    s.area_type, r.code AS release, r.method_version, s.figure, 0 AS open_reviews
FROM page AS s
JOIN releases AS r USING (release_id)
JOIN procedures AS p ON p.procedure_id = s.entity_id
WHERE $1::text IS NOT NULL"""
SELECT_ROLE = {"official": SELECT_OFFICIALS, "unit": SELECT_UNITS, "procedure": SELECT_PROCEDURES}
PAGE = "WITH page AS MATERIALIZED (SELECT * FROM release_scores AS s WHERE {})"
# The first condition of entity_id lets the primary key be read from where the page begins.
AFTER = """s.release_id = $2 AND s.role = '{}' AND s.entity_id >= $3
    AND (s.entity_id > $3 OR s.pool COLLATE "C" > $4)"""
ORDER = ' ORDER BY s.entity_id, s.pool COLLATE "C"'
HISTORY = "s.role = 'official' AND s.entity_id = $2 AND ($3::integer[] IS NULL OR s.unit_id = ANY ($3))"
SELECT_REACHED_UNITS = """
SELECT u.unit_id FROM units AS u
WHERE ($1 OR u.code = ANY ($4::text[]) OR u.place_code = ANY ($3::text[]) OR u.place_code = ANY ($2::text[])
    OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY ($2::text[])))
    AND ($5::text IS NULL OR u.code = $5)
    AND ($6::text IS NULL OR u.place_code = $6
        OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = $6))
ORDER BY u.unit_id
"""
SELECT_OFFICIAL_KNOWN = """
SELECT o.official_id FROM officials AS o
WHERE o.code = $1 AND ($2::integer[] IS NULL
    OR EXISTS (SELECT FROM release_scores AS s
        WHERE s.role = 'official' AND s.entity_id = o.official_id AND s.unit_id = ANY ($2))
    OR EXISTS (SELECT FROM desk_officials AS d JOIN desks USING (desk_id)
        WHERE d.official_id = o.official_id AND desks.unit_id = ANY ($2)))
"""
COUNT_GRADES = """
SELECT role, grade, count(*) AS count FROM release_scores
WHERE release_id = $1 AND (role = 'procedure' OR $2::integer[] IS NULL OR unit_id = ANY ($2)) GROUP BY role, grade
"""


async def select_release_heads(connection: Connection) -> list[ReleaseHead]:
    """Oldest quarter first."""
    return [ReleaseHead(**dict(row)) for row in await connection.fetch(SELECT_HEADS)]


async def select_score_rows(connection: Connection, release_id: int, wish: Wish) -> list[ScoreRow]:
    """By entity_id and pool, at most `limit`."""
    values: list[object] = [wish.holder, release_id, wish.entity_id, wish.pool]
    conditions = [AFTER.format(wish.role)]
    for condition, value in (
        ("s.unit_id = ANY (${}::integer[])", None if wish.unit_ids is None else list(wish.unit_ids)),
        ("s.title_id = (SELECT title_id FROM titles WHERE code = ${}::text)", wish.title),
        ("s.area_type = ${}::text", wish.area_type),
    ):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    # The number stands in the statement, so that it is planned for a page and not for a release.
    end = "" if wish.limit is None else f" LIMIT {wish.limit:d}"
    page = PAGE.format(" AND ".join(conditions) + ORDER + end)
    return read_rows(await connection.fetch(page + SELECT_ROLE[wish.role] + ORDER, *values))


async def select_official_history(
    connection: Connection, official_id: int, unit_ids: Sequence[int] | None, holder: str
) -> list[ScoreRow]:
    """All released rows of one official at these units, oldest quarter first."""
    rows = await connection.fetch(
        PAGE.format(HISTORY) + SELECT_OFFICIALS + ' ORDER BY r.first_day, s.pool COLLATE "C"',
        holder,
        official_id,
        unit_ids,
    )
    return read_rows(rows)


async def select_reached_units(
    connection: Connection, reach: Reach, unit: str | None = None, place: str | None = None
) -> list[int]:
    """Units within `reach` that ever served, by id; only `unit`, or those of `place` (2 or 5 digits), where given."""
    rows = await connection.fetch(
        SELECT_REACHED_UNITS, reach.everywhere, reach.provinces, reach.communes, reach.units, unit, place
    )
    return [row["unit_id"] for row in rows]


async def select_known_official(connection: Connection, code: str, unit_ids: Sequence[int] | None) -> int | None:
    """The id of whoever was scored, or stood at a desk, in one of these units (None: in any, or in none)."""
    return await connection.fetchval(SELECT_OFFICIAL_KNOWN, code, unit_ids)


async def count_grades(
    connection: Connection, release_id: int, unit_ids: Sequence[int] | None
) -> dict[tuple[str, str], int]:
    """Rows of a release by role and grade; of officials and units only those of these units."""
    rows = await connection.fetch(COUNT_GRADES, release_id, unit_ids)
    return {(row["role"], row["grade"]): row["count"] for row in rows}


async def select_title_codes(connection: Connection) -> list[str]:
    return [row["code"] for row in await connection.fetch("SELECT code FROM titles ORDER BY code")]


def read_rows(rows: Sequence[asyncpg.Record]) -> list[ScoreRow]:
    return [ScoreRow(**row) for row in rows]
