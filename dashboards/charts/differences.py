"""Differences in points with their intervals around a line at zero: what covers the line is no certain difference."""

from functools import lru_cache

import altair as alt
import msgspec

from dashboards.charts.captions import break_caption, measure_lines
from dashboards.charts.drawing import BLUE, INK, KEPT_CHARTS, NARROW, WIDE, Values, draw_svg
from dashboards.charts.procedures import ROW_HEIGHT
from dashboards.charts.rows import name_row

FRAME_HEIGHT = 66
STEP = 10


class Difference(msgspec.Struct, frozen=True):
    """Percent points; `label` says how many ratings stand on each side."""

    name: str
    label: str
    points: int
    low: int
    high: int


class DifferencesChart(msgspec.Struct, frozen=True):
    axis: str
    caption: str
    rows: tuple[Difference, ...]


def measure_differences(chart: DifferencesChart, *, is_narrow: bool) -> int:
    rows = len(chart.rows) * ROW_HEIGHT[is_narrow]
    return FRAME_HEIGHT + rows + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_differences(chart: DifferencesChart, *, is_narrow: bool) -> str:
    values: Values = [
        {
            "row": number,
            "name": name_row(row.name, row.label, is_narrow=is_narrow),
            "points": row.points,
            "low": row.low,
            "high": row.high,
        }
        for number, row in enumerate(chart.rows)
    ]
    base = alt.Chart(alt.InlineData(values=values))
    scale = alt.Scale(domain=find_ends(chart), nice=False)
    axis = alt.Axis(tickCount=3 if is_narrow else 7, labelExpr="(datum.value > 0 ? '+' : '') + datum.label")
    low = alt.X("low:Q", scale=scale, title=None, axis=axis)
    points = alt.X("points:Q", scale=scale, title=None)
    y = alt.Y("row:O", axis=None)
    top = ROW_HEIGHT[is_narrow] / 2
    zero = alt.Chart(alt.InlineData(values=[{"points": 0}]))
    layers = alt.layer(
        zero.mark_rule(color=INK, strokeWidth=1.5).encode(points),
        base.mark_text(align="left", baseline="top", lineBreak="\n", dy=6 - top).encode(
            y=y, x=alt.value(0), text="name:N"
        ),
        base.mark_rule(color=BLUE, strokeWidth=2.5, yOffset=top - 10).encode(low, alt.X2("high"), y=y),
        base.mark_circle(color=BLUE, size=85, opacity=1, yOffset=top - 10).encode(points, y),
    )
    return draw_svg(
        layers,
        title=chart.axis,
        width=NARROW if is_narrow else WIDE,
        height=measure_differences(chart, is_narrow=is_narrow),
        caption=break_caption(chart.caption, is_narrow=is_narrow),
    )


def find_ends(chart: DifferencesChart) -> list[int]:
    """As far to the left as to the right, so that the line at zero stands in the middle."""
    widest = max(max(abs(row.low), abs(row.high)) for row in chart.rows)
    end = max(STEP, -(-widest // STEP) * STEP)
    return [-end, end]
