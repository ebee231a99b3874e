"""The satisfied share before and after a case, week by week, with the moments of the case and the share of each side.

A moment is a line with its word above the weeks, the share of a side a level line: told by form, not by colour.
"""

from datetime import date
from functools import lru_cache

import altair as alt
import msgspec
import vl_convert

from dashboards.charts.captions import break_caption, measure_lines
from dashboards.charts.drawing import INK, KEPT_CHARTS, NARROW, WIDE, Values, draw_svg
from dashboards.charts.weekly_shares import Frame, WeeksChart, draw_counts, draw_shares, find_frame

HEIGHT = 330
WORD_ROOM = 9  # percent above 100 for each line of words
ROOM_FOR_WORDS = 0.6  # of the width: behind that, words stand to the left of their rules
MOST_COUNTED = {True: 6, False: 16}
PNG_SCALE = 2.0


class CaseMark(msgspec.Struct, frozen=True):
    """A day on which something happened to the case."""

    day: date
    word: str


class CaseLevel(msgspec.Struct, frozen=True):
    """The share of all ratings of one side, over its days."""

    first: date
    last: date
    percent: int


class CaseChart(WeeksChart, frozen=True):
    marks: tuple[CaseMark, ...]
    levels: tuple[CaseLevel, ...]


def measure_case_chart(chart: CaseChart, *, is_narrow: bool) -> int:
    return HEIGHT + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_case_chart(chart: CaseChart, *, is_narrow: bool) -> str:
    frame = find_frame(chart, WORD_ROOM * max(len(chart.marks), 1), is_narrow=is_narrow)
    counts = draw_counts(frame, chart.weeks, MOST_COUNTED[is_narrow])
    layers = alt.layer(*draw_shares(frame), *draw_levels(chart, frame), counts, *draw_marks(chart, frame))
    caption = break_caption(chart.caption, is_narrow=is_narrow)
    height = measure_case_chart(chart, is_narrow=is_narrow)
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=height, caption=caption)


def draw_levels(chart: CaseChart, frame: Frame) -> list[alt.Chart]:
    values: Values = [
        {"first": f"{level.first}", "last": f"{level.last}", "level": level.percent} for level in chart.levels
    ]
    base = alt.Chart(alt.InlineData(values=values))
    x, y = alt.X("first:T", scale=alt.Scale(type="utc"), title=None), alt.Y("level:Q", scale=frame.scale, title=None)
    return [base.mark_rule(color=INK, strokeWidth=2, strokeDash=[8, 3]).encode(x, y, alt.X2("last"))] if values else []


def draw_marks(chart: CaseChart, frame: Frame) -> list[alt.Chart]:
    """Each word on a line of its own beside its rule, in such an order that no word crosses another's rule."""
    if not chart.marks or not chart.weeks:
        return []
    first, last = chart.weeks[0].week.monday, chart.weeks[-1].week.monday
    is_late = (chart.marks[-1].day - first).days > ROOM_FOR_WORDS * max((last - first).days, 1)
    values: Values = [
        {"week": f"{mark.day}", "top": 100 + WORD_ROOM * (place + 0.6), "foot": frame.start, "word": mark.word}
        for place, mark in enumerate(chart.marks if is_late else reversed(chart.marks))
    ]
    base = alt.Chart(alt.InlineData(values=values))
    top = alt.Y("top:Q", scale=frame.scale, title=None)
    words = (
        base.mark_text(align="right", dx=-6, fontWeight="bold")
        if is_late
        else base.mark_text(align="left", dx=6, fontWeight="bold")
    )
    return [
        base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.5).encode(frame.x, top, alt.Y2("foot")),
        words.encode(frame.x, top, alt.Text("word:N")),
    ]


def draw_case_png(chart: CaseChart) -> bytes:
    return vl_convert.svg_to_png(draw_case_chart(chart, is_narrow=False), scale=PNG_SCALE)
