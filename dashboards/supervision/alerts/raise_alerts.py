"""The job: wakes and ends alerts, and raises new ones from the drop watch and the rules, group by group.

Each group is one transaction, under one lock: killed anywhere or run twice, nothing is raised twice or lost.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import msgspec
import structlog

from dashboards.supervision.alerts.acknowledge_causes import acknowledge_cause
from dashboards.supervision.alerts.causes import FALLS, About, Signal, find_about, is_part_of
from dashboards.supervision.alerts.end_alerts import PROGRAM, change, end_merged, end_over, note_step, wake_snoozed
from dashboards.supervision.alerts.freeze import freeze_evidence
from dashboards.supervision.alerts.rules_answers import QUESTIONS, find_clusters
from dashboards.supervision.alerts.rules_drops import find_fallen
from dashboards.supervision.alerts.rules_parameters import SILENT_LOOKED_BACK, USUAL_DAYS, WINDOW_DAYS
from dashboards.supervision.alerts.rules_rates import find_low_response, find_set_aside
from dashboards.supervision.alerts.rules_silence import find_silent_desks
from feedback.database import Connection, open_connection
from feedback.record_response import LOCAL_TIME, read_local_day
from feedback.tables.alert_inputs import (
    select_answer_tallies,
    select_main_desks,
    select_open_drops,
    select_silences,
    select_unit_tallies,
)
from feedback.tables.supervision_alerts import (
    AlertKind,
    SupervisionAlert,
    claim_week,
    insert_supervision_alert,
    lock_alerts,
    select_dismissed_alerts,
    select_live_alerts,
)

log = structlog.get_logger()
ONE_DAY = timedelta(days=1)
Rule = Callable[[Connection, date], Awaitable[list[Signal]]]


async def raise_supervision_alerts(database_url: str, now: datetime) -> None:
    connection = await open_connection(database_url)
    try:
        raised = await raise_alerts(connection, now)
    finally:
        await connection.close()
    log.info("supervision-alerts-raised", alerts=raised)


async def raise_alerts(connection: Connection, now: datetime) -> int:
    """How many new alerts. Rules look once at each week that has closed; the drop watch is asked every time."""
    today = read_local_day(now)[0]
    closed = today - timedelta(days=today.isoweekday())
    async with connection.transaction():
        await lock_alerts(connection)
        await wake_snoozed(connection, today, now)
        await end_merged(connection, now)
    raised = 0
    for name, (kinds, rule) in RULES.items():
        async with connection.transaction():
            await lock_alerts(connection)
            if name == "drops" or await claim_week(connection, name, closed - timedelta(days=6)):
                signals = await rule(connection, closed)
                raised += await raise_signals(connection, kinds, signals, closed, now)
                await end_over(connection, kinds, signals, closed, now)
    return raised


async def find_drops(connection: Connection, closed: date) -> list[Signal]:
    drops = await select_open_drops(connection)
    officials = [drop for drop in drops if drop.role == "official"]
    last = max((drop.day for drop in officials), default=closed)
    desks = await select_main_desks(
        connection,
        [drop.unit_id for drop in officials],
        [drop.entity_id for drop in officials],
        last - timedelta(days=WINDOW_DAYS.value),
        last,
    )
    return find_fallen(drops, desks, closed)


async def find_low_rates(connection: Connection, closed: date) -> list[Signal]:
    first = closed - timedelta(days=WINDOW_DAYS.value - 1)
    tallies = await select_unit_tallies(connection, first, closed)
    return [*find_low_response(tallies, first, closed), *find_set_aside(tallies, first, closed)]


async def find_silence(connection: Connection, closed: date) -> list[Signal]:
    first = closed - timedelta(days=SILENT_LOOKED_BACK.value - 1)
    return find_silent_desks(await select_silences(connection, first, closed), closed)


async def find_answers(connection: Connection, closed: date) -> list[Signal]:
    first = closed - timedelta(days=WINDOW_DAYS.value - 1)
    found: list[Signal] = []
    for kind, question in QUESTIONS.items():
        tallies = await select_answer_tallies(connection, question, first, closed)
        usual = await select_answer_tallies(connection, question, first - timedelta(USUAL_DAYS.value), first - ONE_DAY)
        found += find_clusters(kind, tallies, usual, first, closed)
    return found


RULES: dict[str, tuple[frozenset[AlertKind], Rule]] = {
    "drops": (FALLS, find_drops),
    "rates": (frozenset({"low_response", "set_aside"}), find_low_rates),
    "silence": (frozenset({"silent_desk"}), find_silence),
    "answers": (frozenset(QUESTIONS), find_answers),
}


async def raise_signals(
    connection: Connection, kinds: frozenset[AlertKind], signals: list[Signal], closed: date, now: datetime
) -> int:
    """One alert a cause: none where one lives, or lives for the whole of it, or was dismissed since."""
    dismissed = await select_dismissed_alerts(connection, kinds)
    live = {find_about(alert): alert for alert in await select_live_alerts(connection)}
    raised = 0
    for signal in sorted(signals, key=put_wholes_first):
        is_known = any(signal.about == about or is_part_of(signal.about, about) for about in live)
        if is_known:
            continue
        if any(was_dismissed(signal, alert) for alert in dismissed):
            await acknowledge_cause(connection, signal.about, PROGRAM, read_local_day(now)[0])
            continue
        alert = await raise_signal(connection, signal, closed, now)
        if alert is not None:
            await merge_parts(connection, alert, live, now)
            live[signal.about] = alert
            raised += 1
    return raised


def put_wholes_first(signal: Signal) -> tuple[object, ...]:
    """Desks before units and officials, drops before weeks with many low scores: what explains others comes first."""
    about = signal.about
    return (about.desk_id == 0, about.official_id, about.kind != "drop", about.cause)


def was_dismissed(signal: Signal, alert: SupervisionAlert) -> bool:
    """A cause that was dismissed, with what it explains, needs to be seen anew, in days after that one."""
    about = find_about(alert)
    is_same = signal.about == about or is_part_of(signal.about, about)
    return is_same and signal.first <= alert.changed_at.astimezone(LOCAL_TIME).date()


async def raise_signal(connection: Connection, signal: Signal, closed: date, now: datetime) -> SupervisionAlert | None:
    """None where another run was first."""
    evidence, weight = await freeze_evidence(connection, signal, closed)
    about = signal.about
    alert = SupervisionAlert(
        alert_id=0,
        cause=about.cause,
        kind=about.kind,
        weight=weight,
        unit_id=about.unit_id,
        desk_id=about.desk_id,
        official_id=about.official_id,
        procedure_id=0,
        day=signal.day,
        evidence=msgspec.json.encode(evidence).decode(),
        raised_at=now,
        state="open",
        snoozed_until=None,
        merged_into=None,
        changed_at=now,
    )
    alert_id = await insert_supervision_alert(connection, alert)
    if alert_id is None:
        return None
    stored = msgspec.structs.replace(alert, alert_id=alert_id)
    await note_step(connection, stored, "raised", now)
    return stored


async def merge_parts(
    connection: Connection, whole: SupervisionAlert, live: dict[About, SupervisionAlert], now: datetime
) -> None:
    """What lives already and is explained by the new alert goes into it."""
    for about, part in live.items():
        if part.state in {"open", "snoozed"} and is_part_of(about, find_about(whole)):
            await change(connection, part, "merged", "merged", now, merged_into=whole.alert_id)
