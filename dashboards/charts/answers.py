"""How the ratings spread over the five answers: one bar for each answer, with its word and its number."""

from functools import lru_cache

import altair as alt
import msgspec

from dashboards.charts.drawing import BLUE, CARD, KEPT_CHARTS, NARROW, WIDE, Values, draw_svg
from dashboards.indicators.registry import SMALLEST_GROUP

HEIGHT = 280
WORD_ROOM = 138  # for the wider letters of another system
# Room to the right of the longest bar for its label, as a share of the bar.
LABEL_ROOM = {True: 2.1, False: 1.25}


class AnswerBar(msgspec.Struct, frozen=True):
    """`count` is rounded; None is fewer than 10, drawn as an empty bar from 0 to 10."""

    word: str
    count: int | None
    label: str


class AnswersChart(msgspec.Struct, frozen=True):
    axis: str
    bars: tuple[AnswerBar, ...]


@lru_cache(maxsize=KEPT_CHARTS)
def draw_answers(chart: AnswersChart, *, is_narrow: bool) -> str:
    values: Values = [
        {
            "word": bar.word,
            "count": bar.count or SMALLEST_GROUP,
            "label": bar.label,
            "hidden": bar.count is None,
        }
        for bar in chart.bars
    ]
    base = alt.Chart(alt.InlineData(values=values))
    longest = max(value["count"] for value in values)
    x = alt.X(
        "count:Q",
        title=None,
        scale=alt.Scale(domain=[0, longest * LABEL_ROOM[is_narrow]], nice=False),
        axis=alt.Axis(labels=False, ticks=False, grid=False, domain=False),
    )
    y = alt.Y(
        "word:N",
        title=None,
        sort=None,
        axis=alt.Axis(labelLimit=160, minExtent=WORD_ROOM, ticks=False, labelPadding=8),
    )
    fill = alt.condition("datum.hidden", alt.value(CARD), alt.value(BLUE))
    layers = alt.layer(
        base.mark_bar(stroke=BLUE, strokeWidth=1.5, height=26).encode(x, y, color=fill),
        base.mark_text(align="left", dx=7).encode(x, y, alt.Text("label:N")),
    )
    return draw_svg(layers, title=chart.axis, width=NARROW if is_narrow else WIDE, height=HEIGHT)
