"""Steps on cases for tests: a case walked by those whose turn it is, and what came of one step."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from dashboards.cases.move_case import move_case
from dashboards.cases.open_case import CaseDraft, save_draft
from dashboards.cases.read_moves import Move
from feedback.accounts.rows import borrow_rows
from feedback.tables.supervision_cases import Side, SupervisionCase, select_case_events
from surveys.case_errors import CaseStepRefusedError
from tests.conftest import name_database, run_on_server
from tests.dashboards.case_stage import ACTIONS, EVIDENCE, NOW, CaseStage, open_as, open_case_stage, read_case

DUE = "2026-12-04"
WAY: Mapping[str, tuple[str, Side]] = {
    "send": ("commune", "front"),
    "receive": ("head", "unit"),
    "answer": ("head", "unit"),
    "accept": ("commune", "front"),
    "not-accept": ("commune", "front"),
    "escalate": ("commune", "front"),
    "close": ("commune", "front"),
}


@asynccontextmanager
async def make_own_stage(server_url: str, template: str) -> AsyncGenerator[CaseStage]:
    """On a database of its own, for all tests of a module."""
    name = f"cases_{uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    async with open_case_stage(name_database(server_url, name)) as stage:
        yield stage
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def make_move(case: SupervisionCase, verb: str, **typed: str) -> Move:
    usual = {"text": "Vì lý do mẫu", "due_on": DUE, "result": "resolved", "grounds": "document"}
    return Move(verb, **{**usual, "changed_at": case.changed_at.isoformat(), **typed})


async def move(
    stage: CaseStage, case: SupervisionCase, name: str, side: Side, verb: str, **typed: str
) -> SupervisionCase:
    """Raises what move_case raises."""
    signed_in = stage.people[name]
    async with borrow_rows(stage.pool, signed_in, ACTIONS[side]) as connection:
        return await move_case(
            connection, signed_in, case, make_move(case, verb, **typed), side, NOW, evidence=EVIDENCE
        )


async def walk(stage: CaseStage, *verbs: str) -> SupervisionCase:
    """A case of its own, moved by those whose turn it is."""
    case = await open_as(stage, "commune")
    for verb in verbs:
        name, side = WAY[verb]
        case = await move(stage, case, name, side, verb)
    assert case == await read_case(stage, case.case_id)
    return case


async def list_history(stage: CaseStage, case: SupervisionCase) -> list[tuple[str, str, str, str | None]]:
    events = await select_case_events(stage.connection, case.case_id)
    return [(event.deed, event.state, event.audience, event.text) for event in events]


async def find_reason(stage: CaseStage, case: SupervisionCase, verb: str, **typed: str) -> str:
    name, side = WAY[verb]
    with pytest.raises(CaseStepRefusedError) as refused:
        await move(stage, case, name, side, verb, **typed)
    assert await read_case(stage, case.case_id) == case
    return str(refused.value.details["reason"])


async def save_as(stage: CaseStage, case: SupervisionCase, draft: CaseDraft) -> SupervisionCase:
    signed_in = stage.people["commune"]
    async with borrow_rows(stage.pool, signed_in, "work_on_cases") as connection:
        return await save_draft(connection, signed_in, case, draft, case.changed_at.isoformat(), NOW)
