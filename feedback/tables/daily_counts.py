"""The table `daily_counts` as the public pages read it: the days of one unit, the days of the units of one province.

Ratings that were set aside (proof class X) are in no sum. Only `responses` and a rebuild write rows.
"""

from datetime import date

import polars as pl

from feedback.copy_frames import copy_frame
from feedback.database import Connection

SUMS = {name: pl.Int64() for name in ("n1", "n2", "n3", "n4", "n5")}
UNIT_COUNTS = {"day": pl.Date(), "procedure_id": pl.Int32(), "channel": pl.Int16(), **SUMS}
PROVINCE_COUNTS = {"unit_id": pl.Int32(), "day": pl.Date(), **SUMS}

# A "char" literal on its own would be compared as text and cost a cast for each row.
SELECT_UNIT_COUNTS = """
SELECT day, procedure_id, channel, sum(n1), sum(n2), sum(n3), sum(n4), sum(n5)
FROM daily_counts
WHERE unit_id = $1::integer AND day BETWEEN $2::date AND $3::date AND proof_class <> 'X'::"char"
GROUP BY day, procedure_id, channel
"""
SELECT_PROVINCE_COUNTS = """
SELECT unit_id,
    CASE WHEN day >= $4::date THEN day WHEN day >= $6::date THEN $6::date
        WHEN day >= $5::date THEN $5::date ELSE $2::date END AS since,
    sum(n1), sum(n2), sum(n3), sum(n4), sum(n5)
FROM daily_counts
WHERE unit_id = ANY($1::integer[]) AND day BETWEEN $2::date AND $3::date AND proof_class <> 'X'::"char"
GROUP BY unit_id, since
"""


async def select_unit_counts(connection: Connection, unit_id: int, first_day: date, last_day: date) -> pl.DataFrame:
    """One row for each day, procedure and channel with ratings; both days included."""
    return await copy_frame(connection, SELECT_UNIT_COUNTS, unit_id, first_day, last_day, schema=UNIT_COUNTS)


async def select_province_counts(
    connection: Connection, unit_ids: list[int], first_day: date, last_day: date, open_from: date
) -> pl.DataFrame:
    """One row for each of these units and days with ratings; both days included.

    `first_day` begins a year. Of its quarters before `open_from` one row for each, on its first day: the same batches.
    """
    days = (first_day, last_day, open_from, *(min(first_day.replace(month=month), open_from) for month in (4, 7)))
    return await copy_frame(connection, SELECT_PROVINCE_COUNTS, unit_ids, *days, schema=PROVINCE_COUNTS)
