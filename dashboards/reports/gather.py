"""Reads what a report says, on a connection behind the second wall, by the functions that serve the Front's pages.

There is no second way to count: figures are those of the area's page on the first day after the period.
"""

from datetime import UTC, datetime, time, timedelta

import msgspec

from dashboards.disclosure.front import FRONT_COMMENTS, FRONT_RATINGS, LOW_RESPONSE_SHARE
from dashboards.indicators.parameters import Parameter
from dashboards.periods import Period
from dashboards.releases.method import IN_USE
from dashboards.reports.count_cases import count_cases, join_steps, tell_cases
from dashboards.reports.report_figures import Asked, ReportedAlert, ReportFigures, UsedParameter
from dashboards.reports.report_periods import ReportPeriod, read_report_period
from dashboards.supervision.areas import find_area
from dashboards.supervision.figures import Area, AreaFigures, Filters, Peers
from dashboards.supervision.read_comments import read_comments
from dashboards.supervision.read_figures import read_area_figures
from feedback.database import Connection
from feedback.parameters import read_parameter
from feedback.record_response import LOCAL_TIME
from feedback.tables.report_inputs import (
    RoundRow,
    select_case_steps,
    select_closed_rounds,
    select_period_alerts,
    select_sent_cases,
)
from feedback.tables.supervision_alerts import AlertState, Deed
from surveys.case_errors import ReportRefusedError

KINDS = {"nation", "province", "commune", "unit"}
STATES: dict[Deed, AlertState] = {
    "raised": "open",
    "woken": "open",
    "reopened": "open",
    "snoozed": "snoozed",
    "merged": "merged",
    "dismissed": "dismissed",
    "over": "over",
}
OF_FIGURES: dict[str, Parameter[int] | Parameter[float]] = {
    "front_ratings": FRONT_RATINGS,
    "front_comments": FRONT_COMMENTS,
    "low_response": LOW_RESPONSE_SHARE,
}
OF_CASES = ("case_answer_days", "case_before_weeks", "case_after_weeks")


async def find_report_area(connection: Connection, code: str) -> Area:
    """Raises ReportRefusedError where there is no such area, and for a desk."""
    area = await find_area(connection, code)
    if area is None or area.kind not in KINDS:
        raise ReportRefusedError(reason="report-area")
    return area


async def gather_report(connection: Connection, asked: Asked, rounds: tuple[RoundRow, ...]) -> ReportFigures:
    """Raises ReportRefusedError. `rounds` are read for another action, by read_rounds."""
    area, period = await find_report_area(connection, asked.area), read_report_period(asked.period)
    filters = Filters(quarter=period.quarter.code if period.is_quarter_closed else "")
    figures = await read_area_figures(connection, area, filters, period.day)
    comments = await read_comments(connection, area, filters, period.day)
    days = period.days
    first = period.quarter.first_day
    alerts = await select_period_alerts(connection, area.where, first, days.last, asked.as_of)
    rows = await select_sent_cases(connection, area.where, asked.as_of)
    steps = await select_case_steps(connection, [row.case_id for row in rows], asked.as_of)
    cases = join_steps(rows, steps)
    return ReportFigures(
        asked=asked,
        figures=leave_out_today(figures),
        written=comments.written if comments.is_offered else None,
        themes=comments.themes,
        alerts=tuple(ReportedAlert(row, STATES[row.deed]) for row in alerts),
        tally=count_cases(cases, days),
        cases=tell_cases(cases, days),
        rounds=rounds,
        parameters=await list_parameters(connection, days),
        method_version=IN_USE.version,
    )


async def read_rounds(connection: Connection, code: str, period: ReportPeriod) -> tuple[RoundRow, ...]:
    """Rounds of cross-checks that closed in the period; on a connection for the action run_checks."""
    area, days = await find_report_area(connection, code), period.days
    end = days.last + timedelta(days=1)
    begin, before = (datetime.combine(day, time(), LOCAL_TIME).astimezone(UTC) for day in (days.first, end))
    return tuple(await select_closed_rounds(connection, area.where, begin, before))


def leave_out_today(figures: AreaFigures) -> AreaFigures:
    """Without how many alerts are open at this hour: the report tells of those of its period."""
    return msgspec.structs.replace(figures, peers=tuple(map(leave_out_alerts, figures.peers)))


def leave_out_alerts(peers: Peers) -> Peers:
    children = (msgspec.structs.replace(child, open_alerts=0) for child in peers.children)
    return msgspec.structs.replace(peers, children=tuple(children))


async def list_parameters(connection: Connection, days: Period) -> tuple[UsedParameter, ...]:
    """As in force on the last day of the period."""
    shipped = [
        UsedParameter(name, float(known.value), known.valid_from, known.basis, known.is_placeholder)
        for name, known in OF_FIGURES.items()
    ]
    for name in OF_CASES:
        known = await read_parameter(connection, name, days.last)
        shipped.append(UsedParameter(name, float(known.value), known.valid_from, known.basis, known.is_placeholder))
    return tuple(shipped)
