"""Reads survey files (TOML) into surveys and refuses a bad one with file, line and reason.

The national core stands in catalogue/; a province may add a few questions of its own, never change the core.
"""

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from surveys.errors import BadSurveyError
from surveys.survey import (
    LOCAL_PREFIX,
    SCORE,
    Choice,
    LocalAdditions,
    Name,
    Question,
    RaterKind,
    Sentence,
    Survey,
)
from surveys.toml_lines import find_line

MOST_LOCAL_QUESTIONS = 3

_CATALOGUE = Path(__file__).parent / "catalogue"
_SCALE_CODES = ("1", "2", "3", "4", "5")
_YES_NO_CODES = ("yes", "no")
_FEWEST_CHOICES = 2
_LOCAL_KINDS = ("scale", "yes_no")

Version = Annotated[int, msgspec.Meta(ge=1)]
# A broken rule: where (msgspec's path) and the key of its sentence (`reason.<key>`).
Fault = tuple[str, str]


class _AdditionsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Name
    version: Version
    rater_kind: RaterKind
    valid_from: dt.date
    legal_basis: Sentence
    questions: tuple[Question, ...]


class _SurveyFile(_AdditionsFile, frozen=True, forbid_unknown_fields=True):
    scale: tuple[Choice, ...]
    yes_no: tuple[Choice, ...]


_File = TypeVar("_File", bound=_AdditionsFile)


def load_surveys() -> tuple[Survey, ...]:
    """The surveys that ship with the program, by file name."""
    return tuple(read_survey(path.read_text("utf-8"), path.name) for path in sorted(_CATALOGUE.glob("*.toml")))


def choose_survey(surveys: Sequence[Survey], rater_kind: RaterKind, day: dt.date) -> Survey:
    """The newest survey for this rater kind that is valid on `day`; LookupError when there is none."""
    valid = [survey for survey in surveys if survey.rater_kind == rater_kind and survey.valid_from <= day]
    if not valid:
        raise LookupError(f"no survey for {rater_kind} on {day}")
    return max(valid, key=lambda survey: (survey.valid_from, survey.version))


def read_survey(text: str, file: str) -> Survey:
    """Read one survey; raises BadSurveyError with the first broken rule, naming `file`."""
    shape = _read_shape(text, file, _SurveyFile)
    _refuse_faults(text, file, _list_survey_faults(shape))
    questions = tuple(_fill_choices(question, shape.scale, shape.yes_no) for question in shape.questions)
    return Survey(
        code=shape.code,
        version=shape.version,
        rater_kind=shape.rater_kind,
        valid_from=shape.valid_from,
        legal_basis=shape.legal_basis,
        questions=questions,
        scale=shape.scale,
        yes_no=shape.yes_no,
        digest=_digest(text),
    )


def read_local_additions(text: str, file: str) -> LocalAdditions:
    """Read a province's own questions: at most three, named `local_…`, scale or yes/no only."""
    shape = _read_shape(text, file, _AdditionsFile)
    _refuse_faults(text, file, _list_local_faults(shape))
    return LocalAdditions(
        code=shape.code,
        version=shape.version,
        rater_kind=shape.rater_kind,
        valid_from=shape.valid_from,
        legal_basis=shape.legal_basis,
        questions=shape.questions,
        digest=_digest(text),
    )


def with_local_questions(survey: Survey, additions: LocalAdditions) -> Survey:
    """The survey with the local questions before its comment; every national question stays as it was.

    Raises BadSurveyError when the additions are for the other rater kind or the survey has additions already.
    """
    name = f"{additions.code}@{additions.version}"
    if additions.rater_kind != survey.rater_kind:
        raise BadSurveyError(file=name, line=1, reason="survey-other-rater-kind")
    if survey.additions is not None:
        raise BadSurveyError(file=name, line=1, reason="survey-added-twice")
    local = tuple(_fill_choices(question, survey.scale, survey.yes_no) for question in additions.questions)
    asked = tuple(question for question in survey.questions if question.kind != "comment")
    comment = tuple(question for question in survey.questions if question.kind == "comment")
    return msgspec.structs.replace(
        survey,
        questions=asked + local + comment,
        digest=_digest(survey.digest + additions.digest),
        additions=name,
    )


def _read_shape(text: str, file: str, shape: type[_File]) -> _File:
    try:
        return msgspec.convert(tomllib.loads(text), shape)
    except tomllib.TOMLDecodeError as error:
        raise BadSurveyError(
            file=file, line=_read_syntax_line(text, error), reason="survey-syntax", detail=f"{error}"
        ) from error
    except msgspec.ValidationError as error:
        raise BadSurveyError(
            file=file, line=_read_shape_line(text, error), reason="survey-shape", detail=f"{error}"
        ) from error


def _read_syntax_line(text: str, error: tomllib.TOMLDecodeError) -> int:
    named = re.search(r"at line (\d+)", str(error))
    return int(named[1]) if named else max(1, len(text.splitlines()))


def _read_shape_line(text: str, error: msgspec.ValidationError) -> int:
    path = re.search(r"at `(\$[^`]*)`", str(error))
    unknown = re.search(r"unknown field `([^`]*)`", str(error))
    return find_line(text, (path[1] if path else "$") + (f".{unknown[1]}" if unknown else ""))


def _refuse_faults(text: str, file: str, faults: Iterable[Fault]) -> None:
    for path, reason in faults:
        raise BadSurveyError(file=file, line=find_line(text, path), reason=reason)


def _list_survey_faults(shape: _SurveyFile) -> Iterator[Fault]:
    if tuple(choice.code for choice in shape.scale) != _SCALE_CODES:
        yield "$.scale[0]", "survey-scale-codes"
    if tuple(choice.code for choice in shape.yes_no) != _YES_NO_CODES:
        yield "$.yes_no[0]", "survey-yes-no-codes"
    if not shape.questions or (shape.questions[0].name, shape.questions[0].kind) != (SCORE, "scale"):
        yield "$.questions[0].name", "survey-score-first"
    yield from _list_question_faults(shape.questions)
    for place, question in enumerate(shape.questions):
        if (question.factor == "overall") != (place == 0):
            yield f"$.questions[{place}].factor", "survey-one-overall"
        if question.name.startswith(LOCAL_PREFIX) or question.factor == "local":
            yield f"$.questions[{place}].name", "survey-core-not-local"
        if question.kind == "comment" and place != len(shape.questions) - 1:
            yield f"$.questions[{place}].kind", "survey-comment-last"


def _list_local_faults(shape: _AdditionsFile) -> Iterator[Fault]:
    if not 1 <= len(shape.questions) <= MOST_LOCAL_QUESTIONS:
        yield f"$.questions[{MOST_LOCAL_QUESTIONS}]", "survey-local-number"
    yield from _list_question_faults(shape.questions)
    for place, question in enumerate(shape.questions):
        if not question.name.startswith(LOCAL_PREFIX):
            yield f"$.questions[{place}].name", "survey-local-name"
        if question.kind not in _LOCAL_KINDS:
            yield f"$.questions[{place}].kind", "survey-local-kind"
        if question.factor != "local":
            yield f"$.questions[{place}].factor", "survey-local-factor"


def _list_question_faults(questions: Sequence[Question]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, question in enumerate(questions):
        codes = [choice.code for choice in question.choices]
        if question.name in seen:
            yield f"$.questions[{place}].name", "survey-name-twice"
        if question.kind != "choice" and codes:
            yield f"$.questions[{place}].choices", "survey-own-choices"
        if question.kind == "choice" and not _FEWEST_CHOICES <= len(set(codes)) == len(codes):
            yield f"$.questions[{place}].choices", "survey-choices"
        seen.add(question.name)


def _fill_choices(question: Question, scale: tuple[Choice, ...], yes_no: tuple[Choice, ...]) -> Question:
    choices = {"scale": scale, "yes_no": yes_no}.get(question.kind, question.choices)
    return msgspec.structs.replace(question, choices=choices)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
