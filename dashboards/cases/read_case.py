"""Gathers what the page of one case shows, as one side may know it and as of today. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from dashboards.cases.case_forms import NOTHING_TYPED, Typed, read_choice
from dashboards.cases.due_dates import ANSWER_DAYS, DueOffer, Standing, find_start, name_standing, offer_due
from dashboards.cases.hold_case import holds
from dashboards.cases.indicators import CaseFigures, freeze_findings, read_figures
from dashboards.cases.next_level import has_next_level
from dashboards.cases.reach_case import ReachedCase, may_answer
from dashboards.cases.states import DEEDS, list_possible
from feedback.accounts.powers import SignedIn, may
from feedback.database import Connection
from feedback.parameters import read_parameter
from feedback.tables.case_choices import Choice, select_desk_choices, select_procedure_choices
from feedback.tables.case_files import CaseFile, select_case_files
from feedback.tables.case_views import CaseSubject, select_case_subject
from feedback.tables.supervision_cases import CaseEvent, SupervisionCase, select_case_events
from feedback.working_days import read_working_days
from surveys.errors import UnknownPageError


class Due(msgspec.Struct, frozen=True):
    """`working_days` lie between today and the day the answer is due, negative afterwards; what the forms propose."""

    standing: Standing
    working_days: int
    offer: DueOffer
    extension: DueOffer
    days: int
    is_placeholder: bool


class ShownCase(msgspec.Struct, frozen=True):
    """`verbs` are what the asker may do now; `figures` the frozen ones, of a draft those that would be frozen today."""

    reached: ReachedCase
    subject: CaseSubject
    events: Sequence[CaseEvent]
    files: Sequence[CaseFile]
    figures: CaseFigures | None
    due: Due
    verbs: tuple[str, ...]
    is_holder: bool
    has_next: bool
    may_add: bool
    desks: Sequence[Choice]
    procedures: Sequence[Choice]

    @property
    def case(self) -> SupervisionCase:
        return self.reached.case

    @property
    def due_history(self) -> list[CaseEvent]:
        return [event for event in self.events if event.due_on is not None]

    def list_events_after(self, typed: Typed) -> list[CaseEvent]:
        """What happened since the form was opened; nothing where that cannot be told."""
        try:
            opened = datetime.fromisoformat(typed.changed_at)
        except ValueError:
            return []
        return [event for event in self.events if opened.tzinfo and event.at > opened]


async def read_shown_case(
    connection: Connection, signed_in: SignedIn, reached: ReachedCase, today: date, typed: Typed = NOTHING_TYPED
) -> ShownCase:
    """What was `typed` in a form of a draft can be chosen again, as well as what the draft is about."""
    case = reached.case
    about = (case.unit_id, case.desk_id, case.official_id, case.procedure_id)
    subject = await select_case_subject(connection, *about, today)
    if subject is None:
        raise UnknownPageError
    is_holder, may_add = find_rights(signed_in, reached)
    has_next = await has_next_level(connection, case)
    verbs = tuple(deed.verb for deed in list_possible(case, reached.side, holds=is_holder, has_next=has_next))
    desks, procedures = await read_choices(connection, case, typed, today) if "change" in verbs else ([], [])
    return ShownCase(
        reached=reached,
        subject=subject,
        events=await select_case_events(connection, case.case_id),
        files=await select_case_files(connection, case.case_id),
        figures=await read_case_figures(connection, case, today),
        due=await read_due(connection, case, today),
        verbs=verbs,
        is_holder=is_holder,
        has_next=has_next,
        may_add=may_add and case.state != "discarded",
        desks=desks,
        procedures=procedures,
    )


async def read_choices(
    connection: Connection, case: SupervisionCase, typed: Typed, today: date
) -> tuple[list[Choice], list[Choice]]:
    """Desks and procedures. What is no more of today stays as long as the draft is about it."""
    desks, procedures = {case.desk_id, read_choice(typed.desk)}, {case.procedure_id, read_choice(typed.procedure)}
    return (
        await select_desk_choices(connection, case.unit_id, today, desks),
        await select_procedure_choices(connection, case.unit_id, today, procedures),
    )


def find_rights(signed_in: SignedIn, reached: ReachedCase) -> tuple[bool, bool]:
    """Whether the asker moves the case for this side, and may add notes and files to it."""
    if reached.side == "unit":
        answers = may_answer(signed_in, reached.where)
        return answers, answers
    is_holder = holds(signed_in.appointments, reached.case, reached.where)
    return is_holder, may(signed_in.appointments, "work_on_cases", reached.where)


async def read_case_figures(connection: Connection, case: SupervisionCase, today: date) -> CaseFigures | None:
    if case.evidence is not None:
        return read_figures(case.evidence)
    if case.state != "draft":
        return None
    return read_figures(await freeze_findings(connection, case, today))


async def read_due(connection: Connection, case: SupervisionCase, today: date) -> Due:
    parameter = await read_parameter(connection, ANSWER_DAYS, today)
    calendar = await read_working_days(connection, today)
    extension = await offer_due(connection, today, find_start(DEEDS["extend"], case, today))
    between = 0 if case.due_on is None else calendar.count_between(today, case.due_on)
    return Due(
        name_standing(case.due_on, case.state, today, calendar),
        between,
        await offer_due(connection, today, today),
        extension,
        parameter.value,
        parameter.is_placeholder,
    )
