"""Parts of an area one under the other: a share with its interval, the name above its line, n at the end of it.

Without an interval a bar from 0, for counts. A dashed line marks a share that parts are held against.
"""

from functools import lru_cache
from textwrap import shorten

import altair as alt
import msgspec

from dashboards.charts.captions import break_caption, measure_lines
from dashboards.charts.drawing import (
    BLUE,
    CARD,
    KEPT_CHARTS,
    NARROW,
    PALE_BLUE,
    QUIET,
    WIDE,
    Values,
    describe_share,
    draw_edges,
    draw_svg,
    find_axis_start,
)
from dashboards.charts.funnel import HALO_AND_WORD
from dashboards.charts.procedures import LINE_LETTERS, ROW_HEIGHT, break_name
from dashboards.disclosure.groups import ReleasedShare

FRAME_HEIGHT = 66
MOST_ROWS = 14


class ChartRow(msgspec.Struct, frozen=True):
    """`label` is what stands at the end of the name: how many ratings. `is_marked` draws the point hollow."""

    name: str
    share: ReleasedShare | None
    label: str
    count: int | None = None
    is_marked: bool = False


class RowsChart(msgspec.Struct, frozen=True):
    """`unit` follows the numbers of the axis. `line` is a percent to mark. `counts`: bars of `count`, no shares."""

    axis: str
    unit: str
    caption: str
    rows: tuple[ChartRow, ...]
    starts_at_zero: bool = False
    line: int | None = None
    counts: bool = False


def measure_rows(chart: RowsChart, *, is_narrow: bool) -> int:
    rows = len(chart.rows) * ROW_HEIGHT[is_narrow]
    return FRAME_HEIGHT + rows + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_rows(chart: RowsChart, *, is_narrow: bool) -> str:
    values: Values = [
        {
            "row": number,
            "name": name_row(row.name, row.label, is_narrow=is_narrow),
            "count": row.count,
            "marked": row.is_marked,
            **describe_share(row.share),
        }
        for number, row in enumerate(chart.rows)
    ]
    base = alt.Chart(alt.InlineData(values=values))
    y = alt.Y("row:O", axis=None)
    scale, axis = make_axis(chart, is_narrow=is_narrow)
    marks = (
        draw_bars(base, y, scale, axis, is_narrow=is_narrow)
        if chart.counts
        else draw_points(base, y, scale, axis, is_narrow=is_narrow)
    )
    top = ROW_HEIGHT[is_narrow] / 2
    names = [
        base.mark_text(align="left", baseline="top", lineBreak="\n", dy=6 - top, **look).encode(
            y=y, x=alt.value(0), text="name:N"
        )
        for look in HALO_AND_WORD
    ]
    layers = alt.layer(*draw_line(chart, scale), *names, *marks)
    return draw_svg(
        layers,
        title=chart.axis,
        width=NARROW if is_narrow else WIDE,
        height=measure_rows(chart, is_narrow=is_narrow),
        caption=break_caption(chart.caption, is_narrow=is_narrow),
    )


def name_row(name: str, label: str, *, is_narrow: bool) -> str:
    """A long name is cut, never the number of ratings behind it."""
    if not label:
        return break_name(name, is_narrow=is_narrow)
    room = LINE_LETTERS[is_narrow] * (2 if is_narrow else 1) - len(label) - 4
    return break_name(f"{shorten(name, room, placeholder='…')} · {label}", is_narrow=is_narrow)


def make_axis(chart: RowsChart, *, is_narrow: bool) -> tuple[alt.Scale, alt.Axis]:
    ticks = 3 if is_narrow else 5
    axis = alt.Axis(tickCount=ticks, labelExpr=f"datum.label + '{chart.unit}'", grid=True)
    if chart.counts:
        return alt.Scale(domain=[0, max((row.count or 0) for row in chart.rows) or 1], nice=True), axis
    shares = [row.share for row in chart.rows]
    if not chart.starts_at_zero:
        return alt.Scale(domain=[find_axis_start(shares), 100]), axis
    ends = [share.percent if share.high is None else share.high for share in shares if share is not None]
    last = max(*ends, chart.line or 0, 1) if ends else 1
    return alt.Scale(domain=[0, min(100, -(-(last + 1) // 5) * 5)], nice=False), axis


def draw_points(base: alt.Chart, y: alt.Y, scale: alt.Scale, axis: alt.Axis, *, is_narrow: bool) -> list[alt.Chart]:
    below = ROW_HEIGHT[is_narrow] / 2 - 10
    low = alt.X("low:Q", scale=scale, title=None, axis=axis)
    percent, edge = (alt.X(f"{name}:Q", scale=scale, title=None) for name in ("percent", "edge"))
    fill = alt.condition("datum.marked", alt.value(CARD), alt.value(BLUE))
    return [
        base.mark_rule(color=BLUE, strokeWidth=2.5, yOffset=below).encode(low, alt.X2("high"), y=y),
        base.mark_point(shape="circle", color=BLUE, size=85, strokeWidth=2.5, opacity=1, yOffset=below).encode(
            percent, y, fill=fill
        ),
        draw_edges(base, edge, y, below),
    ]


def draw_bars(base: alt.Chart, y: alt.Y, scale: alt.Scale, axis: alt.Axis, *, is_narrow: bool) -> list[alt.Chart]:
    below = ROW_HEIGHT[is_narrow] / 2 - 12
    x = alt.X("count:Q", scale=scale, title=None, axis=axis)
    return [base.mark_bar(color=PALE_BLUE, stroke=BLUE, strokeWidth=1.2, height=14, yOffset=below).encode(x, y)]


def draw_line(chart: RowsChart, scale: alt.Scale) -> list[alt.Chart]:
    if chart.line is None:
        return []
    base = alt.Chart(alt.InlineData(values=[{"at": chart.line}]))
    return [
        base.mark_rule(color=QUIET, strokeDash=[5, 4], strokeWidth=1.5).encode(alt.X("at:Q", scale=scale, title=None))
    ]
