"""Every role tries every verb on every case, in any order, with crashes between: model and store agree all the way."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from dashboards.cases.read_moves import Move
from dashboards.cases.states import STATES
from feedback.tables.supervision_cases import CaseEvent, insert_case_event
from tests.conftest import name_database, run_on_server
from tests.dashboards.case_look import Seen, look, start_looking
from tests.dashboards.case_model import DEEDS, ModelCase, apply, find_undrawn_step
from tests.dashboards.case_stage import NOW, Attempt, CaseStage, attempt, open_as, open_case_stage, read_case
from tests.dashboards.case_walk import CaseWalk, Tally, make_walk

WALKS = 150
SHORT = settings(
    max_examples=WALKS,
    stateful_step_count=8,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)


@pytest.fixture
def machine(server_url: str, template: str) -> Iterator[type[CaseWalk]]:
    """With a loop of its own, in which Hypothesis waits for each step."""
    name = f"walk_{uuid.uuid4().hex[:8]}"
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
        opened = open_case_stage(name_database(server_url, name))
        yield make_walk(runner.run(opened.__aenter__()), runner)
        runner.run(opened.__aexit__(None, None, None))
        runner.run(run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.mark.usefixtures("anyio_backend")
def test_model_and_store_agree_and_every_state_and_verb_is_walked(machine: type[CaseWalk]) -> None:
    run_state_machine_as_test(machine, settings=SHORT)
    tally: Tally = machine.tally
    assert tally.walks >= WALKS
    assert tally.states == set(STATES)
    assert set(tally.done) == set(DEEDS)
    assert {"done", "unseen", "refused", "lost", "race"} <= set(tally.told)
    told = {part for told in tally.told for part in told.split("+")}
    assert {"file done", "file refused", "reminded", "overdue", "escalated"} <= told
    assert {place.partition(",")[0] for place in tally.crashes} == {"midway", "before_commit", "after_commit"}


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[CaseStage]:
    async with open_case_stage(database_url) as stage:
        yield stage


async def walk_to_sent(stage: CaseStage) -> tuple[Seen, dict[int, ModelCase], int]:
    seen = await start_looking(stage)
    case = await open_as(stage, "commune")
    move = Move("send", due_on="2026-11-23", changed_at=case.changed_at.isoformat())
    assert await attempt(stage, Attempt("commune", "front", case.case_id, move), NOW) == "done"
    models = {case.case_id: ModelCase(case.case_id, "commune")}
    apply(models[case.case_id], "send", "2026-11-23")
    await look(stage, seen, models)
    return seen, models, case.case_id


async def test_a_state_that_changed_without_an_event_would_be_noticed(stage: CaseStage) -> None:
    seen, models, case_id = await walk_to_sent(stage)
    await stage.connection.execute("UPDATE supervision_cases SET state = 'answered' WHERE case_id = $1", case_id)
    with pytest.raises(AssertionError, match="answered without an event"):
        await look(stage, seen, models)


async def test_a_step_that_the_table_does_not_draw_would_be_noticed(stage: CaseStage) -> None:
    seen, models, case_id = await walk_to_sent(stage)
    await stage.connection.execute(
        "UPDATE supervision_cases SET state = 'accepted', accepted_at = $2 WHERE case_id = $1", case_id, NOW
    )
    unit_id = (await read_case(stage, case_id)).unit_id
    planted = CaseEvent(case_id, unit_id, NOW, None, "program", "program", "accepted", "accepted")
    await insert_case_event(stage.connection, planted)
    with pytest.raises(AssertionError, match="different things"):
        await look(stage, seen, models)
    seen.paths[case_id].append(("accepted", "accepted"))
    assert find_undrawn_step(seen.paths[case_id]) == "accepted from sent to accepted"


@pytest.mark.parametrize(
    ("path", "undrawn"),
    [
        ([("opened", "draft"), ("sent", "sent"), ("answered", "answered"), ("note", "answered")], None),
        ([("sent", "sent")], "sent from None to sent"),
        ([("opened", "draft"), ("closed", "closed")], "closed from draft to closed"),
        ([("opened", "draft"), ("discarded", "discarded"), ("sent", "sent")], "sent from discarded to sent"),
        ([("opened", "draft"), ("sent", "sent"), ("note", "answered")], "note from sent to answered"),
        ([("opened", "draft"), ("opened", "draft")], "opened from draft to draft"),
    ],
)
def test_a_history_is_held_against_the_table(path: list[tuple[str, str]], undrawn: str | None) -> None:
    assert find_undrawn_step(path) == undrawn
