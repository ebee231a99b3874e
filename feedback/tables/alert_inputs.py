"""What the rules of alerts look at and what their evidence is made of, read by the job as the program. Unreleased."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec
import polars as pl

from feedback.copy_frames import copy_frame
from feedback.database import Connection
from feedback.tables.count_rows import COUNTS


class OpenDrop(msgspec.Struct, frozen=True):
    """An open row of the drop watch that the Front is told of."""

    alert_id: int
    role: Literal["official", "unit", "desk"]
    entity_id: int
    unit_id: int
    detector: Literal["drop", "low_share"]
    day: date
    statistic: float
    threshold: float


class UnitTally(msgspec.Struct, frozen=True):
    """`received` are those that count, `set_aside` those that do not, `completed` are dossiers."""

    unit_id: int
    received: int
    set_aside: int
    completed: int


class AnswerTally(msgspec.Struct, frozen=True):
    """How many answered a question in a unit, and how many with yes."""

    unit_id: int
    province: str
    answered: int
    yes: int


class DeskSilence(msgspec.Struct, frozen=True):
    """An open desk without a rating from `first` on, and the dossiers completed there since.

    They are estimated where no one-stop system tells them by desk. `received` and `completed` are those of the unit,
    over all days looked at.
    """

    unit_id: int
    desk_id: int
    first: date
    dossiers: float
    received: int
    completed: int


AREA_COUNTS = {"day": pl.Date(), "procedure_id": pl.Int32(), "proof_class": pl.UInt8(), **COUNTS}
AREA_ANSWERS = {"day": pl.Date(), "procedure_id": pl.Int32(), "part": pl.Int32(), "n": pl.Int32()}
AREA_DOSSIERS = {"day": pl.Date(), "n": pl.Int32()}
RATINGS = " + ".join(COUNTS)
IS_SET_ASIDE = "proof_class = 'X'::\"char\""
SELECT_OPEN_DROPS = f"""
SELECT {", ".join(OpenDrop.__struct_fields__)} FROM drop_alerts
WHERE seen_on IS NULL AND ((detector = 'drop' AND level = 'alert') OR (detector = 'low_share' AND role <> 'official'))
"""
SELECT_MAIN_DESKS = f"""
SELECT DISTINCT ON (official_id) official_id, desk_id FROM daily_counts
WHERE unit_id = ANY ($1::integer[]) AND official_id = ANY ($2::integer[]) AND day BETWEEN $3 AND $4
GROUP BY official_id, desk_id ORDER BY official_id, sum({RATINGS}) DESC, desk_id
"""
SELECT_UNIT_TALLIES = f"""
SELECT u.unit_id, coalesce(rated.received, 0)::integer AS received, coalesce(rated.set_aside, 0)::integer AS set_aside,
       coalesce(done.completed, 0)::integer AS completed
FROM units AS u
CROSS JOIN LATERAL (
    SELECT sum({RATINGS}) FILTER (WHERE NOT {IS_SET_ASIDE}) AS received,
           sum({RATINGS}) FILTER (WHERE {IS_SET_ASIDE}) AS set_aside
    FROM daily_counts AS c WHERE c.unit_id = u.unit_id AND c.day BETWEEN $1 AND $2) AS rated
CROSS JOIN LATERAL (
    SELECT sum(completed) AS completed FROM dossier_counts AS d
    WHERE d.unit_id = u.unit_id AND d.day BETWEEN $1 AND $2) AS done
WHERE u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to > $2)
"""
IS_LATEST = (
    "r.proof_class <> 'X'::\"char\" AND NOT EXISTS"
    " (SELECT FROM responses AS later WHERE later.unit_id = r.unit_id AND later.supersedes = r.token_hash)"
)
IS_ANSWERED = "r.answers IS NOT NULL AND r.answers -> $3::text IN ('true'::jsonb, 'false'::jsonb)"
SELECT_ANSWER_TALLIES = f"""
SELECT u.unit_id, coalesce((SELECT p.province_code FROM places AS p WHERE p.code = u.place_code
                            ORDER BY p.valid_from DESC LIMIT 1), u.place_code) AS province, said.answered, said.yes
FROM units AS u
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS answered, (count(*) FILTER (WHERE r.answers -> $3::text = 'true'))::integer AS yes
    FROM responses AS r
    WHERE r.unit_id = u.unit_id AND r.local_day BETWEEN $1 AND $2 AND {IS_ANSWERED} AND {IS_LATEST}) AS said
WHERE said.answered > 0
"""
# A procedure that several desks of a unit take in is shared out evenly.
DESK_DOSSIERS = """
SELECT c.day, c.completed::double precision / (
    SELECT count(*) FROM desk_procedures AS o JOIN desks AS other USING (desk_id)
    WHERE other.unit_id = {desk}.unit_id AND o.procedure_code = c.procedure_code
      AND o.valid_from <= c.day AND (o.valid_to IS NULL OR o.valid_to > c.day)
      AND other.valid_from <= c.day AND (other.valid_to IS NULL OR other.valid_to > c.day)) AS completed
FROM dossier_counts AS c JOIN desk_procedures AS p ON p.procedure_code = c.procedure_code
WHERE c.unit_id = {desk}.unit_id AND p.desk_id = {desk}.desk_id AND c.day BETWEEN {first} AND $2
  AND p.valid_from <= c.day AND (p.valid_to IS NULL OR p.valid_to > c.day)
"""
SELECT_SILENCES = f"""
WITH rated AS (
    SELECT u.unit_id, seen.desk_id, seen.last_day FROM units AS u
    CROSS JOIN LATERAL (SELECT desk_id, max(day) AS last_day FROM daily_counts AS c
        WHERE c.unit_id = u.unit_id AND c.day BETWEEN $1 AND $2 AND {RATINGS} > 0 GROUP BY desk_id) AS seen
), silent AS (
    SELECT d.unit_id, d.desk_id, greatest(d.valid_from, $1::date, rated.last_day + 1) AS first FROM desks AS d
    JOIN units AS u USING (unit_id) LEFT JOIN rated USING (unit_id, desk_id)
    WHERE d.valid_from <= $2 AND (d.valid_to IS NULL OR d.valid_to > $2)
      AND u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to > $2)
)
SELECT s.unit_id, s.desk_id, s.first, rate.received, rate.completed, coalesce(
    (SELECT sum(k.completed) FROM desk_dossier_counts AS k
     WHERE k.unit_id = s.unit_id AND k.desk_id = s.desk_id AND k.day BETWEEN s.first AND $2),
    (SELECT sum(done.completed) FROM ({DESK_DOSSIERS.format(desk="s", first="s.first")}) AS done), 0
    )::double precision AS dossiers
FROM silent AS s JOIN ({SELECT_UNIT_TALLIES}) AS rate USING (unit_id)
WHERE s.first <= $2::date - 13
"""
SELECT_AREA_COUNTS = f"""
SELECT day, procedure_id, proof_class, {", ".join(COUNTS)} FROM daily_counts
WHERE unit_id = $1::integer AND ($2::integer = 0 OR desk_id = $2) AND day BETWEEN $3::date AND $4::date
"""
SELECT_AREA_ANSWERS = f"""
SELECT r.local_day, r.procedure_id, (count(*) FILTER (WHERE r.answers -> $3::text = 'true'))::integer, count(*)::integer
FROM responses AS r WHERE r.unit_id = $1::integer AND ($2::integer = 0 OR r.desk_id = $2)
  AND r.local_day BETWEEN $4::date AND $5::date AND {IS_ANSWERED} AND {IS_LATEST} GROUP BY 1, 2
"""
SELECT_AREA_DOSSIERS = f"""
SELECT day, round(sum(completed))::integer FROM (
    SELECT day, completed FROM dossier_counts WHERE unit_id = $1::integer AND $3::integer = 0
      AND day BETWEEN $4::date AND $2::date
    UNION ALL SELECT done.day, done.completed FROM (SELECT $1::integer AS unit_id, $3::integer AS desk_id) AS asked
    CROSS JOIN LATERAL ({DESK_DOSSIERS.format(desk="asked", first="$4::date")}) AS done WHERE $3::integer <> 0
) AS dossiers GROUP BY day
"""


async def select_open_drops(connection: Connection) -> list[OpenDrop]:
    return [OpenDrop(**dict(row)) for row in await connection.fetch(SELECT_OPEN_DROPS)]


async def select_main_desks(
    connection: Connection, units: Sequence[int], officials: Sequence[int], first: date, last: date
) -> dict[int, int]:
    """By official, the desk with most of the ratings of these days."""
    rows = await connection.fetch(SELECT_MAIN_DESKS, list(units), list(officials), first, last)
    return {row["official_id"]: row["desk_id"] for row in rows}


async def select_unit_tallies(connection: Connection, first: date, last: date) -> list[UnitTally]:
    return [UnitTally(**dict(row)) for row in await connection.fetch(SELECT_UNIT_TALLIES, first, last)]


async def select_answer_tallies(connection: Connection, question: str, first: date, last: date) -> list[AnswerTally]:
    """Of units in which anybody answered; what was replaced or set aside does not count."""
    rows = await connection.fetch(SELECT_ANSWER_TALLIES, first, last, question)
    return [AnswerTally(**dict(row)) for row in rows]


async def select_silences(connection: Connection, first: date, last: date) -> list[DeskSilence]:
    """Open desks without a rating in the last fourteen days up to `last`; nothing before `first` is looked at."""
    return [DeskSilence(**dict(row)) for row in await connection.fetch(SELECT_SILENCES, first, last)]


async def select_area_counts(
    connection: Connection, unit_id: int, desk_id: int, first: date, last: date
) -> pl.DataFrame:
    """Of one desk, or of all (0). Proof classes are ASCII numbers."""
    return await copy_frame(connection, SELECT_AREA_COUNTS, unit_id, desk_id, first, last, schema=AREA_COUNTS)


async def select_area_answers(
    connection: Connection, unit_id: int, desk_id: int, question: str, first: date, last: date
) -> pl.DataFrame:
    """`part` said yes, of `n`."""
    arguments = (unit_id, desk_id, question, first, last)
    return await copy_frame(connection, SELECT_AREA_ANSWERS, *arguments, schema=AREA_ANSWERS)


async def select_area_dossiers(
    connection: Connection, unit_id: int, desk_id: int, first: date, last: date
) -> pl.DataFrame:
    """Dossiers completed; of a desk estimated from what it offers."""
    return await copy_frame(connection, SELECT_AREA_DOSSIERS, unit_id, last, desk_id, first, schema=AREA_DOSSIERS)
