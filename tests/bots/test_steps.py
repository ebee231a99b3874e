from collections.abc import Iterable

import pytest

from bots.chat import check_way
from bots.conversation import At, Conversation, Said, Turn
from bots.draw_steps import DOCUMENT, draw_steps, write_into
from bots.meaning import Meaning, understand
from bots.steps import TABLE, Lead, Row, find_row, name_lead
from tests.bots.chat_stage import Stage
from tests.bots.scenarios import Scenario
from tests.bots.scenarios_everywhere import EVERYWHERE
from tests.bots.scenarios_finding import FINDING
from tests.bots.scenarios_interview import INTERVIEW

SCENARIOS = (*FINDING, *INTERVIEW, *EVERYWHERE)

Way = tuple[At | None, Meaning, Lead]


def list_ways(rows: Iterable[Row]) -> list[Way]:
    return [(at, row.meaning, lead) for row in rows for at in row.at or (None,) for lead in row.leads_to]


def name_way(way: Way) -> str:
    at, meaning, lead = way
    return f"{at or 'anywhere'} · {meaning} · {lead}"


def name_scenario(scenario: Scenario) -> str:
    return f"{name_way((scenario.at, scenario.meaning, scenario.leads_to))} · {scenario.name}"


class Watched(Stage):
    """Notes the step that was taken last."""

    last: Way

    def say(self, said: Said) -> Turn:
        before = self.conversation or Conversation()
        meaning, _ = understand(before, said, self.units)
        row = find_row(before.at, meaning)
        turn = super().say(said)
        self.last = (before.at if row.at else None, row.meaning, name_lead(before, turn.conversation))
        return turn


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name_scenario)
def test_every_scenario_goes_the_way_it_is_named_for(scenario: Scenario) -> None:
    stage = Watched()
    scenario.play(stage)
    assert name_way(stage.last) == name_way((scenario.at, scenario.meaning, scenario.leads_to))


def test_every_row_is_walked_to_each_of_its_ends() -> None:
    walked = {name_way((s.at, s.meaning, s.leads_to)) for s in SCENARIOS}
    drawn = {name_way(way) for way in list_ways(TABLE)}
    assert drawn - walked == set(), "rows without a scenario"
    assert walked - drawn == set(), "scenarios that hit no row"


def test_no_row_stands_twice() -> None:
    keys = [(at, row.meaning) for row in TABLE for at in row.at or (None,)]
    assert len(keys) == len(set(keys))


def test_every_meaning_has_a_row() -> None:
    assert {row.meaning for row in TABLE} == set(Meaning)


def test_the_document_is_what_the_table_draws() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert draw_steps() in document
    assert write_into(document) == document


def test_a_step_that_leads_where_the_table_does_not_say_is_refused() -> None:
    [row] = [row for row in TABLE if row.meaning == Meaning.HELP]
    check_way(Conversation(), row, Turn(Conversation()))
    with pytest.raises(LookupError, match="no way from nowhere by help to score"):
        check_way(Conversation(), row, Turn(Conversation(at=At.SCORE, turn=1)))
