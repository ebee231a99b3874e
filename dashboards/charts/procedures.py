"""The satisfied share of each procedure as a point with its interval, the name written above its line."""

from functools import lru_cache
from textwrap import shorten, wrap

import altair as alt
import msgspec

from dashboards.charts.drawing import (
    BLUE,
    KEPT_CHARTS,
    NARROW,
    WIDE,
    Values,
    describe_share,
    draw_edges,
    draw_svg,
    make_percent_axis,
)
from dashboards.disclosure.groups import ReleasedShare

FRAME_HEIGHT = 62
ROW_HEIGHT = {True: 66, False: 50}
LINE_LETTERS = {True: 42, False: 90}
MOST_ROWS = 12


class ProcedureRow(msgspec.Struct, frozen=True):
    name: str
    share: ReleasedShare


class ProceduresChart(msgspec.Struct, frozen=True):
    axis: str
    unit: str
    rows: tuple[ProcedureRow, ...]


def measure_height(rows: int, *, is_narrow: bool) -> int:
    return FRAME_HEIGHT + rows * ROW_HEIGHT[is_narrow]


@lru_cache(maxsize=KEPT_CHARTS)
def draw_procedures(chart: ProceduresChart, *, is_narrow: bool) -> str:
    values: Values = [
        {"row": number, "name": break_name(row.name, is_narrow=is_narrow), **describe_share(row.share)}
        for number, row in enumerate(chart.rows)
    ]
    base = alt.Chart(alt.InlineData(values=values))
    scale, axis = make_percent_axis([row.share for row in chart.rows], chart.unit, 3 if is_narrow else 5)
    low = alt.X("low:Q", scale=scale, title=None, axis=axis)
    percent, edge = (alt.X(f"{name}:Q", scale=scale, title=None) for name in ("percent", "edge"))
    y = alt.Y("row:O", axis=None)
    below = ROW_HEIGHT[is_narrow] / 2 - 10
    layers = alt.layer(
        base.mark_text(align="left", baseline="top", lineBreak="\n", dy=6 - ROW_HEIGHT[is_narrow] / 2).encode(
            y=y, x=alt.value(0), text="name:N"
        ),
        base.mark_rule(color=BLUE, strokeWidth=2.5, yOffset=below).encode(low, alt.X2("high"), y=y),
        base.mark_circle(color=BLUE, size=85, opacity=1, yOffset=below).encode(percent, y),
        draw_edges(base, edge, y, below),
    )
    height = measure_height(len(chart.rows), is_narrow=is_narrow)
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=height)


def break_name(name: str, *, is_narrow: bool) -> str:
    """At most two lines on a phone, one on a desk; the table below the chart has the whole name."""
    most_lines = 2 if is_narrow else 1
    letters = LINE_LETTERS[is_narrow]
    lines = wrap(shorten(name, most_lines * letters, placeholder="…"), letters)[:most_lines]
    # Short names stand low, next to their line.
    return "\n".join(["\u00a0"] * (most_lines - len(lines)) + lines)
