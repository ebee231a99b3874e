"""The only place an answer is judged: for the page, the chat, the kiosk and the API alike.

InvalidAnswerError carries the question's name as `field` and a key as `reason`; Wording.error says the
sentence `reason.<key>` in the reader's language.
"""

import unicodedata
from collections.abc import Mapping

from surveys.errors import InvalidAnswerError
from surveys.survey import LONGEST_COMMENT, SCORE, Question, Survey

Answer = int | bool | str

_SCORES = ("1", "2", "3", "4", "5")
_ALLOWED_CONTROLS = "\n\t"
_REFUSED_CATEGORIES = ("Cc", "Cs")  # control characters and lone surrogates cannot be stored as text


def check_score(raw: object) -> int:
    """The overall score: an integer 1 to 5 or exactly "1" to "5"; it cannot be skipped."""
    return _check_step(SCORE, raw)


def check_answer(question: Question, raw: object) -> Answer | None:
    """The answer as it is stored; None when it was skipped (null, empty, or a blank comment).

    A scale gives 1-5, yes/no a bool, a choice its code, a comment its cleaned text (not yet freed of personal
    data). The overall question cannot be skipped.
    """
    if question.name == SCORE:
        return check_score(raw)
    if raw is None or raw == "":
        return None
    if question.kind == "scale":
        return _check_step(question.name, raw)
    if question.kind == "yes_no":
        return _check_yes_no(question.name, raw)
    if question.kind == "choice":
        return _check_choice(question, raw)
    return _check_comment(question.name, raw) or None


def check_answers(survey: Survey, raw: Mapping[str, object]) -> dict[str, Answer]:
    """Judge all answers sent together; skipped ones are left out, a name the survey lacks is refused.

    The score may be absent (the second page sends only the further questions) but not empty.
    """
    answers: dict[str, Answer] = {}
    for name, value in raw.items():
        question = survey.find_question(name)
        if question is None:
            raise InvalidAnswerError(field=name, reason="unknown-question")
        answer = check_answer(question, value)
        if answer is not None:
            answers[name] = answer
    return answers


def _check_step(field: str, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= len(_SCORES):
        return int(raw)
    if isinstance(raw, str) and raw in _SCORES:
        return int(raw)
    raise InvalidAnswerError(field=field, reason="score-range")


def _check_yes_no(field: str, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw in {"yes", "no"}:
        return raw == "yes"
    raise InvalidAnswerError(field=field, reason="yes-or-no")


def _check_choice(question: Question, raw: object) -> str:
    if isinstance(raw, str) and any(choice.code == raw for choice in question.choices):
        return raw
    raise InvalidAnswerError(field=question.name, reason="unknown-choice")


def _check_comment(field: str, raw: object) -> str:
    if not isinstance(raw, str):
        raise InvalidAnswerError(field=field, reason="not-text")
    # Browsers send line ends as CR LF but count them as one character against maxlength.
    comment = unicodedata.normalize("NFC", raw.replace("\r\n", "\n")).strip()
    if any(_is_refused(character) for character in comment):
        raise InvalidAnswerError(field=field, reason="control-character")
    if len(comment) > LONGEST_COMMENT:
        raise InvalidAnswerError(field=field, reason="comment-too-long", longest=LONGEST_COMMENT)
    return comment


def _is_refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED_CATEGORIES and character not in _ALLOWED_CONTROLS
