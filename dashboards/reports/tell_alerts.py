"""The alerts that were raised in a period, and what became of them. Of an official only that there is one. Pure."""

from collections import Counter
from typing import get_args

from dashboards.reports.document import Part, Printed, Section
from dashboards.reports.report_figures import ReportedAlert, ReportFigures
from dashboards.reports.report_periods import ReportPeriod
from dashboards.supervision.blocks import Block
from dashboards.supervision.sentences import Teller
from dashboards.supervision.tables import Column, Table
from feedback.tables.report_inputs import AlertRow
from feedback.tables.supervision_alerts import AlertState

MOST_PRINTED = 20
STATES: tuple[AlertState, ...] = get_args(AlertState)


def tell_alerts(report: ReportFigures, period: ReportPeriod, teller: Teller) -> Section:
    title = teller.say("report.section.alerts")
    alerts = [alert for alert in report.alerts if alert.row.day >= period.days.first]
    if not alerts:
        return Section(title, lead=(teller.say("report.alerts.none"),))
    by_kind, listed = tabulate_kinds(alerts, teller), tabulate_alerts(alerts, teller)
    most = Table(listed.columns, listed.rows[:MOST_PRINTED])
    kinds_title, list_title = teller.say("report.alerts.by-kind"), teller.say("report.alerts.list")
    more = (teller.say("report.alerts.more", n=teller.number(MOST_PRINTED), of=teller.number(len(alerts))),)
    return Section(
        title=title,
        lead=(teller.say("report.alerts.lead", n=teller.number(len(alerts))),),
        parts=(
            Part(Block("kinds", kinds_title, (), table=by_kind), (Printed(kinds_title, by_kind),)),
            Part(
                Block("alerts", list_title, more if len(alerts) > MOST_PRINTED else (), table=listed),
                (Printed(list_title, most),),
                teller.say("report.sheet.alerts"),
            ),
        ),
        notes=(teller.say("report.alerts.how"),),
    )


def tabulate_kinds(alerts: list[ReportedAlert], teller: Teller) -> Table:
    """How many of each kind, and in which state they are."""
    columns = (
        Column(teller.say("report.column.kind")),
        Column(teller.say("report.column.raised"), "number"),
        *(Column(teller.say(f"alert.state.{state}"), "number") for state in STATES),
    )
    counted = Counter((alert.row.kind, alert.state) for alert in alerts)
    kinds = sorted({alert.row.kind for alert in alerts}, key=lambda kind: (-count_kind(counted, kind), kind))
    rows = tuple(
        (
            teller.say(f"alert.kind.{kind}"),
            count_kind(counted, kind),
            *(counted[kind, state] for state in STATES),
        )
        for kind in kinds
    )
    return Table(columns, rows)


def count_kind(counted: Counter[tuple[str, str]], kind: str) -> int:
    return sum(number for (known, _), number in counted.items() if known == kind)


def tabulate_alerts(alerts: list[ReportedAlert], teller: Teller) -> Table:
    columns = (
        Column(teller.say("report.column.day"), "date"),
        Column(teller.say("report.column.kind")),
        Column(teller.say("report.column.where")),
        Column(teller.say("report.column.weight"), "number"),
        Column(teller.say("report.column.state")),
    )
    rows = tuple(
        (
            alert.row.day,
            teller.say(f"alert.kind.{alert.row.kind}"),
            name_place(alert.row, teller),
            alert.row.weight,
            teller.say(f"alert.state.{alert.state}"),
        )
        for alert in alerts
    )
    return Table(columns, rows)


def name_place(row: AlertRow, teller: Teller) -> str:
    if row.is_about_official:
        where = teller.say("alert.list.official", unit=row.unit_name)
    elif row.desk:
        where = teller.say("alert.about-desk", number=row.desk, name=row.desk_name, unit=row.unit_name)
    else:
        where = row.unit_name
    return ", ".join(part for part in (where, row.place_name) if part)
