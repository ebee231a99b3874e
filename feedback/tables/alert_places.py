"""What alerts are about, by the names of the day: unit, desk, official; and the list of alerts. Reads only."""

from datetime import date, datetime

import msgspec

from feedback.accounts.powers import Where
from feedback.database import Connection
from feedback.tables.supervision_alerts import AlertKind, AlertState


class AlertPlace(msgspec.Struct, frozen=True):
    """Codes and names; empty where the alert is about no desk, or no official."""

    unit: str
    unit_name: str
    place_name: str
    desk: str
    desk_name: str
    official: str
    title: str


class ListedAlert(msgspec.Struct, frozen=True):
    """One line of the list: never whom it is about, only that it is about an official."""

    alert_id: int
    kind: AlertKind
    weight: int
    day: date
    raised_at: datetime
    state: AlertState
    snoozed_until: date | None
    is_about_official: bool
    unit_name: str
    desk: str
    desk_name: str


SELECT_PLACE = """
SELECT u.code AS unit, u.name AS unit_name, coalesce((SELECT name FROM places WHERE code = u.place_code
           ORDER BY valid_from > $4::date, abs(valid_from - $4::date) LIMIT 1), '') AS place_name,
       coalesce(d.number, '') AS desk, coalesce(d.name, '') AS desk_name, coalesce(o.code, '') AS official,
       coalesce((SELECT t.name FROM official_titles AS h JOIN titles AS t USING (title_id)
           WHERE h.official_id = o.official_id AND h.valid_from <= $4::date
           ORDER BY h.valid_from DESC LIMIT 1), '') AS title
FROM units AS u LEFT JOIN desks AS d ON d.unit_id = u.unit_id AND d.desk_id = $2
LEFT JOIN officials AS o ON o.official_id = $3
WHERE u.unit_id = $1
"""
SELECT_LIST = """
SELECT a.alert_id, a.kind, a.weight, a.day, a.raised_at, a.state, a.snoozed_until,
       a.official_id <> 0 AS is_about_official, u.name AS unit_name,
       coalesce(d.number, '') AS desk, coalesce(d.name, '') AS desk_name
FROM supervision_alerts AS a JOIN units AS u USING (unit_id) LEFT JOIN desks AS d ON d.desk_id = a.desk_id
WHERE ($1::text = '' OR a.state = $1) AND ($2::text = '' OR a.kind = $2)
  AND ($3::text = '' OR u.code = $3) AND ($4::text = '' OR u.place_code = $4)
  AND ($5::text = '' OR u.place_code = $5
       OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = $5))
ORDER BY a.weight DESC, a.day DESC, a.alert_id LIMIT $6
"""


async def select_alert_place(
    connection: Connection, unit_id: int, desk_id: int, official_id: int, day: date
) -> AlertPlace | None:
    row = await connection.fetchrow(SELECT_PLACE, unit_id, desk_id, official_id, day)
    return None if row is None else AlertPlace(**dict(row))


async def select_listed_alerts(
    connection: Connection, *, state: str, kind: str, where: Where, limit: int
) -> list[ListedAlert]:
    """Heaviest first, then newest; empty filters let all through."""
    rows = await connection.fetch(SELECT_LIST, state, kind, where.unit, where.commune, where.province, limit)
    return [ListedAlert(**dict(row)) for row in rows]


async def select_procedure_codes(connection: Connection) -> dict[int, str]:
    """By procedure_id: the code, which stays when a procedure gets another name."""
    rows = await connection.fetch("SELECT procedure_id, code FROM procedures")
    return {row["procedure_id"]: row["code"] for row in rows}


async def select_procedure_names(connection: Connection) -> dict[str, str]:
    """The last name of each code."""
    rows = await connection.fetch("SELECT DISTINCT ON (code) code, name FROM procedures ORDER BY code, valid_from DESC")
    return {row["code"]: row["name"] for row in rows}
