"""How alerts wake and end by themselves: a day has come, the cause is over, or what they were merged into has ended."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.alerts.acknowledge_causes import acknowledge_cause
from dashboards.supervision.alerts.causes import FALLS, Signal, find_about
from dashboards.supervision.alerts.evidence import Span, read_evidence
from dashboards.supervision.alerts.freeze import read_figures
from dashboards.supervision.alerts.rules_parameters import OVER_AFTER_DAYS
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.supervision_alerts import (
    AlertEvent,
    AlertKind,
    AlertState,
    Deed,
    SupervisionAlert,
    insert_alert_event,
    select_live_alerts,
    select_supervision_alert,
    update_alert_state,
)

PROGRAM = "program"


async def note_step(connection: Connection, alert: SupervisionAlert, deed: Deed, now: datetime) -> None:
    """What the job did, in the history of the alert and in the audit log."""
    await insert_alert_event(connection, AlertEvent(alert.alert_id, alert.unit_id, now, None, PROGRAM, deed))
    entry = AuditEntry(now, None, PROGRAM, f"alert-{deed}", "done", "alert", str(alert.alert_id), alert.unit_id)
    await insert_audit_entry(connection, entry)


async def change(
    connection: Connection,
    alert: SupervisionAlert,
    state: AlertState,
    deed: Deed,
    now: datetime,
    merged_into: int | None = None,
) -> bool:
    """False, and nothing in the history, where a supervisor was first."""
    is_changed = await update_alert_state(connection, alert, state, now, merged_into=merged_into)
    if is_changed:
        await note_step(connection, alert, deed, now)
    return is_changed


async def wake_snoozed(connection: Connection, today: date, now: datetime) -> None:
    for alert in await select_live_alerts(connection):
        if alert.snoozed_until is not None and alert.snoozed_until <= today:
            await change(connection, alert, "open", "woken", now)


async def end_merged(connection: Connection, now: datetime) -> None:
    """What was merged ends with what it was merged into."""
    for alert in await select_live_alerts(connection):
        if alert.merged_into is None:
            continue
        whole = await select_supervision_alert(connection, alert.merged_into)
        if whole is not None and whole.state in {"dismissed", "over"}:
            await change(connection, alert, whole.state, "dismissed" if whole.state == "dismissed" else "over", now)


async def end_over(
    connection: Connection, kinds: Collection[AlertKind], signals: Iterable[Signal], closed: date, now: datetime
) -> None:
    """An alert whose rule does not fire any more is over; a drop, once its shares are back where they were."""
    causes = {signal.about.cause for signal in signals}
    for alert in await select_live_alerts(connection):
        is_asked = alert.kind in kinds and alert.state in {"open", "snoozed"}
        if (
            is_asked
            and await is_over(connection, alert, causes, closed)
            and await change(connection, alert, "over", "over", now)
        ):
            await acknowledge_cause(connection, find_about(alert), PROGRAM, read_local_day(now)[0])


async def is_over(connection: Connection, alert: SupervisionAlert, causes: Collection[str], closed: date) -> bool:
    """Rules ask for four weeks of their own after the alert; a silent desk is over with its first rating."""
    if alert.kind == "silent_desk":
        return alert.cause not in causes
    if closed < alert.day + timedelta(days=OVER_AFTER_DAYS.value):
        return False
    return await has_recovered(connection, alert, closed) if alert.kind in FALLS else alert.cause not in causes


async def has_recovered(connection: Connection, alert: SupervisionAlert, closed: date) -> bool:
    """Whether the last four weeks lie where the weeks before the alert did, within their interval."""
    before = read_evidence(alert.evidence).before.share
    first = closed - timedelta(days=OVER_AFTER_DAYS.value - 1)
    span = Span(first, first, first, closed, closed)
    now = (await read_figures(connection, Signal(find_about(alert), first, closed, 0, 1), span)).now.share
    if now is None or before is None:
        return False
    return now.percent >= find_end(before, "low") if alert.kind == "drop" else now.percent <= find_end(before, "high")


def find_end(share: ReleasedShare, end: str) -> int:
    """The end of the interval; a coded band is its own end."""
    value = share.low if end == "low" else share.high
    return share.percent if value is None else value
