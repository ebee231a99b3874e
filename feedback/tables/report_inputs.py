"""What a report tells of alerts, cases and cross-check rounds, as they stood at a moment. Reads only.

On a connection behind the second wall. An alert, or a case, about an official says so and no more.
"""

from datetime import date, datetime

import msgspec

from feedback.accounts.powers import Where
from feedback.database import Connection
from feedback.tables.supervision_alerts import AlertKind, Deed
from feedback.tables.supervision_cases import CaseDeed, CaseState, Level, Origin, Result


class AlertRow(msgspec.Struct, frozen=True):
    """`deed` is the last thing done about it; empty names where it is about no desk."""

    alert_id: int
    kind: AlertKind
    weight: int
    day: date
    unit_name: str
    place_name: str
    desk: str
    desk_name: str
    is_about_official: bool
    deed: Deed


class CaseRow(msgspec.Struct, frozen=True):
    """A case that was sent. `result` and `outcome` (JSON) are those of a closing that had happened by then."""

    case_id: int
    title: str
    unit_name: str
    place_name: str
    desk: str
    desk_name: str
    procedure_name: str
    is_about_official: bool
    origin: Origin
    level: Level
    findings: str
    recommendation: str
    result: Result | None
    outcome: str | None


class CaseStep(msgspec.Struct, frozen=True):
    """`state` is that of the case afterwards, `due_on` a day to answer by that was set then."""

    case_id: int
    at: datetime
    deed: CaseDeed
    state: CaseState
    text: str | None
    due_on: date | None


class RoundRow(msgspec.Struct, frozen=True):
    """A closed round of cross-checks; `gap` is JSON (dashboards/checks), None of a round wider than the report."""

    round_id: int
    name: str
    way: str
    first_day: date
    last_day: date
    drawn_from: int
    closed_at: datetime
    gap: str | None


PLACE = """
JOIN units AS u USING (unit_id)
LEFT JOIN LATERAL (
    SELECT name, coalesce(province_code, code) AS province_code FROM places
    WHERE places.code = u.place_code ORDER BY valid_from DESC LIMIT 1
) AS p ON true
"""
WITHIN = "($1 = '' OR p.province_code = $1) AND ($2 = '' OR u.place_code = $2) AND ($3 = '' OR u.code = $3)"
# A case goes up a level with each escalation and never down, so those after the moment are taken back.
LEVELS = "ARRAY ['commune', 'province', 'nation']"
LEVEL = f"""
({LEVELS}) [greatest(1, array_position({LEVELS}, c.level) - (
    SELECT count(*)::integer FROM case_events AS e
    WHERE e.case_id = c.case_id AND e.deed = 'escalated' AND e.at > $4))]
"""
SELECT_ALERTS = f"""
SELECT a.alert_id, a.kind, a.weight, a.day, u.name AS unit_name, coalesce(p.name, '') AS place_name,
       coalesce(d.number, '') AS desk, coalesce(d.name, '') AS desk_name, a.official_id <> 0 AS is_about_official,
       coalesce((SELECT deed FROM alert_events AS e WHERE e.alert_id = a.alert_id AND e.at <= $6
                 ORDER BY event_id DESC LIMIT 1), 'raised') AS deed
FROM supervision_alerts AS a {PLACE} LEFT JOIN desks AS d ON d.desk_id = a.desk_id
WHERE {WITHIN} AND a.day BETWEEN $4 AND $5 AND a.raised_at <= $6
ORDER BY a.weight DESC, a.day DESC, a.alert_id
"""
SELECT_CASES = f"""
SELECT c.case_id, c.title, u.name AS unit_name, coalesce(p.name, '') AS place_name, coalesce(d.number, '') AS desk,
       coalesce(d.name, '') AS desk_name, coalesce(pr.name, '') AS procedure_name,
       c.official_id <> 0 AS is_about_official, c.origin, {LEVEL} AS level, c.findings, c.recommendation,
       CASE WHEN c.closed_at <= $4 THEN c.result END AS result,
       CASE WHEN c.closed_at <= $4 THEN c.outcome END AS outcome
FROM supervision_cases AS c {PLACE} LEFT JOIN desks AS d ON d.desk_id = c.desk_id
LEFT JOIN procedures AS pr ON pr.procedure_id = c.procedure_id
WHERE {WITHIN} AND c.sent_at <= $4 ORDER BY c.case_id
"""
# By the codes of dashboards/supervision/areas.py. What all of a wider round gave is no figure of this area, and what is
# known of this area could be subtracted from it.
SELECT_ROUNDS = f"""
SELECT r.round_id, r.name, r.way, r.first_day, r.last_day, r.drawn_from, r.closed_at,
       CASE WHEN ($1 = '' OR a.province = $1) AND ($2 = '' OR a.commune = $2) AND ($3 = '' OR a.unit = $3)
            THEN r.gap END AS gap
FROM check_rounds AS r
LEFT JOIN LATERAL (
    SELECT coalesce(province_code, code) AS province, CASE WHEN province_code IS NULL THEN '' ELSE code END AS commune,
           '' AS unit, valid_from
    FROM places WHERE r.area IN ('p' || code, 'c' || code)
    UNION ALL
    SELECT p.province_code, u.place_code, u.code, u.valid_from
    FROM units AS asked {PLACE} WHERE r.area = 'u-' || asked.code
    ORDER BY valid_from DESC LIMIT 1
) AS a ON true
WHERE r.gap IS NOT NULL AND r.closed_at >= $4 AND r.closed_at < $5
  AND EXISTS (SELECT FROM check_items AS i {PLACE} WHERE i.round_id = r.round_id AND {WITHIN})
ORDER BY r.round_id
"""


async def select_period_alerts(
    connection: Connection, where: Where, first: date, last: date, as_of: datetime
) -> list[AlertRow]:
    """Heaviest first: those of these days, the last included, that had been raised by then."""
    rows = await connection.fetch(SELECT_ALERTS, where.province, where.commune, where.unit, first, last, as_of)
    return [AlertRow(**dict(row)) for row in rows]


async def select_sent_cases(connection: Connection, where: Where, as_of: datetime) -> list[CaseRow]:
    """All that had been sent by then, oldest first."""
    rows = await connection.fetch(SELECT_CASES, where.province, where.commune, where.unit, as_of)
    return [CaseRow(**dict(row)) for row in rows]


async def select_case_steps(connection: Connection, case_ids: list[int], as_of: datetime) -> list[CaseStep]:
    """What had been done about these cases by then, oldest first."""
    rows = await connection.fetch(
        f"SELECT {', '.join(CaseStep.__struct_fields__)} FROM case_events"
        " WHERE case_id = ANY ($1::integer[]) AND at <= $2 ORDER BY event_id",
        case_ids,
        as_of,
    )
    return [CaseStep(**dict(row)) for row in rows]


async def select_closed_rounds(connection: Connection, where: Where, begin: datetime, end: datetime) -> list[RoundRow]:
    """Closed from `begin` to before `end`, with something checked in the area."""
    rows = await connection.fetch(SELECT_ROUNDS, where.province, where.commune, where.unit, begin, end)
    return [RoundRow(**dict(row)) for row in rows]
