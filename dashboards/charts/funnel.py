"""The funnel of peers: number of ratings against adjusted score, with over-dispersed limits; one of them is marked.

Peers are dots without names, where they truly are. Spiegelhalter (2005), Statistics in Medicine 24.
"""

from functools import lru_cache
from typing import Any

import altair as alt
import msgspec

from dashboards.charts.drawing import BLUE, CARD, INK, KEPT_CHARTS, NARROW, PALE_BLUE, QUIET, WIDE, Values, draw_svg

HEIGHT = 340
PEER = "#3f5866"
PALEST_BLUE = "#e2eff6"
HALO_AND_WORD: tuple[dict[str, Any], ...] = ({"stroke": CARD, "strokeWidth": 5}, {})


class FunnelPoint(msgspec.Struct, frozen=True):
    n: int
    adjusted: float


class FunnelLimits(msgspec.Struct, frozen=True):
    """Where chance and the usual differences between peers end, for a peer with n ratings."""

    n: int
    warning_low: float
    warning_high: float
    alarm_low: float
    alarm_high: float


class FunnelChart(msgspec.Struct, frozen=True):
    """`axis` and `ratings_axis` say what is measured, in which unit; `words` name marks: own, peers."""

    axis: str
    ratings_axis: str
    own_word: str
    peer_word: str
    mean: float
    own: FunnelPoint
    peers: tuple[FunnelPoint, ...]
    limits: tuple[FunnelLimits, ...]


@lru_cache(maxsize=KEPT_CHARTS)
def draw_funnel(chart: FunnelChart, *, is_narrow: bool) -> str:
    low, high = find_ends(chart)
    scale = alt.Scale(domain=[low, high], nice=False)
    last = max(limits.n for limits in chart.limits)
    across = alt.Scale(domain=[0, last], nice=False)
    axis = alt.Axis(grid=False, tickCount=4 if is_narrow else 8, titleFontSize=13, titleFontWeight="normal")
    x = alt.X("n:Q", title=chart.ratings_axis, scale=across, axis=axis)
    y = alt.Y("adjusted:Q", title=None, scale=scale, axis=alt.Axis(tickCount=6))
    layers = alt.layer(
        draw_band(chart, "alarm", PALEST_BLUE, x, scale),
        draw_band(chart, "warning", PALE_BLUE, x, scale),
        draw_mean(chart, last, x, y),
        draw_word(chart, last, x, y),
        draw_peers(chart, x, y),
        draw_own(chart, x, y),
    )
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=HEIGHT)


def find_ends(chart: FunnelChart) -> tuple[int, int]:
    """A scale that holds every dot and the limits from the smallest dot on; never beyond 0 to 100."""
    dots = [point.adjusted for point in (chart.own, *chart.peers)]
    fewest = min(point.n for point in (chart.own, *chart.peers))
    first = next((limits for limits in chart.limits if limits.n >= fewest), chart.limits[-1])
    ends = [first.alarm_low, first.alarm_high]
    low, high = min(dots + ends), max(dots + ends)
    return max(0, int(low // 10 * 10)), min(100, int(-(-high // 10) * 10))


def draw_band(chart: FunnelChart, name: str, colour: str, x: alt.X, scale: alt.Scale) -> alt.Chart:
    values: Values = [
        {"n": limits.n, "low": getattr(limits, f"{name}_low"), "high": getattr(limits, f"{name}_high")}
        for limits in chart.limits
    ]
    y = alt.Y("low:Q", title=None, scale=scale)
    return (
        alt.Chart(alt.InlineData(values=values))
        .mark_area(color=colour, opacity=1, clip=True, stroke=BLUE, strokeWidth=0.8)
        .encode(x, y, alt.Y2("high"))
    )


def draw_mean(chart: FunnelChart, last: int, x: alt.X, y: alt.Y) -> alt.Chart:
    values: Values = [{"n": n, "adjusted": chart.mean} for n in (chart.limits[0].n, last)]
    return (
        alt.Chart(alt.InlineData(values=values)).mark_line(color=QUIET, strokeDash=[5, 4], strokeWidth=1.5).encode(x, y)
    )


def draw_peers(chart: FunnelChart, x: alt.X, y: alt.Y) -> alt.Chart:
    values: Values = [{"n": point.n, "adjusted": point.adjusted} for point in chart.peers]
    points = alt.Chart(alt.InlineData(values=values))
    return points.mark_circle(color=PEER, size=34, opacity=0.85, description=chart.peer_word).encode(x, y)


def draw_word(chart: FunnelChart, last: int, x: alt.X, y: alt.Y) -> alt.LayerChart | alt.FacetChart:
    """The name of the marked one, on the side with more room, under the dots so that it hides none."""
    words: Values = [{"n": chart.own.n, "adjusted": chart.own.adjusted, "word": chart.own_word}]
    base = alt.Chart(alt.InlineData(values=words))
    is_left = chart.own.n * 2 < last
    place: dict[str, Any] = {"align": "left" if is_left else "right", "dx": 13 if is_left else -13}
    return alt.layer(
        *(base.mark_text(**place, fontWeight="bold", **look).encode(x, y, alt.Text("word:N")) for look in HALO_AND_WORD)
    )


def draw_own(chart: FunnelChart, x: alt.X, y: alt.Y) -> alt.Chart:
    """A large diamond: it differs by form, size and name, not by colour alone."""
    own: Values = [{"n": chart.own.n, "adjusted": chart.own.adjusted}]
    diamond = alt.Chart(alt.InlineData(values=own)).mark_point(
        shape="diamond", size=190, color=CARD, fill=INK, strokeWidth=1.5, opacity=1
    )
    return diamond.encode(x, y)
