"""What staff pages and explanations ask of the store: released rows of a pool or unit, names, alerts. Reads only."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.releases import SCORE, ReleaseScore


class OfficialName(msgspec.Struct, frozen=True):
    official_id: int
    code: str
    display_name: str


class UnitName(msgspec.Struct, frozen=True):
    """`province_code` is that of the unit's commune, or the unit's own place."""

    unit_id: int
    code: str
    name: str
    place_code: str
    province_code: str


class ProcedureName(msgspec.Struct, frozen=True):
    """`procedure_id` is the first that carried the code, `name` the last: scores unite the versions of a code."""

    procedure_id: int
    code: str
    name: str


class OpenAlert(msgspec.Struct, frozen=True):
    """`official_code` is empty for an alert about the unit itself, and the desk's name for one about a desk.

    `official_id` is 0 for both.
    """

    role: str
    official_id: int
    official_code: str
    detector: str
    level: str
    day: date


class PeerPoint(msgspec.Struct, frozen=True):
    """One peer's released figures, without a name."""

    n: int
    adjusted: float


SELECT_UNIT_NAME = """
SELECT u.unit_id, u.code, u.name, u.place_code,
       coalesce((SELECT p.province_code FROM places AS p WHERE p.code = u.place_code
                 ORDER BY p.valid_from DESC LIMIT 1), u.place_code) AS province_code
FROM units AS u WHERE u.code = $1
"""
SELECT_PROCEDURE_NAMES = """
SELECT min(procedure_id) AS procedure_id, code, (array_agg(name ORDER BY valid_from DESC))[1] AS name
FROM procedures WHERE code = ANY ($1::text[]) OR code IN (SELECT code FROM procedures WHERE procedure_id = ANY ($2))
GROUP BY code
"""
SELECT_PEERS = """
SELECT (figure ->> 'n')::integer AS n, (figure -> 'steps' ->> 'adjusted')::double precision AS adjusted
FROM release_scores
WHERE release_id = $1 AND role = $2 AND pool = $3 AND entity_id <> $4 AND grade IN ('A', 'B')
  AND figure ->> 'n' IS NOT NULL AND figure -> 'steps' ->> 'adjusted' IS NOT NULL
ORDER BY n, adjusted
"""
SELECT_ALERTS = """
SELECT a.role, coalesce(o.official_id, 0) AS official_id, coalesce(o.code, d.name, '') AS official_code,
       a.detector, a.level, max(a.day) AS day
FROM drop_alerts AS a LEFT JOIN officials AS o ON a.role = 'official' AND o.official_id = a.entity_id
LEFT JOIN desks AS d ON a.role = 'desk' AND d.desk_id = a.entity_id
WHERE a.unit_id = $1 AND a.seen_on IS NULL
GROUP BY a.role, o.official_id, o.code, d.name, a.detector, a.level
ORDER BY a.role DESC, official_code, a.detector, a.level
"""
SELECT_UNITS_WITHIN = f"""
{SELECT_UNIT_NAME.partition("WHERE u.code")[0]}
WHERE $1 OR u.code = ANY ($4::text[]) OR u.place_code = ANY ($3::text[]) OR u.place_code = ANY ($2::text[])
    OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY ($2::text[]))
ORDER BY u.name, u.code LIMIT $5
"""
COLUMNS = ", ".join(f"s.{name}" for name in SCORE)


async def select_official(connection: Connection, code: str) -> OfficialName | None:
    row = await connection.fetchrow("SELECT official_id, code, display_name FROM officials WHERE code = $1", code)
    return None if row is None else OfficialName(**dict(row))


async def select_officials_by_id(connection: Connection, official_ids: Sequence[int]) -> dict[int, OfficialName]:
    rows = await connection.fetch(
        "SELECT official_id, code, display_name FROM officials WHERE official_id = ANY ($1::integer[])",
        list(official_ids),
    )
    return {row["official_id"]: OfficialName(**dict(row)) for row in rows}


async def select_unit_name(connection: Connection, code: str) -> UnitName | None:
    row = await connection.fetchrow(SELECT_UNIT_NAME, code)
    return None if row is None else UnitName(**dict(row))


async def select_units_within(connection: Connection, reach: Reach, limit: int) -> list[UnitName]:
    """By name."""
    rows = await connection.fetch(
        SELECT_UNITS_WITHIN, reach.everywhere, reach.provinces, reach.communes, reach.units, limit
    )
    return [UnitName(**dict(row)) for row in rows]


async def select_procedure_names(
    connection: Connection, codes: Sequence[str] = (), procedure_ids: Sequence[int] = ()
) -> list[ProcedureName]:
    """Of these codes, and of the codes that these ids carry."""
    rows = await connection.fetch(SELECT_PROCEDURE_NAMES, list(codes), list(procedure_ids))
    return [ProcedureName(**dict(row)) for row in rows]


async def select_served_procedures(connection: Connection, official_id: int) -> list[ProcedureName]:
    """The procedures of the desks at which an official ever served, by name: what a review may be narrowed to."""
    rows = await connection.fetch(
        "SELECT DISTINCT a.procedure_code AS code FROM desk_officials AS o JOIN desk_procedures AS a USING (desk_id)"
        " WHERE o.official_id = $1",
        official_id,
    )
    names = await select_procedure_names(connection, [row["code"] for row in rows])
    return sorted(names, key=lambda procedure: (procedure.name, procedure.code))


async def select_unit_officials(connection: Connection, release_id: int, unit_id: int) -> list[ReleaseScore]:
    """The officials who got most of their ratings at a unit, by code, which is no order of merit."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM release_scores AS s JOIN officials AS o ON o.official_id = s.entity_id"
        " WHERE s.release_id = $1 AND s.role = 'official' AND s.unit_id = $2"
        " AND s.grade <> 'none' ORDER BY o.code, s.pool",
        release_id,
        unit_id,
    )
    return [ReleaseScore(**dict(row)) for row in rows]


async def select_peers(
    connection: Connection, release_id: int, role: str, pool: str, entity_id: int
) -> list[PeerPoint]:
    """The others of a pool whose score has grade A or B, by number of ratings."""
    rows = await connection.fetch(SELECT_PEERS, release_id, role, pool, entity_id)
    return [PeerPoint(**dict(row)) for row in rows]


async def select_pool_figure(connection: Connection, release_id: int, role: str, pool: str) -> str | None:
    """The JSON of a ReleasedPool."""
    return await connection.fetchval(
        "SELECT figure FROM release_pools WHERE release_id = $1 AND role = $2 AND pool = $3", release_id, role, pool
    )


async def select_open_alerts(connection: Connection, unit_id: int) -> list[OpenAlert]:
    """What nobody has looked at yet: first about the unit, then about its officials by code."""
    return [OpenAlert(**dict(row)) for row in await connection.fetch(SELECT_ALERTS, unit_id)]
