"""The weight of an alert and what of its figures is let out: batches of ten, whole percents, no small procedure."""

from datetime import date, timedelta

import polars as pl
import pytest

from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.alerts.causes import About, Signal
from dashboards.supervision.alerts.evidence import Span, release_part, release_rates, release_shares
from dashboards.supervision.alerts.freeze import find_span
from dashboards.supervision.alerts.weights import measure_certainty, measure_effect, measure_reach, weigh

CLOSED = date(2026, 11, 15)
MONDAY = date(2026, 11, 9)
SPAN = Span(date(2026, 11, 2), date(2026, 10, 5), MONDAY, CLOSED, CLOSED)
CODES, NAMES = {1: "1.001193", 2: "9.000001", 3: "9.000002"}, {"1.001193": "Đăng ký khai sinh", "9.000001": "Thử (mẫu)"}


def test_the_weight_is_the_cube_root_of_three_parts() -> None:
    # 100 (0.5 · 0.5 · 0.5)^(1/3) = 50; 100 (1 · 0.75 · 0.5)^(1/3) = 72.1
    assert weigh(0.5, 0.5, 0.5) == 50
    assert weigh(1.0, 0.75, 0.5) == 72
    assert weigh(0.0, 1.0, 1.0) == 1
    assert weigh(9.0, 1.0, 1.0) == 100


def test_the_parts_of_a_weight() -> None:
    before, now = ReleasedShare(90, "exact", 88, 92), ReleasedShare(75, "exact", 70, 80)
    assert measure_effect("drop", now, before) == 15 / 30
    assert measure_effect("low_response", ReleasedShare(3, "exact", 2, 4), 5) == 2 / 5
    assert measure_effect("drop", None, before) == 0.5
    assert measure_certainty(7.0, 7.0) == 0.5
    assert measure_certainty(14.0, 7.0) == 0.75
    assert measure_reach(9_999) == 1.0
    assert measure_reach(99) == 0.5


@pytest.mark.parametrize(
    ("larger", "smaller"), [((0.9, 0.5, 0.5), (0.8, 0.5, 0.5)), ((0.5, 0.9, 0.5), (0.5, 0.8, 0.5))]
)
def test_more_of_any_part_never_weighs_less(larger: tuple[float, ...], smaller: tuple[float, ...]) -> None:
    assert weigh(*larger) >= weigh(*smaller)


def test_a_share_of_few_is_not_told_and_one_near_the_end_is_a_band() -> None:
    assert release_part(5, 9) is None
    assert release_part(0, 30) == ReleasedShare(5, "at_most")
    # Wilson for 25 of 100: 17.5 to 34.3
    assert release_part(25, 100) == ReleasedShare(25, "exact", 17, 35)


def make_tally(rows: list[tuple[date, int, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["day", "procedure_id", "part", "n"], orient="row")


def test_weeks_hold_whole_batches_and_no_week_that_has_not_closed() -> None:
    tally = make_tally(
        [
            (date(2026, 11, 3), 1, 8, 10),
            (date(2026, 11, 6), 1, 2, 4),  # waits: six more are needed
            (date(2026, 11, 10), 1, 3, 8),  # closes the batch of twelve
            (date(2026, 11, 12), 1, 9, 20),
            (date(2026, 11, 17), 1, 0, 50),  # this week has not closed
        ]
    )
    figures = release_shares(tally, SPAN, CODES, NAMES)
    # The batch of 10 lies in the first week; that of 4 + 8 closed in the second, the one of 20 waits for the next batch
    # and is let out by it only after this week has closed.
    assert [(week.monday, week.n) for week in figures.weeks] == [(date(2026, 11, 2), 10), (MONDAY, 10)]
    assert figures.weeks[0].share is not None
    assert (figures.now.n, figures.before.n) == (10, 10)


def test_a_procedure_below_ten_is_never_told_and_takes_the_next_smallest_with_it() -> None:
    days = [MONDAY + timedelta(days=offset) for offset in range(5)]
    tally = make_tally(
        [(day, procedure, n // 2, n) for day in days for procedure, n in ((1, 40), (2, 6), (3, 1))]
        + [(date(2026, 11, 14), 1, 10, 20), (date(2026, 11, 15), 1, 10, 20)]
    )
    figures = release_shares(tally, SPAN, CODES, NAMES)
    # Of the third there are five, fewer than ten; beside the whole it would be known, so the second goes with it.
    assert [row.code for row in figures.procedures] == ["1.001193"]


def test_a_response_rate_counts_days_as_they_are() -> None:
    dossiers = pl.DataFrame({"day": [MONDAY, date(2026, 11, 3)], "n": [200, 100]})
    ratings = pl.DataFrame({"day": [MONDAY], "n": [4]})
    figures = release_rates(ratings, dossiers, SPAN)
    assert figures.now.n == 200
    assert figures.now.share is not None
    assert figures.now.share.percent == 2
    assert [week.n for week in figures.weeks] == [100, 200]


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("drop", date(2026, 11, 2), date(2026, 11, 15)),  # found on Thursday 5 November, told late: all weeks since
        ("low_share", date(2026, 11, 2), date(2026, 11, 8)),
        ("set_aside", date(2026, 10, 19), date(2026, 11, 8)),  # the rule's own days, from a Monday on
    ],
)
def test_evidence_is_about_whole_weeks(kind: str, first: date, last: date) -> None:
    about = {"drop": About("drop", 1), "low_share": About("low_share", 1), "set_aside": About("set_aside", 1)}[kind]
    span = find_span(Signal(about, date(2026, 10, 20), date(2026, 11, 5), 8.0, 7.0), CLOSED)
    assert (span.first, span.last, span.closed) == (first, last, CLOSED)
    assert span.shown == date(2026, 5, 18)  # 26 weeks, the last one from 9 November


def test_a_drop_that_is_told_in_time_is_about_its_week_and_the_one_before() -> None:
    signal = Signal(About("drop", 1), date(2026, 11, 5), date(2026, 11, 5), 8.0, 7.0)
    span = find_span(signal, date(2026, 11, 8))
    assert (span.first, span.last) == (date(2026, 10, 26), date(2026, 11, 8))
