"""The satisfied share of an area week by week, its interval as a band, and above the weeks the alerts that fired.

An alert is a triangle on its day with a thin line down, so that it is told from a week without colour.
"""

from datetime import date
from functools import lru_cache

import altair as alt
import msgspec

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
from dashboards.charts.trend import GAPS, TrendChart, TrendWeek, describe_weeks, make_week_axis

HEIGHT = 310
ALERT_ROOM = 10  # percent above 100, where the triangles stand
MOST_COUNTED = {True: 7, False: 16}


class AreaWeek(msgspec.Struct, frozen=True):
    """`count` is the number of ratings as text; it stands under the week. Empty where it is hidden."""

    week: TrendWeek
    count: str


class AreaTrendChart(msgspec.Struct, frozen=True):
    """`axis` says what is measured, `unit` follows its numbers, `date_form` is a d3-time-format.

    `alerts` are days with at least one alert.
    """

    axis: str
    unit: str
    date_form: str
    caption: str
    weeks: tuple[AreaWeek, ...]
    alerts: tuple[date, ...]


def measure_area_trend(chart: AreaTrendChart, *, is_narrow: bool) -> int:
    return HEIGHT + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_area_trend(chart: AreaTrendChart, *, is_narrow: bool) -> str:
    weeks = TrendChart(chart.axis, chart.unit, chart.date_form, tuple(week.week for week in chart.weeks))
    base = alt.Chart(alt.InlineData(values=describe_weeks(weeks)))
    x = make_week_axis(weeks, most_ticks=4 if is_narrow else 8)
    start = find_axis_start([week.share for week in weeks.weeks])
    scale = alt.Scale(domain=[start - ALERT_ROOM, 100 + ALERT_ROOM], nice=False)
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
        *draw_counts(chart, x, scale, start, is_narrow=is_narrow),
        *draw_alerts(chart, x, scale, start),
    )
    caption = break_caption(chart.caption, is_narrow=is_narrow)
    height = measure_area_trend(chart, is_narrow=is_narrow)
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=height, caption=caption)


def draw_counts(chart: AreaTrendChart, x: alt.X, scale: alt.Scale, start: int, *, is_narrow: bool) -> list[alt.Chart]:
    """How many ratings stand behind each week; where weeks are many, behind every other one, and so on."""
    counted = [week for week in chart.weeks if week.count]
    step = -(-len(counted) // MOST_COUNTED[is_narrow]) or 1
    values: Values = [
        {"week": f"{week.week.monday}", "percent": start - ALERT_ROOM / 2, "count": week.count}
        for week in counted[::step]
    ]
    base = alt.Chart(alt.InlineData(values=values))
    y = alt.Y("percent:Q", scale=scale, title=None)
    return [base.mark_text(color=QUIET).encode(x, y, alt.Text("count:N"))]


def draw_alerts(chart: AreaTrendChart, x: alt.X, scale: alt.Scale, start: int) -> list[alt.Chart]:
    if not chart.alerts:
        return []
    values: Values = [{"week": f"{day}", "percent": 100 + ALERT_ROOM / 2, "foot": start} for day in chart.alerts]
    base = alt.Chart(alt.InlineData(values=values))
    y = alt.Y("percent:Q", scale=scale, title=None)
    return [
        base.mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1).encode(x, y, alt.Y2("foot")),
        base.mark_point(shape="triangle-down", color=INK, fill=INK, size=110, opacity=1).encode(x, y),
    ]
