import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.answers import check_answer, check_answers, check_score
from surveys.errors import InvalidAnswerError
from surveys.survey import Question
from surveys.survey_files import load_surveys
from surveys.wording import LOCALE_FOLDER, read_wordings

BUSINESS, CITIZEN = load_surveys()


def get_question(name: str) -> Question:
    question = CITIZEN.find_question(name) or BUSINESS.find_question(name)
    assert question is not None
    return question


def find_reason(name: str, raw: object) -> object:
    with pytest.raises(InvalidAnswerError) as caught:
        check_answer(get_question(name), raw)
    assert caught.value.details["field"] == name
    return caught.value.details["reason"]


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_a_score_is_one_to_five_as_number_or_text(score: int) -> None:
    assert check_score(score) == score
    assert check_score(str(score)) == score


@pytest.mark.parametrize(
    "raw",
    [0, 6, -1, "0", "6", "5 ", " 5", "05", "٥", "５", "", None, True, 4.0, float("nan"), [5], {"a": 5}, b"5"],
)
def test_anything_else_is_no_score(raw: object) -> None:
    with pytest.raises(InvalidAnswerError) as caught:
        check_score(raw)
    assert caught.value.details == {"field": "score", "reason": "score-range"}


def test_the_score_cannot_be_skipped_but_the_other_questions_can() -> None:
    assert find_reason("score", None) == "score-range"
    for question in CITIZEN.further:
        assert check_answer(question, None) is None
        assert check_answer(question, "") is None


def test_yes_or_no_is_a_bool() -> None:
    trouble = get_question("trouble")
    assert check_answer(trouble, "yes") is True
    assert check_answer(trouble, "no") is False
    assert check_answer(trouble, False) is False  # noqa: FBT003 - the answer itself is a bool
    for raw in (1, 0, "true", "Yes", []):
        assert find_reason("trouble", raw) == "yes-or-no"


def test_a_choice_is_one_of_the_offered_codes() -> None:
    assert check_answer(get_question("contacts"), "once") == "once"
    for raw in ("twice", 1, ["once"]):
        assert find_reason("contacts", raw) == "unknown-choice"


def test_a_comment_is_kept_in_nfc_without_outer_blanks() -> None:
    typed = unicodedata.normalize("NFD", "  Ghế hỏng\r\nxin sửa\n")
    assert check_answer(get_question("comment"), typed) == "Ghế hỏng\nxin sửa"


def test_a_blank_comment_is_a_skipped_one() -> None:
    assert check_answer(get_question("comment"), " \r\n ") is None


def test_the_length_of_a_comment_is_judged_after_normalisation() -> None:
    # "ế" is three characters in NFD, one in NFC: 1,500 typed become exactly 500.
    typed = unicodedata.normalize("NFD", "ế" * 500)
    assert len(typed) == 1500
    assert check_answer(get_question("comment"), typed) == "ế" * 500
    assert find_reason("comment", "ế" * 501) == "comment-too-long"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\r"])
def test_control_characters_in_a_comment_are_refused(character: str) -> None:
    assert find_reason("comment", f"a{character}b") == "control-character"


def test_a_comment_has_to_be_text() -> None:
    for raw in (5, True, ["a"], b"a"):
        assert find_reason("comment", raw) == "not-text"


def test_skipped_answers_are_left_out() -> None:
    raw = {"score": "4", "access": "", "trouble": "no", "comment": None}
    assert check_answers(CITIZEN, raw) == {"score": 4, "trouble": False}


def test_the_second_page_may_come_without_the_score() -> None:
    assert check_answers(CITIZEN, {"access": 2}) == {"access": 2}


def test_a_name_the_survey_lacks_is_refused() -> None:
    with pytest.raises(InvalidAnswerError) as caught:
        check_answers(CITIZEN, {"score": 5, "time_cost": 5})
    assert caught.value.details == {"field": "time_cost", "reason": "unknown-question"}


@given(st.sampled_from(CITIZEN.questions + BUSINESS.questions), st.from_type(object) | st.text() | st.integers())
def test_any_raw_answer_is_judged_and_every_refusal_can_be_said(question: Question, raw: object) -> None:
    wordings = read_wordings([LOCALE_FOLDER])
    try:
        answer = check_answer(question, raw)
    except InvalidAnswerError as error:
        refusal = error
    else:
        assert answer is None or check_answer(question, answer) == answer
        return
    for wording in wordings.values():
        assert str(refusal.details["reason"]) not in wording.error(refusal)
