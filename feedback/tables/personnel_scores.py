"""What the personnel body's page asks of the store: released scores by unit, with names, as far as a reach goes.

`figure` is still what the official concerned may see. The connection is one behind the second wall.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from feedback.database import Connection
from feedback.tables.evaluation_views import OPEN_REVIEWS, ScoreRow

ScoredRole = Literal["official", "unit"]


class ScoreWish(msgspec.Struct, frozen=True):
    """Which rows: `unit_ids` None is all of the reach; after the unit, entity and pool of `after`; None: no end."""

    release_id: int
    role: ScoredRole
    unit_ids: Sequence[int] | None
    search: str = ""
    after: tuple[str, str, str] = ("", "", "")
    limit: int | None = None


class NamedScore(msgspec.Struct, frozen=True):
    """`row.identifier` is None and `row.open_reviews` 0: both lie where this connection does not reach."""

    row: ScoreRow
    name: str
    unit_name: str


NAMED: Mapping[ScoredRole, str] = {
    "official": "JOIN units AS u ON u.unit_id = s.unit_id JOIN officials AS e ON e.official_id = s.entity_id",
    "unit": "JOIN units AS u ON u.unit_id = s.entity_id"
    " CROSS JOIN LATERAL (SELECT u.code, u.name AS display_name) AS e",
}
SELECT_SCORES = """
SELECT s.entity_id, s.pool, e.code AS entity, NULL AS identifier, t.code AS title, u.code AS unit,
    u.place_code AS place, s.area_type, r.code AS release, r.method_version, 0 AS open_reviews, s.figure,
    e.display_name AS name, u.name AS unit_name
FROM release_scores AS s JOIN releases AS r USING (release_id) {named}
LEFT JOIN titles AS t ON t.title_id = s.title_id
WHERE s.release_id = $1 AND s.role = '{role}' AND ($2::integer[] IS NULL OR s.unit_id = ANY ($2))
    AND ($3 = '' OR strpos(lower(concat_ws(E'\\n', e.code, e.display_name, u.code, u.name)), lower($3)) > 0)
    AND (u.code COLLATE "C", e.code COLLATE "C", s.pool COLLATE "C") > ($4, $5, $6)
ORDER BY u.code COLLATE "C", e.code COLLATE "C", s.pool COLLATE "C"
"""
COUNT_OFFICIAL = f"""
SELECT v.official_id AS entity_id, count(*)::integer AS n {OPEN_REVIEWS.partition("WHERE")[0]}, releases AS r
WHERE {OPEN_REVIEWS.partition("WHERE")[2]} AND r.release_id = $1 AND v.official_id = ANY ($2::integer[])
GROUP BY v.official_id
"""
COUNT_UNIT = f"""
SELECT p.unit_id AS entity_id, count(DISTINCT v.review_id)::integer AS n
{OPEN_REVIEWS.partition("WHERE")[0]}, releases AS r, release_scores AS p
WHERE {OPEN_REVIEWS.partition("WHERE")[2]} AND r.release_id = $1 AND p.release_id = r.release_id
    AND p.role = 'official' AND p.unit_id = ANY ($2::integer[]) AND p.entity_id = v.official_id
GROUP BY p.unit_id
"""
COUNT: Mapping[ScoredRole, str] = {"official": COUNT_OFFICIAL, "unit": COUNT_UNIT}


async def select_personnel_scores(connection: Connection, wish: ScoreWish) -> list[NamedScore]:
    """By code of unit, then of official, which is no order of merit."""
    units = None if wish.unit_ids is None else list(wish.unit_ids)
    statement = SELECT_SCORES.format(named=NAMED[wish.role], role=wish.role)
    end = "" if wish.limit is None else f" LIMIT {wish.limit:d}"
    rows = await connection.fetch(statement + end, wish.release_id, units, wish.search, *wish.after)
    return [read_row(dict(row)) for row in rows]


def read_row(columns: dict[str, Any]) -> NamedScore:
    name, unit_name = columns.pop("name"), columns.pop("unit_name")
    return NamedScore(ScoreRow(**columns), name, unit_name)


async def count_open_reviews(
    connection: Connection, release_id: int, role: ScoredRole, entity_ids: Sequence[int]
) -> dict[int, int]:
    """Reviews nobody has decided yet that reach into a release, by official or by the unit of the officials.

    Of a connection that sees reviews; entities without any are left out.
    """
    rows = await connection.fetch(COUNT[role], release_id, list(entity_ids))
    return {row["entity_id"]: row["n"] for row in rows}
