from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.releases.quarters import Quarter, find_quarter, list_closable, read_quarter, require_closable
from surveys.errors import PeriodNotClosedError, UnknownReleaseError


def test_a_quarter_has_a_name_and_two_ends() -> None:
    third = read_quarter("2026-Q3")
    assert (third.first_day, third.last_day) == (date(2026, 7, 1), date(2026, 9, 30))
    assert read_quarter(" 2028-q1 ").last_day == date(2028, 3, 31)
    assert Quarter(2026, 4).next() == Quarter(2027, 1)


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-Q0", "2026-Q5", "26-Q1", "0000-Q1", "9999-Q4", "2026-Q١", "2026-Q1'; --", "Q" * 5000]
)
def test_what_names_no_quarter_is_an_unknown_release(name: str) -> None:
    with pytest.raises(UnknownReleaseError) as refused:
        read_quarter(name)
    assert len(f"{refused.value}") < 200


def test_a_quarter_may_be_closed_from_the_seventh_day_after_its_last() -> None:
    quarter = read_quarter("2026-Q3")
    with pytest.raises(PeriodNotClosedError, match=r"2026-Q3 .* 07/10/2026"):
        require_closable(quarter, date(2026, 10, 6))
    require_closable(quarter, date(2026, 10, 7))


def test_closable_quarters_are_listed_oldest_first() -> None:
    first = date(2025, 11, 20)
    assert [quarter.code for quarter in list_closable(first, date(2026, 7, 6))] == ["2025-Q4", "2026-Q1"]
    assert [quarter.code for quarter in list_closable(first, date(2026, 7, 7))][-1] == "2026-Q2"
    assert list_closable(first, first) == []


@given(st.dates(date(1900, 1, 1), date(9990, 1, 1)))
def test_every_day_lies_in_one_quarter_and_quarters_leave_no_gap(day: date) -> None:
    quarter = find_quarter(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert read_quarter(quarter.code) == quarter
    assert quarter.next().first_day == quarter.last_day + timedelta(days=1)
