"""Passes a case that the unit has let lie on to the next Front level: the program's own step in states.toml."""

from datetime import datetime

from dashboards.cases.due_dates import offer_due
from dashboards.cases.move_case import move_case
from dashboards.cases.read_moves import Move
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.supervision_cases import SupervisionCase
from surveys.wording import Wording

VERB = "escalate"


async def escalate_case(
    connection: Connection, case: SupervisionCase, days: int, now: datetime, wording: Wording
) -> SupervisionCase:
    """One level up, with a new day to answer by. `days`: how many working days late, for the reason that is kept."""
    today = read_local_day(now)[0]
    offer = await offer_due(connection, today, today)
    reason = wording.say("case-remind.escalated", days=wording.number(days))
    move = Move(VERB, text=reason, due_on=offer.proposed.isoformat(), changed_at=case.changed_at.isoformat())
    return await move_case(connection, None, case, move, "program", now)
