"""What a checker found at one drawn desk or dossier: judged, kept once, with who and when. Never changed afterwards."""

from datetime import datetime

import msgspec

from dashboards.checks.levels import runs_checks
from dashboards.supervision.areas import find_area
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.check_rounds import CheckItem, CheckRound, Finding, lock_round, select_round, update_found
from feedback.web.staff_access import make_entry
from surveys.answers import check_score
from surveys.case_errors import CheckClosedError, CheckRecordedError, CheckRefusedError
from surveys.errors import InvalidAnswerError, UnknownPageError

LONGEST_NOTE = 2000
LATE = {"": None, "yes": True, "no": False}


class FindingForm(msgspec.Struct, frozen=True):
    """As it was typed."""

    score: str = ""
    late: str = ""
    note: str = ""
    not_possible: str = ""


def judge_finding(form: FindingForm) -> Finding:
    """Raises CheckRefusedError with the reason. Either a score, or not possible with why."""
    note = form.note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise CheckRefusedError(reason="check-note-long", longest=LONGEST_NOTE)
    if form.not_possible:
        if not note:
            raise CheckRefusedError(reason="check-why-missing")
        return Finding(None, None, note, not_possible=True)
    try:
        score = check_score(form.score)
    except InvalidAnswerError:
        raise CheckRefusedError(reason="check-score-missing") from None
    if form.late not in LATE:
        raise CheckRefusedError(reason="check-late")
    return Finding(score, LATE[form.late], note or None, not_possible=False)


async def record_finding(
    connection: Connection, signed_in: SignedIn, item: CheckItem, finding: Finding, now: datetime
) -> None:
    """Only whoever runs checks in all of the round's area: nobody is first at the own place of a wider round.

    Raises CheckRefusedError, CheckClosedError, and CheckRecordedError where somebody was first; nothing is kept then.
    """
    await lock_round(connection, item.round_id)
    drawn = await find_round(connection, item.round_id)
    if not runs_checks(signed_in, await find_area(connection, drawn.area)):
        raise CheckRefusedError(reason="check-level")
    if drawn.closed_at is not None:
        raise CheckClosedError
    if not await update_found(connection, item, finding, signed_in.account.account_id, now):
        raise CheckRecordedError
    code = f"{item.round_id}/{item.place}"
    await insert_audit_entry(
        connection, make_entry(signed_in, now, "check-recorded", "done", "check", code, unit_id=item.unit_id)
    )


async def find_round(connection: Connection, round_id: int) -> CheckRound:
    """Raises UnknownPageError."""
    found = await select_round(connection, round_id)
    if found is None:
        raise UnknownPageError
    return found
