"""Ready-made second pages: answers to the further questions that fit a score, and harmless comments."""

import json

import numpy as np
import numpy.typing as npt

from feedback.demo.recipe import read_recipe
from surveys.survey import Question, Survey

SCORES = (1, 2, 3, 4, 5)
VARIANTS = 40
TROUBLE_SHARE = 0.02

Texts = npt.NDArray[np.object_]


def make_answers(surveys: tuple[Survey, ...], seed: int) -> Texts:
    """JSON texts by survey (in the order given), score - 1 and variant."""
    generator = np.random.default_rng([seed, 21])
    pages = [
        [[_answer_page(survey, score, generator) for _ in range(VARIANTS)] for score in SCORES] for survey in surveys
    ]
    return np.array(pages, dtype=object)


def make_comments() -> Texts:
    """Comments by score - 1 and variant."""
    comments = [read_recipe().comments.list_for(score) for score in SCORES]
    return np.array([[of[number % len(of)] for number in range(VARIANTS)] for of in comments], dtype=object)


def _answer_page(survey: Survey, score: int, generator: np.random.Generator) -> str:
    asked = [question for question in survey.further if question.kind != "comment"]
    answers = {question.name: _answer(question, score, generator) for question in asked}
    return json.dumps(answers, ensure_ascii=False, sort_keys=True)


def _answer(question: Question, score: int, generator: np.random.Generator) -> int | bool | str:
    if question.kind == "yes_no":
        return bool(generator.random() < TROUBLE_SHARE * (6 - score))
    if question.kind == "choice":
        return question.choices[int(generator.integers(len(question.choices)))].code
    return int(np.clip(score + generator.integers(-1, 2), 1, 5))
