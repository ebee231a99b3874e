"""The satisfied share of an area week by week, its interval as a band, and above the weeks the alerts that fired.

An alert is a triangle on its day with a thin line down, so that it is told from a week without colour.
"""

from datetime import date
from functools import lru_cache

import altair as alt

from dashboards.charts.captions import break_caption, measure_lines
from dashboards.charts.drawing import INK, KEPT_CHARTS, NARROW, WIDE, Values, draw_svg
from dashboards.charts.weekly_shares import Frame, WeeksChart, draw_counts, draw_shares, find_frame

HEIGHT = 310
ALERT_ROOM = 10  # percent above 100, where the triangles stand
MOST_COUNTED = {True: 7, False: 16}


class AreaTrendChart(WeeksChart, frozen=True):
    """`alerts` are days with at least one alert."""

    alerts: tuple[date, ...]


def measure_area_trend(chart: AreaTrendChart, *, is_narrow: bool) -> int:
    return HEIGHT + measure_lines(chart.axis, chart.caption, is_narrow=is_narrow)


@lru_cache(maxsize=KEPT_CHARTS)
def draw_area_trend(chart: AreaTrendChart, *, is_narrow: bool) -> str:
    frame = find_frame(chart, ALERT_ROOM, is_narrow=is_narrow)
    counts = draw_counts(frame, chart.weeks, MOST_COUNTED[is_narrow])
    layers = alt.layer(*draw_shares(frame), counts, *draw_alerts(chart, frame))
    caption = break_caption(chart.caption, is_narrow=is_narrow)
    height = measure_area_trend(chart, is_narrow=is_narrow)
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=height, caption=caption)


def draw_alerts(chart: AreaTrendChart, frame: Frame) -> list[alt.Chart]:
    if not chart.alerts:
        return []
    values: Values = [{"week": f"{day}", "percent": 100 + ALERT_ROOM / 2, "foot": frame.start} for day in chart.alerts]
    base = alt.Chart(alt.InlineData(values=values))
    y = alt.Y("percent:Q", scale=frame.scale, title=None)
    return [
        base.mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1).encode(frame.x, y, alt.Y2("foot")),
        base.mark_point(shape="triangle-down", color=INK, fill=INK, size=110, opacity=1).encode(frame.x, y),
    ]
