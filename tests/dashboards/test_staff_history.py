"""What an official's own quarters say: strengths, gaps, and nothing about anybody else."""

from datetime import date
from hashlib import sha256

import msgspec

from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.staff.history import has_improved, is_steady, list_quarters, list_strengths, make_trend
from feedback.tables.releases import Release, ReleaseScore
from tests.dashboards.staff_stage import CODED, FIRST_QUARTER, NONE, SCORE, SECOND_QUARTER, encode
from tests.dashboards.test_explain_steps import EN
from tests.factories import NOW


def make_release(number: int) -> Release:
    digest = sha256(b"").digest()
    day = date(2026, 3 * number - 2, 1)
    return Release(f"2026-Q{number}", day, day.replace(day=28), 0, "2026.1", "{}", digest, digest, 0, 0, NOW, number)


RELEASES = [make_release(number) for number in (1, 2, 3)]


def make_rows(*scores: ReleasedScore | None) -> list[ReleaseScore]:
    """One figure a quarter from the first on; None for a quarter without one."""
    return [
        ReleaseScore(number, "official", 1, "p", 1, 1, "urban", score.grade, encode(score))
        for number, score in enumerate(scores, 1)
        if score is not None
    ]


def strengths_of(*scores: ReleasedScore | None) -> str:
    return " ".join(list_strengths(list_quarters(RELEASES, make_rows(*scores)), EN))


def test_improvement_counts_only_beyond_both_intervals() -> None:
    # 63 to 75, then 76 to 89: apart. 76 to 89 after 63 to 76: they touch.
    assert has_improved(SECOND_QUARTER, SCORE)
    assert not has_improved(msgspec.structs.replace(SECOND_QUARTER, high=76), SCORE)
    assert not has_improved(SCORE, SECOND_QUARTER)
    assert not has_improved(NONE, SCORE)
    assert "rose from 70 to 83" in strengths_of(FIRST_QUARTER, SECOND_QUARTER, SCORE)


def test_three_quarters_that_agree_are_steady_unless_they_are_low() -> None:
    assert "Steady results over 3 quarters" in strengths_of(SCORE, SCORE, SCORE)
    assert "Steady" not in strengths_of(SCORE, SCORE)
    assert "Steady" not in strengths_of(FIRST_QUARTER, SECOND_QUARTER, SCORE)
    low = msgspec.structs.replace(SCORE, band="lower")
    assert not is_steady(list_quarters(RELEASES, make_rows(low, low, low)))


def test_a_low_band_is_no_strength_and_nothing_is_made_up() -> None:
    assert strengths_of(msgspec.structs.replace(SCORE, band="lower")) == ""
    assert strengths_of(NONE) == ""
    assert strengths_of() == ""
    assert "higher than the group" in strengths_of(msgspec.structs.replace(SCORE, band="higher"))


def test_a_small_satisfied_group_is_a_strength_without_a_number_of_points() -> None:
    assert strengths_of(None, None, CODED) == "In quarter 3 of 2026, 95% or more of those who rated were satisfied."


def test_a_quarter_without_figures_is_a_gap_in_the_trend_and_no_row_of_the_table() -> None:
    quarters = list_quarters(RELEASES, make_rows(FIRST_QUARTER, None, SCORE))
    assert [quarter.code for quarter in quarters] == ["2026-Q1", "2026-Q3"]
    trend = make_trend(RELEASES, quarters, EN)
    assert trend
    assert [(quarter.quarter, quarter.score) for quarter in trend.quarters] == [
        ("2026 Q1", 66),
        ("2026 Q2", None),
        ("2026 Q3", 83),
    ]


def test_the_trend_begins_with_the_first_score_and_is_left_out_without_any() -> None:
    trend = make_trend(RELEASES, list_quarters(RELEASES, make_rows(NONE, FIRST_QUARTER, SCORE)), EN)
    assert trend
    assert [quarter.quarter for quarter in trend.quarters] == ["2026 Q2", "2026 Q3"]
    assert make_trend(RELEASES, list_quarters(RELEASES, make_rows(NONE, NONE, CODED)), EN) is None


def test_who_moved_within_a_quarter_is_shown_with_most_ratings_first() -> None:
    smaller = msgspec.structs.replace(make_rows(SECOND_QUARTER)[0], pool="other", figure=encode(CODED))
    [quarter] = list_quarters(RELEASES, [smaller, *make_rows(SCORE)])
    assert (quarter.score, quarter.others) == (SCORE, 1)
