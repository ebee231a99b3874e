"""The look that all charts share, and the way from a chart to SVG. Slow enough to want a thread.

The card behind a chart is light on purpose: an image cannot follow a page into dark mode.
"""

from typing import Any

import altair as alt
import vl_convert

from dashboards.disclosure.groups import ReleasedShare

WIDE, NARROW = 680, 328
KEPT_CHARTS = 256
TICK_ROOM = 44  # for the wider figures of another system
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
INK, QUIET, GRID, CARD = "#1b2733", "#46555f", "#d5dcdf", "#fffdf7"
BLUE, PALE_BLUE = "#0b5c8a", "#bcdcec"

Values = list[dict[str, Any]]


def draw_svg(chart: alt.LayerChart | alt.FacetChart, *, title: str, width: int, height: int) -> str:
    """`title` names what the axis measures; `width` and `height` are those of the whole image."""
    styled = (
        chart.properties(
            title=title,
            width=width,
            height=height,
            background=CARD,
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        )
        .configure(padding=10, font=FONT)
        .configure_view(stroke=None)
        .configure_title(font=FONT, fontSize=13, fontWeight="normal", color=QUIET, anchor="start", frame="bounds")
        .configure_axis(
            labelFont=FONT,
            labelFontSize=13,
            labelColor=INK,
            gridColor=GRID,
            domainColor=QUIET,
            tickColor=QUIET,
        )
        .configure_text(font=FONT, fontSize=13, color=INK)
    )
    return vl_convert.vegalite_to_svg(styled.to_dict())


def describe_share(share: ReleasedShare | None) -> dict[str, int | str | None]:
    """The fields by which charts place a share; a coded band has an `edge` to draw and no `percent`."""
    if share is None:
        return {"percent": None, "edge": None, "low": None, "high": None, "bound": "exact"}
    percent, edge = (share.percent, None) if share.bound == "exact" else (None, share.percent)
    return {"percent": percent, "edge": edge, "low": share.low, "high": share.high, "bound": share.bound}


def find_axis_start(shares: list[ReleasedShare | None]) -> int:
    """A ten below everything drawn: differences stay visible, and the axis says where it starts."""
    ends = [share.low if share.low is not None else share.percent for share in shares if share is not None]
    return max(0, min(ends, default=0) // 10 * 10 - 10)


def make_percent_axis(shares: list[ReleasedShare | None], unit: str, ticks: int = 5) -> tuple[alt.Scale, alt.Axis]:
    """`unit` is what follows a number on the axis."""
    scale = alt.Scale(domain=[find_axis_start(shares), 100])
    return scale, alt.Axis(tickCount=ticks, minExtent=TICK_ROOM, labelExpr=f"datum.label + '{unit}'")


def draw_edges(base: alt.Chart, x: alt.X, y: alt.Y, y_offset: float = 0) -> alt.Chart:
    """Coded bands: a triangle that points to where the hidden number lies."""
    shape = alt.Shape(
        "bound:N",
        legend=None,
        scale=alt.Scale(domain=["at_least", "at_most"], range=["triangle-up", "triangle-down"]),
    )
    points = base.transform_filter("datum.edge != null")
    return points.mark_point(color=BLUE, fill=CARD, size=70, strokeWidth=2, opacity=1, yOffset=y_offset).encode(
        x, y, shape
    )
