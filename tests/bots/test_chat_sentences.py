import re

import pytest

from bots.actions import read_action
from bots.conversation import At, Event, Reply
from bots.keyboards import LONGEST_LABEL, cut
from bots.meaning import Meaning
from tests.bots.chat_stage import WORDINGS, Stage
from tests.bots.scenarios import Scenario
from tests.bots.scenarios_everywhere import EVERYWHERE
from tests.bots.scenarios_finding import FINDING
from tests.bots.scenarios_interview import INTERVIEW

LONGEST_MESSAGE = 400
LONGEST_NOTICE = 200
LONGEST_ACTION = 40
LONGER = re.compile("tố cáo|denunc")  # the two that say where to bring it safely


def play_in(language: str, scenario: Scenario) -> list[Reply]:
    stage = Stage()
    stage.start()
    if language == "en":
        stage.press("language.en")
    scenario.play(stage)
    assert len(stage.turn.notice) <= LONGEST_NOTICE
    return stage.shown


@pytest.mark.parametrize("language", ["vi", "en"])
def test_messages_are_short_and_buttons_fit_every_channel(language: str) -> None:
    for scenario in (*FINDING, *INTERVIEW, *EVERYWHERE):
        for reply in play_in(language, scenario):
            assert reply.text.strip() == reply.text != ""
            assert len(reply.text) <= LONGEST_MESSAGE or LONGER.search(reply.text), reply.text
            for button in (button for row in reply.buttons for button in row):
                assert read_action(button.action) is not None, button.action
                assert len(button.action) <= LONGEST_ACTION
                assert 0 < len(button.label) <= LONGEST_LABEL + 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_privacy_is_told_in_five_plain_sentences(language: str) -> None:
    stage = Stage()
    stage.start()
    stage.invent_press(f"language.{language}")
    stage.command(Event.PRIVACY)
    lines = stage.text.split("\n")
    assert len(lines) == 5
    assert all(line.endswith(".") and line.count(". ") == 0 for line in lines)


def test_english_speaks_no_vietnamese_and_the_other_way_round() -> None:
    # A chat that was forgotten, or whose language was changed, speaks the other one for good reason.
    faithful = [s for s in (*FINDING, *INTERVIEW) if s.meaning != Meaning.RECEIPT]
    for scenario in faithful:
        assert not any("Ông/Bà" in reply.text for reply in play_in("en", scenario)[1:]), scenario.name
        assert not any("lease" in reply.text for reply in play_in("vi", scenario)), scenario.name


def test_five_faces_stand_one_a_row_worst_first() -> None:
    stage = Stage().reach(At.SCORE)
    rows = stage.turn.replies[0].buttons[:5]
    assert [[button.label for button in row] for row in rows] == [
        ["😞 Rất không hài lòng"],
        ["🙁 Không hài lòng"],
        ["😐 Bình thường"],
        ["🙂 Hài lòng"],
        ["😀 Rất hài lòng"],
    ]


@pytest.mark.parametrize(("label", "shown"), [
    ("Đăng ký khai sinh", "Đăng ký khai sinh"),
    ("x" * 60, "x" * 60),
    ("x" * 61, "x" * 60 + "…"),
    ("Đăng ký khai sinh có yếu tố nước ngoài, kết hợp nhận cha, mẹ, con (cấp xã)",
     "Đăng ký khai sinh có yếu tố nước ngoài, kết hợp nhận cha…"),
])  # fmt: skip
def test_a_long_name_ends_after_a_whole_word(label: str, shown: str) -> None:
    assert cut(label) == shown


def test_the_chat_has_its_sentences_in_both_languages() -> None:
    keys = {key for key in WORDINGS["vi"].sentences if key.startswith("chat.")}
    assert len(keys) > 50
    assert keys == {key for key in WORDINGS["en"].sentences if key.startswith("chat.")}
