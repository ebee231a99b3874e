"""Which cases wait for a unit's answer, and of what the unit was reminded already. For the job that reminds."""

from datetime import date, datetime

from feedback.database import Connection
from feedback.tables.supervision_cases import CASE, CaseDeed, SupervisionCase, lock_case

WAITING = "state IN ('sent', 'received', 'not_accepted', 'escalated')"


async def select_waiting_cases(connection: Connection, due_until: date) -> list[int]:
    """Those to be answered by then, the oldest due date first."""
    rows = await connection.fetch(
        f"SELECT case_id FROM supervision_cases WHERE {WAITING} AND due_on <= $1 ORDER BY due_on, case_id", due_until
    )
    return [row["case_id"] for row in rows]


async def lock_waiting_case(connection: Connection, case_id: int) -> SupervisionCase | None:
    """Held until the transaction ends: nobody answers, moves or notes meanwhile. None where it waits no more."""
    await lock_case(connection, case_id)
    row = await connection.fetchrow(
        f"SELECT {CASE} FROM supervision_cases WHERE case_id = $1 AND {WAITING} FOR UPDATE", case_id
    )
    return None if row is None else SupervisionCase(**dict(row))


async def select_last_told(connection: Connection, case_id: int, deed: CaseDeed, due_on: date) -> datetime | None:
    """When this was last told of this due date; None where it never was."""
    return await connection.fetchval(
        "SELECT max(at) FROM case_events WHERE case_id = $1 AND deed = $2 AND due_on = $3", case_id, deed, due_on
    )
