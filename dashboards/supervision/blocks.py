"""What a view is made of: sentences, a chart, the table of the same numbers. Holds words and released numbers only."""

import msgspec

from dashboards.charts.area_funnel import AreaFunnelChart, draw_area_funnel, measure_area_funnel
from dashboards.charts.area_trend import AreaTrendChart, draw_area_trend, measure_area_trend
from dashboards.charts.differences import DifferencesChart, draw_differences, measure_differences
from dashboards.charts.drawing import NARROW, WIDE
from dashboards.charts.rows import RowsChart, draw_rows, measure_rows
from dashboards.supervision.tables import Table

Chart = AreaTrendChart | AreaFunnelChart | RowsChart | DifferencesChart


class Block(msgspec.Struct, frozen=True):
    """`key` names it in addresses. Without a chart the sentences say what is missing."""

    key: str
    title: str
    sentences: tuple[str, ...]
    chart: Chart | None = None
    table: Table | None = None
    notes: tuple[str, ...] = ()

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height of the picture, so that the page does not jump while it loads."""
        if self.chart is None:
            return {}
        return {
            "wide": (WIDE, measure_chart(self.chart, is_narrow=False)),
            "narrow": (NARROW, measure_chart(self.chart, is_narrow=True)),
        }


def measure_chart(chart: Chart, *, is_narrow: bool) -> int:
    match chart:
        case AreaTrendChart():
            return measure_area_trend(chart, is_narrow=is_narrow)
        case AreaFunnelChart():
            return measure_area_funnel(chart, is_narrow=is_narrow)
        case RowsChart():
            return measure_rows(chart, is_narrow=is_narrow)
        case DifferencesChart():
            return measure_differences(chart, is_narrow=is_narrow)


def draw_chart(chart: Chart, *, is_narrow: bool) -> str:
    """The SVG. Slow enough to want a thread."""
    match chart:
        case AreaTrendChart():
            return draw_area_trend(chart, is_narrow=is_narrow)
        case AreaFunnelChart():
            return draw_area_funnel(chart, is_narrow=is_narrow)
        case RowsChart():
            return draw_rows(chart, is_narrow=is_narrow)
        case DifferencesChart():
            return draw_differences(chart, is_narrow=is_narrow)
