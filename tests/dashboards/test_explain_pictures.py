"""The funnel of one score, and the trend of a person's own quarters."""

import math
import re

import msgspec
import pytest

from dashboards.charts.funnel import draw_funnel, find_ends
from dashboards.charts.scores import QuarterScore, ScoresChart, draw_scores, find_start
from dashboards.explain.funnel import FunnelRow, calculate_limits, count_places, make_funnel
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from feedback.tables.staff_views import PeerPoint
from tests.dashboards.staff_stage import CODED, NONE, SCORE, STEPS
from tests.dashboards.test_explain_steps import EN, VI

PEERS = [PeerPoint(40 + 5 * place, 70 + 0.8 * (place * 7 % 24)) for place in range(24)]


def test_the_limits_are_those_of_the_over_dispersed_funnel() -> None:
    # n = 48: √(1.2 · 530 / 48 + 32) = √45.25 = 6.7268; 80 ± 1.96 · 6.7268 = 66.82, 93.18; ± 3.09: 59.21, 100.79.
    limits = calculate_limits(STEPS, 48, PARAMETERS_2026_1)
    found = (limits.warning_low, limits.warning_high, limits.alarm_low, limits.alarm_high)
    for value, expected in zip(found, (66.82, 93.18, 59.21, 100.79), strict=True):
        assert math.isclose(value, expected, abs_tol=0.01)


def test_the_funnel_begins_where_figures_begin_and_reaches_beyond_the_last_dot() -> None:
    chart = make_funnel(SCORE, PEERS, VI, PARAMETERS_2026_1)
    assert chart
    # The last peer has 40 + 5 · 23 = 155 ratings, drawn at 160; 160 · 1.08 = 172.8.
    assert (chart.limits[0].n, chart.limits[-1].n) == (10, 173)
    assert (chart.own.n, chart.own.adjusted, chart.mean) == (48, 83.7, 80.0)
    assert len(chart.peers) == 24


def test_peers_are_drawn_to_ten_ratings_and_a_whole_point() -> None:
    chart = make_funnel(SCORE, [PeerPoint(118, 84.3)] * 10, VI, PARAMETERS_2026_1)
    assert chart
    assert {(peer.n, peer.adjusted) for peer in chart.peers} == {(120, 84.0)}


def test_fewer_than_ten_peers_are_not_drawn() -> None:
    chart = make_funnel(SCORE, PEERS[:9], VI, PARAMETERS_2026_1)
    assert chart
    assert chart.peers == ()
    assert chart.limits[-1].n == 52  # 48 · 1.08 = 51.84
    enough = make_funnel(SCORE, PEERS[:10], VI, PARAMETERS_2026_1)
    assert enough
    assert len(enough.peers) == 10


@pytest.mark.parametrize("score", [NONE, CODED, msgspec.structs.replace(SCORE, steps=None)])
def test_what_has_no_steps_has_no_picture(score: object) -> None:
    assert make_funnel(score, PEERS, VI, PARAMETERS_2026_1) is None  # pyright: ignore[reportArgumentType] (parametrised)


def test_the_table_counts_the_dots_of_the_picture() -> None:
    # n = 60: √(10.6 + 32) = 6.527: warning 67.2 to 92.8, alarm 59.8 to 100.2.
    dots = [PeerPoint(60, 80.0), PeerPoint(60, 65.0), PeerPoint(60, 55.0), *(PeerPoint(300, 80.0) for _ in range(7))]
    chart = make_funnel(SCORE, dots, VI, PARAMETERS_2026_1)
    assert chart
    assert count_places(chart, STEPS, PARAMETERS_2026_1) == (FunnelRow(30, 65, 1, 1, 1), FunnelRow(264, 300, 7, 0, 0))


def test_the_funnel_marks_one_by_form_and_word_and_says_its_units() -> None:
    chart = make_funnel(SCORE, PEERS, VI, PARAMETERS_2026_1)
    assert chart
    for is_narrow in (True, False):
        svg = draw_funnel(chart, is_narrow=is_narrow)
        assert "Điểm này" in svg
        assert "Điểm đã hiệu chỉnh, điểm (0–100)" in svg
        assert "Số lượt đánh giá" in svg
    # All 24 dots are where they are: nothing was moved, merged or left out.
    assert len(re.findall(r"Một thành viên khác của nhóm|#3f5866", svg)) >= 24


def test_the_scale_of_the_funnel_holds_every_dot() -> None:
    chart = make_funnel(SCORE, [*PEERS, PeerPoint(70, 31.0)], EN, PARAMETERS_2026_1)
    assert chart
    low, high = find_ends(chart)
    assert (low, high) == (30, 100)


def test_a_quarter_without_a_score_is_a_gap_in_the_trend() -> None:
    chart = ScoresChart(
        "Điểm (0–100)",
        (
            QuarterScore("Q1/2026", 66, 58, 74),
            QuarterScore("Q2/2026", None, None, None),
            QuarterScore("Q3/2026", 83, 76, 89),
        ),
    )
    assert find_start(chart) == 40  # ten below the fifty that 58 stands in
    svg = draw_scores(chart, is_narrow=True)
    for word in ("Q1/2026", "Q2/2026", "Q3/2026", ">66<", ">83<", "Điểm (0–100)"):
        assert word in svg
    assert ">null<" not in svg
