"""Numbers by hand, with z = 1.96."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.indicators.satisfaction import (
    SCORES,
    add_satisfaction,
    calculate_wilson_interval,
    read_rows,
    sum_counts,
)
from tests.dashboards.frames import Scores, make_counts

Cell = tuple[date, int, int, Scores]

DAY = date(2026, 11, 2)
counts_of_scores = st.tuples(*[st.integers(0, 10_000)] * 5)
cells = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 3), st.integers(1, 4), counts_of_scores),
    max_size=30,
)


@pytest.mark.parametrize(("n", "low", "high"), [(10, 57, 98), (30, 72, 95), (100, 80, 93), (385, 84, 91)])
def test_the_interval_of_88_percent_has_the_published_ends(n: int, low: int, high: int) -> None:
    frame = pl.DataFrame({"share": [0.88], "n": [n]})
    # n = 30: (0.88 + 0.06403 ± 1.96 √(0.003520 + 0.001067)) / 1.12805 = (0.94403 ± 0.13275) / 1.12805
    #       = 0.7192, 0.9545; the others in the same way.
    lower, upper = calculate_wilson_interval(pl.col("share"), pl.col("n"))
    ends = frame.select(lower.alias("low"), upper.alias("high")).row(0)
    assert [round(100 * end) for end in ends] == [low, high]


def test_share_and_mean_are_those_counted_by_hand() -> None:
    # n = 1+2+3+10+4 = 20; satisfied 14/20 = 0.7; points 0 + 50 + 150 + 750 + 400 = 1350; mean 67.5.
    # Wilson: (0.7 + 3.8416/40 ± 1.96 √(0.21/20 + 3.8416/1600)) / (1 + 3.8416/20)
    #       = (0.79604 ± 1.96 √0.012901) / 1.19208 = (0.79604 ± 0.22262) / 1.19208 = 0.4810, 0.8545
    [row] = read_rows(add_satisfaction(sum_counts(make_counts((DAY, 1, 1, (1, 2, 3, 10, 4))))))
    assert (row.n, row.satisfied_share, row.mean_score) == (20, 0.7, 67.5)
    assert row.low == pytest.approx(0.4810, abs=1e-4)
    assert row.high == pytest.approx(0.8545, abs=1e-4)


def test_no_ratings_give_no_share_instead_of_zero() -> None:
    [row] = read_rows(add_satisfaction(sum_counts(make_counts())))
    assert (row.n, row.satisfied_share, row.low, row.high, row.mean_score) == (0, None, None, None, None)


def test_all_satisfied_is_still_not_certain() -> None:
    # Wilson at p = 1: low = n / (n + z²) = 10 / 13.8416 = 0.7225, high = 1.
    [row] = read_rows(add_satisfaction(sum_counts(make_counts((DAY, 1, 1, (0, 0, 0, 0, 10))))))
    assert row.low == pytest.approx(0.7225, abs=1e-4)
    assert row.high == pytest.approx(1)


@given(cells.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_the_order_of_rows_changes_nothing(orders: tuple[list[Cell], list[Cell]]) -> None:
    first, second = (add_satisfaction(sum_counts(make_counts(*rows), ["procedure_id"])) for rows in orders)
    assert first.equals(second)


@given(cells)
def test_days_merged_are_the_days_counted_at_once(drawn: list[Cell]) -> None:
    daily = sum_counts(make_counts(*drawn), ["day", "channel"])
    assert sum_counts(daily, ["channel"]).equals(sum_counts(make_counts(*drawn), ["channel"]))
    assert sum_counts(daily).equals(sum_counts(make_counts(*drawn)))


@given(counts_of_scores)
def test_the_interval_always_holds_the_share(scores: Scores) -> None:
    [row] = read_rows(add_satisfaction(pl.DataFrame([scores], schema=list(SCORES), orient="row")))
    if row.satisfied_share is not None and row.low is not None and row.high is not None:
        assert -1e-9 <= row.low <= row.satisfied_share + 1e-9
        assert row.satisfied_share - 1e-9 <= row.high <= 1 + 1e-9
