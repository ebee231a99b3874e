"""The funnel of areas of one kind: ratings against the satisfied share, with control limits.

A place outside a limit has another shape and its name beside it; a circle lies within. Spiegelhalter (2005).
"""

from functools import lru_cache
from typing import Any

import altair as alt
import msgspec

from dashboards.charts.captions import break_caption, measure_lines
from dashboards.charts.drawing import BLUE, CARD, INK, KEPT_CHARTS, NARROW, PALE_BLUE, QUIET, WIDE, Values, draw_svg
from dashboards.charts.funnel import HALO_AND_WORD, PALEST_BLUE, PEER, FunnelLimits

HEIGHT = 380
SHAPES = {"inside": "circle", "warning": "triangle-up", "alarm": "diamond"}
MOST_NAMED = {True: 3, False: 8}
LONGEST_NAME = {True: 24, False: 40}
PERCENT = 100
ROOM = 1.03  # so that the place with most ratings is not cut in half


class AreaPoint(msgspec.Struct, frozen=True):
    """`n` rounded, `percent` whole; `place` is inside, warning or alarm."""

    name: str
    n: int
    percent: int
    low: int
    high: int
    place: str


class AreaFunnelChart(msgspec.Struct, frozen=True):
    """`unit` follows a percent."""

    axis: str
    ratings_axis: str
    unit: str
    caption: str
    mean: float
    points: tuple[AreaPoint, ...]
    limits: tuple[FunnelLimits, ...]


def measure_area_funnel(chart: AreaFunnelChart, *, is_narrow: bool) -> int:
    return HEIGHT + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_area_funnel(chart: AreaFunnelChart, *, is_narrow: bool) -> str:
    low, high = find_ends(chart)
    y_scale = alt.Scale(domain=[low, high], nice=False)
    last = max(*(limits.n for limits in chart.limits), *(point.n for point in chart.points))
    x_scale = alt.Scale(domain=[0, last * ROOM], nice=False)
    x_axis = alt.Axis(grid=False, tickCount=4 if is_narrow else 8, titleFontSize=13, titleFontWeight="normal")
    x = alt.X("n:Q", title=chart.ratings_axis, scale=x_scale, axis=x_axis)
    y = alt.Y(
        "percent:Q", title=None, scale=y_scale, axis=alt.Axis(tickCount=6, labelExpr=f"datum.label + '{chart.unit}'")
    )
    base = alt.Chart(alt.InlineData(values=[msgspec.structs.asdict(point) for point in chart.points]))
    layers = alt.layer(
        draw_band(chart, "alarm", PALEST_BLUE, x, y_scale),
        draw_band(chart, "warning", PALE_BLUE, x, y_scale),
        draw_mean(chart, last, x, y),
        base.mark_rule(color=QUIET, strokeWidth=1, opacity=0.55, clip=True).encode(
            x, alt.Y("low:Q", scale=y_scale, title=None), alt.Y2("high")
        ),
        *(draw_points(base, place, x, y) for place in SHAPES),
        *draw_names(chart, last, x, y, is_narrow=is_narrow),
    )
    return draw_svg(
        layers,
        title=chart.axis,
        width=NARROW if is_narrow else WIDE,
        height=measure_area_funnel(chart, is_narrow=is_narrow),
        caption=break_caption(chart.caption, is_narrow=is_narrow),
    )


def find_ends(chart: AreaFunnelChart) -> tuple[int, int]:
    """A scale that holds every point and the limits from the smallest point on; never beyond 0 to 100."""
    fewest = min(point.n for point in chart.points)
    first = next((limits for limits in chart.limits if limits.n >= fewest), chart.limits[-1])
    ends = [point.percent for point in chart.points]
    low, high = min(*ends, first.alarm_low), max(*ends, first.alarm_high)
    return max(0, int(low // 10 * 10)), min(PERCENT, int(-(-high // 10) * 10))


def draw_band(chart: AreaFunnelChart, name: str, colour: str, x: alt.X, scale: alt.Scale) -> alt.Chart:
    values: Values = [
        {"n": limits.n, "low": getattr(limits, f"{name}_low"), "high": getattr(limits, f"{name}_high")}
        for limits in chart.limits
    ]
    y = alt.Y("low:Q", title=None, scale=scale)
    area = alt.Chart(alt.InlineData(values=values)).mark_area(
        color=colour, opacity=1, clip=True, stroke=BLUE, strokeWidth=0.8
    )
    return area.encode(x, y, alt.Y2("high"))


def draw_mean(chart: AreaFunnelChart, last: int, x: alt.X, y: alt.Y) -> alt.Chart:
    values: Values = [{"n": n, "percent": chart.mean} for n in (0, last)]
    base = alt.Chart(alt.InlineData(values=values))
    return base.mark_line(color=QUIET, strokeDash=[5, 4], strokeWidth=1.5).encode(x, y)


def draw_points(base: alt.Chart, place: str, x: alt.X, y: alt.Y) -> alt.Chart:
    is_inside = place == "inside"
    marked = base.transform_filter(f"datum.place == '{place}'")
    return marked.mark_point(
        shape=SHAPES[place],
        color=CARD,
        fill=PEER if is_inside else INK,
        size=40 if is_inside else 130,
        strokeWidth=0.6 if is_inside else 1.2,
        opacity=1,
    ).encode(x, y)


def draw_names(chart: AreaFunnelChart, last: int, x: alt.X, y: alt.Y, *, is_narrow: bool) -> list[alt.Chart]:
    """Names of the lowest places beyond a limit: on both sides of the chart they lean towards its middle."""
    outside = sorted((point for point in chart.points if point.place != "inside"), key=lambda p: (p.place, p.percent))
    named = outside[: MOST_NAMED[is_narrow]]
    layers: list[alt.Chart] = []
    for is_left in (True, False):
        values: Values = [
            {"n": point.n, "percent": point.percent, "word": shorten_name(point.name, is_narrow=is_narrow)}
            for point in named
            if (point.n * 2 < last) == is_left
        ]
        side: dict[str, Any] = {"align": "left" if is_left else "right", "dx": 9 if is_left else -9}
        base = alt.Chart(alt.InlineData(values=values))
        layers += [base.mark_text(**side, **look).encode(x, y, alt.Text("word:N")) for look in HALO_AND_WORD if values]
    return layers


def shorten_name(name: str, *, is_narrow: bool) -> str:
    longest = LONGEST_NAME[is_narrow]
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"
