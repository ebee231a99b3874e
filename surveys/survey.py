"""What a survey is: its questions in order, the overall score first.

Data only: survey_files.py reads and refuses, answers.py judges.
"""

import datetime as dt
from typing import Annotated, Literal

import msgspec

SCORE = "score"  # the name of the overall question, in every survey and every row
LONGEST_COMMENT = 500
LOCAL_PREFIX = "local_"

RaterKind = Literal["citizen", "business"]
QuestionKind = Literal["scale", "yes_no", "choice", "comment"]
IndicatorGroup = Literal["i", "ii", "iii", "iv"]
Factor = Literal[
    "overall",
    "access",
    "procedure",
    "official",
    "result",
    "feedback_handling",
    "conduct",
    "time_cost",
    "informal_cost",
    "transparency",
    "comment",
    "local",
]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Sentence = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in both languages."""

    vi: Sentence
    en: Sentence

    def say(self, language: str) -> str:
        return {"vi": self.vi, "en": self.en}[language]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One offered answer: what is sent (`code`) and what is read (`label`)."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$")]
    label: Text


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. `choices` holds every answer to offer, worst first for a scale; empty for a comment."""

    name: Name
    kind: QuestionKind
    factor: Factor
    indicator_group: IndicatorGroup
    text: Text
    legal_basis: Sentence
    # True while the official item list behind this question is not confirmed.
    is_placeholder: bool = False
    choices: tuple[Choice, ...] = ()


class Survey(msgspec.Struct, frozen=True):
    """One published version. `digest` is the SHA-256 (hex) of the file text; a change is a new version."""

    code: str
    version: int
    rater_kind: RaterKind
    valid_from: dt.date
    legal_basis: str
    questions: tuple[Question, ...]
    scale: tuple[Choice, ...]
    yes_no: tuple[Choice, ...]
    digest: str
    # `code@version` of the local additions in it, None for the national core alone.
    additions: str | None = None

    @property
    def overall(self) -> Question:
        return self.questions[0]

    @property
    def further(self) -> tuple[Question, ...]:
        """All that comes after the overall question: the optional second page."""
        return self.questions[1:]

    def find_question(self, name: str) -> Question | None:
        return next((question for question in self.questions if question.name == name), None)


class LocalAdditions(msgspec.Struct, frozen=True):
    """A province's own questions, to stand after the national core of one rater kind."""

    code: str
    version: int
    rater_kind: RaterKind
    valid_from: dt.date
    legal_basis: str
    questions: tuple[Question, ...]
    digest: str
