"""By when a unit answers: the day proposed by the parameter in force, what may be chosen instead, how a case stands."""

from datetime import date, timedelta
from typing import Literal

import msgspec

from dashboards.cases.states import Deed
from feedback.database import Connection
from feedback.parameters import SETTINGS, read_parameter
from feedback.tables.supervision_cases import CaseState, SupervisionCase
from feedback.working_days import WorkingDays, read_working_days

ANSWER_DAYS = "case_answer_days"
Standing = Literal["not_waiting", "in_time", "due_today", "just_passed", "overdue"]
# Whose turn it is: in these states the unit owes an answer.
WAITING: frozenset[CaseState] = frozenset({"sent", "received", "not_accepted", "escalated"})


class DueOffer(msgspec.Struct, frozen=True):
    """What a form proposes, and the first and the last day that may be chosen instead."""

    proposed: date
    basis: str
    first: date
    last: date


def find_start(deed: Deed | None, case: SupervisionCase, today: date) -> date:
    """From when on the days are counted: more time is given beyond the day that stands, everything else from today."""
    if deed is None or deed.verb != "extend" or case.due_on is None:
        return today
    return max(today, case.due_on)


async def offer_due(connection: Connection, today: date, start: date) -> DueOffer:
    """From the day after `start` to the most working days a parameter allows; parameters as of today."""
    answer_days = await read_parameter(connection, ANSWER_DAYS, today)
    calendar = await read_working_days(connection, start)
    last = calendar.add(start, SETTINGS[ANSWER_DAYS].largest)
    return DueOffer(calendar.add(start, answer_days.value), answer_days.basis, start + timedelta(days=1), last)


def name_standing(due_on: date | None, state: CaseState, today: date, calendar: WorkingDays) -> Standing:
    """Of the answer that the unit owes; not_waiting where it owes none. Overdue from the next working day on."""
    if due_on is None or state not in WAITING:
        return "not_waiting"
    if today <= due_on:
        return "due_today" if today == due_on else "in_time"
    return "overdue" if calendar.count_between(due_on, today) else "just_passed"
