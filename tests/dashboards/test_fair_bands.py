"""Grades, bands and flags on rows written by hand."""

from statistics import NormalDist
from typing import Any

import polars as pl
import pytest

from dashboards.indicators.evidence_grades import add_grades
from dashboards.indicators.peer_bands import add_bands, add_comparison, add_flags, add_intervals
from tests.dashboards.fair_frames import change_parameters

PARAMETERS = change_parameters()
BEST: dict[str, Any] = {
    "n": 66,
    "reliability": 0.80,
    "days": 20,
    "thin_share": 0.1,
    "k_peers": 10,
    "open_flag": False,
}


@pytest.mark.parametrize(
    ("change", "grade", "reason"),
    [
        ({}, "A", ""),
        ({"n": 65}, "B", "too_few_ratings"),
        ({"reliability": 0.79}, "B", "low_reliability"),
        ({"days": 19}, "B", "too_few_days"),
        ({"thin_share": 0.11}, "B", "thin_reference"),
        ({"open_flag": True}, "B", "open_flag"),
        ({"days": 3, "open_flag": True, "n": 40}, "B", "too_few_ratings too_few_days open_flag"),
        ({"n": 30, "reliability": 0.70}, "B", "too_few_ratings low_reliability"),
        ({"n": 29}, "owner", "too_few_ratings"),
        ({"reliability": 0.69}, "owner", "low_reliability"),
        ({"k_peers": 9}, "owner", "too_few_peers"),
        ({"n": 10, "reliability": 0.3}, "owner", "too_few_ratings low_reliability"),
        ({"n": 9}, "none", "too_few_ratings"),
    ],
)
def test_a_grade_needs_every_condition_and_says_which_are_missing(
    change: dict[str, Any], grade: str, reason: str
) -> None:
    [row] = add_grades(pl.DataFrame([{**BEST, **change}]), PARAMETERS).to_dicts()
    assert (row["grade"], row["reason"]) == (grade, reason)


@pytest.mark.parametrize(
    ("change", "band"),
    [
        ({"p_low": 0.95}, "lower"),
        ({"p_low": 0.949}, "similar"),
        ({"p_low": 0.99, "grade": "B"}, "lower"),
        ({"p_low": 0.99, "grade": "owner"}, "similar"),
        ({"p_high": 0.95}, "higher"),
        ({"p_high": 0.99, "grade": "owner"}, "higher"),
        ({"p_high": 0.99, "grade": "none"}, None),
        ({"p_high": 0.99, "has_peers": False}, None),
        ({"theta": None}, None),
    ],
)
def test_a_band_is_named_only_where_it_is_sure_and_lower_only_with_a_grade(
    change: dict[str, Any], band: str | None
) -> None:
    row = {"p_low": 0.0, "p_high": 0.0, "grade": "A", "has_peers": True, "theta": 80.0, **change}
    frame = pl.DataFrame([row], schema_overrides={"theta": pl.Float64})
    assert add_bands(frame, PARAMETERS)["band"].to_list() == [band]


def make_scores(**columns: list[float]) -> pl.DataFrame:
    return pl.DataFrame(columns)


def test_a_band_asks_for_five_points_and_not_only_for_chance() -> None:
    # θ = μ - 6.645 with √V = 1: (80 - 5 - 73.355) / 1 = 1.645, so P_low = 0.95; z = -(7 / √(1 + 3)) = -3.5.
    scores = make_scores(adjusted=[73.0], mu=[80.0], theta=[73.355], variance=[1.0], tau2=[3.0], standard_error=[1.0])
    [row] = add_comparison(scores, PARAMETERS).to_dicts()
    assert row["p_low"] == pytest.approx(0.95, abs=1e-4)
    assert row["p_high"] == pytest.approx(NormalDist().cdf(-11.645))
    assert (row["z"], row["funnel"]) == (-3.5, "alarm")


@pytest.mark.parametrize(("distance", "place"), [(1.9, "inside"), (-2.0, "warning"), (3.1, "alarm")])
def test_the_funnel_has_two_limits(distance: float, place: str) -> None:
    scores = make_scores(
        adjusted=[80 + distance], mu=[80.0], theta=[80.0], variance=[0.5], tau2=[0.5], standard_error=[1.0]
    )
    assert add_comparison(scores, PARAMETERS)["funnel"].to_list() == [place]


def test_an_interval_stays_on_the_scale() -> None:
    # t with 9 degrees is 2.262157; 96 ± 2.262157 * 2 = 91.475686 to 100.524314, cut at 100.
    scores = pl.DataFrame({"theta": [96.0], "standard_error": [2.0], "k_peers": [10]})
    [row] = add_intervals(scores, PARAMETERS).to_dicts()
    assert (row["low"], row["high"]) == (pytest.approx(91.475686, abs=1e-6), 100)


def make_p_values(values: list[float], n: int = 50) -> pl.DataFrame:
    z = [NormalDist().inv_cdf(1 - value / 2) for value in values]
    return pl.DataFrame({"z": z, "n": [n] * len(z), "pool": [0] * len(z), "member": range(len(z))})


def test_flags_keep_the_share_of_false_ones_below_five_percent() -> None:
    # Benjamini and Hochberg with five peers: bounds 0.01, 0.02, 0.03, 0.04, 0.05. The fourth, 0.039, is the last below
    # its bound, so the third is flagged too although 0.035 is above 0.03.
    flagged = add_flags(make_p_values([0.6, 0.035, 0.001, 0.012, 0.039]), PARAMETERS)["flagged"]
    assert flagged.to_list() == [False, True, True, True, True]


def test_ten_peers_that_are_all_a_little_unusual_are_not_flagged() -> None:
    assert not add_flags(make_p_values([0.06] * 10), PARAMETERS)["flagged"].any()


def test_who_is_no_peer_is_never_flagged() -> None:
    assert not add_flags(make_p_values([1e-9], n=9), PARAMETERS)["flagged"].any()
