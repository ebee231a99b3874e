from datetime import timedelta

import pytest

from bots.conversation import At, Event, Said
from feedback.submissions import Revision
from surveys.codes import make_token, print_token
from tests.bots.chat_stage import SURVEY_IDS, Stage
from tests.bots.chat_world import NO_PLACES, QUIET

NOBODYS_RECEIPT = print_token(make_token(b"nobody's receip"))


def read_receipt(stage: Stage) -> str:
    return print_token(stage.make_daily_token(1, "official 121"))


def test_a_receipt_tells_day_and_unit_and_never_the_score() -> None:
    stage = Stage().rate()
    receipt = read_receipt(stage)
    stage.command(Event.STOP)
    stage.command(Event.RECEIPT)
    stage.type(receipt.lower().replace("-", " "))
    assert stage.at == At.RATED
    assert "20/11/2026" in stage.text
    assert "Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu)" in stage.text
    assert [button.action.partition(".")[0] for button in stage.buttons] == ["more", "change", "again"]


def test_a_receipt_of_a_unit_that_is_closed_now_still_counts() -> None:
    stage = Stage().rate()
    stage.units = NO_PLACES
    stage.type(read_receipt(stage))
    assert "nằm trong kết quả của đơn vị" in stage.text


@pytest.mark.parametrize("event", [Event.RECEIPT, Event.CHANGE, Event.START, Event.TEXT])
def test_a_receipt_may_come_with_a_command_a_link_or_alone(event: Event) -> None:
    stage = Stage().rate()
    receipt = read_receipt(stage)
    stage.command(Event.STOP)
    stage.say(Said(event, text=receipt))
    assert stage.at == At.RATED
    assert "20/11/2026" in stage.text


def test_after_72_hours_a_receipt_offers_no_change() -> None:
    stage = Stage().rate()
    stage.wait(hours=72, seconds=1)
    stage.type(read_receipt(stage))
    assert "Thời hạn 72 giờ" in stage.text
    assert [button.action for button in stage.buttons] == ["again"]


def test_at_72_hours_to_the_second_a_change_is_still_open() -> None:
    stage = Stage().rate()
    stage.wait(hours=72)
    stage.press("change")
    assert stage.at == At.CHANGE


def test_ten_receipts_a_minute_are_looked_up_and_no_more() -> None:
    stage = Stage().rate()
    receipt = read_receipt(stage)
    for _ in range(10):
        stage.type(NOBODYS_RECEIPT)
        assert "Không có lượt đánh giá nào" in stage.text
    stage.type(receipt)
    assert "Vừa có quá nhiều lượt thử" in stage.text
    stage.now += timedelta(minutes=1)
    stage.type(receipt)
    assert stage.at == At.RATED
    assert "20/11/2026" in stage.text


def test_what_is_no_receipt_is_refused_kindly_where_one_is_asked_for() -> None:
    stage = Stage().reach(At.RECEIPT)
    for typed in ("tôi quên rồi", "1234", NOBODYS_RECEIPT):
        stage.type(typed)
        assert "Không có lượt đánh giá nào" in stage.text
        assert stage.at == At.RECEIPT


def test_a_sentence_of_24_letters_is_no_receipt() -> None:
    stage = Stage().reach(At.SCORE)
    stage.type("can bo nhiet tinh va ky cang")
    assert "bấm một nút" in stage.text


def test_a_change_is_a_new_row_of_the_same_rating() -> None:
    stage = Stage().reach(At.CHANGE)
    stage.press("score.1")
    change = stage.submissions[-1]
    assert isinstance(change, Revision)
    assert (change.unit_id, change.score, change.answers, change.comment) == (1, 1, None, None)
    assert stage.latest.score == 1
    assert "Đánh giá mới đã thay cho đánh giá cũ" in stage.text


def test_change_asks_at_once_about_the_rating_spoken_about() -> None:
    stage = Stage().rate()
    stage.press("again")
    stage.press("find")
    stage.press("province.96")
    stage.press("unit.2")
    stage.command(Event.CHANGE)
    assert stage.at == At.CHANGE
    stage.press("score.2")
    assert stage.latest.score == 2


def test_an_old_message_with_a_receipt_still_adds_and_changes() -> None:
    stage = Stage().rate()
    more, change = stage.find_button("more"), stage.find_button("change")
    stage.command(Event.STOP)
    stage.start()
    stage.say(change)
    assert stage.at == At.CHANGE
    stage.say(more)
    assert stage.at == At.QUESTION


def test_two_presses_of_add_more_ask_once() -> None:
    stage = Stage().rate()
    more = stage.find_button("more")
    stage.say(more)
    stage.say(more)
    assert (stage.turn.replies, stage.turn.notice) == ((), "Câu hỏi đang chờ ở tin nhắn mới nhất.")
    change = next(button for button in (stage.find_button("change"),))
    stage.say(change)
    stage.say(change)
    assert stage.turn.replies == ()


def test_a_business_is_counted_among_businesses_and_asked_their_questions() -> None:
    stage = Stage().rate(QUIET)
    stage.press("more")
    stage.press("answer.0.4")
    business = stage.find_button("business")
    stage.say(business)
    assert stage.latest.survey_id == SURVEY_IDS["business", 1]
    assert stage.latest.answers is None
    assert "thay mặt doanh nghiệp" in stage.text
    stage.say(business)
    assert stage.turn.submission is None
    stage.press("more")
    assert "Thời gian doanh nghiệp phải bỏ ra" in stage.text


def test_whoever_pressed_business_by_mistake_goes_back() -> None:
    stage = Stage().rate()
    stage.press("business")
    stage.press("citizen")
    assert stage.latest.survey_id == SURVEY_IDS["citizen", 1]
    assert "business" in [button.action.partition(".")[0] for button in stage.buttons]


def test_an_answer_given_on_the_page_meanwhile_is_not_asked_for_again() -> None:
    stage = Stage().reach(At.COMMENT)
    other = Stage()
    other.ratings, other.directory = stage.ratings, stage.directory
    other.type(read_receipt(stage))
    other.press("more")
    while other.at == At.QUESTION:
        other.press("skip")
    other.type("Góp ý từ nơi khác")
    stage.command(Event.OTHER)
    assert "đã được ghi nhận" in stage.text
    stage.press("change")
    assert stage.at == At.CHANGE
