"""What a supervisor does with an alert: snooze, merge, dismiss, reopen. Each step is kept with its reason, or refused.

Whoever is second learns that somebody was first: a step names the moment of the state that it was decided on.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import asyncpg
import msgspec

from dashboards.supervision.alerts.rules_parameters import LONGEST_SNOOZE_DAYS
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.supervision_alerts import (
    AlertEvent,
    AlertState,
    Deed,
    SupervisionAlert,
    insert_alert_event,
    lock_supervision_alerts,
    select_supervision_alert,
    update_alert_state,
)
from feedback.web.staff_access import make_entry
from surveys.errors import AlertChangedError, AlertStepRefusedError

LONGEST_REASON = 1000
MOST_DIGITS = 9  # fits an integer
DEEDS: Mapping[str, Deed] = {"snooze": "snoozed", "merge": "merged", "dismiss": "dismissed", "reopen": "reopened"}
NOTED: Mapping[Deed, str] = {
    "snoozed": "alert-snoozed",
    "merged": "alert-merged",
    "dismissed": "alert-dismissed",
    "reopened": "alert-reopened",
}
TAKEN_FROM: Mapping[str, frozenset[AlertState]] = {
    "snooze": frozenset({"open"}),
    "merge": frozenset({"open", "snoozed"}),
    "dismiss": frozenset({"open", "snoozed"}),
    "reopen": frozenset({"snoozed", "merged", "dismissed", "over"}),
}
STATES: Mapping[str, AlertState] = {"snooze": "snoozed", "merge": "merged", "dismiss": "dismissed", "reopen": "open"}


class Step(msgspec.Struct, frozen=True):
    """As it was typed. `changed_at` is that of the alert on which it was decided."""

    verb: str
    reason: str
    until: str
    into: str
    changed_at: str


async def take_step(
    connection: Connection, signed_in: SignedIn, alert: SupervisionAlert, step: Step, now: datetime
) -> None:
    """Behind the second wall; the state, its history and the audit entry in one transaction.

    Raises AlertChangedError and AlertStepRefusedError; nothing is kept then.
    """
    reason = read_reason(step.reason)
    if step.changed_at != alert.changed_at.isoformat():
        raise AlertChangedError
    if alert.state not in TAKEN_FROM[step.verb]:
        raise AlertStepRefusedError(reason="alert-state")
    until = read_until(step.until, read_local_day(now)[0]) if step.verb == "snooze" else None
    into = await find_other(connection, alert, step.into) if step.verb == "merge" else None
    await change_state(connection, alert, STATES[step.verb], now, until, into)
    account = signed_in.account
    deed = DEEDS[step.verb]
    event = AlertEvent(alert.alert_id, alert.unit_id, now, account.account_id, account.display_name, deed, reason)
    await insert_alert_event(connection, event)
    unit, official, code = alert.unit_id, alert.official_id, str(alert.alert_id)
    entry = make_entry(signed_in, now, NOTED[deed], "done", "alert", code, unit_id=unit, official_id=official)
    await insert_audit_entry(connection, entry)


def read_reason(text: str) -> str:
    reason = text.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise AlertStepRefusedError(reason="alert-reason-missing", longest=LONGEST_REASON)
    return reason


def read_until(text: str, today: date) -> date:
    longest = LONGEST_SNOOZE_DAYS.value
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise AlertStepRefusedError(reason="alert-day", longest=longest) from None
    if not today < day <= today + timedelta(days=longest):
        raise AlertStepRefusedError(reason="alert-day", longest=longest)
    return day


async def find_other(connection: Connection, alert: SupervisionAlert, text: str) -> int:
    """The number of another open or snoozed alert that the connection reaches.

    Both are held from here on: two that are merged into each other at once would be seen by nobody again.
    """
    if is_number(text):
        await lock_supervision_alerts(connection, {alert.alert_id, int(text)})
    other = await select_supervision_alert(connection, int(text)) if is_number(text) else None
    if other is None or other.alert_id == alert.alert_id or other.state not in {"open", "snoozed"}:
        raise AlertStepRefusedError(reason="alert-no-other")
    return other.alert_id


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


async def change_state(
    connection: Connection,
    alert: SupervisionAlert,
    state: AlertState,
    now: datetime,
    until: date | None,
    into: int | None,
) -> None:
    try:
        async with connection.transaction():
            is_changed = await update_alert_state(connection, alert, state, now, snoozed_until=until, merged_into=into)
    except asyncpg.UniqueViolationError:
        raise AlertStepRefusedError(reason="alert-cause-lives") from None
    if not is_changed:
        raise AlertChangedError
