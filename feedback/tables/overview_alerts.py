"""What a supervisor's first screen and trends ask of alerts: lines with names of places, and days. Reads only."""

from datetime import date, datetime

import msgspec

from feedback.accounts.powers import Where
from feedback.database import Connection
from feedback.tables.supervision_alerts import AlertKind


class AlertLine(msgspec.Struct, frozen=True):
    """`place_name` is the unit's commune or province; `desk_name` is empty where it is about no desk.

    `about_official`: whom, its own page says. `evidence` is JSON.
    """

    alert_id: int
    kind: AlertKind
    weight: int
    day: date
    is_new: bool
    evidence: str
    unit_name: str
    place_name: str
    desk_name: str
    procedure_name: str
    about_official: bool


class AlertTotals(msgspec.Struct, frozen=True):
    open: int
    new: int


class AlertPoint(msgspec.Struct, frozen=True):
    """`desk_number` is empty where it is about no desk."""

    kind: AlertKind
    day: date
    unit_name: str
    desk_number: str


LAST_PLACE = """
LEFT JOIN LATERAL (
    SELECT name, coalesce(province_code, code) AS province_code FROM places
    WHERE places.code = u.place_code ORDER BY valid_from DESC LIMIT 1
) AS p ON true
"""
# An area, empty for the nation; a desk, 0 for none.
WITHIN = """
($3 = '' OR p.province_code = $3) AND ($4 = '' OR u.place_code = $4) AND ($5 = '' OR u.code = $5)
AND ($6 = 0 OR a.desk_id = $6)
"""
SELECT_LINES = f"""
SELECT a.alert_id, a.kind, a.weight, a.day, a.evidence, u.name AS unit_name, coalesce(p.name, '') AS place_name,
       coalesce(d.name, '') AS desk_name, coalesce(pr.name, '') AS procedure_name,
       a.official_id <> 0 AS about_official, coalesce(a.raised_at > $1::timestamptz, true) AS is_new
FROM supervision_alerts AS a JOIN units AS u USING (unit_id) {LAST_PLACE}
LEFT JOIN desks AS d ON d.desk_id = a.desk_id LEFT JOIN procedures AS pr ON pr.procedure_id = a.procedure_id
WHERE a.state = 'open'
ORDER BY a.weight DESC, a.day DESC, a.alert_id LIMIT $2
"""
SELECT_POINTS = f"""
SELECT a.kind, a.day, u.name AS unit_name, coalesce(d.number, '') AS desk_number
FROM supervision_alerts AS a JOIN units AS u USING (unit_id) {LAST_PLACE}
LEFT JOIN desks AS d ON d.desk_id = a.desk_id
WHERE a.state IN ('open', 'snoozed', 'over') AND a.day BETWEEN $1 AND $2 AND {WITHIN}
ORDER BY a.day, u.name, a.alert_id
"""


async def count_alerts(connection: Connection, since: datetime | None) -> AlertTotals:
    """Open ones of all units that the connection reaches; new are those raised after `since`, without it all."""
    row = await connection.fetchrow(
        "SELECT count(*) AS open, count(*) FILTER (WHERE coalesce(raised_at > $1::timestamptz, true)) AS new"
        " FROM supervision_alerts WHERE state = 'open'",
        since,
    )
    return AlertTotals(0, 0) if row is None else AlertTotals(row["open"], row["new"])


async def select_alert_lines(connection: Connection, since: datetime | None, limit: int) -> list[AlertLine]:
    """Open ones of all units that the connection reaches, heaviest first, then newest."""
    rows = await connection.fetch(SELECT_LINES, since, limit)
    return [AlertLine(**dict(row)) for row in rows]


async def select_alert_points(
    connection: Connection, first: date, last: date, where: Where, desk_id: int = 0
) -> list[AlertPoint]:
    """Whatever fired there in these days, the last included; dismissed and merged ones are left out."""
    rows = await connection.fetch(SELECT_POINTS, first, last, where.province, where.commune, where.unit, desk_id)
    return [AlertPoint(**dict(row)) for row in rows]
