"""Until which day ratings were given somewhere: the last day alone, no count and no score. Reads only."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class RatedStretch(msgspec.Struct, frozen=True):
    """Days from `first_day` to before `end_day`; desk and official 0 and an empty procedure mean any.

    Several stretches may share a `place`: the answer is about all of them together.
    """

    place: int
    unit_id: int
    first_day: date
    end_day: date
    desk_id: int = 0
    official_id: int = 0
    procedure_code: str = ""


# Counts that moved away again are zero: nothing is given there any more.
SELECT_LAST_RATED_DAYS = """
SELECT a.place, max(c.day) AS day
FROM unnest($1::integer[], $2::integer[], $3::date[], $4::date[], $5::integer[], $6::integer[], $7::text[])
    AS a (place, unit_id, first_day, end_day, desk_id, official_id, procedure_code)
JOIN daily_counts AS c ON c.unit_id = a.unit_id AND c.day >= a.first_day AND c.day < a.end_day
    AND (a.desk_id = 0 OR c.desk_id = a.desk_id) AND (a.official_id = 0 OR c.official_id = a.official_id)
    AND (a.procedure_code = ''
         OR c.procedure_id IN (SELECT p.procedure_id FROM procedures AS p WHERE p.code = a.procedure_code))
WHERE c.n1 + c.n2 + c.n3 + c.n4 + c.n5 > 0
GROUP BY a.place
"""


async def select_last_rated_days(connection: Connection, stretches: Sequence[RatedStretch]) -> dict[int, date]:
    """By place; a place without ratings in its stretches is not there."""
    columns = list_columns(stretches, *RatedStretch.__struct_fields__)
    rows = await connection.fetch(SELECT_LAST_RATED_DAYS, *columns)
    return {row["place"]: row["day"] for row in rows}
