"""A score from quarter to quarter, each with its interval. A quarter without a score is a gap."""

from functools import lru_cache

import altair as alt
import msgspec

from dashboards.charts.drawing import BLUE, CARD, KEPT_CHARTS, NARROW, PALE_BLUE, TICK_ROOM, WIDE, Values, draw_svg

HEIGHT = 280


class QuarterScore(msgspec.Struct, frozen=True):
    """Whole points of 0 to 100; None where a quarter shows no score."""

    quarter: str
    score: int | None
    low: int | None
    high: int | None


class ScoresChart(msgspec.Struct, frozen=True):
    """`axis` says what is measured and in which unit. Oldest quarter first."""

    axis: str
    quarters: tuple[QuarterScore, ...]


@lru_cache(maxsize=KEPT_CHARTS)
def draw_scores(chart: ScoresChart, *, is_narrow: bool) -> str:
    values: Values = [msgspec.structs.asdict(quarter) for quarter in chart.quarters]
    base = alt.Chart(alt.InlineData(values=values))
    scale = alt.Scale(domain=[find_start(chart), 100], nice=False)
    x = alt.X("quarter:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False))
    axis = alt.Axis(tickCount=5, minExtent=TICK_ROOM)
    low = alt.Y("low:Q", title=None, scale=scale, axis=axis)
    score = alt.Y("score:Q", title=None, scale=scale, axis=axis)
    shown = base.transform_filter("isValid(datum.score)")
    layers = alt.layer(
        shown.mark_bar(color=PALE_BLUE, width=14, cornerRadius=3).encode(x, low, alt.Y2("high")),
        base.mark_line(color=BLUE, strokeWidth=2, invalid="break-paths-show-domains").encode(x, score),
        shown.mark_point(shape="circle", color=BLUE, fill=CARD, size=70, strokeWidth=2.5, opacity=1).encode(x, score),
        shown.mark_text(dy=-16, fontWeight="bold").encode(x, score, alt.Text("score:Q")),
    )
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=HEIGHT)


def find_start(chart: ScoresChart) -> int:
    """A ten below everything drawn: differences stay visible, and the axis says where it starts."""
    ends = [quarter.low for quarter in chart.quarters if quarter.low is not None]
    return max(0, min(ends, default=0) // 10 * 10 - 10)
