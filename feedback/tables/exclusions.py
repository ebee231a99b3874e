"""The table `exclusions`: which rows set ratings aside, and why; and which ratings a review would set aside."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns
from feedback.tables.responses import COLUMNS, Response
from feedback.tables.score_reviews import ScoreReview


class Exclusion(msgspec.Struct, frozen=True):
    """`token_hash` is that of the new row, which has proof class X."""

    unit_id: int
    token_hash: bytes
    review_id: int
    made_on: date


class ServedUnit(msgspec.Struct, frozen=True):
    """`province_code` is that of the unit's commune, or the unit's own place."""

    unit_id: int
    code: str
    place_code: str
    province_code: str


SELECT_SERVED_UNITS = """
SELECT DISTINCT u.unit_id, u.code, u.place_code,
       coalesce((SELECT p.province_code FROM places AS p WHERE p.code = u.place_code
                 ORDER BY p.valid_from DESC LIMIT 1), u.place_code) AS province_code
FROM desk_officials AS a JOIN desks AS d USING (desk_id) JOIN units AS u USING (unit_id)
WHERE a.official_id = $1
ORDER BY u.unit_id
"""
OF_REVIEW = """
    {row}.unit_id = ANY ($1::integer[]) AND {row}.official_id = $2 AND {row}.{day} BETWEEN $3 AND $4
    AND ($5 = '' OR {row}.procedure_id IN (SELECT procedure_id FROM procedures WHERE code = $5))
    AND {row}.proof_class <> 'X'::"char"
"""
# LIMIT keeps the step to the next row a look-up: the planner may not turn it into a scan of the table.
SELECT_COUNTED = f"""
SELECT {", ".join("r." + column for column in COLUMNS)}
FROM responses AS r LEFT JOIN LATERAL (
    SELECT next.token_hash FROM responses AS next
    WHERE next.unit_id = r.unit_id AND next.supersedes = r.token_hash LIMIT 1
) AS later ON true
WHERE {OF_REVIEW.format(row="r", day="local_day")} AND later.token_hash IS NULL
ORDER BY r.sequence_number
"""
IS_REPLACED = """
SELECT EXISTS (SELECT FROM unnest($1::integer[], $2::bytea[]) AS known (unit_id, token_hash) CROSS JOIN LATERAL (
    SELECT FROM responses AS next WHERE next.unit_id = known.unit_id AND next.supersedes = known.token_hash LIMIT 1
) AS later)
"""
COUNT_COUNTED = f"""
SELECT c.proof_class, sum(c.n1 + c.n2 + c.n3 + c.n4 + c.n5) AS n FROM daily_counts AS c
WHERE {OF_REVIEW.format(row="c", day="day")}
GROUP BY c.proof_class ORDER BY c.proof_class
"""
EXCLUSION = ", ".join(Exclusion.__struct_fields__)


async def select_served_units(connection: Connection, official_id: int) -> list[ServedUnit]:
    """The units at whose desks an official ever served: nowhere else can ratings name the official."""
    return [ServedUnit(**dict(row)) for row in await connection.fetch(SELECT_SERVED_UNITS, official_id)]


async def select_counted_ratings(connection: Connection, review: ScoreReview) -> list[Response]:
    """The newest row of each rating that the review is about and that still counts, in the order they came.

    Reads every row of the units concerned: no index names officials or days.
    """
    rows = await connection.fetch(SELECT_COUNTED, *await list_conditions(connection, review))
    return [Response(**dict(row)) for row in rows]


async def is_still_so(connection: Connection, review: ScoreReview, known: Sequence[Response]) -> bool:
    """Whether `known` is what `select_counted_ratings` would find again; looks at these rows and daily counts alone.

    The caller holds `lock_sequencer`, so that no newer row appears meanwhile.
    """
    counts = await count_counted_ratings(connection, review)
    keys = list_columns(known, "unit_id", "token_hash")
    return sum(counts.values()) == len(known) and not await connection.fetchval(IS_REPLACED, *keys)


async def count_counted_ratings(connection: Connection, review: ScoreReview) -> dict[str, int]:
    """How many ratings a review is about that still count, by proof class. Unreleased: for no page as they are."""
    rows = await connection.fetch(COUNT_COUNTED, *await list_conditions(connection, review))
    return {row["proof_class"].decode(): int(row["n"]) for row in rows if row["n"]}


async def list_conditions(connection: Connection, review: ScoreReview) -> tuple[object, ...]:
    units = [unit.unit_id for unit in await select_served_units(connection, review.official_id)]
    return units, review.official_id, review.first_day, review.last_day, review.procedure_code


async def insert_exclusions(connection: Connection, exclusions: Sequence[Exclusion]) -> None:
    await connection.execute(
        f"INSERT INTO exclusions ({EXCLUSION})"
        " SELECT * FROM unnest($1::integer[], $2::bytea[], $3::integer[], $4::date[])",
        *list_columns(exclusions, *Exclusion.__struct_fields__),
    )
