"""A report in words, in one language: which sections it has, and how the figures of the pages are printed. Pure."""

from collections.abc import Sequence
from datetime import date

import msgspec

from dashboards.charts.rows import MOST_ROWS
from dashboards.disclosure.groups import ReleasedShare
from dashboards.reports.document import Document, Part, Printed, Section
from dashboards.reports.report_figures import ReportedAlert, ReportFigures, hash_figures
from dashboards.reports.report_periods import ReportPeriod, read_report_period
from dashboards.reports.tell_alerts import tell_alerts
from dashboards.reports.tell_cases import tell_cases
from dashboards.reports.tell_checks import tell_checks
from dashboards.reports.tell_keys import tell_keys, tell_keys_lead
from dashboards.reports.tell_method import tell_method
from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import Comments
from dashboards.supervision.margin_views import tell_procedures, tell_raters, tell_sources
from dashboards.supervision.place_views import tell_places, tell_response
from dashboards.supervision.quality_views import tell_comments, tell_integrity, tell_pilots
from dashboards.supervision.sentences import Teller, describe_period
from dashboards.supervision.tables import Cell, Column, Table
from dashboards.supervision.trend_view import AlertDay, tell_trend
from feedback.record_response import LOCAL_TIME
from surveys.wording import Wording

MOST_NAMED = 12  # alerts in a trend, each by its kind; of more only how many
MOST_PRINTED = 40
MOST_AT_AN_END = 10  # of a longer list of places: so many of the lowest, so many of the highest
OPEN_ALERTS = 4  # the column of places that tells of this hour
STANDING = {"open", "snoozed", "over"}
WIDE = {"nation", "province"}
ENDS = {"places", "response"}  # sections whose long tables are not simply cut
NOTES: dict[str, tuple[str, ...]] = {
    "places": ("report.chart-names", "report.ends-how"),
    "procedures": ("report.chart-names",),
    "response": ("report.table-in-file",),
    "comments": ("report.themes-only",),
}


def tell_report(report: ReportFigures, wording: Wording) -> Document:
    teller, period = Teller(wording), read_report_period(report.asked.period)
    area, name = report.figures.area, name_period(period, teller)
    title = teller.say("report.title")
    return Document(
        language=wording.language,
        title=title,
        area=f"{teller.area_name(area)} ({area.code})",
        period=name,
        purpose=teller.say("report.purpose"),
        facts=tell_facts(report, period, teller),
        running=" · ".join((title, teller.area_name(area), name)),
        page=teller.say("report.page"),
        contents=teller.say("report.contents"),
        keys_title=teller.say("report.keys"),
        keys_lead=tell_keys_lead(report, period, teller),
        keys=tell_keys(report, teller),
        sections=(
            *tell_figures(report, period, teller),
            *tell_deeds(report, period, teller),
            tell_method(report, teller),
        ),
        made=report.asked.as_of,
    )


def name_period(period: ReportPeriod, teller: Teller) -> str:
    if not period.month:
        return teller.quarter(period.code)
    return teller.say("report.month", month=f"{period.month:02}", year=period.quarter.year)


def tell_facts(report: ReportFigures, period: ReportPeriod, teller: Teller) -> tuple[tuple[str, str], ...]:
    days, asked = period.days, report.asked
    moment = asked.as_of.astimezone(LOCAL_TIME)
    facts = {
        "days": teller.say("report.from-to", first=teller.date(days.first), last=teller.date(days.last)),
        "figures": describe_period(report.figures, teller),
        "as-of": teller.say("report.moment", time=f"{moment:%H:%M:%S}", day=teller.date(moment.date())),
        "cut": teller.number(asked.data_cut),
        "method": report.method_version,
        "digest": hash_figures(report).hex(),
    }
    return tuple((teller.say(f"report.fact.{name}"), value) for name, value in facts.items())


def tell_deeds(report: ReportFigures, period: ReportPeriod, teller: Teller) -> tuple[Section, ...]:
    """What was done in the period, rather than how it was rated."""
    return (tell_alerts(report, period, teller), tell_cases(report, teller), tell_checks(report, teller))


def tell_figures(report: ReportFigures, period: ReportPeriod, teller: Teller) -> tuple[Section, ...]:
    figures = report.figures
    blocks: list[tuple[str, tuple[Block, ...]]] = [
        ("trend", tell_trend(figures, list_alert_days(report, teller), teller)),
        ("places", tuple(map(drop_open_alerts, tell_places(figures, teller)))),
        ("procedures", tuple(drop_links(block, teller) for block in tell_procedures(figures, teller))),
        ("raters", tell_raters(figures, teller)),
        ("sources", tell_sources(figures, teller)),
        ("response", tell_response(figures, teller)),
        ("integrity", tell_integrity(figures, teller)),
    ]
    if figures.area.kind in WIDE:
        blocks.append(("pilots", tell_pilots(figures, teller)))
    if report.written is not None:
        comments = Comments(report.themes, (), report.written)
        blocks.append(("comments", tell_comments(figures, comments, teller)))
    return tuple(make_section(name, parts, report, period, teller) for name, parts in blocks if parts)


def make_section(
    name: str, blocks: Sequence[Block], report: ReportFigures, period: ReportPeriod, teller: Teller
) -> Section:
    marked = (mark_weeks(blocks[0], period, teller),) if name == "trend" and period.month else blocks
    notes = tuple(teller.say(key) for key in NOTES.get(name, ()))
    sheets = len(blocks) > 1
    return Section(
        title=teller.say(f"supervision.view.{name}"),
        parts=tuple(
            Part(
                note_what_is_cut(block, name, teller),
                print_table(block, name, report, teller),
                name_sheet(teller.say(f"report.sheet.{name}"), place if sheets else 0) if block.table else "",
            )
            for place, block in enumerate(marked, 1)
        ),
        notes=notes,
    )


def name_sheet(name: str, place: int) -> str:
    return f"{name} {place}" if place else name


def list_alert_days(report: ReportFigures, teller: Teller) -> list[AlertDay]:
    """As the page of the area names them; what was dismissed or merged is left out there too."""
    alerts = sorted(
        (alert for alert in report.alerts if alert.state in STANDING),
        key=lambda alert: (alert.row.day, alert.row.alert_id),
    )
    if len(alerts) <= MOST_NAMED:
        return [AlertDay(alert.row.day, name_alert(alert, teller)) for alert in alerts]
    mondays = [find_week(alert.row.day, report) for alert in alerts]
    return [
        AlertDay(monday, teller.say("supervision.trend.count", n=teller.number(mondays.count(monday))))
        for monday in sorted(set(mondays))
    ]


def find_week(day: date, report: ReportFigures) -> date:
    return max((week.monday for week in report.figures.weeks if week.monday <= day), default=day)


def name_alert(alert: ReportedAlert, teller: Teller) -> str:
    return f"{teller.say(f'alert.kind.{alert.row.kind}')} ({alert.row.unit_name})"


def drop_open_alerts(block: Block) -> Block:
    """Without the column of alerts that are open at this hour."""
    if block.table is None:
        return block
    columns, rows = (
        (*block.table.columns[:OPEN_ALERTS], *block.table.columns[OPEN_ALERTS + 1 :]),
        tuple((*row[:OPEN_ALERTS], *row[OPEN_ALERTS + 1 :]) for row in block.table.rows),
    )
    return msgspec.structs.replace(block, table=Table(columns, rows))


def drop_links(block: Block, teller: Teller) -> Block:
    """What the page says of its links is nothing on paper."""
    if block.chart is None:
        return block
    return msgspec.structs.replace(block, notes=(teller.say("report.procedures.how"), *block.notes[1:]))


def mark_weeks(block: Block, period: ReportPeriod, teller: Teller) -> Block:
    """Which of the quarter's weeks are those of the month."""
    if block.table is None:
        return block
    own = {week.first for week in period.weeks}
    columns = (*block.table.columns, Column(teller.say("report.column.in-month")))
    rows = tuple((*row, teller.say("report.in-month") if row[0] in own else "") for row in block.table.rows)
    return msgspec.structs.replace(block, table=Table(columns, rows))


def print_table(block: Block, name: str, report: ReportFigures, teller: Teller) -> tuple[Printed, ...]:
    """The whole table where it is short; of many places the lowest and the highest."""
    table = block.table
    if table is None or not table.rows:
        return ()
    if name == "places" and report.figures.area.kind == "nation" and block.key != "all":
        return ()
    if name == "places" and len(table.rows) > MOST_PRINTED:
        return print_ends(block, table, teller)
    if name == "response" and len(table.rows) > MOST_PRINTED:
        return ()
    return (Printed(block.title, Table(table.columns, table.rows[:MOST_PRINTED])),)


def note_what_is_cut(block: Block, name: str, teller: Teller) -> Block:
    """Says how many rows are printed of how many. Places and their response have notes of their own."""
    rows = 0 if block.table is None else len(block.table.rows)
    if rows <= MOST_PRINTED or name in ENDS:
        return block
    drawn = teller.number(MOST_ROWS)
    whole, cut = teller.say("supervision.procedures.most", n=drawn), teller.say("report.picture-cut", n=drawn)
    notes = (cut if note == whole else note for note in block.notes)
    more = teller.say("report.table-cut", n=teller.number(MOST_PRINTED), of=teller.number(rows))
    return msgspec.structs.replace(block, notes=(*notes, more))


def print_ends(block: Block, table: Table, teller: Teller) -> tuple[Printed, ...]:
    share = next(place for place, column in enumerate(table.columns) if column.kind == "share")
    ranked = sorted((row for row in table.rows if is_exact(row[share])), key=lambda row: rank(row[share]))
    ends = {"lowest": ranked[:MOST_AT_AN_END], "highest": ranked[::-1][:MOST_AT_AN_END]}
    return tuple(
        Printed(
            teller.say(
                f"report.{end}", n=teller.number(len(rows)), of=teller.number(len(table.rows)), title=block.title
            ),
            Table(table.columns, tuple(rows)),
        )
        for end, rows in ends.items()
    )


def is_exact(cell: Cell) -> bool:
    return isinstance(cell, ReleasedShare) and cell.low is not None


def rank(cell: Cell) -> tuple[int, int]:
    """By the share, then by its interval."""
    return (cell.percent, cell.low or 0) if isinstance(cell, ReleasedShare) else (0, 0)
