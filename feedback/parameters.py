"""What may be set while the program runs: deadlines and shares, each with a date and a basis; who reads one asks here.

The value that ships with the program holds until an approved one (table parameter_values) comes into force.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.parameter_values import select_value_in_force

SHIPPED_FROM = date(2026, 1, 1)
OWN_CHOICE = "Own choice of the project, to be confirmed by the operator before it is relied upon"
NO_DEADLINE_FOUND = (
    "No binding number of days for answering a recommendation of the Fatherland Front is known to the project"
    " (Law 75/2015/QH13, amended by Law 97/2025/QH15; NQLT 403/2017): to be set by the operator with its basis"
)


class SetParameter(msgspec.Struct, frozen=True):
    """A whole number in force on a day. `is_placeholder`: nobody has confirmed it."""

    value: int
    basis: str
    valid_from: date
    is_placeholder: bool


class Setting(msgspec.Struct, frozen=True):
    """What a parameter may be: `unit` is days, working_days, weeks, percent, seconds or ratings."""

    unit: str
    smallest: int
    largest: int
    shipped: SetParameter


def ship(value: int, unit: str, smallest: int, largest: int, basis: str = OWN_CHOICE) -> Setting:
    return Setting(unit, smallest, largest, SetParameter(value, basis, SHIPPED_FROM, is_placeholder=True))


SETTINGS: Mapping[str, Setting] = {
    "case_answer_days": ship(15, "working_days", 1, 120, NO_DEADLINE_FOUND),
    "case_reminder_days": ship(3, "working_days", 1, 30),
    "case_escalation_days": ship(5, "working_days", 1, 60),
    "case_before_weeks": ship(8, "weeks", 4, 26),
    "case_after_weeks": ship(8, "weeks", 4, 26),
    "double_entry_percent": ship(10, "percent", 5, 100),
    "kiosk_reset_seconds": ship(20, "seconds", 10, 120),
}


async def read_parameter(connection: Connection, name: str, day: date) -> SetParameter:
    """The value of `name` in force on `day`. Raises KeyError for a name that no setting has."""
    stored = await select_value_in_force(connection, name, day)
    if stored is None:
        return SETTINGS[name].shipped
    return SetParameter(stored.value, stored.basis, stored.valid_from, stored.is_placeholder)
