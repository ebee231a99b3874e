from hypothesis import given
from hypothesis import strategies as st

from surveys.answers import check_answer, check_answers
from surveys.errors import InvalidAnswerError
from surveys.interview import next_question
from surveys.survey import Survey
from surveys.survey_files import load_surveys

BUSINESS, CITIZEN = load_surveys()

replies = st.sampled_from([None, "", "1", "5", 3, "yes", "no", "once", "more", 9, "Ghế hỏng", "\x00"])


def get_name(survey: Survey, answers: dict[str, object]) -> str | None:
    question = next_question(survey, answers)
    return None if question is None else question.name


def test_the_score_is_asked_first_and_until_it_is_given() -> None:
    assert get_name(CITIZEN, {}) == "score"
    assert get_name(CITIZEN, {"score": None}) == "score"
    assert get_name(CITIZEN, {"score": 4}) == "access"


def test_a_skipped_question_does_not_come_again() -> None:
    assert get_name(CITIZEN, {"score": 4, "access": None}) == "procedure"


def test_a_question_left_out_earlier_still_comes() -> None:
    assert get_name(CITIZEN, {"score": 4, "procedure": 2}) == "access"


def test_nothing_comes_after_the_last_answer() -> None:
    assert get_name(CITIZEN, {question.name: 1 for question in CITIZEN.questions}) is None


@given(st.sampled_from([CITIZEN, BUSINESS]), st.data())
def test_an_interview_never_loses_an_answer_and_always_ends(survey: Survey, data: st.DataObject) -> None:
    answers: dict[str, object] = {}
    given_answers: dict[str, object] = {}
    refusals = 0
    while (question := next_question(survey, answers)) is not None:
        assert question.name not in answers
        # After a few refused replies the person gives one that fits, as a person does.
        raw = data.draw(replies) if refusals < 5 else (5 if question.name == "score" else None)
        try:
            answer = check_answer(question, raw)
        except InvalidAnswerError:
            refusals += 1
            continue
        answers[question.name] = answer
        if answer is not None:
            given_answers[question.name] = answer
    assert list(answers) == [question.name for question in survey.questions]
    assert check_answers(survey, answers) == given_answers
