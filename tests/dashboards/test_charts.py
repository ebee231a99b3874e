"""The pictures say what the tables say, and hold nothing that a strict page would refuse."""

import re
from datetime import date, timedelta

import pytest

from dashboards.charts.answers import AnswerBar, AnswersChart, draw_answers
from dashboards.charts.drawing import NARROW, WIDE, find_axis_start
from dashboards.charts.procedures import ProcedureRow, ProceduresChart, break_name, draw_procedures
from dashboards.charts.trend import TrendChart, TrendWeek, describe_weeks, draw_trend
from dashboards.disclosure.groups import ReleasedShare

SHARES = [
    ReleasedShare(88, "exact", 80, 94),
    ReleasedShare(90, "exact", 82, 95),
    None,
    ReleasedShare(95, "at_least"),
    ReleasedShare(84, "exact", 74, 91),
]
TREND = TrendChart(
    axis="Tỷ lệ hài lòng (%)",
    unit="\u00a0%",
    date_form="%d/%m",
    weeks=tuple(TrendWeek(date(2026, 10, 12) + timedelta(weeks=number), share) for number, share in enumerate(SHARES)),
)
ANSWERS = AnswersChart(
    "Số lượt đánh giá, làm tròn đến 5",
    (AnswerBar("Rất hài lòng", 1250, "1.250 (84\u00a0%)"), AnswerBar("Rất không hài lòng", None, "dưới 10")),
)
PROCEDURES = ProceduresChart(
    "Tỷ lệ hài lòng (%)",
    "\u00a0%",
    (
        ProcedureRow("Đăng ký khai sinh", ReleasedShare(88, "exact", 80, 94)),
        ProcedureRow("Đăng ký thường trú", ReleasedShare(95, "at_least")),
    ),
)


def draw_all(*, is_narrow: bool) -> list[str]:
    return [
        draw_trend(TREND, is_narrow=is_narrow),
        draw_answers(ANSWERS, is_narrow=is_narrow),
        draw_procedures(PROCEDURES, is_narrow=is_narrow),
    ]


def read_words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize("is_narrow", [True, False])
def test_an_image_has_the_width_it_was_asked_for(is_narrow: bool) -> None:  # noqa: FBT001 (a case)
    for svg in draw_all(is_narrow=is_narrow):
        assert f' width="{NARROW if is_narrow else WIDE}"' in svg.split(">")[0]


def test_an_image_needs_no_script_no_style_and_no_other_host() -> None:
    for svg in draw_all(is_narrow=True):
        assert not re.search(r"<script|<style|style=|href=|url\(|@import", svg)


def test_letters_are_never_smaller_than_13_pixels() -> None:
    for svg in draw_all(is_narrow=True):
        assert {int(size) for size in re.findall(r'font-size="(\d+)px"', svg)} == {13}


def test_the_trend_names_its_unit_and_its_mondays() -> None:
    words = read_words(draw_trend(TREND, is_narrow=True))
    assert "Tỷ lệ hài lòng (%)" in words
    assert {"12/10", "80\u00a0%"} <= set(words)


def test_a_single_week_between_gaps_still_shows_its_interval() -> None:
    assert [row["alone"] for row in describe_weeks(TREND)] == [False, False, False, False, True]


def test_answers_carry_their_words_and_numbers() -> None:
    words = read_words(draw_answers(ANSWERS, is_narrow=True))
    assert {"Rất hài lòng", "1.250 (84\u00a0%)", "Rất không hài lòng", "dưới 10"} <= set(words)


def test_procedures_carry_their_names() -> None:
    words = read_words(draw_procedures(PROCEDURES, is_narrow=False))
    assert {"Đăng ký khai sinh", "Đăng ký thường trú"} <= set(words)


def test_a_long_name_takes_two_lines_on_a_phone_and_ends_with_dots() -> None:
    name = "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan, tổ chức có thẩm quyền của Việt Nam cấp"
    lines = break_name(name, is_narrow=True).split("\n")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert max(map(len, lines)) <= 42


def test_the_axis_starts_below_everything_drawn() -> None:
    # The lowest end is 74: ten below 70. With nothing to draw it starts at 0.
    assert find_axis_start(list(SHARES)) == 60
    assert find_axis_start([ReleasedShare(5, "at_most")]) == 0
    assert find_axis_start([None]) == 0


def test_the_same_chart_is_drawn_once() -> None:
    assert draw_trend(TREND, is_narrow=True) is draw_trend(TREND, is_narrow=True)
