"""Changes what may be set while the program runs: one administrator proposes, another decides. Writes both down.

Every function runs inside a transaction of its caller.
"""

from datetime import date, datetime

import asyncpg
import msgspec

from feedback.accounts.powers import Account
from feedback.database import Connection
from feedback.parameters import SETTINGS
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.parameter_values import (
    ParameterValue,
    decide_parameter_value,
    delete_correction,
    insert_parameter_value,
    select_calendar_corrections,
    select_parameter_value,
    upsert_correction,
)
from feedback.working_days import WorkingDays
from surveys.case_errors import SettingRefusedError
from surveys.errors import UnknownPageError

SHORTEST_BASIS, LONGEST_BASIS = 5, 500
DEEDS = {"approved": "parameter-approved", "refused": "parameter-refused"}
FURTHEST_DAYS = 800  # as far as working days are counted


class Draft(msgspec.Struct, frozen=True):
    """A value as it is proposed. `is_placeholder`: no decision of the authority in charge stands behind it yet."""

    value: int
    valid_from: date
    basis: str
    is_placeholder: bool


async def propose_value(
    connection: Connection, by: Account, name: str, draft: Draft, today: date, now: datetime
) -> int:
    """The id of the proposal. Raises UnknownPageError for a name that no setting has, and SettingRefusedError."""
    setting = SETTINGS.get(name)
    if setting is None:
        raise UnknownPageError
    if not setting.smallest <= draft.value <= setting.largest:
        raise SettingRefusedError(
            reason="parameter-value", smallest=str(setting.smallest), largest=str(setting.largest)
        )
    check_day(draft.valid_from, today)
    check_basis(draft.basis)
    new = await insert_parameter_value(
        connection,
        name,
        draft.value,
        draft.valid_from,
        draft.basis,
        by.account_id,
        now,
        is_placeholder=draft.is_placeholder,
    )
    details = {"value": str(draft.value), "from": draft.valid_from.isoformat()}
    await note(connection, by, now, "parameter-proposed", "parameter", name, **details)
    return new


async def decide_value(
    connection: Connection, by: Account, parameter_value_id: int, verdict: str, today: date, now: datetime
) -> ParameterValue:
    """Approves or refuses somebody else's proposal. Raises UnknownPageError and SettingRefusedError."""
    value = await select_parameter_value(connection, parameter_value_id)
    if value is None:
        raise UnknownPageError
    if verdict not in DEEDS:
        raise SettingRefusedError(reason="parameter-verdict")
    if value.verdict is not None:
        raise SettingRefusedError(reason="parameter-decided")
    if value.proposed_by == by.account_id:
        raise SettingRefusedError(reason="parameter-own")
    if verdict == "approved" and value.valid_from < today:
        raise SettingRefusedError(reason="parameter-late")
    try:
        async with connection.transaction():
            is_decided = await decide_parameter_value(connection, parameter_value_id, verdict, by.account_id, now)
    except asyncpg.UniqueViolationError:
        raise SettingRefusedError(reason="parameter-taken") from None
    if not is_decided:
        raise SettingRefusedError(reason="parameter-decided")
    details = {"value": str(value.value), "from": value.valid_from.isoformat()}
    await note(connection, by, now, DEEDS[verdict], "parameter", value.name, **details)
    return value


async def correct_day(
    connection: Connection, by: Account, day: date, basis: str, today: date, now: datetime, *, is_working: bool
) -> None:
    """From now on that day is worked, or is not. Raises SettingRefusedError."""
    check_day(day, today)
    check_basis(basis)
    if WorkingDays({}).is_working(day) == is_working and day not in await select_calendar_corrections(
        connection, day, day
    ):
        raise SettingRefusedError(reason="calendar-same")
    await upsert_correction(connection, day, basis, by.account_id, now, is_working=is_working)
    details = {"working": "yes" if is_working else "no"}
    await note(connection, by, now, "calendar-corrected", "calendar", day.isoformat(), **details)


async def take_back_correction(connection: Connection, by: Account, day: date, today: date, now: datetime) -> None:
    """The day counts as the program's calendar says again. Raises SettingRefusedError and UnknownPageError."""
    check_day(day, today)
    if not await delete_correction(connection, day):
        raise UnknownPageError
    await note(connection, by, now, "calendar-taken-back", "calendar", day.isoformat())


def check_day(day: date, today: date) -> None:
    """What is over is not changed afterwards. Raises SettingRefusedError."""
    if not 0 <= (day - today).days <= FURTHEST_DAYS:
        raise SettingRefusedError(reason="setting-day", days=str(FURTHEST_DAYS))


def check_basis(basis: str) -> None:
    """Raises SettingRefusedError."""
    if len(basis) > LONGEST_BASIS or len(basis.strip()) < SHORTEST_BASIS:
        raise SettingRefusedError(reason="setting-basis", shortest=str(SHORTEST_BASIS), longest=str(LONGEST_BASIS))


async def note(
    connection: Connection, by: Account, now: datetime, action: str, kind: str, code: str, **details: str
) -> None:
    """A line of the log; `details` are names and short values of our own."""
    await insert_audit_entry(
        connection,
        AuditEntry(
            at=now,
            account_id=by.account_id,
            actor=by.display_name,
            action=action,
            outcome="done",
            object_kind=kind,
            object_code=code,
            details=msgspec.json.encode(details).decode() if details else None,
        ),
    )
