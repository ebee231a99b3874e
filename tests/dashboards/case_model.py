"""What should happen to a case: dashboards/cases/states.toml walked in plain Python, without a line of the program."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

import dashboards

TABLE = tomllib.loads((Path(dashboards.__file__).parent / "cases" / "states.toml").read_text("utf-8"))
DEEDS: Mapping[str, Mapping[str, Any]] = {deed["verb"]: deed for deed in TABLE["deed"]}
VERBS = (*DEEDS, "bogus")
LEVELS = ("commune", "province", "nation")
# Who reaches the unit for work on cases, and the highest level that each holds there.
FRONT = {"commune": 0, "province": 1, "nation": 2}
HEAD = "head"
LEAD_ON = {"send", "answer", "accept", "not-accept"}
NO_STATE_CHANGE = {"note", "file", "reminded", "overdue"}
WAITING = {"sent", "received", "not_accepted", "escalated"}
SURELY_LATE = timedelta(days=30)  # after which, whatever the holidays, the working days of grace are over
Told = Literal["done", "unseen", "unknown", "refused", "changed", "kept"]


class Typed(msgspec.Struct, frozen=True):
    """What stands in the form, and whether it can be taken."""

    text: str
    due_on: str
    result: str
    public_summary: str
    is_text_good: bool = True
    is_text_long: bool = False
    is_due_good: bool = True
    is_result_good: bool = True
    is_summary_good: bool = True
    grounds: str = "ratings"
    is_grounds_good: bool = True


class ModelCase(msgspec.Struct):
    """`path`: the deeds so far, each with the state afterwards; `told`: what the program told of which due date, and
    when last; `files`: the name of each that was added, with its audience."""

    case_id: int
    level: str
    state: str = TABLE["first"]
    path: list[tuple[str, str]] = msgspec.field(default_factory=lambda: [("opened", TABLE["first"])])
    due_on: date | None = None
    told: dict[tuple[str, date], date] = msgspec.field(default_factory=dict)
    files: set[tuple[str, str]] = msgspec.field(default_factory=set)

    @property
    def was_sent(self) -> bool:
        return any(deed == "sent" for deed, _ in self.path)


def predict_level(person: str) -> str | None:
    return LEVELS[FRONT[person]] if person in FRONT else None


def sees(case: ModelCase, person: str, side: str) -> bool:
    return person in FRONT if side == "front" else person == HEAD and case.was_sent


def holds(case: ModelCase, person: str, side: str) -> bool:
    return person == HEAD if side == "unit" else FRONT.get(person, -1) >= LEVELS.index(case.level)


def predict(case: ModelCase, person: str, side: str, verb: str, typed: Typed, *, is_stale: bool) -> Told:
    """What the person is told: the first of these that holds."""
    if not sees(case, person, side) or verb not in DEEDS:
        return "unknown" if sees(case, person, side) else "unseen"
    deed, is_answer = DEEDS[verb], verb == "answer"
    if side not in deed["by"] or not holds(case, person, side) or (is_answer and not typed.is_text_good):
        return "refused"
    if is_answer and case.state not in deed["from"]:
        return "kept"
    if is_stale:
        return "changed"
    is_at_the_top = verb == "escalate" and case.level == "nation"
    is_possible = case.state in deed["from"] and not is_at_the_top
    return "done" if is_possible and is_taken(case, deed, verb, typed) else "refused"


def is_taken(case: ModelCase, deed: Mapping[str, Any], verb: str, typed: Typed) -> bool:
    needs = deed["needs"]
    is_longer = verb != "extend" or (case.due_on is not None and typed.due_on > case.due_on.isoformat())
    return is_longer and (
        (typed.is_text_good if "reason" in needs else not typed.is_text_long)
        and (typed.is_due_good or "due_on" not in needs)
        and (typed.is_result_good or "result" not in needs)
        and (typed.is_summary_good or "result" not in needs)
        and (typed.is_grounds_good or "grounds" not in needs)
        and (verb != "change" or typed.is_text_good)
    )


def apply(case: ModelCase, verb: str, due_on: str) -> None:
    deed = DEEDS[verb]
    case.state = deed["to"] or case.state
    if "due_on" in deed["needs"]:
        case.due_on = date.fromisoformat(due_on)
    if verb == "escalate":
        case.level = LEVELS[LEVELS.index(case.level) + 1]
    case.path.append((deed["deed"], case.state))


def note(case: ModelCase) -> None:
    case.path.append(("note", case.state))


def predict_file(case: ModelCase, person: str, side: str, name: str, audience: str) -> Told:
    """Whoever reaches a case for this side's work adds a file, once for the same eyes; none to what was discarded."""
    if not sees(case, person, side):
        return "unseen"
    return "refused" if (name, audience) in case.files or case.state == "discarded" else "done"


def add_file(case: ModelCase, name: str, audience: str) -> None:
    case.files.add((name, audience))
    case.path.append(("file", case.state))


def let_program_act(case: ModelCase, day: date) -> list[str]:
    """What the program does long before the due date, on it, or long after it; the day it sets then is its own."""
    due_on = case.due_on
    if case.state not in WAITING or due_on is None:
        return []
    deeds = ["reminded"] if day == due_on and ("reminded", due_on) not in case.told else []
    is_at_the_top = case.level == LEVELS[-1]
    if day >= due_on + SURELY_LATE:
        last = case.told.get(("overdue", due_on))
        is_weekly = last is not None and is_at_the_top and day - last >= timedelta(weeks=1)
        deeds += ["overdue"] * (last is None or is_weekly) + ["escalated"] * (not is_at_the_top)
    for deed in deeds:
        take_in_deed(case, deed, due_on, day)
    return deeds


def take_in_deed(case: ModelCase, deed: str, due_on: date, day: date) -> None:
    if deed == "escalated":
        apply(case, "escalate", due_on.isoformat())
        return
    case.told[(deed, due_on)] = max(day, case.told.get((deed, due_on), day))
    case.path.append((deed, case.state))


def list_ways_on(case: ModelCase) -> list[tuple[str, Any, str]]:
    """Person, side and verb of everything that can be done now; what leads on stands there more than once."""
    return [
        (person, side, verb)
        for verb, deed in DEEDS.items()
        if case.state in deed["from"] and not (verb == "escalate" and case.level == "nation")
        for side in deed["by"]
        if side != "program"
        for person in (*FRONT, HEAD)
        if sees(case, person, side) and holds(case, person, side)
        for _ in range(4 if verb in LEAD_ON else 1)
    ]


def find_undrawn_step(path: Sequence[tuple[str, str]]) -> str | None:
    """The first step of a history that the table does not draw; None where all are drawn."""
    state = None
    for deed, following in path:
        if not is_drawn(state, deed, following):
            return f"{deed} from {state} to {following}"
        state = following
    return None


def is_drawn(state: str | None, deed: str, following: str) -> bool:
    if state is None or deed == "opened":
        return state is None and (deed, following) == ("opened", TABLE["first"])
    if deed in NO_STATE_CHANGE:
        return state == following
    return any(
        deed == drawn["deed"] and state in drawn["from"] and following == (drawn["to"] or state)
        for drawn in TABLE["deed"]
    )
