"""Gives and takes powers: two administrators give a role, one takes it away. Writes what happened, in the same step.

Every function runs inside a transaction of its caller; `by` is None for the operator at the command line.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from feedback.accounts.powers import ROLES, Account, Role
from feedback.api_keys import NOWHERE, Reach
from feedback.database import Connection
from feedback.tables.accounts import select_account
from feedback.tables.administered_accounts import has_signed_in, lock_account, update_disabled
from feedback.tables.appointments import (
    AppointmentLine,
    decide_appointment,
    end_appointment,
    end_appointments_of,
    insert_appointment,
    select_appointment_line,
    select_appointments_of,
    select_names_in_reach,
)
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.staff_sessions import end_sessions_of
from surveys.errors import AppointmentRefusedError, UnknownPageError

WITHOUT_REACH: frozenset[Role] = frozenset({"official", "administrator"})
PERHAPS_EVERYWHERE: frozenset[Role] = frozenset({"front_supervisor", "inspector", "personnel"})
UNITS_ONLY: frozenset[Role] = frozenset({"head_of_unit", "unit_manager"})
# Who looks at a unit for the Front is nobody of a unit.
OF_FRONT: frozenset[Role] = frozenset({"front_supervisor", "front_volunteer"})
OF_UNIT: frozenset[Role] = frozenset({"head_of_unit", "unit_manager", "official"})
MOST_CODES = 500


async def propose(
    connection: Connection, by: Account | None, account_id: int, role: str, reach: Reach, now: datetime
) -> AppointmentLine:
    """Raises UnknownPageError where there is no such person, AppointmentRefusedError with the reason."""
    account = await hold_account(connection, account_id)
    if role not in ROLES:
        raise AppointmentRefusedError(reason="appointment-role")
    check_reach(role, reach)
    await check_codes(connection, reach)
    lines = await select_appointments_of(connection, account_id)
    check_person(account, role, reach, [line for line in lines if line.is_in_force or line.verdict is None])
    new = await insert_appointment(connection, account_id, role, reach, number(by), now)
    line = await find_appointment(connection, new)
    await note(connection, by, now, "appointment-proposed", line)
    return line


async def decide(
    connection: Connection, by: Account, appointment_id: int, verdict: str, now: datetime
) -> AppointmentLine:
    """Approves or refuses an open proposal of somebody else about somebody else, and ends the person's sessions.

    Raises UnknownPageError and AppointmentRefusedError.
    """
    line = await find_appointment(connection, appointment_id)
    account = await hold_account(connection, line.account_id)
    if verdict not in {"approved", "refused"}:
        raise AppointmentRefusedError(reason="appointment-verdict")
    if line.proposed_by == by.account_id:
        raise AppointmentRefusedError(reason="appointment-own-proposal")
    if line.account_id == by.account_id:
        raise AppointmentRefusedError(reason="appointment-about-oneself")
    if verdict == "approved":
        await check_approval(connection, account, line)
    if not await decide_appointment(connection, appointment_id, verdict, by.account_id, now):
        raise AppointmentRefusedError(reason="appointment-not-open")
    await end_sessions_of(connection, line.account_id, now)
    await note(connection, by, now, f"appointment-{verdict}", line)
    return line


async def end(connection: Connection, by: Account | None, appointment_id: int, now: datetime) -> AppointmentLine:
    """One is enough to take a power away. Raises UnknownPageError and AppointmentRefusedError."""
    line = await find_appointment(connection, appointment_id)
    if not await end_appointment(connection, appointment_id, number(by), now):
        raise AppointmentRefusedError(reason="appointment-not-in-force")
    await end_sessions_of(connection, line.account_id, now)
    await note(connection, by, now, "appointment-ended", line)
    return line


async def disable(connection: Connection, by: Account | None, account_id: int, now: datetime) -> None:
    """Ends whatever the person holds as well, so that enabling the account again gives nothing back.

    Raises UnknownPageError and AppointmentRefusedError.
    """
    account = await hold_account(connection, account_id)
    if not await update_disabled(connection, account_id, now):
        raise AppointmentRefusedError(reason="account-disabled-already")
    ended = await end_appointments_of(connection, account_id, number(by), now)
    await end_sessions_of(connection, account_id, now)
    details = {"appointments": ", ".join(map(str, ended))} if ended else None
    await note_account(connection, by, now, "account-disabled", account, details)


async def enable(connection: Connection, by: Account | None, account_id: int, now: datetime) -> None:
    """The person may sign in again, without any role. Raises UnknownPageError and AppointmentRefusedError."""
    account = await hold_account(connection, account_id)
    if not await update_disabled(connection, account_id, None):
        raise AppointmentRefusedError(reason="account-enabled-already")
    await note_account(connection, by, now, "account-enabled", account)


async def close_sessions(connection: Connection, by: Account | None, account_id: int, now: datetime) -> int:
    """Every session of the person; how many there were. Raises UnknownPageError."""
    account = await hold_account(connection, account_id)
    ended = await end_sessions_of(connection, account_id, now)
    await note_account(connection, by, now, "sessions-ended", account, {"sessions": str(ended)})
    return ended


async def check_approval(connection: Connection, account: Account, line: AppointmentLine) -> None:
    """Raises AppointmentRefusedError. Who holds an unused invitation must not find powers behind it."""
    if not await has_signed_in(connection, account.account_id):
        raise AppointmentRefusedError(reason="appointment-not-taken")
    lines = await select_appointments_of(connection, account.account_id)
    check_person(account, line.role, line.reach, [other for other in lines if other.is_in_force])


def check_reach(role: Role, reach: Reach) -> None:
    """Whether a role of this kind can hold there. Raises AppointmentRefusedError."""
    codes = [*reach.provinces, *reach.communes, *reach.units]
    if role in WITHOUT_REACH:
        if reach != NOWHERE:
            raise AppointmentRefusedError(reason="appointment-without-place")
    elif reach.everywhere == bool(codes):
        raise AppointmentRefusedError(reason="appointment-place")
    elif reach.everywhere and role not in PERHAPS_EVERYWHERE:
        raise AppointmentRefusedError(reason="appointment-not-everywhere")
    elif role in UNITS_ONLY and (reach.provinces or reach.communes):
        raise AppointmentRefusedError(reason="appointment-units-only")
    if len(codes) > MOST_CODES:
        raise AppointmentRefusedError(reason="appointment-too-many", most=MOST_CODES)


async def check_codes(connection: Connection, reach: Reach) -> None:
    """Raises AppointmentRefusedError that names the codes unknown to the catalogue."""
    known = await select_names_in_reach(connection, reach)
    unknown = [code for code in (*reach.provinces, *reach.communes) if f"place {code}" not in known]
    unknown += [code for code in reach.units if f"unit {code}" not in known]
    if unknown:
        raise AppointmentRefusedError(reason="appointment-codes", codes=", ".join(unknown[:10]))


def check_person(account: Account, role: Role, reach: Reach, others: list[AppointmentLine]) -> None:
    """Whether this person can have the role beside the others. Raises AppointmentRefusedError.

    Whoever administers accounts holds nothing else, and so sees no rating at all. Front and rated unit are never one
    person.
    """
    if account.disabled_at is not None:
        raise AppointmentRefusedError(reason="appointment-disabled")
    if role == "official" and account.official_id is None:
        raise AppointmentRefusedError(reason="appointment-no-official")
    if any((line.role, line.reach) == (role, reach) for line in others):
        raise AppointmentRefusedError(reason="appointment-twice")
    if any((line.role == "administrator") != (role == "administrator") for line in others):
        raise AppointmentRefusedError(reason="appointment-administrator-alone")
    held = {line.role for line in others}
    if (role in OF_FRONT and held & OF_UNIT) or (role in OF_UNIT and held & OF_FRONT):
        raise AppointmentRefusedError(reason="appointment-front-or-unit")


async def hold_account(connection: Connection, account_id: int) -> Account:
    """The account, locked: two decisions about one person follow each other. Raises UnknownPageError."""
    if not await lock_account(connection, account_id):
        raise UnknownPageError
    account = await select_account(connection, account_id)
    if account is None:
        raise UnknownPageError
    return account


async def find_appointment(connection: Connection, appointment_id: int) -> AppointmentLine:
    """Raises UnknownPageError."""
    line = await select_appointment_line(connection, appointment_id)
    if line is None:
        raise UnknownPageError
    return line


def number(by: Account | None) -> int | None:
    return None if by is None else by.account_id


async def note(connection: Connection, by: Account | None, now: datetime, deed: str, line: AppointmentLine) -> None:
    details = {"person": line.sign_in_name, "role": line.role, "where": line.reach.describe()}
    await write(connection, by, now, deed, "appointment", str(line.appointment_id), details)


async def note_account(
    connection: Connection,
    by: Account | None,
    now: datetime,
    deed: str,
    account: Account,
    details: Mapping[str, str] | None = None,
) -> None:
    await write(connection, by, now, deed, "account", account.sign_in_name, details)


async def write(
    connection: Connection,
    by: Account | None,
    now: datetime,
    deed: str,
    object_kind: str,
    object_code: str,
    details: Mapping[str, str] | None,
) -> None:
    entry = AuditEntry(
        at=now,
        account_id=number(by),
        actor="operator" if by is None else by.display_name,
        action=deed,
        outcome="done",
        object_kind=object_kind,
        object_code=object_code,
        details=None if details is None else msgspec.json.encode(details).decode(),
    )
    await insert_audit_entry(connection, entry)
