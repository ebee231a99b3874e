"""Which Front holds a case: whoever may work on cases in all of the unit, the province, or the nation. Pure."""

from collections.abc import Sequence
from typing import get_args

from feedback.accounts.powers import NATION, Appointment, Where, may
from feedback.tables.supervision_cases import Level, SupervisionCase

LEVELS: tuple[Level, ...] = get_args(Level)  # from the lowest up


def find_place(level: Level, where: Where) -> Where:
    """What must be reached in whole to hold a case of this level about a unit that lies at `where`."""
    return {"commune": where, "province": Where(province=where.province), "nation": NATION}[level]


def holds(appointments: Sequence[Appointment], case: SupervisionCase, where: Where) -> bool:
    """Whether the asker is of the Front that moves the case; `where` is its unit, whose own people never move it."""
    is_of_unit = may(appointments, "see_unit_cases", where)
    return not is_of_unit and may(appointments, "work_on_cases", find_place(case.level, where))


def find_highest_level(appointments: Sequence[Appointment], where: Where) -> Level | None:
    """The level of a new case; None where the asker works on no cases there, or is of the unit."""
    if may(appointments, "see_unit_cases", where):
        return None
    held: list[Level] = [level for level in LEVELS if may(appointments, "work_on_cases", find_place(level, where))]
    return held[-1] if held else None


def raise_level(level: Level) -> Level:
    """One step up. The nation stays, so that asking twice breaks nothing: nothing is escalated from there."""
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]
