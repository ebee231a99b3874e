"""Named ways to each end of each row of the table of steps. What they must lead to, tests/bots/test_steps.py asks."""

from collections.abc import Callable
from typing import NamedTuple

from bots.conversation import At
from bots.meaning import Meaning
from bots.steps import Lead
from tests.bots.chat_stage import Stage

Play = Callable[[Stage], object]
ANYWHERE = None


class Scenario(NamedTuple):
    at: At | None
    """None: of a row that holds anywhere."""
    meaning: Meaning
    leads_to: Lead
    name: str
    play: Play
    """The last thing said in it is the step."""


def collect(scenarios: list[Scenario]) -> Callable[[At | None, Meaning, Lead, str, Play], None]:
    """A way to add to a list, one line a scenario."""

    def add(at: At | None, meaning: Meaning, leads_to: Lead, name: str, play: Play) -> None:
        scenarios.append(Scenario(at, meaning, leads_to, name, play))

    return add


def reach(at: At, *acts: Play) -> Play:
    """Go to a place the shortest way, then do these things."""

    def play(stage: Stage) -> None:
        stage.reach(at)
        for act in acts:
            act(stage)

    return play


def press(beginning: str) -> Play:
    return lambda stage: stage.press(beginning)


def invent(action: str) -> Play:
    """Press a button that the open question no longer shows."""
    return lambda stage: stage.invent_press(action)


def type_text(text: str) -> Play:
    return lambda stage: stage.type(text)


def lose_everything(stage: Stage) -> None:
    stage.lose_everything()


def let_the_window_close(stage: Stage) -> None:
    stage.wait(hours=73)
