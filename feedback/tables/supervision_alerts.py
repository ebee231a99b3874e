"""The tables `supervision_alerts`, `alert_events` and `alert_weeks`: one alert a cause, and what was done with it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal

import msgspec

from feedback.accounts.powers import Where
from feedback.database import Connection

AlertKind = Literal["drop", "low_share", "low_response", "set_aside", "silent_desk", "harassment", "informal_payment"]
AlertState = Literal["open", "snoozed", "merged", "dismissed", "over"]
Deed = Literal["raised", "snoozed", "woken", "merged", "dismissed", "reopened", "over"]


class SupervisionAlert(msgspec.Struct, frozen=True):
    """0 in desk_id, official_id, procedure_id: not about one. `weight` is 1 to 100; `evidence` is JSON."""

    alert_id: int
    cause: str
    kind: AlertKind
    weight: int
    unit_id: int
    desk_id: int
    official_id: int
    procedure_id: int
    day: date
    evidence: str
    raised_at: datetime
    state: AlertState
    snoozed_until: date | None
    merged_into: int | None
    changed_at: datetime


class AlertEvent(msgspec.Struct, frozen=True):
    """`actor` is the name as it was then, "program" for the job."""

    alert_id: int
    unit_id: int
    at: datetime
    account_id: int | None
    actor: str
    deed: Deed
    reason: str | None = None


ALERT = ", ".join(SupervisionAlert.__struct_fields__)
EVENT = AlertEvent.__struct_fields__
NEW = ("cause", "kind", "weight", "unit_id", "desk_id", "official_id", "day", "evidence", "raised_at")


async def select_open_supervision_alerts(connection: Connection, limit: int = 200) -> list[SupervisionAlert]:
    """Heaviest first, then newest, of the units that the connection reaches."""
    rows = await connection.fetch(
        f"SELECT {ALERT} FROM supervision_alerts WHERE state = 'open'"
        " ORDER BY weight DESC, day DESC, alert_id LIMIT $1",
        limit,
    )
    return [SupervisionAlert(**dict(row)) for row in rows]


async def select_live_alerts(connection: Connection) -> list[SupervisionAlert]:
    """Of which there is no second of the same cause: open, snoozed and merged ones."""
    rows = await connection.fetch(
        f"SELECT {ALERT} FROM supervision_alerts WHERE state IN ('open', 'snoozed', 'merged') ORDER BY alert_id"
    )
    return [SupervisionAlert(**dict(row)) for row in rows]


async def select_supervision_alert(connection: Connection, alert_id: int) -> SupervisionAlert | None:
    row = await connection.fetchrow(f"SELECT {ALERT} FROM supervision_alerts WHERE alert_id = $1", alert_id)
    return None if row is None else SupervisionAlert(**dict(row))


async def lock_supervision_alerts(connection: Connection, alert_ids: Collection[int]) -> None:
    """Nobody changes these until the transaction ends; in one order, so that no two wait for each other."""
    await connection.fetch(
        "SELECT alert_id FROM supervision_alerts WHERE alert_id = ANY ($1::integer[]) ORDER BY alert_id FOR UPDATE",
        list(alert_ids),
    )


async def select_dismissed_alerts(connection: Connection, kinds: Collection[str]) -> list[SupervisionAlert]:
    """The last alert of each cause, where it was dismissed."""
    rows = await connection.fetch(
        f"SELECT {ALERT} FROM (SELECT DISTINCT ON (cause) * FROM supervision_alerts WHERE kind = ANY ($1::text[])"
        " ORDER BY cause, changed_at DESC) AS latest WHERE state = 'dismissed'",
        list(kinds),
    )
    return [SupervisionAlert(**dict(row)) for row in rows]


async def insert_supervision_alert(connection: Connection, alert: SupervisionAlert) -> int | None:
    """The new alert_id, open from `raised_at` on; None where the cause has a living alert."""
    return await connection.fetchval(
        f"INSERT INTO supervision_alerts ({', '.join(NEW)}, state, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $9)"
        " ON CONFLICT (cause) WHERE state IN ('open', 'snoozed', 'merged') DO NOTHING RETURNING alert_id",
        *(getattr(alert, name) for name in NEW),
    )


async def update_alert_state(
    connection: Connection,
    alert: SupervisionAlert,
    state: AlertState,
    now: datetime,
    *,
    snoozed_until: date | None = None,
    merged_into: int | None = None,
) -> bool:
    """False where somebody changed it after `alert` was read.

    Raises asyncpg.UniqueViolationError where its cause has another living alert.
    """
    updated = await connection.execute(
        "UPDATE supervision_alerts SET state = $3, changed_at = $4, snoozed_until = $5, merged_into = $6"
        " WHERE alert_id = $1 AND changed_at = $2",
        *(alert.alert_id, alert.changed_at, state, now, snoozed_until, merged_into),
    )
    return updated == "UPDATE 1"


async def insert_alert_event(connection: Connection, event: AlertEvent) -> None:
    await connection.execute(
        f"INSERT INTO alert_events ({', '.join(EVENT)}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *msgspec.structs.astuple(event),
    )


async def select_alert_events(connection: Connection, alert_id: int) -> list[AlertEvent]:
    """Oldest first."""
    rows = await connection.fetch(
        f"SELECT {', '.join(EVENT)} FROM alert_events WHERE alert_id = $1 ORDER BY event_id", alert_id
    )
    return [AlertEvent(**dict(row)) for row in rows]


async def claim_week(connection: Connection, rules: str, week: date) -> bool:
    """Whether a group of rules has still to look at this closed week. Holds the group until the transaction ends."""
    updated = await connection.execute(
        "INSERT INTO alert_weeks AS known (rules, week) VALUES ($1, $2)"
        " ON CONFLICT (rules) DO UPDATE SET week = excluded.week WHERE known.week < excluded.week",
        rules,
        week,
    )
    return updated == "INSERT 0 1"


async def lock_alerts(connection: Connection) -> None:
    """One run of the job at a time, until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('supervision_alerts'))")


SELECT_WHERE = """
SELECT u.code AS unit, CASE WHEN p.province_code IS NULL THEN '' ELSE u.place_code END AS commune,
       coalesce(p.province_code, u.place_code) AS province
FROM units AS u LEFT JOIN LATERAL (
    SELECT province_code FROM places WHERE code = u.place_code ORDER BY valid_from DESC LIMIT 1) AS p ON true
WHERE u.unit_id = $1
"""


async def select_where(connection: Connection, unit_id: int) -> Where | None:
    """Where a unit lies in the tree of places."""
    row = await connection.fetchrow(SELECT_WHERE, unit_id)
    return None if row is None else Where(**dict(row))
