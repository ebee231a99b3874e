"""The chart of a case and the table behind it, from its released figures; as SVG for pages, as PNG to take along."""

from dashboards.cases.indicators import CaseFigures
from dashboards.charts.case_outcome import (
    CaseChart,
    CaseLevel,
    CaseMark,
    draw_case_chart,
    draw_case_png,
    measure_case_chart,
)
from dashboards.charts.drawing import NARROW, WIDE
from dashboards.charts.trend import TrendWeek
from dashboards.charts.weekly_shares import AreaWeek
from dashboards.phrases import Phrases
from dashboards.supervision.tables import Column, Table
from surveys.wording import Wording

Sizes = dict[str, tuple[int, int]]


def make_case_chart(figures: CaseFigures, wording: Wording) -> CaseChart | None:
    """None where no week may be shown."""
    if all(week.group.share is None for week in figures.weeks):
        return None
    sides = [figure for figure in (figures.before, figures.after) if figure is not None]
    return CaseChart(
        axis=wording.say("supervision.axis.satisfied"),
        unit=wording.say("results.percent-sign"),
        date_form=wording.say("results.week-form"),
        caption=make_caption(figures, wording),
        weeks=tuple(
            AreaWeek(
                TrendWeek(week.monday, week.group.share),
                "" if week.group.n is None else wording.number(week.group.n),
            )
            for week in figures.weeks
        ),
        marks=list_marks(figures, wording),
        levels=tuple(
            CaseLevel(side.first, side.last, side.group.share.percent)
            for side in sides
            if side.group.share is not None and side.group.share.bound == "exact"
        ),
    )


def list_marks(figures: CaseFigures, wording: Wording) -> tuple[CaseMark, ...]:
    moments = {"sent": figures.sent_on, "answered": figures.answered_on, "accepted": figures.accepted_on}
    return tuple(
        CaseMark(day, wording.say(f"case-outcome.mark.{name}")) for name, day in moments.items() if day is not None
    )


def make_caption(figures: CaseFigures, wording: Wording) -> str:
    return wording.say("case-outcome.caption", about=name_measured(figures, wording), day=wording.date(figures.as_of))


def name_measured(figures: CaseFigures, wording: Wording) -> str:
    """What the figures are of: the unit, its desk, or one procedure in it. Never a person."""
    place = figures.place
    match figures.measured:
        case "desk":
            number, name = place.desk, place.desk_name
            return wording.say("alert.about-desk", number=number, name=name, unit=place.unit_name)
        case "procedure":
            return wording.say("case-outcome.about-procedure", name=figures.procedure, unit=place.unit_name)
        case "unit":
            return place.unit_name


def make_case_table(figures: CaseFigures, wording: Wording) -> Table:
    """The numbers of the chart, newest week first, with what happened in each week."""
    marks = list_marks(figures, wording)
    mondays = [week.monday for week in figures.weeks]
    ends = [*mondays[1:], figures.as_of]
    columns = (
        Column(wording.say("results.column.week"), "date"),
        Column(wording.say("results.column.ratings"), "count"),
        Column(wording.say("supervision.axis.satisfied"), "share"),
        Column(wording.say("case-outcome.column.moment")),
    )
    rows = [
        (
            week.monday,
            week.group.n,
            week.group.share,
            "; ".join(f"{mark.word} {wording.date(mark.day)}" for mark in marks if week.monday <= mark.day < end),
        )
        for week, end in zip(figures.weeks, ends, strict=True)
    ]
    return Table(columns, tuple(reversed(rows)))


def measure_sizes(chart: CaseChart) -> Sizes:
    """Of the two pictures, in pixels, so that a page does not jump."""
    return {
        "wide": (WIDE, measure_case_chart(chart, is_narrow=False)),
        "narrow": (NARROW, measure_case_chart(chart, is_narrow=True)),
    }


def draw_outcome_svg(figures: CaseFigures, wording: Wording, *, is_narrow: bool) -> bytes | None:
    """None where there is nothing to draw. Slow: wants a thread."""
    chart = make_case_chart(figures, wording)
    return None if chart is None else draw_case_chart(chart, is_narrow=is_narrow).encode()


def draw_outcome_png(figures: CaseFigures, wording: Wording) -> bytes | None:
    chart = make_case_chart(figures, wording)
    return None if chart is None else draw_case_png(chart)


def write_side(figures: CaseFigures, wording: Wording, name: str) -> str:
    """One side in a sentence: days, share, interval and n."""
    figure = figures.before if name == "before" else figures.after
    if figure is None:
        return ""
    phrases, share = Phrases(wording), figure.group.share
    days = {"first": wording.date(figure.first), "last": wording.date(figure.last)}
    interval = phrases.interval(share)
    said = f"{phrases.share(share)} ({interval})" if interval else phrases.share(share)
    way = "few" if share is None else "told"
    return wording.say(f"case-outcome.{name}.{way}", **days, share=said, n=phrases.count(figure.group.n))
