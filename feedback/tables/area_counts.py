"""daily_counts and the dossiers of few units, by weeks, as a supervisor's pages of units, desks and communes read them.

A week is Monday to Sunday, cut where a quarter ends. Officials are in no key: nothing here is about one.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from feedback.copy_frames import copy_frame
from feedback.database import Connection

SUMS = {f"n{score}": pl.Int64() for score in range(1, 6)}
NARROW = {
    "unit_id": pl.Int32(),
    "desk_id": pl.Int32(),
    "week": pl.Date(),
    "procedure_id": pl.Int32(),
    "rater_kind": pl.Int16(),
    "channel": pl.Int16(),
    "proof_class": pl.UInt8(),
    **SUMS,
}
OF_PROCEDURE = {"unit_id": pl.Int32(), "week": pl.Date(), **SUMS}
DOSSIERS = {"unit_id": pl.Int32(), "week": pl.Date(), "procedure_id": pl.Int32(), "completed": pl.Int64()}
DESK_DOSSIERS = {"desk_id": pl.Int32(), "week": pl.Date(), "completed": pl.Int64()}
WEEK = "greatest(date_trunc('week', {day}::timestamp)::date, date_trunc('quarter', {day}::timestamp)::date)"
SUM_LIST = ", ".join(f"sum(c.{name})" for name in SUMS)

SELECT_NARROW = f"""
SELECT c.unit_id, c.desk_id, {WEEK.format(day="c.day")} AS week, c.procedure_id,
       (CASE s.rater_kind WHEN 'business' THEN 2 ELSE 1 END)::smallint AS kind, c.channel, c.proof_class, {SUM_LIST}
FROM daily_counts AS c LEFT JOIN surveys AS s USING (survey_id)
WHERE c.unit_id = ANY ($1::integer[]) AND c.day BETWEEN $2::date AND $3::date
GROUP BY c.unit_id, c.desk_id, week, c.procedure_id, kind, c.channel, c.proof_class
"""
SELECT_OF_PROCEDURE = f"""
SELECT c.unit_id, {WEEK.format(day="c.day")} AS week, {SUM_LIST} FROM daily_counts AS c
WHERE c.unit_id = ANY ($1::integer[]) AND c.day BETWEEN $2::date AND $3::date AND c.proof_class <> 'X'::"char"
  AND c.procedure_id = ANY ($4::integer[])
GROUP BY c.unit_id, week
"""
SELECT_DOSSIERS = f"""
SELECT c.unit_id, {WEEK.format(day="c.day")} AS week, coalesce(p.procedure_id, 0) AS procedure, sum(c.completed)
FROM dossier_counts AS c
LEFT JOIN (SELECT code, max(procedure_id) AS procedure_id FROM procedures GROUP BY code) AS p
    ON p.code = c.procedure_code
WHERE c.unit_id = ANY ($1::integer[]) AND c.day BETWEEN $2::date AND $3::date
GROUP BY c.unit_id, week, procedure
"""
SELECT_DESK_DOSSIERS = f"""
SELECT c.desk_id, {WEEK.format(day="c.day")} AS week, sum(c.completed) FROM desk_dossier_counts AS c
WHERE c.unit_id = ANY ($1::integer[]) AND c.day BETWEEN $2::date AND $3::date
GROUP BY c.desk_id, week
"""
# Which ratings were set aside by people who looked into them; the others were set aside as they came.
COUNT_REVIEWED = """
SELECT count(*) FROM exclusions AS e JOIN responses AS r USING (unit_id, token_hash)
WHERE ($1::integer[] IS NULL OR e.unit_id = ANY ($1::integer[])) AND r.local_day BETWEEN $2::date AND $3::date
  AND ($4::integer = 0 OR r.desk_id = $4::integer)
"""
COUNT_OPEN_ALERTS = """
SELECT unit_id, desk_id, count(*) AS alerts FROM supervision_alerts
WHERE state = 'open' AND ($1::integer[] IS NULL OR unit_id = ANY ($1::integer[])) GROUP BY unit_id, desk_id
"""
COUNT_PROVINCE_ALERTS = """
SELECT coalesce(p.province_code, u.place_code) AS province, u.area_type, count(*) AS alerts
FROM supervision_alerts AS a JOIN units AS u USING (unit_id)
LEFT JOIN LATERAL (
    SELECT province_code FROM places WHERE code = u.place_code ORDER BY valid_from DESC LIMIT 1) AS p ON true
WHERE a.state = 'open' GROUP BY 1, 2
"""


async def select_narrow_counts(
    connection: Connection, unit_ids: Sequence[int], first_day: date, last_day: date
) -> pl.DataFrame:
    """Both days included; class X is what was set aside."""
    return await copy_frame(connection, SELECT_NARROW, list(unit_ids), first_day, last_day, schema=NARROW)


async def select_counts_of_procedure(
    connection: Connection, unit_ids: Sequence[int], first_day: date, last_day: date, procedure_ids: Sequence[int]
) -> pl.DataFrame:
    """What was set aside is not there."""
    asked = (list(unit_ids), first_day, last_day, list(procedure_ids))
    return await copy_frame(connection, SELECT_OF_PROCEDURE, *asked, schema=OF_PROCEDURE)


async def select_narrow_dossiers(
    connection: Connection, unit_ids: Sequence[int], first_day: date, last_day: date
) -> pl.DataFrame:
    """procedure_id is the newest that carries the code, 0 where none does."""
    return await copy_frame(connection, SELECT_DOSSIERS, list(unit_ids), first_day, last_day, schema=DOSSIERS)


async def select_desk_dossier_weeks(
    connection: Connection, unit_ids: Sequence[int], first_day: date, last_day: date
) -> pl.DataFrame:
    asked = (list(unit_ids), first_day, last_day)
    return await copy_frame(connection, SELECT_DESK_DOSSIERS, *asked, schema=DESK_DOSSIERS)


async def count_reviewed(
    connection: Connection, unit_ids: Sequence[int] | None, first_day: date, last_day: date, desk_id: int = 0
) -> int:
    """Ratings of these days that a review set aside; None means wherever the connection reaches."""
    units = None if unit_ids is None else list(unit_ids)
    return int(await connection.fetchval(COUNT_REVIEWED, units, first_day, last_day, desk_id) or 0)


async def count_open_alerts(connection: Connection, unit_ids: Sequence[int] | None) -> dict[tuple[int, int], int]:
    """By unit_id and desk_id, 0 where an alert is about no desk; None means wherever the connection reaches."""
    rows = await connection.fetch(COUNT_OPEN_ALERTS, None if unit_ids is None else list(unit_ids))
    return {(row["unit_id"], row["desk_id"]): int(row["alerts"]) for row in rows}


async def count_province_alerts(connection: Connection) -> dict[tuple[str, str], int]:
    """By province code and area type, wherever the connection reaches."""
    rows = await connection.fetch(COUNT_PROVINCE_ALERTS)
    return {(row["province"], row["area_type"]): int(row["alerts"]) for row in rows}
