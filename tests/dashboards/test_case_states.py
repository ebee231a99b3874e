"""The table of states: what is refused when it is read, who holds a case, what each side may do, the page of docs."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
import pytest

from dashboards.cases.draw_states import draw_diagram, draw_table
from dashboards.cases.due_dates import name_standing
from dashboards.cases.hold_case import find_highest_level, holds, raise_level
from dashboards.cases.open_case import CaseDraft, make_case
from dashboards.cases.states import DEEDS, FILE, STATES, TABLE, list_possible, read_state_table
from feedback.accounts.powers import Appointment, Role, Where
from feedback.api_keys import EVERYWHERE, Reach
from feedback.tables.supervision_cases import Level, Side, SupervisionCase
from feedback.working_days import WorkingDays
from tests.dashboards.case_stage import NOW, TODAY

UNIT = Where("96", "32041", "32041")
TEXT = FILE.read_text("utf-8")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "cases.md").read_text("utf-8")
SUPERVISORS: Mapping[str, Reach] = {
    "unit": Reach(units=("32041",)),
    "commune": Reach(communes=("32041",)),
    "other commune": Reach(communes=("32248",)),
    "province": Reach(provinces=("96",)),
    "nation": EVERYWHERE,
}


def make_case_in(state: str, **changes: object) -> SupervisionCase:
    case = make_case(CaseDraft(unit_id=1, title="Vụ việc mẫu"), "commune", 1, NOW)
    return msgspec.structs.replace(case, state=state, **changes)


def appoint(reach: Reach, role: Role = "front_supervisor") -> list[Appointment]:
    return [Appointment(1, role, reach)]


def test_the_table_names_every_state_and_begins_with_a_draft() -> None:
    assert TABLE.first == "draft"
    assert {state for deed in TABLE.deed for state in deed.from_states} | {deed.to for deed in TABLE.deed} - {
        ""
    } == set(STATES)
    assert list(DEEDS) == [deed.verb for deed in TABLE.deed]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('to = "answered"', 'to = "finished"', "Invalid enum value 'finished'"),
        ('to = "discarded"', 'to = "draft"', "No way leads from draft to discarded"),
        ('from = ["closed", "accepted"]', 'from = ["closed", "discarded"]', "reopen leads out of discarded"),
        ('verb = "receive"', 'verb = "send"', "The verb send stands in the table twice"),
        ('from = ["sent"]\n', "from = []\n", "The verb receive begins in no state"),
        ('by = ["unit"]', 'by = ["neighbour"]', "Invalid enum value 'neighbour'"),
        ('needs = ["reason"]', 'need = ["reason"]', "unknown field `need`"),
        ('first = "draft"', 'first = "sent"', "No way leads from sent to draft"),
    ],
)
def test_a_table_that_cannot_work_is_refused_and_the_message_says_why(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueError, match=said):
        read_state_table(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("state", "side", "verbs"),
    [
        ("draft", "front", {"change", "send", "discard"}),
        ("draft", "unit", set()),
        ("sent", "front", {"extend", "escalate", "close", "withdraw"}),
        ("sent", "unit", {"receive", "answer"}),
        ("sent", "program", {"escalate"}),
        ("answered", "front", {"accept", "not-accept"}),
        ("answered", "unit", set()),
        ("not_accepted", "unit", {"answer"}),
        ("escalated", "front", {"extend", "escalate", "close"}),
        ("closed", "front", {"reopen"}),
        ("discarded", "front", set()),
    ],
)
def test_each_side_may_do_what_the_table_draws(state: str, side: Side, verbs: set[str]) -> None:
    case = make_case_in(state)
    assert {deed.verb for deed in list_possible(case, side, holds=True, has_next=True)} == verbs
    assert list_possible(case, side, holds=False, has_next=True) == ()


def test_nothing_is_escalated_to_where_nobody_stands_and_can_be_closed_there_all_the_same() -> None:
    possible = list_possible(make_case_in("sent"), "front", holds=True, has_next=False)
    assert {deed.verb for deed in possible} == {"extend", "close", "withdraw"}
    assert [raise_level(level) for level in ("commune", "province", "nation")] == ["province", "nation", "nation"]


@pytest.mark.parametrize(
    ("level", "holders"),
    [
        ("commune", {"unit", "commune", "province", "nation"}),
        ("province", {"province", "nation"}),
        ("nation", {"nation"}),
    ],
)
def test_a_case_is_held_by_whoever_reaches_all_of_its_level(level: Level, holders: set[str]) -> None:
    case = make_case_in("sent", level=level)
    assert {name for name, reach in SUPERVISORS.items() if holds(appoint(reach), case, UNIT)} == holders
    others: tuple[Role, ...] = ("inspector", "head_of_unit", "unit_manager", "administrator", "front_volunteer")
    assert not any(holds(appoint(EVERYWHERE, role), case, UNIT) for role in others)


def test_a_new_case_lies_with_the_highest_front_that_its_opener_belongs_to() -> None:
    levels = {name: find_highest_level(appoint(reach), UNIT) for name, reach in SUPERVISORS.items()}
    assert levels == {
        "unit": "commune",
        "commune": "commune",
        "other commune": None,
        "province": "province",
        "nation": "nation",
    }


def test_where_a_case_stands_is_told_of_answers_that_are_owed() -> None:
    days = {
        name: msgspec.structs.replace(make_case_in("sent"), due_on=TODAY.replace(day=day))
        for name, day in (("overdue", 19), ("due_today", 20), ("in_time", 21))
    }
    assert {name: name_case(case, TODAY) for name, case in days.items()} == {name: name for name in days}
    answered = msgspec.structs.replace(days["overdue"], state="answered")
    assert name_case(answered, TODAY) == "not_waiting"
    assert name_case(make_case_in("draft"), TODAY) == "not_waiting"


def test_overdue_begins_with_the_first_working_day_after_the_day() -> None:
    """2026-11-20 is a Friday."""
    case = msgspec.structs.replace(make_case_in("sent"), due_on=TODAY)
    standings = [name_case(case, TODAY.replace(day=day)) for day in (20, 21, 22, 23)]
    assert standings == ["due_today", "just_passed", "just_passed", "overdue"]


def name_case(case: SupervisionCase, today: date) -> str:
    return name_standing(case.due_on, case.state, today, WorkingDays({}))


def test_the_documents_draw_the_table_as_it_is() -> None:
    assert draw_table(TABLE) in DOCUMENT
    assert draw_diagram(TABLE) in DOCUMENT
