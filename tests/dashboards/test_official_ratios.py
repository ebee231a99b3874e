import polars as pl
import pytest

from dashboards.indicators.official_ratios import add_official_ratios


def make_sums(scores: list[int], completed: int, late: int, complained: int) -> pl.DataFrame:
    names = ["n1", "n2", "n3", "n4", "n5", "completed", "late", "complained"]
    return pl.DataFrame([[*scores, completed, late, complained]], schema=names, orient="row")


def test_silence_counts_as_satisfied_in_one_way_and_not_at_all_in_the_other() -> None:
    # 40 ratings: 4 + 6 dissatisfied, 5 neutral, 25 satisfied; 1,000 dossiers, 20 late, 10 complained about.
    # Like SIPAS 25/40 = 0.625; QĐ 766 (1000 - 10 - 10 - 20)/1000 = 0.96; response rate 40/1000 = 0.04.
    row = add_official_ratios(make_sums([4, 6, 5, 15, 10], 1000, 20, 10)).to_dicts()[0]
    assert row["sipas_like_share"] == pytest.approx(0.625)
    assert row["settlement_ratio"] == pytest.approx(0.96)
    assert row["response_rate"] == pytest.approx(0.04)


def test_nobody_rated_is_full_satisfaction_by_decision_766_and_nothing_by_the_other() -> None:
    row = add_official_ratios(make_sums([0, 0, 0, 0, 0], 100, 0, 0)).to_dicts()[0]
    assert (row["settlement_ratio"], row["sipas_like_share"]) == (1.0, None)


def test_the_settlement_ratio_stops_at_zero() -> None:
    # 10 - 8 dissatisfied - 5 late - 5 complained is below zero.
    row = add_official_ratios(make_sums([8, 0, 0, 0, 0], 10, 5, 5)).to_dicts()[0]
    assert row["settlement_ratio"] == 0


def test_without_dossiers_there_is_no_ratio() -> None:
    row = add_official_ratios(make_sums([0, 0, 0, 0, 4], 0, 0, 0)).to_dicts()[0]
    assert (row["response_rate"], row["settlement_ratio"]) == (None, None)
