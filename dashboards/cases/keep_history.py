"""What every deed on a case leaves behind: an event with the state afterwards, and an entry of the audit log."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.supervision_cases import (
    Audience,
    CaseDeed,
    CaseEvent,
    Side,
    SupervisionCase,
    insert_case_event,
    lock_case,
    select_case,
)

PROGRAM = "program"
# What the audit log calls each deed.
NOTED: Mapping[CaseDeed, str] = {
    "opened": "case-opened",
    "changed": "case-changed",
    "sent": "case-sent",
    "received": "case-received",
    "answered": "case-answered",
    "accepted": "case-accepted",
    "not_accepted": "case-not-accepted",
    "escalated": "case-escalated",
    "closed": "case-closed",
    "reopened": "case-reopened",
    "discarded": "case-discarded",
    "extended": "case-extended",
    "note": "case-noted",
    "file": "case-file-added",
    "reminded": "case-reminded",
    "overdue": "case-overdue",
}
# These leave the state as it is.
BESIDE: frozenset[CaseDeed] = frozenset({"note", "file", "reminded", "overdue"})
# A unit never learns of drafts, nor of what was written before a case was sent.
OF_DRAFTS: frozenset[CaseDeed] = frozenset({"opened", "changed", "discarded"})


async def keep_history(
    connection: Connection,
    signed_in: SignedIn | None,
    case: SupervisionCase,
    deed: CaseDeed,
    side: Side,
    now: datetime,
    *,
    text: str | None = None,
    due_on: date | None = None,
    audience: Audience = "both",
    details: str | None = None,
) -> None:
    """In the transaction of the deed. `case` as it is afterwards; nobody has signed in where the program acts.

    The program holds the row of the case itself, before it looks whether there is anything to tell.
    """
    if deed in BESIDE and signed_in is not None:
        case = await find_latest(connection, case)
    account_id = None if signed_in is None else signed_in.account.account_id
    actor = PROGRAM if signed_in is None else signed_in.account.display_name
    is_before_sending = deed in OF_DRAFTS or (deed in {"note", "file"} and case.sent_at is None)
    seen_by: Audience = "front" if is_before_sending else audience
    event = CaseEvent(
        case_id=case.case_id,
        unit_id=case.unit_id,
        at=now,
        account_id=account_id,
        actor=actor[:100],
        side=side,
        deed=deed,
        state=case.state,
        audience=seen_by,
        text=text or None,
        due_on=due_on,
    )
    await insert_case_event(connection, event)
    await insert_audit_entry(connection, make_case_entry(event, case.official_id, details))


async def find_latest(connection: Connection, case: SupervisionCase) -> SupervisionCase:
    """As it is now, held until the transaction ends: a note tells the state of its moment, not that of a page."""
    await lock_case(connection, case.case_id)
    return await select_case(connection, case.case_id) or case


def make_case_entry(event: CaseEvent, official_id: int, details: str | None) -> AuditEntry:
    return AuditEntry(
        at=event.at,
        account_id=event.account_id,
        actor=event.actor,
        action=NOTED[event.deed],
        outcome="done",
        object_kind="case",
        object_code=str(event.case_id),
        unit_id=event.unit_id,
        official_id=official_id,
        details=details,
    )


def make_later(case: SupervisionCase, now: datetime) -> SupervisionCase:
    """Changed now, and in any case later than before: forms tell by this moment whether they are stale."""
    return msgspec.structs.replace(case, changed_at=max(now, case.changed_at + timedelta(microseconds=1)))
