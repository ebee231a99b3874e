"""The satisfied share week by week, its interval as a band, and the numbers of ratings under the weeks.

What charts of weeks have in common; each puts its own signs above.
"""

from collections.abc import Sequence

import altair as alt
import msgspec

from dashboards.charts.drawing import BLUE, PALE_BLUE, QUIET, Values, draw_edges, find_axis_start
from dashboards.charts.trend import GAPS, TrendChart, TrendWeek, describe_weeks, make_week_axis

FOOT_ROOM = 10  # percent below the axis, where the numbers of ratings stand


class AreaWeek(msgspec.Struct, frozen=True):
    """`count` is the number of ratings as text; it stands under the week. Empty where it is hidden."""

    week: TrendWeek
    count: str


class WeeksChart(msgspec.Struct, frozen=True):
    """`axis` says what is measured, `unit` follows its numbers, `date_form` is a d3-time-format."""

    axis: str
    unit: str
    date_form: str
    caption: str
    weeks: tuple[AreaWeek, ...]


class Frame(msgspec.Struct, frozen=True):
    """Where the parts of a chart meet; `start` is the lowest percent of the axis."""

    weeks: TrendChart
    x: alt.X
    scale: alt.Scale
    start: int


def find_frame(chart: WeeksChart, head_room: int, *, is_narrow: bool) -> Frame:
    """`head_room`: percent above 100, for signs."""
    weeks = TrendChart(chart.axis, chart.unit, chart.date_form, tuple(week.week for week in chart.weeks))
    start = find_axis_start([week.share for week in weeks.weeks])
    scale = alt.Scale(domain=[start - FOOT_ROOM, 100 + head_room], nice=False)
    return Frame(weeks, make_week_axis(weeks, most_ticks=4 if is_narrow else 8), scale, start)


def draw_shares(frame: Frame) -> list[alt.Chart]:
    x, scale, start = frame.x, frame.scale, frame.start
    base = alt.Chart(alt.InlineData(values=describe_weeks(frame.weeks)))
    ticks = list(range(start, 101, 10 if 100 - start <= 60 else 20))  # noqa: PLR2004 (at most seven lines)
    axis = alt.Axis(values=ticks, minExtent=44, labelExpr=f"datum.label + '{frame.weeks.unit}'")
    low = alt.Y("low:Q", scale=scale, title=None, axis=axis)
    percent, edge = (alt.Y(f"{name}:Q", scale=scale, title=None) for name in ("percent", "edge"))
    return [
        base.mark_area(color=PALE_BLUE, opacity=1, invalid=GAPS).encode(x, low, alt.Y2("high")),
        base.transform_filter("datum.alone").mark_rule(color=PALE_BLUE, strokeWidth=4).encode(x, low, alt.Y2("high")),
        base.mark_line(color=BLUE, strokeWidth=2, invalid=GAPS).encode(x, percent),
        base.mark_circle(color=BLUE, size=44, opacity=1).encode(x, percent),
        draw_edges(base, x, edge),
    ]


def draw_counts(frame: Frame, weeks: Sequence[AreaWeek], most: int) -> alt.Chart:
    """How many ratings stand behind each week; where they are more than `most`, behind every other one, and so on."""
    counted = [week for week in weeks if week.count]
    step = -(-len(counted) // most) or 1
    values: Values = [
        {"week": f"{week.week.monday}", "percent": frame.start - FOOT_ROOM / 2, "count": week.count}
        for week in counted[::step]
    ]
    y = alt.Y("percent:Q", scale=frame.scale, title=None)
    return alt.Chart(alt.InlineData(values=values)).mark_text(color=QUIET).encode(frame.x, y, alt.Text("count:N"))
