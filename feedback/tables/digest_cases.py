"""What a digest says of supervision cases: their numbers, units and due dates, read behind the second wall."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from feedback.database import Connection
from feedback.tables.supervision_cases import CaseDeed, CaseState, Level


class DigestCase(msgspec.Struct, frozen=True):
    """A case that somebody has to do something about. `last` is the last deed of those asked for, `at` its moment.

    Codes say where the unit lies; `commune_code` is empty for a unit of the province itself.
    """

    case_id: int
    state: CaseState
    level: Level
    due_on: date
    last: CaseDeed
    at: datetime
    told_due_on: date | None
    unit_code: str
    unit_name: str
    province_code: str
    commune_code: str


SELECT_CASES = """
SELECT c.case_id, c.state, c.level, c.due_on, last.deed AS last, last.at, last.due_on AS told_due_on,
       u.code AS unit_code, u.name AS unit_name, coalesce(p.province_code, u.place_code) AS province_code,
       CASE WHEN p.province_code IS NULL THEN '' ELSE u.place_code END AS commune_code
FROM supervision_cases AS c JOIN units AS u USING (unit_id)
LEFT JOIN LATERAL (
    SELECT province_code FROM places WHERE places.code = u.place_code ORDER BY valid_from DESC LIMIT 1) AS p ON true
JOIN LATERAL (
    SELECT deed, at, due_on FROM case_events AS e WHERE e.case_id = c.case_id AND e.deed = ANY ($2::text[])
    ORDER BY event_id DESC LIMIT 1) AS last ON true
WHERE c.state = ANY ($1::text[]) AND c.due_on IS NOT NULL
ORDER BY c.due_on, c.case_id
"""


async def select_digest_cases(
    connection: Connection, states: Sequence[CaseState], deeds: Sequence[CaseDeed]
) -> list[DigestCase]:
    """The oldest due date first, of the units that the connection reaches."""
    rows = await connection.fetch(SELECT_CASES, list(states), list(deeds))
    return [DigestCase(**dict(row)) for row in rows]
