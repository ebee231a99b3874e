"""Opens a case as a draft, and saves what is written in it until it is sent."""

from datetime import datetime

import msgspec

from dashboards.cases.hold_case import find_highest_level, holds
from dashboards.cases.keep_history import keep_history, make_later
from dashboards.cases.read_moves import read_text
from dashboards.cases.states import DEEDS, TABLE
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.case_views import is_case_subject
from feedback.tables.supervision_alerts import select_where
from feedback.tables.supervision_cases import Level, Origin, SupervisionCase, insert_case, lock_case, update_case
from surveys.case_errors import CaseChangedError, CaseStepRefusedError

SHORTEST_TITLE, LONGEST_TITLE = 3, 200
LONGEST_TEXT = 8000
LONGEST_BASIS = 2000


class CaseDraft(msgspec.Struct, frozen=True):
    """What the Front writes: the texts as typed, the subject as ids that the page has looked up (0: not about one)."""

    unit_id: int
    title: str
    findings: str = ""
    recommendation: str = ""
    legal_basis: str = ""
    origin: Origin = "observation"
    desk_id: int = 0
    official_id: int = 0
    procedure_id: int = 0
    alert_id: int | None = None
    round_id: int | None = None


async def open_case(connection: Connection, signed_in: SignedIn, draft: CaseDraft, now: datetime) -> SupervisionCase:
    """At the highest level that the opener holds. Raises CaseStepRefusedError."""
    where = await select_where(connection, draft.unit_id)
    level = None if where is None else find_highest_level(signed_in.appointments, where)
    if level is None:
        raise CaseStepRefusedError(reason="case-not-held")
    case = make_case(draft, level, signed_in.account.account_id, now)
    if not await is_case_subject(connection, case):
        raise CaseStepRefusedError(reason="case-subject")
    kept = msgspec.structs.replace(case, case_id=await insert_case(connection, case))
    await keep_history(connection, signed_in, kept, "opened", "front", now)
    return kept


async def save_draft(
    connection: Connection, signed_in: SignedIn, case: SupervisionCase, draft: CaseDraft, changed_at: str, now: datetime
) -> SupervisionCase:
    """The unit, where the case came from and its level stay. Raises CaseChangedError and CaseStepRefusedError."""
    where = await select_where(connection, case.unit_id)
    if where is None or not holds(signed_in.appointments, case, where):
        raise CaseStepRefusedError(reason="case-not-held")
    if changed_at != case.changed_at.isoformat():
        raise CaseChangedError
    if case.state not in DEEDS["change"].from_states:
        raise CaseStepRefusedError(reason="case-state")
    subject = {name: getattr(draft, name) for name in ("desk_id", "official_id", "procedure_id")}
    after = make_later(msgspec.structs.replace(case, **read_texts(draft), **subject), now)
    if not await is_case_subject(connection, after):
        raise CaseStepRefusedError(reason="case-subject")
    await lock_case(connection, case.case_id)
    if not await update_case(connection, case, after):
        raise CaseChangedError
    await keep_history(connection, signed_in, after, "changed", "front", now)
    return after


def read_texts(draft: CaseDraft) -> dict[str, str]:
    """Within the limits of the columns. Raises CaseStepRefusedError."""
    title = " ".join(draft.title.split())
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise CaseStepRefusedError(reason="case-title", shortest=SHORTEST_TITLE, longest=LONGEST_TITLE)
    return {
        "title": title,
        "findings": read_text(draft.findings, LONGEST_TEXT),
        "recommendation": read_text(draft.recommendation, LONGEST_TEXT),
        "legal_basis": read_text(draft.legal_basis, LONGEST_BASIS),
    }


def make_case(draft: CaseDraft, level: Level, opened_by: int, now: datetime) -> SupervisionCase:
    """Not stored yet. Raises CaseStepRefusedError."""
    return SupervisionCase(
        case_id=0,
        unit_id=draft.unit_id,
        desk_id=draft.desk_id,
        official_id=draft.official_id,
        procedure_id=draft.procedure_id,
        origin=draft.origin,
        alert_id=draft.alert_id,
        round_id=draft.round_id,
        **read_texts(draft),
        evidence=None,
        level=level,
        state=TABLE.first,
        head_id=None,
        head=None,
        due_on=None,
        due_basis=None,
        result=None,
        public_summary=None,
        outcome=None,
        opened_by=opened_by,
        opened_at=now,
        sent_at=None,
        accepted_at=None,
        closed_at=None,
        changed_at=now,
    )
