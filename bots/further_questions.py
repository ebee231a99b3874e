"""Which further question of a rating comes next, and what its answers are once one more is given. Pure."""

import json

import msgspec

from bots.around import KnownRating
from feedback.read_rating import read_further_answers
from feedback.tables.responses import Response
from surveys.answers import Answer
from surveys.interview import next_question
from surveys.survey import SCORE, Question, Survey


def find_next_question(rating: KnownRating, skipped: tuple[str, ...]) -> Question | None:
    """The first further question that was neither answered nor passed over; None when all are done."""
    done: dict[str, object] = {SCORE: rating.latest.score, **read_answers(rating.latest), **dict.fromkeys(skipped)}
    if rating.latest.comment is not None:
        done |= {question.name: rating.latest.comment for question in rating.survey.further if is_comment(question)}
    return next_question(rating.survey, done)


def read_answers(response: Response) -> dict[str, Answer]:
    return json.loads(response.answers) if response.answers else {}


def is_comment(question: Question) -> bool:
    return question.kind == "comment"


def find_question(survey: Survey, number: int) -> Question | None:
    """Further question `number`, counted from 0; None when there is none."""
    return survey.further[number] if number < len(survey.further) else None


def add_answer(rating: KnownRating, question: Question, answer: str) -> Response:
    """The row with one answer more, judged and, for a comment, freed of personal data. Raises InvalidAnswerError."""
    further = read_further_answers({**read_answers(rating.latest), question.name: answer}, rating.survey)
    comment = rating.latest.comment if further.comment is None else further.comment
    return msgspec.structs.replace(rating.latest, answers=further.answers, comment=comment)


def has_further_answers(response: Response) -> bool:
    return response.answers is not None or response.comment is not None
