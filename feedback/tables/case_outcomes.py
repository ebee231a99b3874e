"""What became of supervision cases, as citizens may know it: that they ended, and their summaries. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from feedback.database import Connection
from feedback.tables.case_replies import CLOSINGS
from feedback.tables.supervision_cases import CaseState, Result


class FollowedCase(msgspec.Struct, frozen=True):
    """A case that was sent, as far as it is about the same unit, desk, official and procedure as a rating."""

    case_id: int
    unit_id: int
    desk_id: int
    official_id: int
    procedures: tuple[int, ...]
    """Every procedure_id that carries the code the case is about; empty where it is about no procedure."""
    state: CaseState
    result: Result | None
    public_summary: str | None
    sent_on: date
    closed_on: date | None
    closing: int
    """How often it has been closed by now."""


class PublicCase(msgspec.Struct, frozen=True):
    """`result` is None where the case was about one official: of that only the summary is public."""

    closed_on: date
    result: Result | None
    public_summary: str


LOCAL_DAY = "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
SELECT_FOLLOWED = f"""
SELECT c.case_id, c.unit_id, c.desk_id, c.official_id, c.state, c.result, c.public_summary,
       coalesce((SELECT array_agg(other.procedure_id) FROM procedures AS other JOIN procedures AS own USING (code)
                 WHERE own.procedure_id = c.procedure_id), '{{}}') AS procedures,
       {LOCAL_DAY.format("c.sent_at")} AS sent_on, {LOCAL_DAY.format("c.closed_at")} AS closed_on,
       {CLOSINGS.format("c.case_id")} AS closing
FROM supervision_cases AS c
WHERE c.unit_id = ANY ($1::integer[]) AND c.state NOT IN ('draft', 'discarded')
ORDER BY c.closed_at DESC NULLS LAST, c.case_id DESC
"""
SELECT_PUBLIC = f"""
SELECT {LOCAL_DAY.format("closed_at")} AS closed_on, CASE WHEN official_id = 0 THEN result END AS result, public_summary
FROM supervision_cases
WHERE unit_id = $1 AND state = 'closed' AND public_summary IS NOT NULL
ORDER BY closed_at DESC, case_id DESC LIMIT $2
"""
# What was answered before the case was opened again is an answer to something else.
SELECT_LAST_ANSWERED = """
SELECT max(at) FROM case_events
WHERE case_id = $1 AND deed = 'answered' AND event_id > coalesce(
    (SELECT max(event_id) FROM case_events WHERE case_id = $1 AND deed = 'reopened'), 0)
"""


async def select_followed_cases(connection: Connection, unit_ids: Sequence[int]) -> list[FollowedCase]:
    """Closed ones last closed first, then those still running."""
    rows = await connection.fetch(SELECT_FOLLOWED, list(unit_ids))
    return [msgspec.convert(dict(row), FollowedCase) for row in rows]


async def select_public_cases(connection: Connection, unit_id: int, most: int) -> list[PublicCase]:
    """Last closed first."""
    return [PublicCase(**dict(row)) for row in await connection.fetch(SELECT_PUBLIC, unit_id, most)]


async def select_last_answered(connection: Connection, case_id: int) -> datetime | None:
    """When the unit last answered, since the case was opened, or opened again."""
    return await connection.fetchval(SELECT_LAST_ANSWERED, case_id)
