"""The drop detector and the weekly low share; numbers by hand."""

from datetime import date, timedelta

import polars as pl
import pytest

from dashboards.indicators.drop_alerts import acknowledge, advance_statistics, name_signals, start_statistics
from dashboards.indicators.drop_baseline import freeze_baseline, sum_residuals
from dashboards.indicators.low_share_alerts import calculate_low_share_limits
from tests.dashboards.fair_frames import DAY, change_parameters, make_counts, make_lookups, sum_officials

PARAMETERS = change_parameters()
POOL = "citizen/reception/rural/01"


def make_residuals(residual: float, n: int, noise: float = 500.0, entity_id: int = 1) -> pl.DataFrame:
    columns = {"entity_id": [entity_id], "pool": [POOL], "n": [n], "residual": [residual], "noise": [noise]}
    return pl.DataFrame(columns, schema_overrides={"entity_id": pl.Int32})


def test_a_day_below_expectation_raises_the_statistic_and_good_days_lower_it_to_zero() -> None:
    # 10 ratings, 200 points below in all: l = -(10 / 500) (-200 + 50) = 3.0. Then 10 exactly as expected:
    # l = -(10 / 500) (50) = -1, so 2.0. Then 50 points above: -(10 / 500) (50 + 50) = -2, so 0, and never less.
    state, found = start_statistics(), list[float]()
    for residual in (-200.0, 0.0, 50.0, 50.0):
        state = advance_statistics(state, make_residuals(residual, 10), PARAMETERS)
        found.append(state["statistic"].item())
    assert found == pytest.approx([3.0, 2.0, 0.0, 0.0])


def test_who_was_not_rated_that_day_keeps_the_statistic() -> None:
    state = advance_statistics(start_statistics(), make_residuals(-200, 10), PARAMETERS)
    state = advance_statistics(state, make_residuals(-200, 10, entity_id=2), PARAMETERS)
    assert state.rows() == [(1, POOL, pytest.approx(3.0)), (2, POOL, pytest.approx(3.0))]


@pytest.mark.parametrize(("statistic", "signal"), [(5.0, None), (5.1, "watch"), (7.0, "watch"), (7.1, "alert")])
def test_signals_begin_above_their_thresholds(statistic: float, signal: str | None) -> None:
    state = pl.DataFrame({"entity_id": [1], "pool": [POOL], "statistic": [statistic]})
    assert name_signals(state, PARAMETERS)["signal"].to_list() == [signal]


def test_an_acknowledged_alert_begins_anew_and_leaves_others_alone() -> None:
    state = pl.DataFrame({"entity_id": [1, 2], "pool": [POOL] * 2, "statistic": [8.0, 6.0]})
    assert acknowledge(state, {1})["statistic"].to_list() == [0.0, 6.0]


def test_residuals_are_counted_from_what_was_known_before() -> None:
    # Twelve officials alike: 40 ratings of 75 and 40 of 100, so M, every reference and every effect say 87.5, and
    # κ M changes nothing. 10 ratings of 50 then are 10 * (50 - 87.5) = -375. Variance: 80 * 156.25 / 79 = 158.23.
    before = make_counts(*(({"official_id": i}, (0, 0, 0, 40, 40)) for i in range(1, 13)))
    lookups = make_lookups()
    baseline = freeze_baseline(sum_officials(before), lookups, "official", PARAMETERS)
    today = make_counts(({"official_id": 3, "day": DAY + timedelta(days=1)}, (0, 0, 10, 0, 0)))
    [row] = sum_residuals(today, baseline, lookups, "official", PARAMETERS).to_dicts()
    assert (row["entity_id"], row["pool"], row["n"]) == (3, POOL, 10)
    assert row["residual"] == pytest.approx(-375)
    assert row["noise"] == pytest.approx(80 * 156.25 / 79)


def test_an_official_without_enough_ratings_before_has_no_expectation() -> None:
    rows = [({"official_id": i}, (0, 0, 0, 40, 40)) for i in range(1, 13)]
    before = make_counts(*rows, ({"official_id": 13}, (0, 0, 0, 4, 5)))
    baseline = freeze_baseline(sum_officials(before), make_lookups(), "official", PARAMETERS)
    today = make_counts(*(({"official_id": i}, (9, 0, 0, 0, 0)) for i in (13, 14)))
    assert sum_residuals(today, baseline, make_lookups(), "official", PARAMETERS).is_empty()


def test_the_noise_of_an_official_leans_on_the_own_ratings() -> None:
    # Eleven officials scatter little, the twelfth much: its noise lies between the pool's and its own.
    rows = [({"official_id": i}, (0, 0, 0, 100, 100)) for i in range(1, 12)]
    counts = make_counts(*rows, ({"official_id": 12}, (100, 0, 0, 0, 100)))
    members = freeze_baseline(sum_officials(counts), make_lookups(), "official", PARAMETERS).members.sort("entity_id")
    # Squares around the mean: 200 * 2500 = 500000 for the twelfth, 200 * 156.25 = 31250 for each other, so the pool
    # has σ² = (11 * 31250 + 500000) / (12 * 199) = 353.33. Days do not cluster, φ = 1. With the pool's as 200 ratings:
    # the twelfth (500000 + 70666.67) / (199 + 200) = 1430.24, the others (31250 + 70666.67) / 399 = 255.43.
    assert members["noise"].to_list()[-1] == pytest.approx(1430.24, abs=0.01)
    assert members["noise"].to_list()[0] == pytest.approx(255.43, abs=0.01)


def make_weeks(low: list[int], n: int = 100) -> pl.DataFrame:
    mondays = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(len(low))]
    return pl.DataFrame({"entity_id": 1, "week": mondays, "n": n, "low": low})


def test_limits_widen_where_weeks_vary_more_than_chance() -> None:
    # p̄ = 0.10, √(0.1 * 0.9 / 100) = 0.03. z = -4/3, 4/3, -4/3, 4/3: moving ranges 8/3, σ_z = 8/3 / 1.128 = 2.364.
    # High limit 0.1 + 3 * 2.364 * 0.03 = 0.31277.
    rows = calculate_low_share_limits(make_weeks([6, 14, 6, 14]), PARAMETERS)
    assert rows["sigma_z"].to_list() == pytest.approx([8 / 3 / 1.128] * 4)
    assert rows["high_limit"].to_list() == pytest.approx([0.1 + 3 * 8 / 3 / 1.128 * 0.03] * 4)
    assert rows["low_limit"].to_list() == [0.0] * 4
    assert not rows["is_signal"].any()


def test_a_week_far_above_steady_ones_is_a_signal() -> None:
    # 20 weeks of 9 to 11 low ones of 100, then 40.
    weeks = make_weeks([9, 11] * 10 + [40])
    assert calculate_low_share_limits(weeks, PARAMETERS)["is_signal"].to_list() == [False] * 20 + [True]


def test_weeks_without_any_low_rating_have_no_limits_and_no_signal() -> None:
    rows = calculate_low_share_limits(make_weeks([0, 0, 0]), PARAMETERS)
    assert rows["high_limit"].to_list() == [None] * 3
    assert not rows["is_signal"].any()


def test_one_week_alone_has_no_limits() -> None:
    assert calculate_low_share_limits(make_weeks([5]), PARAMETERS)["high_limit"].to_list() == [None]
