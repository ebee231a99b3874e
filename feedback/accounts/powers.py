"""Who may do what, and where: the one table of powers and the one function that reads it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, get_args

import msgspec

from feedback.api_keys import NOWHERE, Reach

Role = Literal[
    "front_supervisor",
    "front_volunteer",
    "head_of_unit",
    "unit_manager",
    "official",
    "inspector",
    "personnel",
    "administrator",
]
Action = Literal[
    "see_self",
    "see_own_figures",
    "see_supervision",
    "read_comments",
    "see_alerts",
    "work_on_alerts",
    "see_unit_figures",
    "see_scores",
    "decide_reviews",
    "see_cases",
    "work_on_cases",
    "see_unit_cases",
    "answer_cases",
    "run_checks",
    "make_reports",
    "enter_forms",
    "oversee_forms",
    "keep_desks",
    "administer_accounts",
    "read_audit_log",
    "administer_catalogue",
    "administer_kiosks",
    "administer_keys",
    "administer_parameters",
]

ROLES: tuple[Role, ...] = get_args(Role)
ACTIONS: tuple[Action, ...] = get_args(Action)

# docs/powers.md draws this table, with the reason and the legal basis of each line; a test keeps both equal.
POWERS: Mapping[Role, frozenset[Action]] = {
    "front_supervisor": frozenset(
        {
            "see_self",
            "see_supervision",
            "read_comments",
            "see_alerts",
            "work_on_alerts",
            "decide_reviews",
            "see_cases",
            "work_on_cases",
            "run_checks",
            "make_reports",
            "oversee_forms",
        }
    ),
    "front_volunteer": frozenset({"see_self", "enter_forms"}),
    "head_of_unit": frozenset({"see_self", "see_unit_figures", "see_unit_cases", "answer_cases", "keep_desks"}),
    "unit_manager": frozenset({"see_self", "see_unit_figures", "see_unit_cases", "keep_desks"}),
    "official": frozenset({"see_self", "see_own_figures"}),
    "inspector": frozenset(
        {
            "see_self",
            "see_supervision",
            "read_comments",
            "see_alerts",
            "decide_reviews",
            "see_cases",
            "run_checks",
            "make_reports",
        }
    ),
    "personnel": frozenset({"see_self", "see_scores"}),
    "administrator": frozenset(
        {
            "see_self",
            "administer_accounts",
            "read_audit_log",
            "administer_catalogue",
            "administer_kiosks",
            "administer_keys",
            "administer_parameters",
        }
    ),
}
# These hold for the person or for the installation: no place is asked about.
WITHOUT_PLACE: frozenset[Action] = frozenset(
    {
        "see_self",
        "see_own_figures",
        "administer_accounts",
        "read_audit_log",
        "administer_catalogue",
        "administer_kiosks",
        "administer_keys",
        "administer_parameters",
    }
)


class Appointment(msgspec.Struct, frozen=True):
    """A role in force, and where it holds."""

    appointment_id: int
    role: Role
    reach: Reach


class Where(msgspec.Struct, frozen=True):
    """A node in the tree of places: the codes of it and of what it lies in; all empty is the nation.

    A province has `province` alone, a commune also `commune`, a unit (and each of its desks) also `unit`.
    """

    province: str = ""
    commune: str = ""
    unit: str = ""


NATION = Where()


class Account(msgspec.Struct, frozen=True):
    """A person who can sign in; `official_id` is set where the person is rated too."""

    account_id: int
    sign_in_name: str
    display_name: str
    language: str
    official_id: int | None = None
    email: str | None = None
    disabled_at: datetime | None = None
    last_visit_at: datetime | None = None


class SignedIn(msgspec.Struct, frozen=True):
    """Who asks: an account in a session, with the appointments in force."""

    account: Account
    appointments: tuple[Appointment, ...]
    session_hash: bytes
    proved_at: datetime

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(appointment.role for appointment in self.appointments)


def may(appointments: Sequence[Appointment], action: Action, where: Where | None = None) -> bool:
    """Whether one of the appointments allows the action, there; without a place: anywhere at all."""
    allowing = [appointment.reach for appointment in appointments if action in POWERS[appointment.role]]
    if where is None or action in WITHOUT_PLACE:
        return bool(allowing)
    return any(covers(reach, where) for reach in allowing)


def covers(reach: Reach, where: Where) -> bool:
    """The whole of a place, never a part: an assigned list of communes does not open their province."""
    return (
        reach.everywhere
        or (where.unit != "" and where.unit in reach.units)
        or (where.commune != "" and where.commune in reach.communes)
        or (where.province != "" and where.province in reach.provinces)
    )


def join_reaches(appointments: Sequence[Appointment], action: Action) -> Reach:
    """Everywhere that some appointment allows the action; NOWHERE where none does."""
    reaches = [appointment.reach for appointment in appointments if action in POWERS[appointment.role]]
    if not reaches:
        return NOWHERE
    if any(reach.everywhere for reach in reaches):
        return Reach(everywhere=True)
    return Reach(
        provinces=join_codes(reach.provinces for reach in reaches),
        communes=join_codes(reach.communes for reach in reaches),
        units=join_codes(reach.units for reach in reaches),
    )


def join_codes(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({code for codes in lists for code in codes}))
