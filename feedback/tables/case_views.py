"""Supervision cases by the names of the day: the list, the subject of one, who heads a unit. Reads only."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec

from feedback.accounts.powers import Where
from feedback.database import Connection
from feedback.tables.supervision_cases import CaseState, Level, SupervisionCase


class ListedCase(msgspec.Struct, frozen=True):
    """One line of the list: never whom it is about, only that it is about an official."""

    case_id: int
    title: str
    unit: str
    unit_name: str
    place_name: str
    desk: str
    desk_name: str
    is_about_official: bool
    level: Level
    state: CaseState
    due_on: date | None
    opened_at: datetime
    sent_at: datetime | None
    changed_at: datetime


class CaseSubject(msgspec.Struct, frozen=True):
    """Codes and names of what a case is about; empty where it is about no desk, official or procedure."""

    unit: str
    unit_name: str
    place_name: str
    desk: str
    desk_name: str
    official: str
    official_name: str
    title: str
    procedure: str
    procedure_name: str


class Head(msgspec.Struct, frozen=True):
    account_id: int
    display_name: str


PLACE_NAME = """coalesce((SELECT name FROM places WHERE code = u.place_code
                 ORDER BY valid_from > {day}::date, abs(valid_from - {day}::date) LIMIT 1), '') AS place_name"""
SELECT_LIST = f"""
SELECT c.case_id, c.title, u.code AS unit, u.name AS unit_name, {PLACE_NAME.format(day="$6")},
       coalesce(d.number, '') AS desk, coalesce(d.name, '') AS desk_name, c.official_id <> 0 AS is_about_official,
       c.level, c.state, c.due_on, c.opened_at, c.sent_at, c.changed_at
FROM supervision_cases AS c JOIN units AS u USING (unit_id) LEFT JOIN desks AS d ON d.desk_id = c.desk_id
WHERE (cardinality($1::text[]) = 0 OR c.state = ANY ($1))
  AND ($2::text = '' OR c.level = $2)
  AND ($3::text = '' OR u.code = $3) AND ($4::text = '' OR u.place_code = $4)
  AND ($5::text = '' OR u.place_code = $5
       OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = $5))
ORDER BY c.state = ANY ($9) DESC, CASE WHEN c.state = ANY ($9) THEN c.due_on END, c.changed_at DESC, c.case_id DESC
LIMIT $7 OFFSET $8
"""
SELECT_SUBJECT = f"""
SELECT u.code AS unit, u.name AS unit_name, {PLACE_NAME.format(day="$5")},
       coalesce(d.number, '') AS desk, coalesce(d.name, '') AS desk_name,
       coalesce(o.code, '') AS official, coalesce(o.display_name, '') AS official_name,
       coalesce((SELECT t.name FROM official_titles AS h JOIN titles AS t USING (title_id)
           WHERE h.official_id = o.official_id AND h.valid_from <= $5::date
           ORDER BY h.valid_from DESC LIMIT 1), '') AS title,
       coalesce(p.code, '') AS procedure, coalesce(p.name, '') AS procedure_name
FROM units AS u LEFT JOIN desks AS d ON d.unit_id = u.unit_id AND d.desk_id = $2
LEFT JOIN officials AS o ON o.official_id = $3 LEFT JOIN procedures AS p ON p.procedure_id = $4
WHERE u.unit_id = $1
"""
# Wherever they stand or stood there: a case may be about what was.
IS_SUBJECT = """
SELECT EXISTS (SELECT FROM units WHERE unit_id = $1)
   AND ($2::integer = 0 OR EXISTS (SELECT FROM desks WHERE desk_id = $2 AND unit_id = $1))
   AND ($3::integer = 0 OR EXISTS (SELECT FROM desk_officials JOIN desks USING (desk_id)
            WHERE official_id = $3 AND unit_id = $1 AND ($2 = 0 OR desk_id = $2)))
   AND ($4::integer = 0 OR EXISTS (SELECT FROM procedures WHERE procedure_id = $4))
   AND ($5::integer IS NULL OR EXISTS (SELECT FROM supervision_alerts WHERE alert_id = $5 AND unit_id = $1))
"""


async def select_listed_cases(
    connection: Connection,
    *,
    states: Collection[CaseState],
    level: Level | str,
    where: Where,
    day: date,
    first: Collection[CaseState],
    limit: int,
    skipped: int = 0,
) -> list[ListedCase]:
    """Those in the states `first`, soonest due first, then the others, last changed first.

    Empty filters let all through; `skipped` so many from the beginning are left out.
    """
    places = (where.unit, where.commune, where.province)
    rows = await connection.fetch(SELECT_LIST, list(states), level, *places, day, limit, skipped, list(first))
    return [ListedCase(**dict(row)) for row in rows]


async def select_case_subject(
    connection: Connection, unit_id: int, desk_id: int, official_id: int, procedure_id: int, day: date
) -> CaseSubject | None:
    row = await connection.fetchrow(SELECT_SUBJECT, unit_id, desk_id, official_id, procedure_id, day)
    return None if row is None else CaseSubject(**dict(row))


async def is_case_subject(connection: Connection, case: SupervisionCase) -> bool:
    """Whether desk, official and alert belong to the unit, and the procedure exists."""
    found = await connection.fetchval(
        IS_SUBJECT, case.unit_id, case.desk_id, case.official_id, case.procedure_id, case.alert_id
    )
    return bool(found)


async def select_head(connection: Connection, unit_id: int) -> Head | None:
    """Who heads a unit that the connection reaches for work on cases; None where nobody signs in as its head."""
    row = await connection.fetchrow("SELECT account_id, display_name FROM find_head($1)", unit_id)
    return None if row is None else Head(**dict(row))


async def select_is_front_there(connection: Connection, unit_id: int, level: Level) -> bool:
    """Whether somebody who may sign in today works on cases of all of this level (province, nation) about a unit."""
    return bool(await connection.fetchval("SELECT is_front_there($1, $2)", unit_id, level))
