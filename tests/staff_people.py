"""Demo people of every role who are signed in: an account, an appointment in force, and the cookie of a session."""

from datetime import UTC, datetime

from feedback.accounts.powers import Role
from feedback.accounts.sessions import begin_session
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach
from feedback.database import Connection
from feedback.tables.accounts import insert_account
from feedback.tables.appointments import decide_appointment, insert_appointment
from feedback.web.staff_access import COOKIE

PERSONAL: tuple[Role, ...] = ("official", "administrator")


async def add_person(
    connection: Connection, name: str, role: Role, reach: Reach = EVERYWHERE, *, official_id: int | None = None
) -> int:
    """The account_id of `demo-<name>`, who holds `role` there; officials and administrators hold theirs nowhere."""
    now = datetime.now(UTC)
    account_id = await insert_account(
        connection, f"demo-{name}", f"Người mẫu {name} (mẫu)", now, official_id=official_id
    )
    held = NOWHERE if role in PERSONAL else reach
    appointment_id = await insert_appointment(connection, account_id, role, held, None, now)
    await decide_appointment(connection, appointment_id, "approved", None, now)
    return account_id


async def open_session(connection: Connection, account_id: int, now: datetime | None = None) -> dict[str, str]:
    """The cookies of a new session, as a browser would send them."""
    return {COOKIE: await begin_session(connection, account_id, "code", now or datetime.now(UTC))}
