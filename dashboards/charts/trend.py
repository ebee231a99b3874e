"""The satisfied share week by week, with its interval as a band. A week without data is a gap."""

from datetime import date
from functools import lru_cache

import altair as alt
import msgspec

from dashboards.charts.drawing import (
    BLUE,
    KEPT_CHARTS,
    NARROW,
    PALE_BLUE,
    WIDE,
    Values,
    describe_share,
    draw_edges,
    draw_svg,
    make_percent_axis,
)
from dashboards.disclosure.groups import ReleasedShare

HEIGHT = 300
GAPS = "break-paths-show-domains"


class TrendWeek(msgspec.Struct, frozen=True):
    monday: date
    share: ReleasedShare | None


class TrendChart(msgspec.Struct, frozen=True):
    """`axis` says what is measured, `unit` follows its numbers, `date_form` is a d3-time-format."""

    axis: str
    unit: str
    date_form: str
    weeks: tuple[TrendWeek, ...]


@lru_cache(maxsize=KEPT_CHARTS)
def draw_trend(chart: TrendChart, *, is_narrow: bool) -> str:
    values = describe_weeks(chart)
    base = alt.Chart(alt.InlineData(values=values))
    x = make_week_axis(chart, most_ticks=4 if is_narrow else 8)
    scale, axis = make_percent_axis([week.share for week in chart.weeks], chart.unit)
    low = alt.Y("low:Q", scale=scale, title=None, axis=axis)
    percent, edge = (alt.Y(f"{name}:Q", scale=scale, title=None) for name in ("percent", "edge"))
    layers = alt.layer(
        base.mark_area(color=PALE_BLUE, opacity=1, invalid=GAPS).encode(x, low, alt.Y2("high")),
        base.transform_filter("datum.alone").mark_rule(color=PALE_BLUE, strokeWidth=4).encode(x, low, alt.Y2("high")),
        base.mark_line(color=BLUE, strokeWidth=2, invalid=GAPS).encode(x, percent),
        base.mark_circle(color=BLUE, size=26, opacity=1).encode(x, percent),
        draw_edges(base, x, edge),
    )
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=HEIGHT)


def make_week_axis(chart: TrendChart, most_ticks: int) -> alt.X:
    """Ticks on Mondays of the chart only, so that a date on the axis is always a week in the table."""
    step = -(-len(chart.weeks) // most_ticks)
    mondays = [
        {"utc": True, "year": d.year, "month": d.month, "date": d.day} for d in (w.monday for w in chart.weeks[::step])
    ]
    axis = alt.Axis(values=mondays, format=chart.date_form, grid=False, labelAngle=0)
    return alt.X("week:T", scale=alt.Scale(type="utc"), title=None, axis=axis)


def describe_weeks(chart: TrendChart) -> Values:
    """A week whose neighbours have no interval is `alone`: a band needs two weeks to be seen."""
    intervals = [
        False,
        *(week.share is not None and week.share.low is not None for week in chart.weeks),
        False,
    ]
    return [
        {"week": f"{week.monday}", "alone": not (before or after), **describe_share(week.share)}
        for week, before, after in zip(chart.weeks, intervals, intervals[2:], strict=False)
    ]
