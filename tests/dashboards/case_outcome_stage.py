"""Cases as they stand in the store, without the steps that led there, in a small rated province. All are demo ones."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from feedback.database import Connection
from feedback.tables.supervision_cases import (
    CaseDeed,
    CaseEvent,
    SupervisionCase,
    insert_case,
    insert_case_event,
    select_case,
)
from tests.dashboards.area_stage import add_dossiers, add_ratings, make_province
from tests.staff_people import add_person

EARLIER = date(2026, 7, 8)  # ends the first batch of the quarter before the weeks of the case begin
BEFORE = tuple(date(2026, 7, day) for day in (15, 22, 29)) + tuple(date(2026, 8, day) for day in (5, 12, 19, 26))
BETWEEN = (date(2026, 9, 9), date(2026, 9, 16), date(2026, 9, 23))
AFTER = (date(2026, 9, 30), date(2026, 10, 2), date(2026, 10, 7), date(2026, 10, 14), date(2026, 10, 21))
LATER = (date(2026, 10, 28), date(2026, 11, 4))
LAST = date(2026, 11, 11)  # lets out the batch before it, and waits itself
SIX, EIGHT = (2, 2, 0, 3, 3), (1, 1, 0, 4, 4)
SENT = datetime(2026, 9, 7, 2, tzinfo=UTC)  # a Monday
ANSWERED = datetime(2026, 9, 18, 2, tzinfo=UTC)
ACCEPTED = datetime(2026, 9, 21, 2, tzinfo=UTC)  # a Monday


async def make_rated_province(connection: Connection) -> None:
    """demo-1: 48 of 80 satisfied in the eight weeks before SENT, 56 of 70 in those after ACCEPTED that are let out."""
    await make_province(connection)
    for day in (EARLIER, *BEFORE, date(2026, 9, 2)):
        await rate(connection, day, SIX)
    for day in (*BETWEEN, *AFTER, *LATER, LAST):
        await rate(connection, day, SIX if day in BETWEEN else EIGHT)


async def rate(connection: Connection, day: date, scores: Sequence[int], unit: str = "demo-1", desk: str = "1") -> None:
    await add_ratings(connection, unit, day, scores, desk=desk)
    await add_dossiers(connection, unit, day, 100, procedure=f"1.00000{desk}")


async def find_id(connection: Connection, unit: str) -> int:
    return int(await connection.fetchval("SELECT unit_id FROM units WHERE code = $1", unit) or 0)


async def find_desk(connection: Connection, unit: str, number: str) -> int:
    sought = "SELECT desk_id FROM desks JOIN units USING (unit_id) WHERE code = $1 AND number = $2"
    return int(await connection.fetchval(sought, unit, number) or 0)


async def add_case(connection: Connection, unit_id: int, **changes: Any) -> SupervisionCase:  # noqa: ANN401 (any column)
    """Sent on SENT, to be answered by 28 September, unless changed."""
    opener = await connection.fetchval("SELECT account_id FROM accounts WHERE sign_in_name = 'demo-opener'")
    case = SupervisionCase(
        case_id=0,
        unit_id=unit_id,
        desk_id=0,
        official_id=0,
        procedure_id=0,
        origin="observation",
        alert_id=None,
        round_id=None,
        title="Quầy 1 chậm (mẫu)",
        findings="Chờ lâu (mẫu)",
        recommendation="Thêm một quầy (mẫu)",
        legal_basis="",
        evidence="{}",
        level="commune",
        state="sent",
        head_id=None,
        head="Người mẫu (mẫu)",
        due_on=date(2026, 9, 28),
        due_basis="mẫu",
        result=None,
        public_summary=None,
        outcome=None,
        opened_by=opener or await add_person(connection, "opener", "front_supervisor"),
        opened_at=SENT,
        sent_at=SENT,
        accepted_at=None,
        closed_at=None,
        changed_at=SENT,
    )
    case = msgspec.structs.replace(case, **changes)
    found = await select_case(connection, await insert_case(connection, case))
    assert found is not None
    return found


async def add_event(
    connection: Connection, case: SupervisionCase, deed: CaseDeed, at: datetime, due_on: date | None = None
) -> None:
    side = "unit" if deed in {"received", "answered"} else "front"
    event = CaseEvent(case.case_id, case.unit_id, at, None, "Người mẫu (mẫu)", side, deed, case.state, due_on=due_on)
    await insert_case_event(connection, event)


async def list_deeds(connection: Connection, case_id: int) -> list[tuple[str, date | None]]:
    rows = await connection.fetch("SELECT deed, due_on FROM case_events WHERE case_id = $1 ORDER BY event_id", case_id)
    return [(row["deed"], row["due_on"]) for row in rows]
