import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.disclosure.groups import (
    ReleasedGroup,
    ReleasedShare,
    code_share,
    divide_half_up,
    release_cell,
    release_count,
    release_headline,
    release_settlement,
)
from dashboards.indicators.satisfaction import SCORES, Satisfaction, add_satisfaction, read_rows
from tests.dashboards.frames import Scores

any_scores = st.tuples(*[st.integers(0, 60)] * 5)
few_scores = st.tuples(*[st.integers(0, 9)] * 5).filter(lambda scores: sum(scores) < 10)


def make_ratings(scores: Scores) -> Satisfaction:
    return read_rows(add_satisfaction(pl.DataFrame([scores], schema=list(SCORES), orient="row")))[0]


@pytest.mark.parametrize(
    ("n", "released"), [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (1234, 1235)]
)
def test_counts_are_hidden_below_ten_and_rounded_to_five(n: int, released: int | None) -> None:
    assert release_count(n) == released


@given(few_scores)
def test_nothing_at_all_comes_from_fewer_than_ten_ratings(scores: Scores) -> None:
    nothing = ReleasedGroup(None, None, None, None)
    assert release_cell(make_ratings(scores)) == nothing
    assert release_headline(make_ratings(scores)) == nothing
    assert code_share(scores[4], sum(scores)) is None


@given(any_scores)
def test_no_released_count_lies_between_one_and_nine(scores: Scores) -> None:
    for released in (release_cell(make_ratings(scores)), release_headline(make_ratings(scores))):
        for count in (released.n, *(released.distribution or ())):
            assert count is None or (count >= 10 and count % 5 == 0)


@given(any_scores)
def test_every_released_number_is_near_the_true_one(scores: Scores) -> None:
    n = sum(scores)
    released = release_cell(make_ratings(scores))
    if released.n is not None:
        assert abs(released.n - n) <= 2
    if released.share is not None and released.share.bound == "exact":
        assert abs(released.share.percent - 100 * (scores[3] + scores[4]) / n) <= 0.5
    if released.mean is not None:
        assert abs(released.mean - sum(25 * i * c for i, c in enumerate(scores)) / n) <= 0.5


@given(any_scores)
def test_histogram_and_mean_need_thirty_ratings_and_the_headline_too(scores: Scores) -> None:
    if sum(scores) < 30:
        cell, headline = release_cell(make_ratings(scores)), release_headline(make_ratings(scores))
        assert (cell.mean, cell.distribution) == (None, None)
        assert headline.share is None


@given(st.integers(10, 29), st.integers(0, 4))
def test_one_score_for_all_shows_only_the_band(n: int, score: int) -> None:
    scores = [0] * 5
    scores[score] = n
    released = release_cell(make_ratings((scores[0], scores[1], scores[2], scores[3], scores[4])))
    band = ReleasedShare(95, "at_least") if score >= 3 else ReleasedShare(5, "at_most")
    assert released == ReleasedGroup(release_count(n), band, None, None)


@given(any_scores)
def test_a_band_comes_without_anything_that_would_tell_more(scores: Scores) -> None:
    released = release_headline(make_ratings(scores))
    if released.share is not None and released.share.bound != "exact":
        assert (released.share.low, released.share.high) == (None, None)
        assert (released.mean, released.distribution) == (None, None)


def test_bands_begin_at_95_and_5_percent_and_end_with_fifty_ratings() -> None:
    # 38/40 = 95 %, 37/40 = 92.5 % (half up: 93), 2/40 = 5 %, 3/40 = 7.5 % (8); of 50 ratings no band.
    assert code_share(38, 40) == ReleasedShare(95, "at_least")
    assert code_share(37, 40) == ReleasedShare(93, "exact")
    assert code_share(2, 40) == ReleasedShare(5, "at_most")
    assert code_share(3, 40) == ReleasedShare(8, "exact")
    assert code_share(50, 50) == ReleasedShare(100, "exact")


def test_the_interval_is_rounded_outwards() -> None:
    # 14 of 20: Wilson 0.4810 to 0.8545 (test_satisfaction.py).
    assert release_cell(make_ratings((1, 2, 3, 10, 4))).share == ReleasedShare(70, "exact", 48, 86)


def test_an_interval_never_leaves_the_scale() -> None:
    # 60 of 60: low = 60/(60 + 3.8416) = 0.9398, high = 1; none of 60 is its mirror image.
    assert release_cell(make_ratings((0, 0, 0, 0, 60))).share == ReleasedShare(100, "exact", 93, 100)
    assert release_cell(make_ratings((60, 0, 0, 0, 0))).share == ReleasedShare(0, "exact", 0, 7)


def test_the_settlement_ratio_needs_thirty_dossiers_and_thirty_ratings() -> None:
    thirty, few = make_ratings((5, 5, 5, 5, 10)), make_ratings((5, 5, 5, 5, 9))
    assert release_settlement(thirty, 0.96, 1000) == ReleasedShare(96, "exact")
    assert release_settlement(few, 0.96, 1000) is None
    assert release_settlement(thirty, 0.9, 29) is None
    assert release_settlement(thirty, 0.96, 49) == ReleasedShare(95, "at_least")


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_halves_are_rounded_up_exactly(numerator: int, denominator: int) -> None:
    left_over = numerator - divide_half_up(numerator, denominator) * denominator
    assert -denominator <= 2 * left_over < denominator
