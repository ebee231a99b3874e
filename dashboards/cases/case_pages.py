"""Draws the page of one case, to the Front and to the unit; with what was typed where a step was not taken."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

import msgspec
from litestar import Response

from dashboards.cases.attachments import LARGEST, MOST_FILES
from dashboards.cases.case_forms import LIMITS, NOTHING_TYPED, Typed
from dashboards.cases.case_pictures import read_outcome_view
from dashboards.cases.outcome_view import OutcomeView
from dashboards.cases.reach_case import ADDRESSES, ReachedCase, note_case_sight, select_reached
from dashboards.cases.read_case import ShownCase, read_shown_case
from dashboards.cases.read_moves import GROUNDS, RESULTS
from dashboards.cases.states import DEEDS
from dashboards.phrases import Phrases
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.powers import SignedIn
from feedback.parameters import NO_DEADLINE_FOUND, OWN_CHOICE
from feedback.record_response import LOCAL_TIME
from feedback.tables.supervision_cases import CaseDeed, CaseEvent, CaseState, Side
from feedback.web.bodies import Request
from feedback.web.multipart import MEGABYTE
from feedback.web.staff_access import borrow_staff_rows
from feedback.web.statuses import STATUS
from surveys.case_errors import AnswerKeptAsNoteError, CaseChangedError
from surveys.errors import LangNgheError, UnknownPageError
from surveys.wording import Wording

# What a page offers first, to whoever may; everything else stands below.
MAIN: dict[tuple[Side, CaseState], str] = {
    ("front", "draft"): "send",
    ("front", "answered"): "accept",
    ("front", "accepted"): "close",
    ("unit", "sent"): "answer",
    ("unit", "received"): "answer",
    ("unit", "not_accepted"): "answer",
    ("unit", "escalated"): "answer",
}


# All the rest, in this order.
OTHERS = ("receive", "not-accept", "accept", "extend", "escalate", "close", "withdraw", "reopen", "discard")
MOVED_ON = (CaseChangedError, AnswerKeptAsNoteError)
SAID: frozenset[CaseDeed] = frozenset({"answered", "not_accepted", "escalated"})
BASES = {NO_DEADLINE_FOUND: "report.basis.no-deadline", OWN_CHOICE: "report.basis.own-choice"}


class Refused(msgspec.Struct, frozen=True):
    """Why a step was not taken, and what was typed for it."""

    error: LangNgheError
    typed: Typed


async def show_case(
    request: Request, signed_in: SignedIn, reached: ReachedCase, refused: Refused | None = None, language: str = ""
) -> Response[bytes]:
    """The case as it is now; a sight of one about an official is kept in the transaction that reads it."""
    async with borrow_staff_rows(request, signed_in) as connection:
        now = await select_reached(connection, reached.case.case_id, reached.side)
        if now is None:
            raise UnknownPageError
        today = request.app.state.read_day()
        typed = NOTHING_TYPED if refused is None else refused.typed
        shown = await read_shown_case(connection, signed_in, now, today, typed)
        wording = find_staff_wording(request, signed_in, language)
        measured = await read_outcome_view(connection, shown, today, wording)
        await note_case_sight(connection, request, signed_in, now.case)
    return render_case(request, signed_in, shown, measured, refused, wording)


def render_case(
    request: Request,
    signed_in: SignedIn,
    shown: ShownCase,
    measured: OutcomeView | None,
    refused: Refused | None,
    wording: Wording,
) -> Response[bytes]:
    side, case = shown.reached.side, shown.case
    typed = NOTHING_TYPED if refused is None else refused.typed
    main = MAIN.get((side, case.state), "")
    return render_staff(
        request,
        signed_in,
        "case_shown.html",
        status=200 if refused is None else STATUS[type(refused.error)],
        wording=wording,
        here=shown.reached.address,
        side=side,
        shown=shown,
        outcome=measured,
        case=case,
        subject=shown.subject,
        address=shown.reached.address,
        back=ADDRESSES[side],
        main=main if main in shown.verbs else "",
        others=[verb for verb in OTHERS if verb in shown.verbs and verb != main],
        knows_name=side == "unit" and shown.is_holder,
        said=find_said(shown),
        problem="" if refused is None else wording.error(refused.error),
        typed=typed,
        changes=list_changes(shown, refused),
        limits=LIMITS,
        results=RESULTS,
        grounds=GROUNDS,
        phrases=Phrases(wording),
        needs={verb: DEEDS[verb].needs for verb in shown.verbs},
        stored=recall_draft(shown),
        moment=partial(name_moment, wording),
        day=partial(name_day, wording),
        size=partial(name_size, wording),
        basis=partial(say_basis, wording),
        due_sentence=say_due(wording, case.due_on, shown.due.standing, shown.due.working_days),
        megabytes=LARGEST // MEGABYTE,
        most_files=MOST_FILES,
    )


def find_said(shown: ShownCase) -> CaseEvent | None:
    """What the other side wrote last, where the page asks for a reply to it."""
    deeds = [event for event in shown.events if event.deed == shown.case.state and event.deed in SAID]
    return deeds[-1] if deeds and deeds[-1].text else None


def list_changes(shown: ShownCase, refused: Refused | None) -> Sequence[CaseEvent]:
    """For whoever decided on a case that has changed since."""
    if refused is None or not isinstance(refused.error, MOVED_ON):
        return []
    return shown.list_events_after(refused.typed)


def recall_draft(shown: ShownCase) -> Typed:
    """A case as the form of a draft holds it."""
    case = shown.case
    return Typed(
        title=case.title,
        findings=case.findings,
        recommendation=case.recommendation,
        legal_basis=case.legal_basis,
        desk=str(case.desk_id),
        procedure=str(case.procedure_id),
    )


def say_basis(wording: Wording, basis: str) -> str:
    """In the reader's language where the program itself states it; else as it was set."""
    return wording.say(BASES[basis]) if basis in BASES else basis


def name_day(wording: Wording, at: datetime) -> str:
    return wording.date(at.astimezone(LOCAL_TIME).date())


def name_size(wording: Wording, size: int) -> str:
    if size < MEGABYTE:
        return wording.say("case.size.kilobytes", number=wording.number(max(1, round(size / 1024))))
    return wording.say("case.size.megabytes", number=wording.number(size / MEGABYTE, 1))


def name_moment(wording: Wording, at: datetime) -> str:
    local = at.astimezone(LOCAL_TIME)
    return wording.say("case.moment", day=wording.date(local.date()), time=local.strftime("%H:%M"))


def say_due(wording: Wording, due_on: date | None, standing: str, working_days: int) -> str:
    """Empty where no answer is awaited."""
    if due_on is None or standing == "not_waiting":
        return ""
    return wording.say(f"case.due.{standing}", day=wording.date(due_on), days=wording.number(abs(working_days)))
