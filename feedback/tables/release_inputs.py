"""What a release is made of, as frames: counts and rows of a quarter up to a cut, corrections, catalogue, dossiers.

Reads only. The same counts come two ways, from `daily_counts` and from `responses`: one makes, the other verifies.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date

import polars as pl

from feedback.copy_frames import copy_frame, copy_frames
from feedback.database import Connection
from feedback.tables.count_rows import COUNTS

# A desk is not in the key: no figure of a release is about one.
KEY: dict[str, pl.DataType] = {
    "unit_id": pl.Int32(),
    "official_id": pl.Int32(),
    "title_id": pl.Int32(),
    "procedure_id": pl.Int32(),
    "survey_id": pl.Int32(),
    "channel": pl.Int16(),
    "proof_class": pl.UInt8(),
}
CELL: dict[str, pl.DataType] = {"day": pl.Date(), **KEY}
SCORED = {"score": pl.Int16()}
CELL_OF_ROW = "{row}.local_day, " + ", ".join(f"{{row}}.{name}" for name in KEY) + ", {row}.score"

# Ratings that were set aside count for nobody, so they never leave the store here.
COUNTED = "{row}.proof_class <> 'X'::\"char\""
SELECT_COUNTS = f"""
SELECT day, {", ".join(KEY)}, {", ".join(COUNTS)} FROM daily_counts
WHERE day BETWEEN $1::date AND $2::date AND {COUNTED.format(row="daily_counts")}
"""
SELECT_ROWS = f"""
SELECT {CELL_OF_ROW.format(row="r")} FROM responses AS r
WHERE r.local_day BETWEEN $1::date AND $2::date AND r.sequence_number <= $3::bigint AND {COUNTED.format(row="r")}
"""
SELECT_REPLACED_ROWS = f"""
SELECT {CELL_OF_ROW.format(row="old")} FROM responses AS new
JOIN responses AS old ON old.unit_id = new.unit_id AND old.token_hash = new.supersedes
WHERE new.supersedes IS NOT NULL AND new.sequence_number <= $3::bigint
    AND old.local_day BETWEEN $1::date AND $2::date AND {COUNTED.format(row="old")}
"""
# Looked at once for the whole statement: where nothing came since the oldest cut, no row is read.
SOMETHING_CAME = "$2::bigint > (SELECT min(data_cut) FROM releases WHERE release_id < $1::integer)"
# What came after the cut of the release that covers its day: the new rows, and the rows that they replace.
SELECT_LATER_ROWS = f"""
SELECT {CELL_OF_ROW.format(row="r")} FROM responses AS r
JOIN releases ON r.local_day BETWEEN first_day AND last_day AND r.sequence_number > data_cut
WHERE release_id < $1::integer AND r.sequence_number <= $2::bigint AND {COUNTED.format(row="r")} AND {SOMETHING_CAME}
"""
SELECT_LATER_REPLACED_ROWS = f"""
SELECT {CELL_OF_ROW.format(row="old")} FROM responses AS new
JOIN responses AS old ON old.unit_id = new.unit_id AND old.token_hash = new.supersedes
JOIN releases ON old.local_day BETWEEN first_day AND last_day AND new.sequence_number > data_cut
WHERE new.supersedes IS NOT NULL AND release_id < $1::integer AND new.sequence_number <= $2::bigint
    AND {COUNTED.format(row="old")} AND {SOMETHING_CAME}
"""
SELECT_CARRIED = f"""
SELECT {", ".join(KEY)}, {", ".join(f"sum({name})::integer" for name in COUNTS)} FROM release_corrections
WHERE release_id < $1::integer GROUP BY {", ".join(KEY)}
"""
# A unit stands where it stood on the quarter's last day; one that was closed earlier keeps its last place.
SELECT_UNITS = """
SELECT units.unit_id, CASE WHEN place.province_code IS NULL THEN 'province' ELSE 'commune' END AS unit_type,
       units.area_type, coalesce(place.province_code, units.place_code) AS province
FROM units
LEFT JOIN LATERAL (
    SELECT province_code FROM places
    WHERE code = units.place_code ORDER BY valid_from > $1::date, abs(valid_from - $1::date) LIMIT 1
) AS place ON true
"""
SELECT_TITLES = "SELECT title_id, code AS title_group FROM titles"
SELECT_PROCEDURES = "SELECT procedure_id, code, field FROM procedures"
SELECT_SURVEYS = "SELECT survey_id, code || '.' || version AS survey_group FROM surveys"
SELECT_DOSSIERS = """
SELECT unit_id, procedure_code, sum(completed)::bigint AS completed FROM dossier_counts
WHERE day BETWEEN $1::date AND $2::date GROUP BY unit_id, procedure_code
"""
UNITS = {"unit_id": pl.Int32(), "unit_type": pl.String(), "area_type": pl.String(), "province": pl.String()}
TITLES = {"title_id": pl.Int32(), "title_group": pl.String()}
PROCEDURES = {"procedure_id": pl.Int32(), "code": pl.String(), "field": pl.String()}
SURVEYS = {"survey_id": pl.Int32(), "survey_group": pl.String()}
DOSSIERS = {"unit_id": pl.Int32(), "procedure_code": pl.String(), "completed": pl.Int64()}
# One probe of the key for each unit: a scan of all counts would take minutes in a nation.
SELECT_FIRST_RATED_DAY = """
SELECT min(first_day) FROM units CROSS JOIN LATERAL (
    SELECT day AS first_day FROM daily_counts WHERE daily_counts.unit_id = units.unit_id ORDER BY day LIMIT 1
) AS rated
"""
SELECT_HAS_RATINGS = """
SELECT EXISTS (SELECT FROM units WHERE EXISTS (
    SELECT FROM daily_counts WHERE daily_counts.unit_id = units.unit_id AND day BETWEEN $1 AND $2))
"""


async def select_quarter_counts(connection: Connection, first_day: date, last_day: date) -> pl.DataFrame:
    """Cells as they are kept, one row for each desk, empty ones among them; both days included."""
    return await copy_frame(connection, SELECT_COUNTS, first_day, last_day, schema={**CELL, **COUNTS})


def select_quarter_rows(
    connection: Connection, first_day: date, last_day: date, data_cut: int
) -> AsyncIterator[pl.DataFrame]:
    """Cell and score of every row of these days that the cut holds, replaced ones too, in large frames."""
    return copy_frames(connection, SELECT_ROWS, first_day, last_day, data_cut, schema={**CELL, **SCORED})


async def select_replaced_rows(connection: Connection, first_day: date, last_day: date, data_cut: int) -> pl.DataFrame:
    """Cell and score of every row of these days that a row within the cut replaces."""
    return await copy_frame(connection, SELECT_REPLACED_ROWS, first_day, last_day, data_cut, schema={**CELL, **SCORED})


async def select_later_rows(connection: Connection, before: int, data_cut: int) -> pl.DataFrame:
    """Rows up to the cut that came too late for the release of their day; `before` is the first release left out."""
    return await copy_frame(connection, SELECT_LATER_ROWS, before, data_cut, schema={**CELL, **SCORED})


async def select_later_replaced_rows(connection: Connection, before: int, data_cut: int) -> pl.DataFrame:
    """Rows that were replaced, up to the cut, too late for the release of their day."""
    return await copy_frame(connection, SELECT_LATER_REPLACED_ROWS, before, data_cut, schema={**CELL, **SCORED})


async def select_carried(connection: Connection, before: int) -> pl.DataFrame:
    """What all releases before that one have carried together."""
    return await copy_frame(connection, SELECT_CARRIED, before, schema={**KEY, **COUNTS})


async def select_unit_places(connection: Connection, day: date) -> pl.DataFrame:
    return await fetch_frame(connection, SELECT_UNITS, day, schema=UNITS)


async def select_title_groups(connection: Connection) -> pl.DataFrame:
    return await fetch_frame(connection, SELECT_TITLES, schema=TITLES)


async def select_procedure_fields(connection: Connection) -> pl.DataFrame:
    return await fetch_frame(connection, SELECT_PROCEDURES, schema=PROCEDURES)


async def select_survey_groups(connection: Connection) -> pl.DataFrame:
    """Each version is a group of its own: ratings of two wordings are never mixed."""
    return await fetch_frame(connection, SELECT_SURVEYS, schema=SURVEYS)


async def select_dossiers_completed(connection: Connection, first_day: date, last_day: date) -> pl.DataFrame:
    return await fetch_frame(connection, SELECT_DOSSIERS, first_day, last_day, schema=DOSSIERS)


async def fetch_frame(
    connection: Connection, query: str, *arguments: object, schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """For small tables with text in them; large ones come by COPY."""
    rows = await connection.fetch(query, *arguments)
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


async def select_first_rated_day(connection: Connection) -> date | None:
    return await connection.fetchval(SELECT_FIRST_RATED_DAY)


async def has_ratings(connection: Connection, first_day: date, last_day: date) -> bool:
    return bool(await connection.fetchval(SELECT_HAS_RATINGS, first_day, last_day))
