"""Two people on one case, late answers and stale forms: nothing that anybody wrote is lost."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from tests.dashboards.case_stage import (
    NOW,
    Attempt,
    CaseStage,
    attempt,
    make_draft,
    note_as,
    race,
    read_case,
)
from tests.dashboards.case_steps import list_history, make_move, make_own_stage, move, save_as, walk


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str) -> AsyncIterator[CaseStage]:
    async with make_own_stage(server_url, template) as stage:
        yield stage


async def test_an_answer_that_comes_too_late_is_kept_as_a_note(stage: CaseStage) -> None:
    case = await walk(stage, "send", "answer")
    late = Attempt(
        "head", "unit", case.case_id, make_move(case, "answer", text="Trả lời lần hai (mẫu)", changed_at="cũ")
    )
    assert await attempt(stage, late, NOW) == "kept"
    assert (await list_history(stage, case))[-1] == ("note", "answered", "both", "Trả lời lần hai (mẫu)")
    assert await read_case(stage, case.case_id) == case


async def test_an_answer_on_a_stale_form_is_handed_back_while_it_can_still_be_given(stage: CaseStage) -> None:
    case = await walk(stage, "send")
    extended = await move(stage, case, "commune", "front", "extend", due_on="2026-12-18")
    assert (extended.state, extended.due_on) == ("sent", date(2026, 12, 18))
    stale = Attempt("head", "unit", case.case_id, make_move(case, "answer"))
    assert await attempt(stage, stale, NOW) == "changed"
    assert len(await list_history(stage, case)) == 3


async def test_of_two_who_move_a_case_at_once_one_does_and_one_is_told(stage: CaseStage) -> None:
    case = await walk(stage, "send", "answer")
    both = [
        Attempt("commune", "front", case.case_id, make_move(case, "accept")),
        Attempt("province", "front", case.case_id, make_move(case, "not-accept")),
    ]
    assert sorted(await race(stage, both, NOW)) == ["changed", "done"]
    assert len(await list_history(stage, case)) == 4


async def test_two_answers_at_once_are_both_kept(stage: CaseStage) -> None:
    case = await walk(stage, "send")
    both = [Attempt("head", "unit", case.case_id, make_move(case, "answer", text=text)) for text in ("một", "hai")]
    assert sorted(await race(stage, both, NOW)) == ["done", "kept"]
    history = await list_history(stage, case)
    assert [deed for deed, *_ in history] == ["opened", "sent", "answered", "note"]
    assert {text for *_, text in history[2:]} == {"một", "hai"}


async def test_the_clock_may_stand_still_and_a_stale_form_is_still_told(stage: CaseStage) -> None:
    case = await walk(stage)
    saved = await save_as(stage, case, make_draft(stage, title="Tiêu đề hai (mẫu)"))
    assert saved.changed_at == case.changed_at + timedelta(microseconds=1)


async def test_who_does_not_hold_a_case_may_add_a_note(stage: CaseStage) -> None:
    case = await walk(stage, "send", "escalate")
    noted = Attempt("commune", "front", case.case_id, make_move(case, "note", text="Ghi chú nội bộ (mẫu)"))
    assert await note_as(stage, noted, NOW) == "done"
    assert (await list_history(stage, case))[-1] == ("note", "escalated", "front", "Ghi chú nội bộ (mẫu)")
    hidden = await stage.unit_view.fetch("SELECT FROM case_events WHERE case_id = $1 AND deed = 'note'", case.case_id)
    assert hidden == []
