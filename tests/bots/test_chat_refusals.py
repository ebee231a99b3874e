import pytest

from bots.conversation import At, Conversation, Event, Said
from tests.bots.chat_stage import Stage
from tests.bots.chat_world import QUIET

HOSTILE = {
    "50 KB": "Tôi chờ lâu. " * 4000,
    "4,096 emoji": "😀" * 4096,
    "right-to-left": "tốt\u202ednas\u202c",
    "NUL": "tốt\x00",
    "control": "\x1b[31mtốt",
    "backspace": "tốt\b",
    "lone surrogate": "tốt\ud83d",
    "lone carriage return": "tốt\rxấu",
    "100,000 combining marks": "a" + "\u0301" * 100_000,
}
SAFE_DOOR = "cơ quan thanh tra, công an hoặc Ủy ban Mặt trận Tổ quốc"


def count_rows(stage: Stage) -> int:
    return sum(len(chain) for chain in stage.ratings.values())


@pytest.mark.parametrize("at", At)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_gets_a_kind_refusal_and_changes_nothing(at: At, text: str) -> None:
    stage = Stage().reach(at)
    before, rows = stage.conversation, count_rows(stage)
    stage.type(text)
    assert stage.conversation == before
    assert count_rows(stage) == rows
    assert "Xin Ông/Bà" in stage.text
    assert len(stage.text) < 600


@pytest.mark.parametrize("at", At)
@pytest.mark.parametrize("text", [
    "Tôi muốn tố cáo ông A", "họ vòi tiền, phải đưa 500 nghìn mới giải quyết", "Can bo nhan HOI LO", "t\u200bố cáo",
    "tố cáo " * 200, "I want to denounce someone",
])  # fmt: skip
def test_a_denunciation_is_nowhere_stored_and_hears_where_to_go(at: At, text: str) -> None:
    stage = Stage().reach(at)
    before, rows = stage.conversation, count_rows(stage)
    stage.type(text)
    assert SAFE_DOOR in stage.text
    assert "tự xóa đi" in stage.text
    assert stage.conversation == before
    assert count_rows(stage) == rows


def test_a_denunciation_hears_where_to_go_even_when_all_else_is_gone() -> None:
    stage = Stage().reach(At.COMMENT)
    stage.lose_everything()
    stage.type("Tôi muốn tố cáo")
    assert SAFE_DOOR in stage.text


def test_a_comment_of_500_is_taken_and_one_of_501_is_counted() -> None:
    stage = Stage().reach(At.COMMENT)
    stage.type("ổ" * 501)
    assert "501 ký tự" in stage.text
    assert "tối đa 500" in stage.text
    stage.type("o\u0302\u0309" * 500 + "  \r\n")
    assert stage.at == At.RATED
    assert stage.latest.comment == "ổ" * 500


def test_a_comment_of_several_lines_and_emoji_is_taken() -> None:
    stage = Stage().reach(At.COMMENT)
    stage.type("Chờ lâu.\r\nNhưng thân thiện 👍🏽\n")
    assert stage.latest.comment == "Chờ lâu.\nNhưng thân thiện 👍🏽"


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b", "\u2060\ufeff"])
def test_a_blank_comment_is_asked_for_again(text: str) -> None:
    stage = Stage().reach(At.COMMENT)
    stage.type(text)
    assert stage.at == At.COMMENT
    assert "Xin gõ góp ý rồi gửi" in stage.text


@pytest.mark.parametrize("at", [At.OFFICIAL, At.PROCEDURE, At.SCORE, At.RATED, At.QUESTION, At.CHANGE])
@pytest.mark.parametrize("text", ["5", "1", "rất tốt", "Cán bộ mẫu 1", "😀", "?"])
def test_a_text_where_a_press_is_awaited_is_no_answer(at: At, text: str) -> None:
    stage = Stage().reach(at)
    before, rows = stage.conversation, count_rows(stage)
    stage.type(text)
    assert "bấm một nút" in stage.text
    assert stage.conversation == before
    assert count_rows(stage) == rows
    assert stage.buttons


@pytest.mark.parametrize("at", At)
def test_a_sticker_asks_the_same_question_again(at: At) -> None:
    stage = Stage().reach(at)
    before = stage.conversation
    stage.command(Event.OTHER)
    assert "chỉ đọc được chữ và nút bấm" in stage.text
    assert stage.conversation == before
    assert stage.buttons


@pytest.mark.parametrize(("event", "sentence"), [
    (Event.EDITED, "Tin nhắn đã sửa không được đọc lại"),
    (Event.GROUP, "xin nhắn riêng"),
    (Event.HELP, "/receipt"),
    (Event.PRIVACY, "7 ngày không có tin nhắn"),
])  # fmt: skip
@pytest.mark.parametrize("at", At)
def test_what_is_no_answer_leaves_the_question_open(at: At, event: Event, sentence: str) -> None:
    stage = Stage().reach(at)
    before = stage.conversation
    stage.command(event)
    assert sentence in stage.text
    assert stage.conversation == before


def test_a_group_leaves_nothing_to_remember() -> None:
    stage = Stage()
    stage.command(Event.GROUP)
    assert stage.conversation == Conversation()


@pytest.mark.parametrize("at", At)
def test_stop_forgets_with_a_goodbye_and_leaving_without_one(at: At) -> None:
    stage = Stage().reach(at)
    stage.command(Event.STOP)
    assert stage.conversation is None
    assert "/start" in stage.text
    stage = Stage().reach(at)
    stage.command(Event.LEFT)
    assert (stage.conversation, stage.turn.replies) == (None, ())


@pytest.mark.parametrize("at", At)
def test_a_forged_button_changes_nothing(at: At) -> None:
    stage = Stage().reach(at)
    before = stage.conversation
    stage.command(Event.FORGED)
    assert (stage.conversation, stage.turn.replies) == (before, ())
    assert stage.turn.notice == "Nút này không dùng được ở đây."


@pytest.mark.parametrize("first", ["score.5", "score.1", "later"])
@pytest.mark.parametrize("second", ["score.5", "score.2", "later"])
def test_of_two_presses_only_the_first_counts(first: str, second: str) -> None:
    stage = Stage().reach(At.SCORE)
    one, other = stage.find_button(first), stage.find_button(second)
    stage.say(one)
    after, submissions = stage.conversation, len(stage.submissions)
    stage.say(other)
    assert stage.conversation == after
    assert len(stage.submissions) == submissions
    assert (stage.turn.replies, stage.turn.reminder) == ((), None)
    assert "đã được ghi nhận" in stage.turn.notice


def test_a_button_of_an_earlier_question_is_old() -> None:
    stage = Stage().reach(At.SCORE)
    score = stage.find_button("score.1")
    stage.press("score.5")
    stage.press("more")
    stage.say(score)
    assert stage.turn.notice == "Nút này đã cũ. Xin dùng các nút ở tin nhắn mới nhất."
    assert stage.at == At.QUESTION


def test_a_button_of_the_same_question_asked_twice_is_good_in_both() -> None:
    stage = Stage().reach(At.SCORE)
    score = stage.find_button("score.1")
    stage.command(Event.OTHER)
    stage.say(score)
    assert stage.at == At.RATED


@pytest.mark.parametrize("action", [
    "", ".", "score", "score.0", "score.6", "score.5.5", "score.५", "unit.", "unit.9999999999", "yes.1", "more.abc",
    f"code.{QUIET.lower()}", "language.fr", "answer.1", "answer.1.", "answer.99.1", "skip.99", "SCORE.5",
])  # fmt: skip
@pytest.mark.parametrize("at", [At.SCORE, At.QUESTION, At.CHANGE])
def test_an_action_that_no_button_has_stores_nothing(at: At, action: str) -> None:
    stage = Stage().reach(at)
    submissions = len(stage.submissions)
    stage.say(Said(Event.BUTTON, action=action, turn=stage.conversation.turn if stage.conversation else 0))
    assert len(stage.submissions) == submissions
