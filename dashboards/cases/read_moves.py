"""Reads what was typed for a deed: reason, day, result, public summary. Refuses with a reason that tells what to do."""

import re
from datetime import date
from typing import get_args

import msgspec

from dashboards.cases.due_dates import find_start, offer_due
from dashboards.cases.kept_wording import read_kept_wording
from dashboards.cases.states import Deed
from feedback.database import Connection
from feedback.tables.case_views import CaseSubject, select_case_subject
from feedback.tables.supervision_cases import Result, SupervisionCase
from surveys.case_errors import CaseStepRefusedError
from surveys.personal_data import hide_personal_data

LONGEST_REASON = 8000
SHORTEST_SUMMARY, LONGEST_SUMMARY = 10, 2000
# What the Front may find at the end; withdrawn is what withdrawing sets.
RESULTS: tuple[Result, ...] = tuple(result for result in get_args(Result) if result != "withdrawn")
# What new evidence a case is opened again on.
GROUNDS = ("ratings", "replies", "alert", "observation", "document")
LONGEST_REOPENING = LONGEST_REASON - 200  # what the evidence is stands before it


class Move(msgspec.Struct, frozen=True):
    """As it was typed. `changed_at` is that of the case on which it was decided."""

    verb: str
    text: str = ""
    due_on: str = ""
    result: str = ""
    public_summary: str = ""
    changed_at: str = ""
    grounds: str = ""


class ReadMove(msgspec.Struct, frozen=True):
    """What a deed needs, in its own types; None where it needs nothing of the kind."""

    text: str | None
    due_on: date | None = None
    due_basis: str | None = None
    result: Result | None = None
    public_summary: str | None = None


async def read_move(connection: Connection, deed: Deed, case: SupervisionCase, move: Move, today: date) -> ReadMove:
    """Raises CaseStepRefusedError."""
    text = read_reason(move.text) if "reason" in deed.needs else read_text(move.text, LONGEST_REASON) or None
    if "grounds" in deed.needs:
        text = name_grounds(move.grounds, move.text)
    due_on, basis = (
        await read_due(connection, deed, case, move.due_on, today) if "due_on" in deed.needs else (None, None)
    )
    if "result" not in deed.needs:
        return ReadMove(text, due_on, basis)
    return ReadMove(text, due_on, basis, read_result(move.result), await read_summary(connection, case, move, today))


def read_text(text: str, longest: int) -> str:
    text = text.strip()
    if len(text) > longest:
        raise CaseStepRefusedError(reason="case-text-long", longest=longest)
    return text


def name_grounds(grounds: str, text: str) -> str:
    """What is new, in the words of the history, and the reason below."""
    if grounds not in GROUNDS:
        raise CaseStepRefusedError(reason="case-grounds")
    wording = read_kept_wording()
    told = wording.say("case.reopened-on", grounds=wording.say(f"case.grounds.{grounds}"))
    return f"{told}\n{read_text(text, LONGEST_REOPENING)}"


def read_reason(text: str) -> str:
    reason = read_text(text, LONGEST_REASON)
    if not reason:
        raise CaseStepRefusedError(reason="case-reason-missing", longest=LONGEST_REASON)
    return reason


async def read_due(
    connection: Connection, deed: Deed, case: SupervisionCase, text: str, today: date
) -> tuple[date, str]:
    """The day that was chosen, and the basis that stood beside it."""
    offer = await offer_due(connection, today, find_start(deed, case, today))
    refusal = CaseStepRefusedError(reason="case-due", first=tell(offer.first), last=tell(offer.last))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise refusal from None
    if not offer.first <= day <= offer.last:
        raise refusal
    return day, offer.basis


def tell(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def read_result(text: str) -> Result:
    for result in RESULTS:
        if text == result:
            return result
    raise CaseStepRefusedError(reason="case-result")


async def read_summary(connection: Connection, case: SupervisionCase, move: Move, today: date) -> str | None:
    """What everybody may read: it points to no person. The names of the unit and its place are not taken for one."""
    summary = move.public_summary.strip()
    if not summary:
        return None
    if not SHORTEST_SUMMARY <= len(summary) <= LONGEST_SUMMARY:
        raise CaseStepRefusedError(reason="case-summary", shortest=SHORTEST_SUMMARY, longest=LONGEST_SUMMARY)
    about = (case.unit_id, case.desk_id, case.official_id, case.procedure_id)
    subject = await select_case_subject(connection, *about, today)
    rest = summary
    for name in () if subject is None else (subject.unit_name, subject.place_name, subject.procedure_name):
        rest = rest.replace(name, " … ") if name else rest
    if hide_personal_data(rest).hidden or (subject is not None and names_official(summary, subject)):
        raise CaseStepRefusedError(reason="case-summary-person")
    return summary


def names_official(summary: str, subject: CaseSubject) -> bool:
    """By name, or by the code under which the Front knows the person, as a word of its own."""
    told, name = summary.casefold(), subject.official_name.casefold()
    code = re.escape(subject.official.casefold())
    return bool((name and name in told) or (code and re.search(rf"(?<!\w){code}(?!\w)", told)))
