"""The pure side of the drop watch: which days a day is held against, and the weekly detector; numbers by hand."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from dashboards.drops.day_steps import compare_days, find_baseline_period, form_expectation, step_day
from dashboards.drops.low_share_weeks import closes_week, find_low_share_signals
from dashboards.drops.watch_drops import split_months
from dashboards.indicators.drop_alerts import start_statistics
from dashboards.periods import Period
from tests.dashboards.fair_frames import Scores, change_parameters, make_counts, make_lookups

PARAMETERS = change_parameters()
MONDAY = date(2026, 3, 30)
SUNDAY = date(2026, 9, 20)
POOL = "citizen/reception/rural/01"


def test_every_day_of_a_month_is_held_against_the_180_days_before_the_month() -> None:
    # 180 days back from 1 September: 31 + 31 + 30 + 31 + 30 of August to April make 153, and 27 of March.
    expected = Period(date(2026, 3, 5), date(2026, 8, 31))
    assert find_baseline_period(date(2026, 9, 1), PARAMETERS) == expected
    assert find_baseline_period(date(2026, 9, 30), PARAMETERS) == expected
    assert (expected.last - expected.first).days + 1 == 180


def test_days_are_split_where_a_month_ends() -> None:
    days = Period(date(2026, 12, 30), date(2027, 2, 1))
    assert list(split_months(days)) == [
        Period(date(2026, 12, 30), date(2026, 12, 31)),
        Period(date(2027, 1, 1), date(2027, 1, 31)),
        Period(date(2027, 2, 1), date(2027, 2, 1)),
    ]
    assert list(split_months(Period(date(2026, 9, 2), date(2026, 9, 1)))) == []


def test_only_sundays_close_a_week() -> None:
    assert [closes_week(MONDAY + timedelta(days=offset)) for offset in range(7)] == [False] * 6 + [True]


def test_a_signal_names_the_unit_where_most_of_the_day_was_worked() -> None:
    # As in test_fair_drops: every rating of 50 lies 37.5 below; 40 of them are a statistic far above 7.
    before = make_counts(
        *(({"official_id": i}, (0, 0, 0, 40, 40)) for i in range(1, 13)), ({"unit_id": 2}, (0, 0, 0, 40, 40))
    )
    expectation = form_expectation(before, make_lookups(units=2), "official", PARAMETERS)
    day = {"official_id": 1, "day": date(2026, 8, 3)}
    today = make_counts((day, (0, 0, 10, 0, 0)), ({**day, "unit_id": 2}, (0, 0, 30, 0, 0)))
    step = step_day(start_statistics(), compare_days(today, expectation), expectation)
    assert step.signals.select("entity_id", "pool", "unit_id", "level", "threshold").rows() == [
        (1, POOL, 2, "alert", 7.0)
    ]
    assert step.state["statistic"].item() > 7


def test_who_is_in_no_baseline_any_more_begins_anew() -> None:
    before = make_counts(*(({"official_id": i}, (0, 0, 0, 40, 40)) for i in range(1, 13)))
    expectation = form_expectation(before, make_lookups(), "official", PARAMETERS)
    state = pl.DataFrame(
        {"entity_id": [1, 99], "pool": [POOL, POOL], "statistic": [3.0, 6.0]}, schema=start_statistics().schema
    )
    nobody = compare_days(before.clear(), expectation)
    assert step_day(state, nobody, expectation).state.rows() == [(1, POOL, 3.0)]


def make_weeks(last: Scores, n: int = 25, **changed: str | int) -> pl.DataFrame:
    """So many weeks of 9 and 11 low ones of 100 in turn, one day each, and a last one."""
    usual = [(9, 0, 0, 0, 91) if week % 2 else (11, 0, 0, 0, 89) for week in range(n - 1)]
    first = SUNDAY - timedelta(weeks=n, days=-1)
    days = [first + timedelta(weeks=week) for week in range(n)]
    return make_counts(*(({"day": day, **changed}, scores) for day, scores in zip(days, [*usual, last], strict=True)))


def find_signals(counts: pl.DataFrame) -> list[dict[str, Any]]:
    expectation = form_expectation(counts.clear(), make_lookups(), "official", PARAMETERS)
    return find_low_share_signals(counts, SUNDAY, expectation).to_dicts()


def test_a_week_with_far_more_low_scores_is_for_the_manager() -> None:
    [signal] = find_signals(make_weeks((40, 0, 0, 0, 60)))
    assert {name: signal[name] for name in ("entity_id", "pool", "unit_id", "level", "threshold")} == {
        "entity_id": 1,
        "pool": "citizen",
        "unit_id": 1,
        "level": "watch",
        "threshold": 3.0,
    }
    assert signal["statistic"] > 3


@pytest.mark.parametrize(
    "counts",
    [
        make_weeks((11, 0, 0, 0, 89)),
        make_weeks((9, 0, 0, 0, 0)),
        make_weeks((40, 0, 0, 0, 60), n=11),
        make_weeks((40, 0, 0, 0, 60), official_id=0),
        make_weeks((40, 0, 0, 0, 60), proof_class="C"),
    ],
    ids=["usual", "fewer than ten ratings", "fewer than twelve weeks", "nobody named", "nobody proved"],
)
def test_other_weeks_are_silent(counts: pl.DataFrame) -> None:
    assert find_signals(counts) == []
