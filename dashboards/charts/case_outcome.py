"""The satisfied share before and after a case, week by week, with the moments of the case and the share of each side.

A moment is a line with its word above the weeks, the share of a side a level line: told by form, not by colour.
"""

from datetime import date
from functools import lru_cache

import altair as alt
import msgspec
import vl_convert

from dashboards.charts.area_trend import AreaWeek
from dashboards.charts.captions import break_caption, measure_lines
from dashboards.charts.drawing import (
    BLUE,
    INK,
    KEPT_CHARTS,
    NARROW,
    PALE_BLUE,
    QUIET,
    WIDE,
    Values,
    draw_edges,
    draw_svg,
    find_axis_start,
)
from dashboards.charts.trend import GAPS, TrendChart, describe_weeks, make_week_axis

HEIGHT = 330
FOOT_ROOM = 10  # percent below the axis, where the numbers of ratings stand
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


class CaseChart(msgspec.Struct, frozen=True):
    """`axis` says what is measured, `unit` follows its numbers, `date_form` is a d3-time-format."""

    axis: str
    unit: str
    date_form: str
    caption: str
    weeks: tuple[AreaWeek, ...]
    marks: tuple[CaseMark, ...]
    levels: tuple[CaseLevel, ...]


def measure_case_chart(chart: CaseChart, *, is_narrow: bool) -> int:
    return HEIGHT + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_case_chart(chart: CaseChart, *, is_narrow: bool) -> str:
    weeks = TrendChart(chart.axis, chart.unit, chart.date_form, tuple(week.week for week in chart.weeks))
    base = alt.Chart(alt.InlineData(values=describe_weeks(weeks)))
    x = make_week_axis(weeks, most_ticks=4 if is_narrow else 8)
    start = find_axis_start([week.share for week in weeks.weeks])
    scale = alt.Scale(domain=[start - FOOT_ROOM, 100 + WORD_ROOM * max(len(chart.marks), 1)], nice=False)
    ticks = list(range(start, 101, 10 if 100 - start <= 60 else 20))  # noqa: PLR2004 (at most seven lines)
    axis = alt.Axis(values=ticks, minExtent=44, labelExpr=f"datum.label + '{chart.unit}'")
    low = alt.Y("low:Q", scale=scale, title=None, axis=axis)
    percent, edge = (alt.Y(f"{name}:Q", scale=scale, title=None) for name in ("percent", "edge"))
    layers = alt.layer(
        base.mark_area(color=PALE_BLUE, opacity=1, invalid=GAPS).encode(x, low, alt.Y2("high")),
        base.transform_filter("datum.alone").mark_rule(color=PALE_BLUE, strokeWidth=4).encode(x, low, alt.Y2("high")),
        base.mark_line(color=BLUE, strokeWidth=2, invalid=GAPS).encode(x, percent),
        base.mark_circle(color=BLUE, size=44, opacity=1).encode(x, percent),
        draw_edges(base, x, edge),
        *draw_levels(chart, scale),
        *draw_counts(chart, x, scale, start, is_narrow=is_narrow),
        *draw_marks(chart, x, scale, start),
    )
    caption = break_caption(chart.caption, is_narrow=is_narrow)
    height = measure_case_chart(chart, is_narrow=is_narrow)
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=height, caption=caption)


def draw_levels(chart: CaseChart, scale: alt.Scale) -> list[alt.Chart]:
    values: Values = [
        {"first": f"{level.first}", "last": f"{level.last}", "level": level.percent} for level in chart.levels
    ]
    base = alt.Chart(alt.InlineData(values=values))
    x, y = alt.X("first:T", scale=alt.Scale(type="utc"), title=None), alt.Y("level:Q", scale=scale, title=None)
    return [base.mark_rule(color=INK, strokeWidth=2, strokeDash=[8, 3]).encode(x, y, alt.X2("last"))] if values else []


def draw_counts(chart: CaseChart, x: alt.X, scale: alt.Scale, start: int, *, is_narrow: bool) -> list[alt.Chart]:
    """How many ratings stand behind each week; where weeks are many, behind every other one, and so on."""
    counted = [week for week in chart.weeks if week.count]
    step = -(-len(counted) // MOST_COUNTED[is_narrow]) or 1
    values: Values = [
        {"week": f"{week.week.monday}", "percent": start - FOOT_ROOM / 2, "count": week.count}
        for week in counted[::step]
    ]
    base = alt.Chart(alt.InlineData(values=values))
    y = alt.Y("percent:Q", scale=scale, title=None)
    return [base.mark_text(color=QUIET).encode(x, y, alt.Text("count:N"))]


def draw_marks(chart: CaseChart, x: alt.X, scale: alt.Scale, start: int) -> list[alt.Chart]:
    """Each word on a line of its own beside its rule, in such an order that no word crosses another's rule."""
    if not chart.marks or not chart.weeks:
        return []
    first, last = chart.weeks[0].week.monday, chart.weeks[-1].week.monday
    is_late = (chart.marks[-1].day - first).days > ROOM_FOR_WORDS * max((last - first).days, 1)
    values: Values = [
        {"week": f"{mark.day}", "top": 100 + WORD_ROOM * (place + 0.6), "foot": start, "word": mark.word}
        for place, mark in enumerate(chart.marks if is_late else reversed(chart.marks))
    ]
    base = alt.Chart(alt.InlineData(values=values))
    top = alt.Y("top:Q", scale=scale, title=None)
    words = (
        base.mark_text(align="right", dx=-6, fontWeight="bold")
        if is_late
        else base.mark_text(align="left", dx=6, fontWeight="bold")
    )
    return [
        base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.5).encode(x, top, alt.Y2("foot")),
        words.encode(x, top, alt.Text("word:N")),
    ]


def draw_case_png(chart: CaseChart) -> bytes:
    return vl_convert.svg_to_png(draw_case_chart(chart, is_narrow=False), scale=PNG_SCALE)
