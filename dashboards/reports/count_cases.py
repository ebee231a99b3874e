"""What became of cases in a period, told from what was done step by step: no later step changes it. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from dashboards.cases.due_dates import WAITING
from dashboards.cases.indicators import CaseFigures, read_figures
from dashboards.periods import Period
from dashboards.reports.report_figures import CaseTally, ReportedCase
from feedback.record_response import read_local_day
from feedback.tables.report_inputs import CaseRow, CaseStep
from feedback.tables.supervision_cases import CaseState

CLOSED: CaseState = "closed"


class Told(msgspec.Struct, frozen=True):
    """A case with its steps up to the moment of the report; there is always one, as it was sent."""

    row: CaseRow
    steps: tuple[CaseStep, ...]

    def list_days(self, deed: str) -> list[date]:
        return [read_day(step.at) for step in self.steps if step.deed == deed]

    def find_state(self, day: date) -> CaseState | None:
        """At the end of a day; None where it had not been sent by then."""
        before = [step for step in self.steps if read_day(step.at) <= day]
        return before[-1].state if before and before[-1].state != "draft" else None

    def find_due(self, day: date) -> date | None:
        return next((step.due_on for step in reversed(self.steps) if step.due_on and read_day(step.at) <= day), None)

    def is_overdue(self, day: date) -> bool:
        due = self.find_due(day)
        return self.find_state(day) in WAITING and due is not None and due < day

    def touches(self, period: Period) -> bool:
        """Whether it was open on the last day, or something was done about it in the period."""
        state = self.find_state(period.last)
        moved = any(period.first <= read_day(step.at) <= period.last for step in self.steps)
        return state is not None and (state != CLOSED or moved)


def read_day(moment: datetime) -> date:
    return read_local_day(moment)[0]


def join_steps(rows: Sequence[CaseRow], steps: Sequence[CaseStep]) -> list[Told]:
    of_case: dict[int, list[CaseStep]] = {row.case_id: [] for row in rows}
    for step in steps:
        of_case[step.case_id].append(step)
    return [Told(row, tuple(of_case[row.case_id])) for row in rows if of_case[row.case_id]]


def count_cases(cases: Sequence[Told], period: Period) -> CaseTally:
    def within(day: date) -> bool:
        return period.first <= day <= period.last

    def count(*deeds: str) -> int:
        return sum(any(within(day) for deed in deeds for day in case.list_days(deed)) for case in cases)

    states = [case.find_state(period.last) for case in cases]
    return CaseTally(
        sent=count("sent"),
        answered=count("answered"),
        closed=count("closed"),
        open=sum(state not in {None, CLOSED} for state in states),
        overdue=sum(case.is_overdue(period.last) for case in cases),
    )


def tell_cases(cases: Sequence[Told], period: Period) -> tuple[ReportedCase, ...]:
    """Those of the period as they stand at the moment of the report; overdue ones first, then the newest."""
    told = [report_case(case, period.last) for case in cases if case.touches(period)]
    return tuple(sorted(told, key=lambda case: (not case.is_overdue, -case.sent_on.toordinal(), -case.case_id)))


def report_case(case: Told, last: date) -> ReportedCase:
    row, now = case.row, case.steps[-1]
    answers = [step for step in case.steps if step.deed == "answered"]
    closings = [read_day(step.at) for step in case.steps if step.deed == CLOSED]
    sendings = case.list_days("sent")
    return ReportedCase(
        **{name: getattr(row, name) for name in PLAIN},
        state=now.state,
        is_overdue=case.is_overdue(last),
        answer=(answers[-1].text or "") if answers else "",
        sent_on=sendings[0] if sendings else read_day(case.steps[0].at),
        answered_on=read_day(answers[-1].at) if answers else None,
        due_on=next((step.due_on for step in reversed(case.steps) if step.due_on), None),
        closed_on=closings[-1] if closings and now.state == CLOSED else None,
        outcome=read_outcome(row.outcome),
    )


PLAIN = tuple(name for name in CaseRow.__struct_fields__ if name != "outcome")


def read_outcome(text: str | None) -> CaseFigures | None:
    """None as well for one of another shape: an old case stops no report."""
    try:
        return None if text is None else read_figures(text)
    except msgspec.ValidationError:
        return None
