"""The look that all charts share, and the way from a chart to SVG. Slow enough to want a thread.

The card behind a chart is light on purpose: an image cannot follow a page into dark mode.
"""

import re
from typing import Any, cast

import altair as alt
import vl_convert

from dashboards.charts.captions import break_caption
from dashboards.disclosure.groups import ReleasedShare

WIDE, NARROW = 680, 328
KEPT_CHARTS = 256
TICK_ROOM = 44  # for the wider figures of another system
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
INK, QUIET, GRID, CARD = "#1b2733", "#46555f", "#d5dcdf", "#fffdf7"
BLUE, PALE_BLUE = "#0b5c8a", "#bcdcec"
# What the Char of XML 1.0 leaves out: control signs, lone halves of a letter, and two that are none.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Values = list[dict[str, Any]]


def draw_svg(
    chart: alt.LayerChart | alt.FacetChart, *, title: str, width: int, height: int, caption: tuple[str, ...] = ()
) -> str:
    """`title` names what the axis measures; `width` and `height` are those of the whole image.

    `caption` are lines that stay with an image that is taken away: of what, from when.
    """
    lines = list(break_caption(title, is_narrow=width == NARROW))
    styled = (
        chart.properties(
            title=alt.TitleParams(text=lines, subtitle=list(caption)) if caption else alt.TitleParams(text=lines),
            width=width,
            height=height,
            background=CARD,
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        )
        .configure(padding=10, font=FONT)
        .configure_view(stroke=None)
        .configure_title(
            font=FONT,
            fontSize=13,
            fontWeight="normal",
            color=QUIET,
            anchor="start",
            frame="bounds",
            subtitleFont=FONT,
            subtitleFontSize=13,
            subtitleColor=QUIET,
        )
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
    return vl_convert.vegalite_to_svg(cast("dict[str, Any]", keep_xml_letters(styled.to_dict())))


def keep_xml_letters(part: object) -> object:
    """A chart's description without the signs that no XML may hold: at one in a name the drawing ends the process."""
    match part:
        case str():
            return NO_XML.sub("", part)
        case list():
            return [keep_xml_letters(item) for item in cast("list[object]", part)]
        case dict():
            return {name: keep_xml_letters(item) for name, item in cast("dict[str, object]", part).items()}
        case _:
            return part


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
