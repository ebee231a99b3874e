import polars as pl
import pytest

from dashboards.indicators.operational_window import advance_window, start_window, summarise_window
from tests.dashboards.fair_frames import change_parameters

PARAMETERS = change_parameters()


def make_day(n: int, steps: int, squares: int, entity_id: int = 1) -> pl.DataFrame:
    columns = {"entity_id": [entity_id], "n": [n], "steps": [steps], "squares": [squares]}
    return pl.DataFrame(columns, schema_overrides={"entity_id": pl.Int32})


NOBODY = make_day(1, 1, 1).clear()


def test_a_rating_ninety_days_old_weighs_one_half() -> None:
    # 10 ratings of 100, 90 days on 10 of 50: (5 * 100 + 10 * 50) / 15 = 66.67, effective (5 + 10)² / (2.5 + 10) = 18.
    state = advance_window(start_window(), make_day(10, 40, 160), 1, PARAMETERS)
    state = advance_window(state, make_day(10, 20, 40), 90, PARAMETERS)
    [row] = summarise_window(state, PARAMETERS).to_dicts()
    assert row["mean"] == pytest.approx(66.6667, abs=1e-4)
    assert row["effective_n"] == pytest.approx(18)


def test_days_taken_one_by_one_are_the_same_days_taken_at_once() -> None:
    start = advance_window(start_window(), make_day(8, 25, 90), 1, PARAMETERS)
    slowly = start
    for _ in range(30):
        slowly = advance_window(slowly, NOBODY, 1, PARAMETERS)
    at_once = advance_window(start, NOBODY, 30, PARAMETERS)
    assert slowly.row(0) == pytest.approx(at_once.row(0))


def test_ratings_of_one_day_alone_have_their_plain_mean_and_interval() -> None:
    # 4 ratings: 50, 75, 75, 100: mean 75, variance 312.5, 1.96 √(312.5 / 4) = 17.32.
    state = advance_window(start_window(), make_day(4, 12, 38), 1, PARAMETERS)
    [row] = summarise_window(state, PARAMETERS).to_dicts()
    assert (row["mean"], row["effective_n"]) == (75, 4)
    assert (row["low"], row["high"]) == pytest.approx((75 - 17.3241, 75 + 17.3241), abs=1e-4)


def test_an_interval_stays_on_the_scale() -> None:
    state = advance_window(start_window(), make_day(2, 4, 16), 1, PARAMETERS)
    [row] = summarise_window(state, PARAMETERS).to_dicts()
    assert (row["low"], row["high"]) == (0, 100)
