"""The share behind an alert week by week, with its interval, the limit of the rule, and the week in which it fired."""

from datetime import date
from functools import lru_cache

import altair as alt
import msgspec
import vl_convert

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
)
from dashboards.charts.trend import GAPS, TrendChart, TrendWeek, describe_weeks, make_week_axis

HEIGHT = 300
WHOLE = 100
STEP = 10  # percent, to which the axis is widened
PNG_SCALE = 2.0


class AlertChart(msgspec.Struct, frozen=True):
    """`axis` says what is measured, `unit` follows its numbers; `alert` is the Monday marked, called `word`."""

    axis: str
    unit: str
    date_form: str
    word: str
    weeks: tuple[TrendWeek, ...]
    alert: date
    limit: int | None


@lru_cache(maxsize=KEPT_CHARTS)
def draw_alert_trend(chart: AlertChart, *, is_narrow: bool) -> str:
    weeks = TrendChart(chart.axis, chart.unit, chart.date_form, chart.weeks)
    base = alt.Chart(alt.InlineData(values=describe_weeks(weeks)))
    x = make_week_axis(weeks, most_ticks=4 if is_narrow else 8)
    lowest, highest = find_ends(chart)
    scale = alt.Scale(domain=[lowest, highest], nice=False)
    axis = alt.Axis(tickCount=5, minExtent=44, labelExpr=f"datum.label + '{chart.unit}'")
    low = alt.Y("low:Q", scale=scale, title=None, axis=axis)
    percent, edge = (alt.Y(f"{name}:Q", scale=scale, title=None, axis=axis) for name in ("percent", "edge"))
    layers = alt.layer(
        base.mark_area(color=PALE_BLUE, opacity=1, invalid=GAPS).encode(x, low, alt.Y2("high")),
        base.transform_filter("datum.alone").mark_rule(color=PALE_BLUE, strokeWidth=4).encode(x, low, alt.Y2("high")),
        base.mark_line(color=BLUE, strokeWidth=2, invalid=GAPS).encode(x, percent),
        base.mark_circle(color=BLUE, size=26, opacity=1).encode(x, percent),
        draw_edges(base, x, edge),
        *draw_limit(chart, scale),
        *draw_mark(chart, x, scale, highest),
    )
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=HEIGHT)


def find_ends(chart: AlertChart) -> tuple[int, int]:
    """Tens around all that is drawn, so that small shares are not lost at the foot of a hundred."""
    shares = [week.share for week in chart.weeks if week.share is not None]
    ends = [end for share in shares for end in (share.percent, share.low, share.high) if end is not None]
    ends += [chart.limit] if chart.limit is not None else []
    lowest, highest = min(ends, default=0), max(ends, default=WHOLE)
    return max(0, lowest // STEP * STEP), min(WHOLE, (highest // STEP + 1) * STEP)


def draw_limit(chart: AlertChart, scale: alt.Scale) -> list[alt.Chart]:
    if chart.limit is None:
        return []
    base = alt.Chart(alt.InlineData(values=[{"limit": chart.limit}]))
    return [base.mark_rule(color=QUIET, strokeDash=[5, 4], strokeWidth=1.5).encode(alt.Y("limit:Q", scale=scale))]


def draw_mark(chart: AlertChart, x: alt.X, scale: alt.Scale, highest: int) -> list[alt.Chart]:
    """A line with a word over the week, and a diamond where its share is known: told by form, not by colour."""
    share = next((week.share for week in chart.weeks if week.monday == chart.alert), None)
    values: Values = [{"week": f"{chart.alert}", "top": highest, "word": chart.word, "at": share and share.percent}]
    base = alt.Chart(alt.InlineData(values=values))
    top, at = (alt.Y(f"{name}:Q", scale=scale, title=None) for name in ("top", "at"))
    return [
        base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.5).encode(x),
        base.mark_text(align="right", baseline="top", dx=-6, fontWeight="bold").encode(x, top, alt.Text("word:N")),
        base.transform_filter("datum.at != null")
        .mark_point(shape="diamond", size=150, fill=INK, color=INK)
        .encode(x, at),
    ]


def draw_alert_png(chart: AlertChart) -> bytes:
    return vl_convert.svg_to_png(draw_alert_trend(chart, is_narrow=False), scale=PNG_SCALE)
