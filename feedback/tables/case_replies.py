"""The table `case_replies`: what citizens say when asked again after a case was closed.

One a receipt and closing, the last one.
"""

from datetime import date
from typing import Literal

import msgspec

from feedback.database import Connection

CaseAnswer = Literal["better", "partly", "same", "worse"]


class CaseReply(msgspec.Struct, frozen=True):
    """`answer` None takes an earlier one back: the person has not been there again. `closing` as CLOSINGS counts."""

    unit_id: int
    case_id: int
    closing: int
    answer_hash: bytes
    answer: CaseAnswer | None
    day: date


class ReplyCount(msgspec.Struct, frozen=True):
    """How many gave an answer on a day."""

    day: date
    answer: CaseAnswer
    n: int


# How often a case has been closed by now, of whose number {} tells.
CLOSINGS = "(SELECT count(*)::integer FROM case_events AS e WHERE e.case_id = {} AND e.deed = 'closed')"


async def put_case_reply(connection: Connection, reply: CaseReply) -> None:
    """In place of an earlier one of the same receipt."""
    if reply.answer is None:
        await connection.execute(
            "DELETE FROM case_replies WHERE unit_id = $1 AND case_id = $2 AND answer_hash = $3",
            *(reply.unit_id, reply.case_id, reply.answer_hash),
        )
        return
    await connection.execute(
        "INSERT INTO case_replies (unit_id, case_id, closing, answer_hash, answer, day) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (unit_id, case_id, answer_hash) DO UPDATE SET answer = excluded.answer, day = excluded.day",
        *msgspec.structs.astuple(reply),
    )


async def count_case_replies(connection: Connection, case_id: int) -> list[ReplyCount]:
    """Of what was said since it was last closed, by day and answer, oldest first. Unreleased."""
    rows = await connection.fetch(
        "SELECT day, answer, count(*)::integer AS n FROM case_replies"
        f" WHERE case_id = $1 AND closing = {CLOSINGS.format('$1')}"
        " GROUP BY day, answer ORDER BY day, answer",
        case_id,
    )
    return [ReplyCount(**dict(row)) for row in rows]
