"""What the views say, and how sure; pictures and tables of the same numbers."""

import re
from datetime import UTC, date, datetime

import msgspec
import pytest

from dashboards.charts.rows import name_row
from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.blocks import Block, draw_chart
from dashboards.supervision.figures import Filters
from dashboards.supervision.first_screen import count_closed_weeks
from dashboards.supervision.margin_views import is_surely_more
from dashboards.supervision.place_views import name_place
from dashboards.supervision.sentences import Teller, compare_quarters, describe_headline, differ
from dashboards.supervision.trend_view import AlertDay
from dashboards.supervision.view_names import VIEWS, View, make_address, read_filters
from dashboards.supervision.views import keep_filters, list_fields, tell_view
from surveys.errors import UnusableFilterError
from tests.dashboards.supervised_area import COMMENTS, EMPTY, FIGURES, share
from tests.journeys.phone import WORDINGS

VI, EN = WORDINGS["vi"], WORDINGS["en"]
TELLER = Teller(VI)
ALERTS = (AlertDay(date(2026, 9, 16), "Mức hài lòng giảm rõ"),)


def tell(view: View) -> tuple[Block, ...]:
    return tell_view(view, FIGURES, VI, alerts=ALERTS, comments=COMMENTS)


def read_words(svg: str) -> str:
    return re.sub(r"<[^>]+>", " ", svg)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_a_sentence_a_picture_and_its_table(view: View) -> None:
    for block in tell(view):
        assert block.sentences[0].strip()
        assert block.chart is not None
        assert block.table is not None
        for is_narrow in (True, False):
            svg = draw_chart(block.chart, is_narrow=is_narrow)
            words = read_words(svg)
            assert block.chart.axis[:20] in words
            assert "Tỉnh Cà Mau" in words
            assert not re.search(r"<script|<style|style=|href=|url\((?!#)|@import", svg)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("wording", [VI, EN], ids=["vi", "en"])
def test_where_nothing_may_be_said_no_picture_is_drawn_and_a_sentence_says_why(view: View, wording: object) -> None:
    assert wording in (VI, EN)
    comments = msgspec.structs.replace(COMMENTS, themes=(), texts=())
    for block in tell_view(view, EMPTY, VI if wording is VI else EN, comments=comments):
        assert block.chart is None
        assert len(block.sentences[0]) > 15


def test_the_three_figures_say_how_sure_they_are_or_what_is_missing() -> None:
    satisfied, dissatisfied, response = describe_headline(FIGURES.headline, TELLER)
    assert (satisfied.value, satisfied.interval) == ("84\u00a0%", "chắc chắn 95\u00a0%: từ 81 đến 87\u00a0%")
    assert dissatisfied.value == "8\u00a0%"
    assert "695 lượt đánh giá trên 3.600 hồ sơ" in response.note
    missing = describe_headline(EMPTY.headline, TELLER)
    assert "Cần thêm 4 lượt" in missing[0].note
    assert not any(figure.is_shown for figure in missing)


def test_a_change_is_called_one_only_where_intervals_do_not_meet() -> None:
    # 81 to 87 now, 88 to 92 before.
    assert "Đã giảm" in compare_quarters(FIGURES.headline, TELLER)
    assert differ(share(80, 75, 85), share(90, 86, 93))
    assert not differ(share(80, 75, 85), share(88, 85, 93))
    assert not differ(ReleasedShare(95, "at_least"), share(50, 40, 60))
    assert not differ(None, share(50, 40, 60))


def test_the_trend_tells_a_drop_and_shows_where_the_alert_fired() -> None:
    [block] = tell("trend")
    # First week 86 (70 to 93), last 66 (55 to 69).
    assert block.sentences[0].startswith("Mức hài lòng đã giảm, nhiều hơn mức ngẫu nhiên")
    assert "gần nhất ngày 16/09/2026" in block.sentences[1]
    assert block.table is not None
    named = [row[0] for row in block.table.rows if row[3]]
    # The 16th is in the week from Monday the 14th.
    assert named == [date(2026, 9, 14)]


def test_places_outside_a_limit_come_first_with_the_word_for_it() -> None:
    rural, urban = tell("places")
    assert rural.key == "rural"
    assert "quá ít để vẽ giới hạn" in rural.sentences[0]
    assert urban.table is not None
    assert [row[3] for row in urban.table.rows][:3] == ["thấp hơn hẳn (báo động)", "thấp (cảnh giác)", "trong giới hạn"]
    assert "Thấp hơn hẳn: Phường Tân Thành (mẫu), 62\u00a0%" in " ".join(urban.sentences)
    assert name_place(FIGURES.peers[1].children[6], FIGURES.peers[1]) == "none"


def test_procedures_are_in_the_order_of_what_is_surely_suffered() -> None:
    [block] = tell("procedures")
    assert block.table is not None
    # Low ends of the dissatisfied share: 11, 10, 4, 3.
    assert [row[3].low for row in block.table.rows if isinstance(row[3], ReleasedShare)] == [11, 10, 4, 3]
    assert "cao hơn mức chung (8\u00a0%)" in block.sentences[1]
    assert "2 dòng có quá ít lượt đánh giá" in block.notes[-1]


def test_the_worst_of_many_needs_more_than_the_worst_of_one_to_be_called_surely_worse() -> None:
    # 10 % from 7 % on: of one it lies above 6 %. Of 60, z is 3.34 instead of 1.96: 10 - 3 × 3.34 / 1.96 = 4.9.
    worst = ReleasedShare(10, "exact", 7, 14)
    assert is_surely_more(worst, 6, 1)
    assert not is_surely_more(worst, 6, 60)
    assert is_surely_more(worst, 4, 60)
    assert not is_surely_more(ReleasedShare(90, "at_least"), 4, 1)


def test_a_low_response_is_said_beside_the_number() -> None:
    [block] = tell("response")
    assert block.table is not None
    remarks = {row[0]: row[4] for row in block.table.rows}
    assert remarks["Phường Lý Văn Lâm (mẫu)"] == "tỷ lệ phản hồi thấp, không so sánh"
    assert remarks["Phường An Xuyên (mẫu)"] == ""


def test_pilot_sites_differ_only_where_the_interval_leaves_zero_out() -> None:
    better, same, nothing = tell("pilots")[0].sentences
    assert "cao hơn +8" in better
    assert "chưa thể nói" in same
    assert "chưa đủ lượt" in nothing


def test_the_number_of_ratings_is_never_cut_off_a_long_name() -> None:
    for is_narrow in (True, False):
        assert name_row("Tên rất dài " * 30, "1.250 lượt", is_narrow=is_narrow).endswith("1.250 lượt")


def test_weeks_that_closed_between_two_visits_are_counted() -> None:
    # Sunday the 15th was the last closed one on Saturday the 21st; on Thursday the 5th it was Sunday the 1st.
    assert count_closed_weeks(datetime(2026, 11, 5, 3, tzinfo=UTC), date(2026, 11, 21)) == 2
    assert count_closed_weeks(datetime(2026, 11, 20, 3, tzinfo=UTC), date(2026, 11, 21)) == 0
    assert count_closed_weeks(None, date(2026, 11, 21)) == 0


def test_an_address_carries_its_filters_and_no_more() -> None:
    assert make_address("u-a/b~1", "trend", quarter="2026-Q3", lang="") == "/staff/area/u-a%2Fb~1/trend?quarter=2026-Q3"
    asked = read_filters({"quarter": "2026-Q3", "procedure": "1.001193", "rater": "citizen", "other": "x"})
    assert asked == Filters("2026-Q3", "1.001193", "citizen")
    # A procedure and a kind of rater are never crossed.
    assert keep_filters("trend", asked) == Filters("2026-Q3", "1.001193")
    assert keep_filters("raters", asked) == Filters("2026-Q3")
    with pytest.raises(UnusableFilterError):
        read_filters({"quarter": "2026-Q5"})


def test_the_form_offers_what_the_view_knows() -> None:
    names = [field.name for field in list_fields("trend", FIGURES, TELLER)]
    assert names == ["quarter", "procedure", "rater", "area_type"]
    assert [field.name for field in list_fields("trend", EMPTY, TELLER)] == ["quarter"]
    quarter = list_fields("trend", FIGURES, TELLER)[0]
    assert (quarter.choices[0].name, quarter.chosen) == ("Đang chạy: quý 4/2026", "2026-Q3")
