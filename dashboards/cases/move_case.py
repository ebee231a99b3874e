"""Moves a case as states.toml draws it: state, event and audit entry in one transaction, or nothing at all.

Whoever is second learns that somebody was first: a move names the moment of the state that it was decided on.
"""

from datetime import datetime
from typing import Any, NoReturn

import msgspec

from dashboards.cases.hold_case import LEVELS, holds, raise_level
from dashboards.cases.keep_history import keep_history, make_later
from dashboards.cases.next_level import has_next_level
from dashboards.cases.read_moves import Move, ReadMove, read_move, read_reason
from dashboards.cases.states import DEEDS, Deed, is_possible
from feedback.accounts.powers import SignedIn, may
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.case_views import select_head
from feedback.tables.supervision_alerts import select_where
from feedback.tables.supervision_cases import Audience, Side, SupervisionCase, lock_case, select_case, update_case
from surveys.case_errors import AnswerKeptAsNoteError, CaseChangedError, CaseStepRefusedError
from surveys.errors import UnknownPageError

# Who answers where nobody signs in as head: kept with the case as it stands here, as the unit's name would be.
HEAD_OFFICE = "Người đứng đầu đơn vị"
# What a case that is opened again has no more; its history and the audit log keep it.
ENDED = ("accepted_at", "closed_at", "result", "public_summary", "outcome")


async def move_case(
    connection: Connection,
    signed_in: SignedIn | None,
    case: SupervisionCase,
    move: Move,
    side: Side,
    now: datetime,
    *,
    evidence: str | None = None,
    outcome: str | None = None,
) -> SupervisionCase:
    """The case as it is afterwards. Nobody has signed in where the program moves it.

    `evidence` is needed to send (freeze_findings), `outcome` is kept at closing; both are JSON. A draft is changed by
    save_draft. Raises CaseChangedError, CaseStepRefusedError, UnknownPageError for a verb that is none, and
    AnswerKeptAsNoteError: then the route stores it with `keep_late_answer`, in a transaction of its own.
    """
    deed = find_deed(move.verb)
    await check_asker(connection, signed_in, case, deed, side)
    has_next = deed.verb != "escalate" or await has_next_level(connection, case)
    check_moment(deed, case, move, has_next=has_next)
    read = await read_move(connection, deed, case, move, read_local_day(now)[0])
    moved = msgspec.structs.replace(case, state=deed.find_next(case.state), **list_changes(deed, case, read, now))
    after = await add_what_only_the_store_knows(connection, deed, make_later(moved, now), evidence, outcome)
    if side != "program":  # whose job holds the row itself: two locks in another order would wait for each other
        await lock_case(connection, case.case_id)
    if not await update_case(connection, case, after):
        await explain_loss(connection, case, deed, move)
    ending = tell_ending(after) if deed.to == "closed" else None
    await keep_history(
        connection, signed_in, after, deed.deed, side, now, text=read.text, due_on=read.due_on, details=ending
    )
    return after


def check_moment(deed: Deed, case: SupervisionCase, move: Move, *, has_next: bool) -> None:
    """Raises CaseChangedError for a stale form, and CaseStepRefusedError or AnswerKeptAsNoteError by the state."""
    if deed.verb == "answer":
        check_answer(case, move)
    if move.changed_at != case.changed_at.isoformat():
        raise CaseChangedError
    if case.state not in deed.from_states:
        raise CaseStepRefusedError(reason="case-state")
    if not is_possible(deed, case, has_next=has_next):
        raise CaseStepRefusedError(reason="case-top" if case.level == LEVELS[-1] else "case-nobody-above")


def tell_ending(case: SupervisionCase) -> str:
    """For the audit log, which keeps it when the case is opened again."""
    return msgspec.json.encode({"result": case.result, "public_summary": case.public_summary}).decode()


def find_deed(verb: str) -> Deed:
    deed = DEEDS.get(verb)
    if deed is None or verb == "change":
        raise UnknownPageError
    return deed


async def check_asker(
    connection: Connection, signed_in: SignedIn | None, case: SupervisionCase, deed: Deed, side: Side
) -> None:
    """Raises CaseStepRefusedError where the deed is not this side's, or the case is held by somebody else."""
    if side not in deed.by:
        raise CaseStepRefusedError(reason="case-side")
    if signed_in is None:
        is_right = side == "program"
    else:
        where = await select_where(connection, case.unit_id)
        appointments = signed_in.appointments
        is_right = where is not None and (
            holds(appointments, case, where) if side == "front" else may(appointments, "answer_cases", where)
        )
    if not is_right:
        raise CaseStepRefusedError(reason="case-not-held")


def check_answer(case: SupervisionCase, move: Move) -> None:
    """What a unit has written is never lost: too late for an answer, it becomes a note."""
    read_reason(move.text)
    if case.state not in DEEDS["answer"].from_states:
        raise AnswerKeptAsNoteError


async def explain_loss(connection: Connection, case: SupervisionCase, deed: Deed, move: Move) -> NoReturn:
    """Somebody was first, between reading and writing. Raises what the second is told."""
    now = await select_case(connection, case.case_id)
    if deed.verb == "answer" and now is not None:
        check_answer(now, move)
    raise CaseChangedError


def list_changes(deed: Deed, case: SupervisionCase, read: ReadMove, now: datetime) -> dict[str, Any]:
    """What a deed changes beside the state."""
    changes: dict[str, dict[str, Any]] = {
        "send": {"sent_at": now},
        "accept": {"accepted_at": now},
        "escalate": {"level": raise_level(case.level)},
        "close": {"closed_at": now, "result": read.result, "public_summary": read.public_summary},
        "withdraw": {"closed_at": now, "result": "withdrawn"},
        "reopen": dict.fromkeys(ENDED),
    }
    due = {} if read.due_on is None else {"due_on": read.due_on, "due_basis": read.due_basis}
    return {**due, **changes.get(deed.verb, {})}


async def add_what_only_the_store_knows(
    connection: Connection, deed: Deed, case: SupervisionCase, evidence: str | None, outcome: str | None
) -> SupervisionCase:
    """The head who answers from now on; what the case rests on, and what came of it."""
    if deed.to == "closed":
        return msgspec.structs.replace(case, outcome=outcome)
    if deed.to != "sent":
        return case
    head = await select_head(connection, case.unit_id)
    account_id, name = (None, HEAD_OFFICE) if head is None else (head.account_id, head.display_name)
    case = msgspec.structs.replace(case, head_id=account_id, head=name[:100])
    if deed.verb != "send":
        return case
    if not (case.findings and case.recommendation):
        raise CaseStepRefusedError(reason="case-not-complete")
    if evidence is None:
        raise ValueError("A case is sent with its evidence")
    return msgspec.structs.replace(case, evidence=evidence)


async def keep_late_answer(
    connection: Connection, signed_in: SignedIn, case: SupervisionCase, text: str, now: datetime
) -> None:
    """An answer that came after the case had moved on; the state stays, both sides read it."""
    await add_note(connection, signed_in, case, text, "unit", now)


async def add_note(
    connection: Connection,
    signed_in: SignedIn,
    case: SupervisionCase,
    text: str,
    side: Side,
    now: datetime,
    *,
    audience: Audience = "both",
) -> None:
    """Whoever reaches the case, holder or not. `audience` front is for the Front alone. Raises CaseStepRefusedError."""
    await keep_history(connection, signed_in, case, "note", side, now, text=read_reason(text), audience=audience)
