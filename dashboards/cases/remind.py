"""The job that reminds units of cases: before the due date, after it, and then the level above is told.

What was told stands in the case's own history, written with the case locked; so two runs at once, or one that was
killed, tell nothing twice and leave nothing out. Nothing is sent from here: digests read the history.
"""

from datetime import date, datetime, timedelta

import msgspec
import structlog

from dashboards.cases.escalate import escalate_case
from dashboards.cases.keep_history import keep_history
from dashboards.cases.kept_wording import read_kept_wording
from dashboards.cases.next_level import has_next_level
from feedback.database import TEMPORARY_FAILURES, Connection, open_connection
from feedback.parameters import read_parameter
from feedback.record_response import read_local_day
from feedback.tables.case_reminders import lock_waiting_case, select_last_told, select_waiting_cases
from feedback.tables.supervision_cases import SupervisionCase
from feedback.working_days import WorkingDays, read_working_days

ONE_WEEK = timedelta(weeks=1)

log = structlog.get_logger()


class ReminderRules(msgspec.Struct, frozen=True):
    """In working days: so long before the due date, and so long after it."""

    calendar: WorkingDays
    reminder_days: int
    escalation_days: int

    def find_reminder(self, due_on: date) -> date:
        return self.calendar.add(due_on, -self.reminder_days)

    def find_overdue(self, due_on: date) -> date:
        return self.calendar.add(due_on, 1)

    def find_escalation(self, due_on: date) -> date:
        return self.calendar.add(due_on, self.escalation_days)


async def remind_cases(database_url: str, now: datetime) -> None:
    """May be called as often as one likes. Raises what the database raises while it is away."""
    connection = await open_connection(database_url)
    try:
        rules = await read_rules(connection, read_local_day(now)[0])
        due_until = rules.calendar.add(read_local_day(now)[0], rules.reminder_days)
        for case_id in await select_waiting_cases(connection, due_until):
            await remind_whatever_happens(connection, case_id, rules, now)
    finally:
        await connection.close()


async def read_rules(connection: Connection, today: date) -> ReminderRules:
    return ReminderRules(
        await read_working_days(connection, today),
        (await read_parameter(connection, "case_reminder_days", today)).value,
        (await read_parameter(connection, "case_escalation_days", today)).value,
    )


async def remind_whatever_happens(connection: Connection, case_id: int, rules: ReminderRules, now: datetime) -> None:
    """Each case in a transaction of its own: a fault of ours at one keeps no other from being told."""
    try:
        async with connection.transaction():
            case = await lock_waiting_case(connection, case_id)
            if case is not None and case.due_on is not None:
                await remind_case(connection, case, case.due_on, rules, now)
    except TEMPORARY_FAILURES:
        raise
    except Exception:
        log.exception("case-not-reminded", case=case_id)


async def remind_case(
    connection: Connection, case: SupervisionCase, due_on: date, rules: ReminderRules, now: datetime
) -> None:
    today = read_local_day(now)[0]
    has_next = await has_next_level(connection, case)
    if today >= rules.find_overdue(due_on):
        await tell_overdue(connection, case, due_on, now, has_next=has_next)
    elif rules.find_reminder(due_on) <= today <= due_on:
        await tell_reminder(connection, case, due_on, now)
    if today >= rules.find_escalation(due_on) and has_next:
        days = rules.calendar.count_between(due_on, today)
        await escalate_case(connection, case, days, now, read_kept_wording())


async def tell_reminder(connection: Connection, case: SupervisionCase, due_on: date, now: datetime) -> None:
    if await select_last_told(connection, case.case_id, "reminded", due_on) is None:
        await keep_history(connection, None, case, "reminded", "program", now, due_on=due_on)


async def tell_overdue(
    connection: Connection, case: SupervisionCase, due_on: date, now: datetime, *, has_next: bool
) -> None:
    """Once a due date; once a week where no level above could be told."""
    last = await select_last_told(connection, case.case_id, "overdue", due_on)
    if last is None or (not has_next and now - last >= ONE_WEEK):
        await keep_history(connection, None, case, "overdue", "program", now, due_on=due_on)
