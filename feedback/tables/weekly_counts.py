"""The tables `weekly_counts` and `rolled_weeks`: what wide areas show, by closed weeks; and what it is made of.

A week is Monday to Sunday, cut where a quarter ends. Ratings that were set aside are in no margin but proof_class.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from feedback.copy_frames import copy_frame
from feedback.database import Connection
from feedback.tables.release_inputs import fetch_frame
from feedback.tables.staged_rows import insert_staged

ROLL_UP_LOCK = 0x6C6E7277
MARGINS = ("all", "procedure", "rater_kind", "channel", "proof_class")
SUMS = {f"n{score}": pl.Int64() for score in range(1, 6)}
RATED = {
    "unit_id": pl.Int32(),
    "procedure_id": pl.Int32(),
    "rater_kind": pl.Int16(),
    "channel": pl.Int16(),
    "proof_class": pl.UInt8(),
    **SUMS,
}
COMPLETED = {"unit_id": pl.Int32(), "procedure_id": pl.Int32(), "completed": pl.Int64()}
UNITS = {"unit_id": pl.Int32(), "province": pl.String(), "area_type": pl.String(), "is_pilot": pl.Boolean()}
ROW = {
    "unit_id": pl.Int32(),
    "area": pl.String(),
    "week": pl.Date(),
    "margin": pl.String(),
    "key": pl.Int32(),
    **dict.fromkeys((*SUMS, "completed"), pl.Int32()),
}
AREA_WEEK = {"area": pl.Int32(), "week": pl.Date(), "margin": pl.Int32(), "key": pl.Int32(), **SUMS}
UNIT_WEEK = {"unit_id": pl.Int32(), "week": pl.Date(), **SUMS, "completed": pl.Int64()}
SUM_LIST = ", ".join(f"sum(c.{name})" for name in SUMS)
LONG_LIST = ", ".join(f"{name}::bigint" for name in (*SUMS, "completed"))

# One probe of the key for each unit: a scan of all counts, week by week, would take minutes in a nation.
SELECT_RATED = f"""
SELECT c.unit_id, c.procedure_id, (CASE s.rater_kind WHEN 'business' THEN 2 ELSE 1 END)::smallint AS kind,
       c.channel, c.proof_class, {SUM_LIST}
FROM units AS u CROSS JOIN LATERAL (
    SELECT * FROM daily_counts AS d WHERE d.unit_id = u.unit_id AND d.day BETWEEN $1::date AND $2::date
) AS c LEFT JOIN surveys AS s USING (survey_id)
GROUP BY c.unit_id, c.procedure_id, kind, c.channel, c.proof_class
"""
SELECT_COMPLETED = """
SELECT d.unit_id, coalesce(p.procedure_id, 0) AS procedure_id, sum(d.completed)
FROM units AS u CROSS JOIN LATERAL (
    SELECT * FROM dossier_counts AS e WHERE e.unit_id = u.unit_id AND e.day BETWEEN $1::date AND $2::date
) AS d LEFT JOIN (SELECT code, max(procedure_id) AS procedure_id FROM procedures GROUP BY code) AS p
    ON p.code = d.procedure_code
GROUP BY d.unit_id, coalesce(p.procedure_id, 0)
"""
SELECT_UNITS = """
SELECT u.unit_id, coalesce(p.province_code, u.place_code) AS province, u.area_type,
       EXISTS (SELECT FROM pilot_units AS t WHERE t.unit_id = u.unit_id AND t.valid_from <= $1
               AND (t.valid_to IS NULL OR t.valid_to > $1)) AS is_pilot
FROM units AS u LEFT JOIN LATERAL (
    SELECT province_code FROM places WHERE places.code = u.place_code ORDER BY valid_from DESC LIMIT 1
) AS p ON true
"""
# Weeks are listed, not bounded: then each row is one probe of the key, whatever other margins there are.
SELECT_AREA_WEEKS = f"""
SELECT array_position($1::text[], area), week, array_position($3::text[], margin), key, {LONG_LIST}
FROM weekly_counts
WHERE unit_id = 0 AND area = ANY ($1::text[]) AND week = ANY ($2::date[]) AND margin = ANY ($3::text[])
  AND ($4::integer[] IS NULL OR key = ANY ($4::integer[]))
"""
SELECT_UNIT_WEEKS = f"""
SELECT unit_id, week, {LONG_LIST} FROM weekly_counts
WHERE unit_id = ANY ($1::integer[]) AND area = '' AND week = ANY ($2::date[]) AND margin = 'all' AND key = 0
"""


async def select_rated_week(connection: Connection, first_day: date, last_day: date) -> pl.DataFrame:
    """The ratings of a week by unit, procedure, rater kind, channel and proof class, without desk or official."""
    return await copy_frame(connection, SELECT_RATED, first_day, last_day, schema=RATED)


async def select_completed_week(connection: Connection, first_day: date, last_day: date) -> pl.DataFrame:
    """Dossiers completed; procedure_id is the newest that carries the code, 0 where none does."""
    return await copy_frame(connection, SELECT_COMPLETED, first_day, last_day, schema=COMPLETED)


async def select_unit_kinds(connection: Connection, day: date) -> pl.DataFrame:
    """unit_id, province, area_type, and whether it was a pilot on that day."""
    return await fetch_frame(connection, SELECT_UNITS, day, schema=UNITS)


async def lock_roll_up(connection: Connection) -> None:
    """Held until the transaction ends: one at a time writes a week."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", ROLL_UP_LOCK)


async def select_rolled_weeks(connection: Connection) -> dict[date, bytes]:
    rows = await connection.fetch("SELECT week, digest FROM rolled_weeks")
    return {row["week"]: row["digest"] for row in rows}


async def select_week_digest(connection: Connection, week: date) -> bytes | None:
    return await connection.fetchval("SELECT digest FROM rolled_weeks WHERE week = $1", week)


async def delete_week(connection: Connection, week: date) -> None:
    await connection.execute("DELETE FROM weekly_counts WHERE week = $1", week)


async def insert_week(connection: Connection, week: date, digest: bytes, rows: pl.DataFrame) -> None:
    """`rows` as ROW says, all of that week."""
    if not rows.is_empty():
        await insert_staged(connection, "weekly_counts", rows.iter_rows(), list(ROW))
    await connection.execute(
        "INSERT INTO rolled_weeks (week, digest) VALUES ($1, $2)"
        " ON CONFLICT (week) DO UPDATE SET digest = excluded.digest",
        week,
        digest,
    )


async def select_area_weeks(
    connection: Connection,
    areas: Sequence[str],
    weeks: Sequence[date],
    margins: Sequence[str] = MARGINS,
    keys: Sequence[int] | None = None,
) -> pl.DataFrame:
    """`area` and `margin` are places in the lists given, from 1 on; None for `keys` means all of them."""
    return await copy_frame(
        connection,
        SELECT_AREA_WEEKS,
        *(list(areas), list(weeks), list(margins), None if keys is None else list(keys)),
        schema={**AREA_WEEK, "completed": pl.Int64()},
    )


async def select_unit_weeks(connection: Connection, unit_ids: Sequence[int], weeks: Sequence[date]) -> pl.DataFrame:
    """Margin all of these units."""
    return await copy_frame(connection, SELECT_UNIT_WEEKS, list(unit_ids), list(weeks), schema=UNIT_WEEK)
