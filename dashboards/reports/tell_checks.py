"""Cross-checks that the higher level made in a period, and how far they lie from what the ratings say. Pure."""

from dashboards.checks.gaps import Gap, read_gap
from dashboards.reports.document import Part, Printed, Section
from dashboards.reports.report_figures import ReportFigures
from dashboards.supervision.blocks import Block
from dashboards.supervision.quality_views import sign
from dashboards.supervision.sentences import Teller
from dashboards.supervision.tables import Cell, Column, Table
from feedback.tables.report_inputs import RoundRow


def tell_checks(report: ReportFigures, teller: Teller) -> Section:
    title = teller.say("report.section.checks")
    if not report.rounds:
        return Section(title, lead=(teller.say("report.checks.none"),))
    table, list_title = tabulate_rounds(report.rounds, teller), teller.say("report.checks.list")
    return Section(
        title=title,
        lead=(teller.say("report.checks.lead", n=teller.number(len(report.rounds))),),
        parts=(
            Part(
                Block("checks", list_title, (), table=table),
                (Printed(list_title, table),),
                teller.say("report.sheet.checks"),
            ),
        ),
    )


def tabulate_rounds(rounds: tuple[RoundRow, ...], teller: Teller) -> Table:
    columns = (
        Column(teller.say("report.column.round")),
        Column(teller.say("report.column.days")),
        Column(teller.say("report.column.checks"), "number"),
        Column(teller.say("report.column.found"), "share"),
        Column(teller.say("report.column.rated"), "share"),
        Column(teller.say("report.column.gap")),
    )
    rows = tuple(tabulate_round(known, read_gap(known.gap) if known.gap else None, teller) for known in rounds)
    return Table(columns, rows)


def tabulate_round(known: RoundRow, gap: Gap | None, teller: Teller) -> tuple[Cell, ...]:
    """A round wider than what is reported has its name alone."""
    days = teller.say("report.from-to", first=teller.date(known.first_day), last=teller.date(known.last_day))
    if gap is None:
        return (known.name, days, None, None, None, teller.say("report.gap.wider"))
    return (known.name, days, gap.checks, gap.found, gap.rated, say_gap(gap, teller))


def say_gap(gap: Gap, teller: Teller) -> str:
    """In points, with its interval where it may be told."""
    said = teller.say(f"report.gap.{gap.verdict}")
    if gap.points is None or gap.low is None or gap.high is None:
        return said
    ends = {"low": sign(gap.low, teller), "high": sign(gap.high, teller)}
    return f"{said} {teller.say('report.outcome.points', points=sign(gap.points, teller), **ends)}"
