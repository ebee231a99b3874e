"""Which charts the results of a unit make, in which words. None where there is nothing to be seen."""

from dashboards.charts.answers import HEIGHT as ANSWERS_HEIGHT
from dashboards.charts.answers import AnswerBar, AnswersChart, draw_answers
from dashboards.charts.drawing import NARROW, WIDE
from dashboards.charts.procedures import (
    MOST_ROWS,
    ProcedureRow,
    ProceduresChart,
    draw_procedures,
    measure_height,
)
from dashboards.charts.trend import HEIGHT as TREND_HEIGHT
from dashboards.charts.trend import TrendChart, TrendWeek, draw_trend
from dashboards.phrases import Phrases
from dashboards.results import ProcedureResult, UnitResults
from surveys.wording import Wording

SMALLEST_PERCENTED = 100


def draw_unit_chart(file: str, results: UnitResults, wording: Wording, *, is_narrow: bool) -> str | None:
    """The SVG of one chart by the name of its file; None when there is no such chart or nothing to be seen."""
    if file == "trend.svg" and (trend := make_trend_chart(results, wording)):
        return draw_trend(trend, is_narrow=is_narrow)
    if file == "answers.svg" and (answers := make_answers_chart(results, wording)):
        return draw_answers(answers, is_narrow=is_narrow)
    if file == "procedures.svg" and (procedures := make_procedures_chart(results, wording)):
        return draw_procedures(procedures, is_narrow=is_narrow)
    return None


def measure_charts(procedures: ProceduresChart | None) -> dict[str, tuple[int, int]]:
    """Width and height of every image, so that the page does not jump while they load."""
    rows = 0 if procedures is None else len(procedures.rows)
    return {
        "trend_wide": (WIDE, TREND_HEIGHT),
        "trend_narrow": (NARROW, TREND_HEIGHT),
        "answers_wide": (WIDE, ANSWERS_HEIGHT),
        "answers_narrow": (NARROW, ANSWERS_HEIGHT),
        "procedures_wide": (WIDE, measure_height(rows, is_narrow=False)),
        "procedures_narrow": (NARROW, measure_height(rows, is_narrow=True)),
    }


def make_trend_chart(results: UnitResults, wording: Wording) -> TrendChart | None:
    weeks = tuple(TrendWeek(week.monday, week.released.share) for week in results.weeks)
    if all(week.share is None for week in weeks):
        return None
    return TrendChart(
        axis=wording.say("results.axis.share"),
        unit=wording.say("results.percent-sign"),
        date_form=wording.say("results.week-form"),
        weeks=weeks,
    )


def make_answers_chart(results: UnitResults, wording: Wording) -> AnswersChart | None:
    """Best answer first. Shares come from the rounded counts, so they tell nothing that the counts do not."""
    counts, phrases, n = results.headline.distribution, Phrases(wording), results.headline.n
    if counts is None or n is None:
        return None
    bars = [
        AnswerBar(
            wording.say(f"results.score.{score}"),
            count,
            phrases.count(count)
            if count is None or n < SMALLEST_PERCENTED
            else f"{phrases.count(count)} ({wording.percent(count / n)})",
        )
        for score, count in enumerate(counts, start=1)
    ]
    return AnswersChart(wording.say("results.axis.ratings"), tuple(reversed(bars)))


def make_procedures_chart(results: UnitResults, wording: Wording) -> ProceduresChart | None:
    """The procedures with most ratings, in the order of the table."""
    shown = pick_largest(results.procedures)
    rows = tuple(
        ProcedureRow(row.name or wording.say("unit.procedure-unnamed"), row.released.share)
        for row in shown
        if row.released.share is not None
    )
    if not rows:
        return None
    return ProceduresChart(wording.say("results.axis.share"), wording.say("results.percent-sign"), rows)


def pick_largest(procedures: tuple[ProcedureResult, ...]) -> list[ProcedureResult]:
    largest = sorted(procedures, key=lambda row: -(row.released.n or 0))[:MOST_ROWS]
    return [row for row in procedures if row in largest]
