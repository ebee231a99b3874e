"""Which chart a unit's results make: released numbers and words in, chart values out. None when nothing is to be seen."""

from dashboards.charts.answers import AnswerBar, AnswersChart
from dashboards.charts.procedures import MOST_ROWS, ProcedureRow, ProceduresChart
from dashboards.charts.trend import TrendChart, TrendWeek
from dashboards.phrases import Phrases
from dashboards.results import ProcedureResult, UnitResults
from surveys.wording import Wording

SMALLEST_PERCENTED = 100


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
