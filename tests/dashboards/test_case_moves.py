"""Cases moved behind the second wall: what each step stores, what is refused, and what can never be changed."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from dashboards.cases.move_case import HEAD_OFFICE, move_case
from feedback.accounts.rows import borrow_rows
from feedback.tables.appointments import end_appointments_of
from feedback.tables.audit_log import AuditFilter, select_audit_lines
from feedback.tables.supervision_cases import select_case_events
from surveys.case_errors import CaseStepRefusedError
from surveys.errors import UnknownPageError
from tests.dashboards.case_stage import (
    EVIDENCE,
    NOW,
    CaseStage,
    open_as,
    read_case,
)
from tests.dashboards.case_steps import WAY, find_reason, list_history, make_move, make_own_stage, move, walk


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str) -> AsyncIterator[CaseStage]:
    async with make_own_stage(server_url, template) as stage:
        yield stage


async def test_the_whole_story_of_a_case_is_kept(stage: CaseStage) -> None:
    case = await walk(stage, "send", "receive", "answer", "not-accept", "answer", "accept", "close")
    assert [deed for deed, *_ in await list_history(stage, case)] == [
        *("opened", "sent", "received", "answered", "not_accepted", "answered", "accepted", "closed")
    ]
    assert (case.state, case.result, case.accepted_at, case.closed_at) == ("closed", "resolved", NOW, NOW)
    lines = await select_audit_lines(stage.connection, AuditFilter())
    mine = [line for line in lines if (line.object_kind, line.object_code) == ("case", str(case.case_id))]
    assert [line.action for line in reversed(mine)] == [
        *("case-opened", "case-sent", "case-received", "case-answered", "case-not-accepted", "case-answered"),
        *("case-accepted", "case-closed"),
    ]
    assert mine[0].details == '{"result":"resolved","public_summary":null}'


async def test_sending_freezes_what_was_found_and_names_the_head(stage: CaseStage) -> None:
    case = await walk(stage, "send")
    head = stage.people["head"].account
    assert (case.head, case.head_id) == (head.display_name, head.account_id)
    assert (case.evidence, case.sent_at, case.due_on) == (EVIDENCE, NOW, date(2026, 12, 4))
    assert case.due_basis
    assert case.due_basis.startswith("No binding number of days")


CHANGES = ("findings = 'khác'", "evidence = '{}'", "title = 'Tiêu đề khác'", "sent_at = sent_at + interval '1 day'")


@pytest.mark.parametrize("change", CHANGES)
async def test_nobody_changes_what_was_found_not_even_the_program(stage: CaseStage, change: str) -> None:
    case = await walk(stage, "send")
    statement = f"UPDATE supervision_cases SET state = 'answered', {change} WHERE case_id = $1"  # noqa: S608 (fixed)
    with pytest.raises(asyncpg.RestrictViolationError, match="never changed once it is sent"):
        await stage.connection.execute(statement, case.case_id)
    with pytest.raises(asyncpg.RestrictViolationError, match="never changed once it is sent"):
        async with borrow_rows(stage.pool, stage.people["head"], "answer_cases") as connection:
            await connection.execute(statement, case.case_id)
    assert await read_case(stage, case.case_id) == case


async def test_the_front_answers_for_no_unit(stage: CaseStage) -> None:
    case = await walk(stage, "send")
    with pytest.raises(asyncpg.RestrictViolationError, match="does not answer for a unit"):
        async with borrow_rows(stage.pool, stage.people["commune"], "work_on_cases") as connection:
            await connection.execute("UPDATE supervision_cases SET state = 'answered' WHERE case_id = $1", case.case_id)


async def test_a_head_who_is_gone_leaves_the_office(stage: CaseStage) -> None:
    case = await open_as(stage, "commune")
    transaction = stage.connection.transaction()
    await transaction.start()
    try:
        await end_appointments_of(stage.connection, stage.people["head"].account.account_id, None, NOW)
        sent = await move_case(
            stage.connection, stage.people["commune"], case, make_move(case, "send"), "front", NOW, evidence=EVIDENCE
        )
    finally:
        await transaction.rollback()
    assert (sent.head, sent.head_id) == (HEAD_OFFICE, None)


@pytest.mark.parametrize("day", ["", "mai", "2026-11-20", "2026-11-19", "2027-05-22", "2026-13-01", "9" * 400])
async def test_a_day_to_answer_by_lies_between_tomorrow_and_120_working_days(stage: CaseStage, day: str) -> None:
    case = await walk(stage)
    assert await find_reason(stage, case, "send", due_on=day) == "case-due"


@pytest.mark.parametrize("day", ["2026-11-21", "2027-05-21"])
async def test_the_first_and_the_last_day_may_be_chosen(stage: CaseStage, day: str) -> None:
    """2026-11-20 is a Friday; what the last day is, tests/feedback/test_working_days.py counts by hand."""
    case = await move(stage, await walk(stage), "commune", "front", "send", due_on=day)
    assert case.due_on == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("verbs", "verb", "typed", "reason"),
    [
        (("send",), "answer", {"text": " \n "}, "case-reason-missing"),
        (("send",), "answer", {"text": "d" * 8001}, "case-text-long"),
        (("send", "answer"), "not-accept", {"text": ""}, "case-reason-missing"),
        (("send", "answer"), "accept", {"text": "d" * 8001}, "case-text-long"),
        (("send", "answer", "accept"), "close", {"result": ""}, "case-result"),
        (("send", "answer", "accept"), "close", {"result": "withdrawn"}, "case-result"),
        (("send", "answer", "accept"), "close", {"public_summary": "Ngắn"}, "case-summary"),
        (("send", "answer", "accept"), "close", {"public_summary": "d" * 2001}, "case-summary"),
        ((), "close", {}, "case-state"),
        (("send", "answer"), "receive", {}, "case-state"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_its_reason(
    stage: CaseStage, verbs: tuple[str, ...], verb: str, typed: dict[str, str], reason: str
) -> None:
    assert await find_reason(stage, await walk(stage, *verbs), verb, **typed) == reason


@pytest.mark.parametrize(
    "summary",
    [
        "Cán bộ mẫu 1 đã xin lỗi người dân.",
        "Cán bộ mã DEMO-1 đã được nhắc nhở.",
        "Ông Nguyễn Văn An đã bị nhắc nhở.",
        "Xin gọi số 0912 345 678 để biết thêm.",
        "Căn cước 079 203 001 234 đã được trả lại.",
    ],
)
async def test_a_public_summary_points_to_nobody(stage: CaseStage, summary: str) -> None:
    official_id = await stage.connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-1'")
    case = await open_as(stage, "commune", official_id=official_id)
    for verb in ("send", "answer", "accept"):
        name, side = WAY[verb]
        case = await move(stage, case, name, side, verb)
    assert await find_reason(stage, case, "close", public_summary=summary) == "case-summary-person"


async def test_a_public_summary_may_name_the_unit_and_its_place(stage: CaseStage) -> None:
    """Phường Tân Thành is no person, nor would be a unit of xã Nguyễn Phích."""
    summary = "Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu) đã bố trí thêm người từ ngày 01/12/2026."
    case = await walk(stage, "send", "answer", "accept")
    assert (await move(stage, case, "commune", "front", "close", public_summary=summary)).public_summary == summary


async def test_each_step_up_hands_the_case_to_the_next_front_alone(stage: CaseStage) -> None:
    case = await walk(stage, "send", "escalate")
    assert (case.level, case.state) == ("province", "escalated")
    assert await find_reason(stage, case, "close") == "case-not-held"
    answered = await move(stage, case, "head", "unit", "answer")
    refused = await move(stage, answered, "province", "front", "not-accept")
    at_the_top = await move(stage, refused, "province", "front", "escalate")
    assert at_the_top.level == "nation"
    again = await move(stage, await move(stage, at_the_top, "head", "unit", "answer"), "nation", "front", "not-accept")
    with pytest.raises(CaseStepRefusedError, match="case-top"):
        await move(stage, again, "nation", "front", "escalate")


async def test_the_program_escalates_under_its_own_name(stage: CaseStage) -> None:
    case = await walk(stage, "send", "receive")
    after = await move_case(stage.connection, None, case, make_move(case, "escalate"), "program", NOW)
    assert (after.level, after.state) == ("province", "escalated")
    event = (await select_case_events(stage.connection, case.case_id))[-1]
    assert (event.actor, event.account_id, event.side) == ("program", None, "program")
    with pytest.raises(CaseStepRefusedError, match="case-side"):
        await move_case(stage.connection, None, after, make_move(after, "close"), "program", NOW)


async def test_a_case_that_is_opened_again_asks_anew_and_forgets_its_end(stage: CaseStage) -> None:
    case = await walk(stage, "send", "answer", "accept")
    closed = await move(stage, case, "commune", "front", "close", public_summary="Đã bố trí thêm người buổi sáng.")
    for grounds in ("", "bogus"):
        with pytest.raises(CaseStepRefusedError, match="case-grounds"):
            await move(stage, closed, "commune", "front", "reopen", due_on="2027-01-08", grounds=grounds)
    again = await move(stage, closed, "commune", "front", "reopen", due_on="2027-01-08", grounds="replies")
    told = (await list_history(stage, again))[-1]
    assert told[3] == "Bằng chứng mới: câu trả lời của người dân khi được hỏi lại.\nVì lý do mẫu"
    assert (again.state, again.due_on, again.evidence) == ("sent", date(2027, 1, 8), EVIDENCE)
    assert {again.result, again.public_summary, again.outcome, again.closed_at, again.accepted_at} == {None}
    log = await select_audit_lines(stage.connection, AuditFilter(action="case-closed"))
    assert "Đã bố trí thêm người" in (log[0].details or "")


async def test_withdrawing_says_so_and_tells_no_public(stage: CaseStage) -> None:
    case = await move(
        stage, await walk(stage, "send"), "commune", "front", "withdraw", public_summary="Không công khai"
    )
    assert (case.state, case.result, case.public_summary) == ("closed", "withdrawn", None)


@pytest.mark.parametrize("verb", ["", "change", "bogus", "d" * 5000])
async def test_a_verb_that_is_none_is_no_page(stage: CaseStage, verb: str) -> None:
    case = await walk(stage)
    with pytest.raises(UnknownPageError):
        await move(stage, case, "commune", "front", verb)
