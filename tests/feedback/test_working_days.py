"""Working days in Vietnam, counted by hand: weekends, public holidays, days off that were moved, and corrections."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.database import Connection
from feedback.working_days import WorkingDays, read_working_days

PLAIN = WorkingDays({})
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
SET_AT = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (FRIDAY, True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 11, 24), False),  # Vietnam Cultural Day, off from 2026 on
        (date(2026, 2, 16), False),  # Tết Bính Ngọ: 16 to 20 February 2026
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # the Hùng Kings' day fell on a Sunday
        (date(2026, 8, 31), False),  # off, as it was exchanged for
        (date(2026, 8, 22), True),  # this Saturday
        (date(2027, 1, 1), False),
        (date(2027, 5, 3), False),  # 1 May 2027 is a Saturday
    ],
)
def test_a_day_is_a_working_day_or_not(day: date, is_working: bool) -> None:  # noqa: FBT001 (what is expected)
    assert PLAIN.is_working(day) is is_working


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, MONDAY),
        (MONDAY, 1, date(2026, 11, 25)),  # over the 24th
        (date(2026, 11, 21), 1, MONDAY),  # what begins on a Saturday
        # Three weeks to Friday 11 December, and one day for the 24th of November.
        (FRIDAY, 15, date(2026, 12, 14)),
        # 24 weeks to Friday 7 May; off on weekdays: 24.11., 1.1., 4. 5. 8. 9. 10.2., 16.4., 30.4., 3.5. = 10 days more.
        (FRIDAY, 120, date(2027, 5, 21)),
        (MONDAY, -1, FRIDAY),
        (date(2026, 11, 25), -2, FRIDAY),
    ],
)
def test_working_days_are_added_by_hand(day: date, count: int, found: date) -> None:
    assert PLAIN.add(day, count) == found


def test_days_between_leave_out_the_first_and_hold_the_last() -> None:
    assert PLAIN.count_between(FRIDAY, FRIDAY) == 0
    assert PLAIN.count_between(FRIDAY, MONDAY) == 1
    assert PLAIN.count_between(FRIDAY, date(2026, 11, 27)) == 4  # Monday, Wednesday, Thursday, Friday
    assert PLAIN.count_between(date(2026, 11, 27), FRIDAY) == -4


@given(DAYS, st.integers(0, 120))
def test_what_was_added_is_counted_again(day: date, count: int) -> None:
    assert PLAIN.count_between(day, PLAIN.add(day, count)) == count


@given(DAYS, st.integers(1, 60))
def test_a_day_that_was_reached_is_a_working_day(day: date, count: int) -> None:
    assert PLAIN.is_working(PLAIN.add(day, count))
    assert PLAIN.is_working(PLAIN.add(day, -count))


def test_a_correction_says_otherwise_in_both_directions() -> None:
    corrected = WorkingDays({MONDAY: False, date(2026, 11, 21): True})
    assert corrected.add(FRIDAY, 1) == date(2026, 11, 21)
    assert corrected.add(FRIDAY, 2) == date(2026, 11, 25)


async def test_corrections_are_read_from_the_store(connection: Connection) -> None:
    for day, is_working in ((MONDAY, False), (FRIDAY + timedelta(days=801), True)):
        await connection.execute(
            "INSERT INTO calendar_corrections VALUES ($1, $2, 'Thông báo mẫu', NULL, $3)", day, is_working, SET_AT
        )
    assert (await read_working_days(connection, FRIDAY)).corrections == {MONDAY: False}
