"""The tables `supervision_cases` and `case_events`: what a unit must answer, and everything that was done about it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from feedback.database import Connection

CaseState = Literal[
    "draft", "sent", "received", "answered", "accepted", "not_accepted", "escalated", "closed", "discarded"
]
Origin = Literal["alert", "reflections", "observation", "round"]
Level = Literal["commune", "province", "nation"]
Side = Literal["front", "unit", "program"]
Audience = Literal["both", "front"]
Result = Literal["resolved", "partly", "unresolved", "unfounded", "withdrawn"]
CaseDeed = Literal[
    "opened",
    "changed",
    "sent",
    "received",
    "answered",
    "accepted",
    "not_accepted",
    "escalated",
    "closed",
    "reopened",
    "discarded",
    "extended",
    "note",
    "file",
    "reminded",
    "overdue",
]


class SupervisionCase(msgspec.Struct, frozen=True):
    """0 in desk_id, official_id, procedure_id: not about one. `evidence` and `outcome` are JSON (dashboards/cases)."""

    case_id: int
    unit_id: int
    desk_id: int
    official_id: int
    procedure_id: int
    origin: Origin
    alert_id: int | None
    round_id: int | None
    title: str
    findings: str
    recommendation: str
    legal_basis: str
    evidence: str | None
    level: Level
    state: CaseState
    head_id: int | None
    head: str | None
    due_on: date | None
    due_basis: str | None
    result: Result | None
    public_summary: str | None
    outcome: str | None
    opened_by: int
    opened_at: datetime
    sent_at: datetime | None
    accepted_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime


class CaseEvent(msgspec.Struct, frozen=True):
    """`actor` is the name as it was then; `state` that of the case afterwards."""

    case_id: int
    unit_id: int
    at: datetime
    account_id: int | None
    actor: str
    side: Side
    deed: CaseDeed
    state: CaseState
    audience: Audience = "both"
    text: str | None = None
    due_on: date | None = None


CASE_LOCK = 0x6C6E6373
CASE = ", ".join(SupervisionCase.__struct_fields__)
EVENT = CaseEvent.__struct_fields__
NEW = tuple(name for name in SupervisionCase.__struct_fields__ if name != "case_id")


async def select_case(connection: Connection, case_id: int) -> SupervisionCase | None:
    row = await connection.fetchrow(f"SELECT {CASE} FROM supervision_cases WHERE case_id = $1", case_id)
    return None if row is None else SupervisionCase(**dict(row))


async def lock_case(connection: Connection, case_id: int) -> None:
    """Until the transaction ends nobody else moves it or writes into its history, which so stays in order."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", CASE_LOCK, case_id)


async def insert_case(connection: Connection, case: SupervisionCase) -> int:
    """The new case_id; that of `case` is not read."""
    rows = await connection.fetch(
        f"INSERT INTO supervision_cases ({', '.join(NEW)})"
        f" VALUES ({', '.join(f'${place}' for place in range(1, len(NEW) + 1))}) RETURNING case_id",
        *(getattr(case, name) for name in NEW),
    )
    return rows[0]["case_id"]


async def update_case(connection: Connection, before: SupervisionCase, after: SupervisionCase) -> bool:
    """Writes what differs. False where somebody changed the case after `before` was read."""
    changed = [name for name in NEW if getattr(before, name) != getattr(after, name)]
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(changed, 3))
    updated = await connection.execute(
        f"UPDATE supervision_cases SET {places} WHERE case_id = $1 AND changed_at = $2",
        before.case_id,
        before.changed_at,
        *(getattr(after, name) for name in changed),
    )
    return updated == "UPDATE 1"


async def insert_case_event(connection: Connection, event: CaseEvent) -> None:
    await connection.execute(
        f"INSERT INTO case_events ({', '.join(EVENT)})"
        f" VALUES ({', '.join(f'${place}' for place in range(1, len(EVENT) + 1))})",
        *msgspec.structs.astuple(event),
    )


async def select_case_events(connection: Connection, case_id: int) -> Sequence[CaseEvent]:
    """Oldest first, those that the connection may see."""
    rows = await connection.fetch(
        f"SELECT {', '.join(EVENT)} FROM case_events WHERE case_id = $1 ORDER BY event_id", case_id
    )
    return [CaseEvent(**dict(row)) for row in rows]
