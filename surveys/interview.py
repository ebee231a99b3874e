"""Which question comes next, given the answers so far. Pure: whoever asks keeps the answers."""

from collections.abc import Mapping

from surveys.survey import SCORE, Question, Survey


def next_question(survey: Survey, answers: Mapping[str, object]) -> Question | None:
    """The first question without an answer, None when all are done.

    A question present with None was skipped and does not come again; only the overall score must be given.
    """
    for question in survey.questions:
        if question.name not in answers or (question.name == SCORE and answers[SCORE] is None):
            return question
    return None
