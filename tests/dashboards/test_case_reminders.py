"""Who is reminded when: days, events in the history, escalation by the program; twice at once, or killed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboards.cases.remind import ReminderRules, remind_cases
from feedback.database import Connection, open_connection
from feedback.tables.supervision_cases import SupervisionCase, select_case
from feedback.working_days import WorkingDays
from tests.dashboards.area_stage import make_province
from tests.dashboards.case_outcome_stage import add_case, find_id, list_deeds

DUE = date(2026, 9, 28)  # a Monday
EVENING = 13  # in UTC: 20:00 in Vietnam


def at(day: date, hour: int = 1) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


class Reminders:
    def __init__(self, connection: Connection, database_url: str, unit_id: int) -> None:
        self.connection = connection
        self.database_url = database_url
        self.unit_id = unit_id

    async def run(self, *days: date) -> None:
        for day in days:
            await remind_cases(self.database_url, at(day))

    async def read(self, case: SupervisionCase) -> SupervisionCase:
        found = await select_case(self.connection, case.case_id)
        assert found is not None
        return found


@pytest.fixture
async def reminders(database_url: str) -> AsyncIterator[Reminders]:
    connection = await open_connection(database_url)
    await make_province(connection, 1)
    yield Reminders(connection, database_url, await find_id(connection, "demo-1"))
    await connection.close()


def test_the_days_are_working_days() -> None:
    rules = ReminderRules(WorkingDays({}), 3, 5)
    # Monday the 28th: three working days before is Wednesday the 23rd; one after is the 29th, five after 5 October.
    assert rules.find_reminder(DUE) == date(2026, 9, 23)
    assert rules.find_overdue(DUE) == date(2026, 9, 29)
    assert rules.find_escalation(DUE) == date(2026, 10, 5)
    assert rules.find_overdue(date(2026, 9, 25)) == DUE  # a Friday: the next working day is Monday


async def test_a_unit_is_reminded_once_before_and_told_once_after(reminders: Reminders) -> None:
    case = await add_case(reminders.connection, reminders.unit_id)
    await reminders.run(date(2026, 9, 22))
    assert await list_deeds(reminders.connection, case.case_id) == []
    await reminders.run(date(2026, 9, 23), date(2026, 9, 24), DUE)
    assert await list_deeds(reminders.connection, case.case_id) == [("reminded", DUE)]
    await reminders.run(date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 2))
    assert await list_deeds(reminders.connection, case.case_id) == [("reminded", DUE), ("overdue", DUE)]
    assert (await reminders.read(case)).changed_at == case.changed_at  # forms that stand open stay good


async def test_after_the_days_of_grace_the_program_passes_the_case_on(reminders: Reminders) -> None:
    case = await add_case(reminders.connection, reminders.unit_id, state="received")
    await reminders.run(date(2026, 10, 5), date(2026, 10, 6))
    moved = await reminders.read(case)
    # 15 working days after 5 October: Monday the 26th.
    assert (moved.state, moved.level, moved.due_on) == ("escalated", "province", date(2026, 10, 26))
    deeds = await list_deeds(reminders.connection, case.case_id)
    assert deeds == [("overdue", DUE), ("escalated", date(2026, 10, 26))]
    row = await reminders.connection.fetchrow(
        "SELECT account_id, actor, side, text FROM case_events WHERE deed = 'escalated'"
    )
    assert row is not None
    assert (row["account_id"], row["actor"], row["side"]) == (None, "program", "program")
    assert row["text"].startswith("Đã quá hạn 5 ngày làm việc")
    kept = await reminders.connection.fetch("SELECT action, actor FROM audit_log ORDER BY at, action")
    assert {(entry["action"], entry["actor"]) for entry in kept} == {
        ("case-overdue", "program"),
        ("case-escalated", "program"),
    }
    await reminders.run(date(2026, 10, 21))  # three working days before the new day
    assert (await list_deeds(reminders.connection, case.case_id))[-1] == ("reminded", date(2026, 10, 26))


async def test_where_nobody_stands_above_it_is_told_once_a_week(reminders: Reminders) -> None:
    case = await add_case(reminders.connection, reminders.unit_id, level="nation")
    for day in (0, 1, 6, 7, 8, 13, 14):
        await reminders.run(date(2026, 9, 29) + timedelta(days=day))
    moved = await reminders.read(case)
    assert (moved.state, moved.level) == ("sent", "nation")
    # On the first day and every seventh after it.
    assert await list_deeds(reminders.connection, case.case_id) == [("overdue", DUE)] * 3


async def test_where_nobody_would_take_it_over_it_stays_and_is_told_once_a_week(reminders: Reminders) -> None:
    """Whoever opened it, and would hold it everywhere, signs in no more."""
    case = await add_case(reminders.connection, reminders.unit_id, level="province", state="received")
    await reminders.connection.execute("UPDATE accounts SET disabled_at = $1", at(DUE))
    for day in (0, 1, 6, 7, 8, 13, 14):
        await reminders.run(date(2026, 9, 29) + timedelta(days=day))
    moved = await reminders.read(case)
    assert (moved.state, moved.level) == ("received", "province")
    assert await list_deeds(reminders.connection, case.case_id) == [("overdue", DUE)] * 3


async def test_what_was_passed_on_and_lies_still_is_passed_on_again(reminders: Reminders) -> None:
    case = await add_case(reminders.connection, reminders.unit_id, state="escalated", level="province")
    await reminders.run(date(2026, 10, 4), date(2026, 10, 5), date(2026, 10, 12))
    moved = await reminders.read(case)
    # Five working days after Monday 28 September, and from there a new day to answer by.
    assert (moved.state, moved.level) == ("escalated", "nation")
    assert await list_deeds(reminders.connection, case.case_id) == [
        ("overdue", DUE),
        ("escalated", moved.due_on),
    ]


@pytest.mark.parametrize("state", ["answered", "accepted", "closed", "draft"])
async def test_nobody_is_reminded_of_what_waits_for_no_answer(reminders: Reminders, state: str) -> None:
    changes = {
        "answered": {},
        "accepted": {"accepted_at": at(DUE)},
        "closed": {"closed_at": at(DUE), "result": "resolved"},
        "draft": {"sent_at": None, "evidence": None, "due_on": None, "head": None},
    }[state]
    case = await add_case(reminders.connection, reminders.unit_id, state=state, **changes)
    await reminders.run(date(2026, 9, 23), date(2026, 10, 30))
    assert await list_deeds(reminders.connection, case.case_id) == []


async def test_two_runs_at_once_tell_it_once(reminders: Reminders) -> None:
    cases = [await add_case(reminders.connection, reminders.unit_id) for _ in range(5)]
    runs = (remind_cases(reminders.database_url, at(date(2026, 10, 5))) for _ in range(3))
    await asyncio.gather(*runs)
    for case in cases:
        deeds = [deed for deed, _ in await list_deeds(reminders.connection, case.case_id)]
        assert deeds == ["overdue", "escalated"]
        assert (await reminders.read(case)).level == "province"


async def test_a_run_that_was_killed_is_made_up_for_by_the_next(reminders: Reminders) -> None:
    cases = [await add_case(reminders.connection, reminders.unit_id) for _ in range(8)]
    for _ in range(4):
        run = asyncio.create_task(remind_cases(reminders.database_url, at(date(2026, 10, 5))))
        await asyncio.sleep(0.05)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
    await reminders.run(date(2026, 10, 5))
    for case in cases:
        deeds = [deed for deed, _ in await list_deeds(reminders.connection, case.case_id)]
        assert deeds == ["overdue", "escalated"]


async def test_a_day_that_the_government_took_off_moves_the_reminder(reminders: Reminders) -> None:
    await reminders.connection.execute(
        "INSERT INTO calendar_corrections (day, is_working, basis, set_at) VALUES ($1, false, 'nghỉ bù (mẫu)', $2)",
        *(date(2026, 9, 29), at(DUE)),
    )
    case = await add_case(reminders.connection, reminders.unit_id)
    await remind_cases(reminders.database_url, at(date(2026, 9, 29), EVENING))
    assert await list_deeds(reminders.connection, case.case_id) == []
    await reminders.run(date(2026, 9, 30))
    assert await list_deeds(reminders.connection, case.case_id) == [("overdue", DUE)]
