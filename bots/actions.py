"""What a button brings back: `verb` or `verb.value`. Owns the grammar; whose button it is, the channel has proved."""

import re
from enum import StrEnum

from surveys.codes import ALPHABET, DESK_CODE_LENGTH, TOKEN_LENGTH


class Verb(StrEnum):
    PROVINCE = "province"
    UNIT = "unit"
    DESK = "desk"
    PAGE = "page"
    YES = "yes"
    NO = "no"
    OFFICIAL = "official"
    PROCEDURE = "procedure"
    SCORE = "score"
    LATER = "later"
    ANSWER = "answer"
    SKIP = "skip"
    ENOUGH = "enough"
    FIND = "find"
    AGAIN = "again"
    LANGUAGE = "language"
    CODE = "code"
    """A desk that was named by its code."""
    PLACE = "place"
    """A desk that was found by its place."""
    MORE = "more"
    CHANGE = "change"
    BUSINESS = "business"
    CITIZEN = "citizen"
    CASE = "case"
    """What somebody says of a case that was closed: the answer's letter, the case and the receipt."""


NUMBER = r"[0-9]{1,9}"
DESK_CODE = f"[{ALPHABET}]{{{DESK_CODE_LENGTH}}}"
TOKEN = f"[{ALPHABET}]{{{TOKEN_LENGTH}}}"
NOTHING = ""
CASE_ANSWERS = {"b": "better", "p": "partly", "s": "same", "w": "worse", "n": "not-back"}
# The values that each verb may carry; "" where it may stand alone.
FORMS = {
    Verb.PROVINCE: r"[0-9]{2}",
    Verb.UNIT: NUMBER,
    Verb.DESK: DESK_CODE,
    Verb.PAGE: NUMBER,
    Verb.OFFICIAL: f"{NUMBER}|",
    Verb.PROCEDURE: f"{NUMBER}|",
    Verb.SCORE: "[1-5]",
    Verb.ANSWER: rf"{NUMBER}\.{NUMBER}",
    Verb.SKIP: NUMBER,
    Verb.LANGUAGE: "vi|en",
    Verb.CODE: DESK_CODE,
    Verb.PLACE: DESK_CODE,
    Verb.MORE: f"{TOKEN}|",
    Verb.CHANGE: f"{TOKEN}|",
    Verb.BUSINESS: f"{TOKEN}|",
    Verb.CITIZEN: f"{TOKEN}|",
    Verb.CASE: rf"[{''.join(CASE_ANSWERS)}]{NUMBER}\.{TOKEN}",
}
VERBS = {str(verb): verb for verb in Verb}
OF_A_RATING = (Verb.MORE, Verb.CHANGE, Verb.BUSINESS, Verb.CITIZEN)
ALWAYS_GOOD = (Verb.FIND, Verb.AGAIN, Verb.LANGUAGE, Verb.CODE, Verb.PLACE)


def make_action(verb: Verb, value: object = "") -> str:
    return f"{verb}.{value}" if value != "" else str(verb)


def read_action(action: str) -> tuple[Verb, str] | None:
    """None when no button of ours says this."""
    name, _, value = action.partition(".")
    verb = VERBS.get(name)
    if verb is None:
        return None
    return (verb, value) if re.fullmatch(FORMS.get(verb, NOTHING), value, re.ASCII) else None


def is_good_in_any_turn(verb: Verb, value: str) -> bool:
    """Buttons that carry all they need: the receipt, or nothing that a later question could contradict."""
    return verb in ALWAYS_GOOD or read_receipt(verb, value) is not None


def read_receipt(verb: Verb, value: str) -> str | None:
    """The token that a button carries; None where it carries none."""
    if verb == Verb.CASE:
        return value.rpartition(".")[2]
    return value if verb in OF_A_RATING and value else None
