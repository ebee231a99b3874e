import json
from datetime import UTC, datetime

import pytest

from bots.conversation import At, Event
from feedback.submissions import DailyRating, Revision
from feedback.tables.responses import Channel
from surveys.codes import hash_token, print_token, read_token
from surveys.errors import TooManyRequestsError
from surveys.survey_files import load_surveys
from tests.bots.chat_stage import WORDINGS, Stage, begin
from tests.bots.chat_world import BUSY, LONE, QUIET, VIEWS

SURVEY = next(survey for survey in load_surveys() if survey.rater_kind == "citizen")


def take_rating(stage: Stage) -> DailyRating:
    [submission] = stage.submissions
    assert isinstance(submission, DailyRating)
    return submission


def take_revision(stage: Stage) -> Revision:
    submission = stage.submissions[-1]
    assert isinstance(submission, Revision)
    return submission


def test_a_score_becomes_the_row_that_the_page_would_make() -> None:
    stage = Stage()
    begin(BUSY, "yes", "official.112", "procedure.111", "score.5")(stage)
    rating = take_rating(stage).rating
    assert (rating.unit_id, rating.desk_id, rating.official_id, rating.title_id) == (1, 11, 112, 1)
    assert (rating.procedure_id, rating.survey_id, rating.score) == (111, 1, 5)
    assert (rating.channel, rating.proof_class) == (Channel.TELEGRAM, b"B")
    assert (rating.local_day, rating.received_at) == (stage.now.date(), stage.now)


def test_proof_class_b_needs_a_known_account_and_a_code_that_was_seen() -> None:
    for is_known, by_code, proof_class in (
        (True, True, b"B"),
        (True, False, b"C"),
        (False, True, b"C"),
        (False, False, b"C"),
    ):
        stage = Stage()
        stage.known_account = is_known
        if by_code:
            begin(QUIET, "yes", "score.3")(stage)
        else:
            begin("", "find", "province.96", "unit.1", f"desk.{QUIET}", "yes", "score.3")(stage)
        assert take_rating(stage).rating.proof_class == proof_class


def test_the_receipt_is_the_token_of_this_person_official_and_day() -> None:
    stage = Stage()
    begin(BUSY, "yes", "official.111", "procedure", "score.2")(stage)
    token = stage.make_daily_token(1, "official 111")
    assert take_rating(stage).rating.token_hash == hash_token(token)
    assert print_token(token) in stage.text
    assert read_token(stage.find_button("more").action.partition(".")[2]) == token


def test_who_leaves_the_official_open_rates_the_desk() -> None:
    stage = Stage()
    begin(BUSY, "yes", "official", "procedure", "score.2")(stage)
    rating = take_rating(stage).rating
    assert (rating.official_id, rating.procedure_id) == (0, 0)
    assert rating.token_hash == hash_token(stage.make_daily_token(1, "desk 11"))


def test_the_only_official_and_the_only_procedure_need_no_question() -> None:
    stage = Stage().rate(QUIET)
    rating = take_rating(stage).rating
    assert (rating.official_id, rating.procedure_id) == (121, 121)


def test_the_same_day_again_is_the_same_receipt_and_another_row() -> None:
    stage = Stage().rate().rate()
    first, second = stage.submissions
    assert isinstance(first, DailyRating)
    assert isinstance(second, DailyRating)
    assert first.rating.token_hash == second.rating.token_hash
    assert first.again_hash != second.again_hash


def test_an_official_who_left_meanwhile_is_not_rated() -> None:
    stage = Stage()
    begin(BUSY, "yes", "official.111", "procedure.111")(stage)
    stage.views[BUSY] = VIEWS[LONE]
    stage.press("score.1")
    assert stage.at == At.PROCEDURE
    assert stage.submissions == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_neither_a_score_nor_an_answer_is_ever_said_back(language: str) -> None:
    labels = [choice.label.say(language) for choice in SURVEY.scale]
    stage = Stage()
    stage.start()
    if language == "en":
        stage.press("language.en")
    begin(QUIET, "yes", "score.5", "change", "score.1", "more")(stage)
    while stage.at == At.QUESTION:
        stage.press("answer")
    stage.type("Rất chu đáo")
    stage.command(Event.RECEIPT)
    stage.type(print_token(stage.make_daily_token(1, "official 121")))
    assert stage.at == At.RATED
    said = [reply.text for reply in stage.shown]
    assert [text for text in said if any(label in text for label in labels)] == []
    assert all("4/5" not in text and "Rất chu đáo" not in text for text in said)


def test_every_answer_is_stored_at_once_with_those_before_it() -> None:
    stage = Stage().reach(At.QUESTION)
    stage.press("answer.0.4")
    assert json.loads(take_revision(stage).answers or "") == {"access": 5}
    stage.press("skip")
    stage.press("answer.2.0")
    assert json.loads(take_revision(stage).answers or "") == {"access": 5, "official": 1}
    assert (take_revision(stage).score, take_revision(stage).comment) == (None, None)


def test_all_questions_of_the_survey_are_asked_one_at_a_time_in_its_order() -> None:
    stage = Stage().reach(At.QUESTION)
    asked: list[str] = []
    while stage.at == At.QUESTION:
        asked.append(stage.text.rpartition("\n")[2])
        stage.press("answer")
    assert asked == [q.text.vi for q in SURVEY.further if q.kind != "comment"]
    assert "Xin đừng ghi tên người hay số điện thoại" in stage.text


def test_what_is_answered_is_not_asked_again_and_what_was_skipped_is() -> None:
    stage = Stage().reach(At.QUESTION)
    stage.press("skip.0")
    stage.press("answer.1.2")
    stage.press("enough")
    assert "Phần góp ý thêm đã được ghi nhận" in stage.text
    stage.say(stage.find_button("change"))
    stage.press("score.3")
    stage.press("more")
    assert SURVEY.further[0].text.vi in stage.text
    stage.press("skip.0")
    assert SURVEY.further[2].text.vi in stage.text


def test_enough_at_once_says_that_the_rating_still_counts() -> None:
    stage = Stage().reach(At.QUESTION)
    stage.press("enough")
    assert "Đánh giá lúc trước vẫn được tính" in stage.text
    assert len(stage.submissions) == 1


def test_a_comment_is_freed_of_personal_data_before_it_is_stored() -> None:
    stage = Stage().reach(At.COMMENT)
    stage.type("Gọi lại cho tôi số 0912 345 678 nhé")
    comment = take_revision(stage).comment or ""
    assert "Gọi lại cho tôi" in comment
    assert "345" not in comment
    assert take_revision(stage).answers is None


def test_a_comment_may_look_like_a_name_of_a_place_or_a_few_digits() -> None:
    for text in ("tan thanh", "5", "phường Tân Thành phục vụ tốt", "cho 30 phut, hoi lau"):
        stage = Stage().reach(At.COMMENT)
        stage.type(text)
        assert take_revision(stage).comment == text


def test_a_code_or_a_receipt_sent_instead_of_a_comment_is_followed() -> None:
    stage = Stage().reach(At.COMMENT)
    stage.type(QUIET)
    assert stage.at == At.CONFIRM
    stage = Stage().reach(At.COMMENT)
    stage.type(print_token(stage.make_daily_token(1, "official 121")))
    assert stage.at == At.RATED
    assert len(stage.submissions) == 1


@pytest.mark.parametrize("at", At)
def test_the_other_language_asks_the_same_question_and_keeps_its_buttons(at: At) -> None:
    stage = Stage().reach(at)
    before = {button.action for button in stage.buttons}
    turn = stage.conversation.turn if stage.conversation else 0
    stage.invent_press("language.en")
    assert stage.at == at
    assert stage.conversation is not None
    assert (stage.conversation.language, stage.conversation.turn) == ("en", turn)
    kept = {button.action.partition(".")[0] for button in stage.buttons}
    assert {action.partition(".")[0] for action in before} - kept <= {"language", "business"}
    again = stage.conversation
    stage.invent_press("language.en")
    assert (stage.turn.replies, stage.turn.notice, stage.conversation) == ((), "English it is.", again)


def test_a_reminder_comes_at_eight_the_next_morning_and_reopens_the_desk() -> None:
    stage = Stage()
    stage.now = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)  # 23:59 in Vietnam
    stage.reach(At.SCORE)
    stage.press("later")
    reminder = stage.turn.reminder
    assert reminder is not None
    assert reminder.at == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam
    assert "Quầy 2 · Quầy mẫu 2" in reminder.reply.text
    [[button]] = reminder.reply.buttons
    assert button.action == f"code.{QUIET}"
    stage.start()
    stage.wait(hours=9)
    stage.invent_press(button.action)
    assert stage.at == At.CONFIRM
    assert stage.conversation is not None
    assert stage.conversation.by_code


def test_a_second_press_asks_for_no_second_reminder() -> None:
    stage = Stage().reach(At.SCORE)
    later = stage.find_button("later")
    stage.say(later)
    assert stage.say(later).reminder is None


def test_a_refusal_of_the_store_leaves_the_chat_where_it_was() -> None:
    stage = Stage().reach(At.SCORE)
    before = stage.conversation
    turn = stage.refuse(TooManyRequestsError())
    assert turn.conversation == before
    assert turn.submission is None
    assert turn.replies[0].text == WORDINGS["vi"].error(TooManyRequestsError())
    assert [button.action for row in turn.replies[0].buttons for button in row] == ["again"]
