"""Drafts of cases and the list: limits, subjects, who opens one, what a list holds."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from dashboards.cases.due_dates import WAITING
from feedback.accounts.powers import NATION, Where
from feedback.tables.case_views import select_listed_cases
from feedback.tables.supervision_cases import CaseState
from surveys.case_errors import CaseStepRefusedError
from tests.dashboards.case_stage import (
    TODAY,
    CaseStage,
    make_draft,
    open_as,
    read_case,
)
from tests.dashboards.case_steps import find_reason, make_own_stage, move, save_as, walk


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str) -> AsyncIterator[CaseStage]:
    async with make_own_stage(server_url, template) as stage:
        yield stage


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "ab"}, "case-title"),
        ({"title": "d" * 201}, "case-title"),
        ({"findings": "d" * 8001}, "case-text-long"),
        ({"legal_basis": "d" * 2001}, "case-text-long"),
        ({"desk_id": 999999}, "case-subject"),
        ({"procedure_id": 999999}, "case-subject"),
        ({"official_id": 999999}, "case-subject"),
        ({"alert_id": 999999}, "case-subject"),
    ],
)
async def test_a_draft_keeps_to_its_limits_and_to_its_unit(
    stage: CaseStage, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CaseStepRefusedError, match=reason):
        await open_as(stage, "commune", **changes)
    case = await walk(stage)
    if "alert_id" not in changes:
        with pytest.raises(CaseStepRefusedError, match=reason):
            await save_as(stage, case, make_draft(stage, **changes))
    assert await read_case(stage, case.case_id) == case


async def test_a_draft_is_sent_only_with_findings_and_a_recommendation(stage: CaseStage) -> None:
    case = await save_as(stage, await walk(stage), make_draft(stage, recommendation=" "))
    assert await find_reason(stage, case, "send") == "case-not-complete"


@pytest.mark.parametrize("name", ["head", "inspector", "other-commune", "administrator", "official", "manager"])
async def test_nobody_else_opens_a_case(stage: CaseStage, name: str) -> None:
    with pytest.raises(CaseStepRefusedError, match="case-not-held"):
        await open_as(stage, name)


async def test_lists_hold_what_is_asked_for_soonest_due_first(stage: CaseStage) -> None:
    later = await move(stage, await walk(stage), "commune", "front", "send", due_on="2027-02-01")
    sooner = await walk(stage, "send")
    draft = await walk(stage)
    listed = await list_numbers(stage, (), NATION)
    places = [listed.index(case.case_id) for case in (sooner, later, draft)]
    assert places == sorted(places)
    for where, is_there in ((Where("96", "32041"), True), (Where("96"), True), (Where("96", "32248"), False)):
        found = await list_numbers(stage, ("sent",), where)
        assert (later.case_id in found) is is_there
        assert draft.case_id not in found


async def list_numbers(stage: CaseStage, states: Sequence[CaseState], where: Where) -> list[int]:
    listed = await select_listed_cases(
        stage.connection, states=states, level="", where=where, day=TODAY, first=WAITING, limit=500
    )
    return [case.case_id for case in listed]
