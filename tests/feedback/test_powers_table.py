"""What an appointment allows, and where: every role and action, in its subtree and beside it."""

import pytest

from feedback.accounts.powers import (
    ACTIONS,
    NATION,
    POWERS,
    ROLES,
    WITHOUT_PLACE,
    Action,
    Appointment,
    Role,
    Where,
    covers,
    join_reaches,
    may,
)
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach

PROVINCE = Where("96")
COMMUNE = Where("96", "32041")
UNIT = Where("96", "32041", "32041-1")
OTHER_UNIT_THERE = Where("96", "32041", "32041-2")
OTHER_COMMUNE = Where("96", "32248")
OTHER_PROVINCE = Where("79")
PLACES = (NATION, PROVINCE, COMMUNE, UNIT, OTHER_UNIT_THERE, OTHER_COMMUNE, OTHER_PROVINCE)


@pytest.mark.parametrize(
    ("reach", "covered"),
    [
        (EVERYWHERE, set(PLACES)),
        (Reach(provinces=("96",)), {PROVINCE, COMMUNE, UNIT, OTHER_UNIT_THERE, OTHER_COMMUNE}),
        (Reach(communes=("32041",)), {COMMUNE, UNIT, OTHER_UNIT_THERE}),
        # Assigned communes (R22), even all of a province, do not open the province itself.
        (Reach(communes=("32041", "32248")), {COMMUNE, UNIT, OTHER_UNIT_THERE, OTHER_COMMUNE}),
        (Reach(units=("32041-1",)), {UNIT}),
        (Reach(provinces=("79",), units=("32041-2",)), {OTHER_PROVINCE, OTHER_UNIT_THERE}),
        (NOWHERE, set[Where]()),
    ],
)
def test_a_reach_covers_its_subtrees_and_nothing_beside_or_above(reach: Reach, covered: set[Where]) -> None:
    assert {place for place in PLACES if covers(reach, place)} == covered


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_role_allows_its_own_actions_in_its_own_place(role: Role, action: Action) -> None:
    held = [Appointment(1, role, Reach(provinces=("96",)))]
    has_action = action in POWERS[role]
    assert may(held, action) is has_action
    assert may(held, action, UNIT) is has_action
    assert may(held, action, OTHER_PROVINCE) is (has_action and action in WITHOUT_PLACE)


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_may_anything_without_an_appointment(action: Action) -> None:
    assert not may([], action)
    assert join_reaches([], action) == NOWHERE


def test_the_place_of_one_role_is_not_lent_to_another() -> None:
    held = [Appointment(1, "personnel", EVERYWHERE), Appointment(2, "front_supervisor", Reach(communes=("32041",)))]
    assert may(held, "see_scores", OTHER_PROVINCE)
    assert not may(held, "see_supervision", OTHER_PROVINCE)
    assert join_reaches(held, "see_supervision") == Reach(communes=("32041",))
    assert join_reaches(held, "see_scores") == EVERYWHERE


def test_reaches_of_two_appointments_add_up() -> None:
    held = [
        Appointment(1, "front_supervisor", Reach(provinces=("96",), communes=("26734",))),
        Appointment(2, "front_supervisor", Reach(communes=("26734", "26737"))),
    ]
    assert join_reaches(held, "see_alerts") == Reach(provinces=("96",), communes=("26734", "26737"))


def test_administrators_see_no_figure_and_nobody_else_administers() -> None:
    own = POWERS["administrator"] - {"see_self"}
    assert {action for action in own if not action.startswith("administer_")} == {"read_audit_log"}
    assert [role for role in ROLES if POWERS[role] & own] == ["administrator"]


def test_a_rated_unit_sees_neither_comments_nor_what_the_front_sees() -> None:
    fronts = {"see_supervision", "read_comments", "see_alerts", "work_on_alerts", "decide_reviews"}
    fronts |= {"see_cases", "work_on_cases", "run_checks", "make_reports", "enter_forms", "oversee_forms"}
    assert [role for role in ("head_of_unit", "unit_manager", "official", "personnel") if POWERS[role] & fronts] == []


def test_every_role_sees_what_it_did_itself() -> None:
    assert [role for role in ROLES if "see_self" not in POWERS[role]] == []
