"""What a receipt learns of a closed case in the chat, and what is kept of the answer. Demo people and desks."""

import hashlib
from datetime import timedelta
from typing import get_args

import pytest

from bots.actions import CASE_ANSWERS, read_action
from bots.conversation import At, Event, Said
from feedback.follow_cases import NOT_BACK, CaseOutcome, Followed
from feedback.tables.case_replies import CaseAnswer, CaseReply
from surveys.codes import print_token
from tests.bots.chat_stage import Stage
from tests.bots.talks import Person, make_converser, open_small_world, read_receipt
from tests.dashboards.case_outcome_stage import add_case
from tests.factories import NOW
from tests.world import QUIET_DESK

SUMMARY = "Đã thêm một quầy vào buổi sáng (mẫu)."
OUTCOME = CaseOutcome(999_999_999, 1, NOW.date(), SUMMARY, "resolved", 2)


def look_up(followed: Followed) -> tuple[Stage, str]:
    stage = Stage().rate()
    token = stage.find_button("more").action.partition(".")[2]
    stage.followed = followed
    stage.type(print_token(token))
    return stage, token


def test_a_receipt_tells_what_became_of_it_in_a_message_of_its_own() -> None:
    stage, token = look_up(Followed((OUTCOME,)))
    counted, told = stage.turn.replies
    assert "Đã được tính" in counted.text
    assert told.text.split("\n\n")[1:4] == [SUMMARY, "Kết quả: đã khắc phục.", "Từ đó đến nay có tốt hơn không?"]
    assert [row[0].label for row in told.buttons][:2] == ["Tốt hơn", "Tốt hơn một phần"]
    assert {len(row[0].action) for row in told.buttons} == {40}  # as many signs as a button has room for
    assert stage.at == At.RATED
    stage.press("case.b999999999")
    digest = hashlib.sha256(b"langnghe case reply v1\x00" + token.encode() + b"\x00999999999\x002").digest()
    assert stage.turn.case_reply == CaseReply(1, 999_999_999, 2, digest, "better", NOW.date())
    assert "Câu trả lời đã được ghi nhận" in stage.text
    assert stage.turn.submission is None


def test_after_the_days_of_change_it_is_asked_all_the_same() -> None:
    stage = Stage().rate()
    token = stage.find_button("more").action.partition(".")[2]
    stage.followed = Followed((OUTCOME,))
    stage.wait(hours=24 * 30)
    stage.type(token)
    assert "Thời hạn 72 giờ" in stage.text
    assert SUMMARY in stage.text
    stage.press("case.n999999999")
    assert stage.turn.case_reply is not None
    assert stage.turn.case_reply.answer is None


def test_a_case_about_an_official_tells_its_summary_alone() -> None:
    stage, _ = look_up(Followed((CaseOutcome(4, 1, NOW.date(), SUMMARY, None, 1),)))
    assert SUMMARY in stage.text
    assert "Kết quả" not in stage.text


def test_without_a_summary_the_end_alone_is_told_and_it_is_asked_all_the_same() -> None:
    stage, _ = look_up(Followed((CaseOutcome(4, 1, NOW.date(), None, None, 1),)))
    assert "Việc giám sát đến đây đã chấm dứt." in stage.text
    assert "Kết quả" not in stage.text
    assert len(stage.turn.replies[1].buttons) == 5


def test_a_running_case_is_one_sentence_without_buttons() -> None:
    stage, _ = look_up(Followed((), is_running=True))
    assert stage.turn.replies[1].text.startswith("Mặt trận Tổ quốc đang theo dõi")
    assert stage.turn.replies[1].buttons == ()


def test_a_case_that_was_opened_again_takes_no_answer() -> None:
    stage, _ = look_up(Followed((OUTCOME,)))
    button = stage.find_button("case.b999999999")
    stage.followed = Followed((), is_running=True)
    stage.say(button)
    assert stage.turn.case_reply is None
    assert "có thể vụ việc đã được mở lại" in stage.text


def test_an_old_message_still_answers_while_another_question_stands_open() -> None:
    stage, _ = look_up(Followed((OUTCOME,)))
    button = stage.find_button("case.w999999999")
    stage.command(Event.STOP)
    stage.reach(At.SCORE)
    stage.say(button)
    assert stage.at == At.SCORE
    assert stage.turn.case_reply is not None
    assert stage.turn.case_reply.answer == "worse"


def test_every_answer_has_its_letter() -> None:
    assert set(CASE_ANSWERS.values()) == {*get_args(CaseAnswer), NOT_BACK}


@pytest.mark.parametrize("value", ["", "b", "x1.", "b1.ABC", "bb1.", "b1234567890."])
def test_a_button_that_no_version_made_is_none(value: str) -> None:
    token = "" if value in {"", "b", "b1.ABC"} else "0" * 24
    assert read_action(f"case.{value}{token}") is None


async def test_the_answer_is_stored_beside_the_rating_and_the_later_one_stands(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        receipt = read_receipt(await person.press("score.2"))
        async with pool.acquire() as connection:
            unit_id = int(await connection.fetchval("SELECT unit_id FROM units") or 0)
            ended = {"state": "closed", "sent_at": NOW, "closed_at": NOW + timedelta(hours=1), "result": "resolved"}
            case = await add_case(connection, unit_id, **ended, public_summary=SUMMARY)
        await person.say(Said(Event.TEXT, receipt))
        assert SUMMARY in person.turn.replies[1].text
        for action, answers in ((f"case.s{case.case_id}", ["same"]), ("case.b", ["better"]), ("case.n", [])):
            await person.press(action)
            async with pool.acquire() as connection:
                rows = await connection.fetch("SELECT answer FROM case_replies")
            assert [row["answer"] for row in rows] == answers
