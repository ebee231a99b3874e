"""What was said, as the table of steps knows it. Reads the words only; what is in the store, the step looks at."""

import re
import unicodedata
from enum import StrEnum

from bots.actions import Verb, is_good_in_any_turn, read_action
from bots.conversation import At, Conversation, Event, Said
from bots.unit_tree import UnitTree, search
from surveys.codes import read_desk_code, read_token
from surveys.denunciation import suggests_denunciation
from surveys.errors import LangNgheError, UnknownReceiptError
from surveys.survey import LONGEST_COMMENT

LONGEST_JUDGED = 4096
LONGEST_CODE = 60
# A name is looked for where a place is being asked for.
WHERE_NAMES_ARE_READ = (At.NOWHERE, At.PROVINCE, At.UNIT, At.DESK, At.CONFIRM)
ALLOWED_CONTROLS = "\n\t"
REFUSED_CATEGORIES = ("Cc", "Cs")
# Marks that turn the direction of writing: they can make a text read as another to whoever gets it.
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# With a symbol too few or too many, perhaps; in three groups or in none.
LIKE_A_DESK_CODE = re.compile(r"[0-9A-Z]{8,10}|[0-9A-Z]{2,4}([ .-])[0-9A-Z]{2,4}\1[0-9A-Z]{2,4}", re.IGNORECASE)
AS_CODES_ARE_PRINTED = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}|[0-9A-Z]{9}", re.IGNORECASE)
AS_RECEIPTS_ARE_PRINTED = re.compile(r"[0-9A-Z]{4}([ -]?[0-9A-Z]{4}){5}", re.IGNORECASE)


class Meaning(StrEnum):
    START = "start"
    DESK_CODE = "desk code"
    RECEIPT = "receipt"
    ASKS_FOR_RECEIPT = "asks about a rating"
    ASKS_TO_CHANGE = "asks to change"
    STOP = "stop"
    HELP = "help"
    PRIVACY = "privacy"
    LANGUAGE = "language"
    FIND = "find the place"
    AGAIN = "another desk"
    REMINDED_PLACE = "desk of a reminder"
    MORE = "add more"
    CHANGE = "change"
    RATER_KIND = "business or citizen"
    CASE_REPLY = "better since or not"
    NAME = "name of a place"
    COMMENT = "comment"
    DENUNCIATION = "denunciation"
    TOO_LONG = "too long"
    STRANGE = "unreadable signs"
    CHATTER = "other text"
    NOT_TEXT = "not a text"
    EDITED = "edited message"
    GROUP = "in a group"
    OLD = "old button"
    FORGED = "forged button"
    LEFT = "left"
    PROVINCE = "province"
    UNIT = "unit"
    DESK = "desk"
    PAGE = "other page"
    YES = "yes"
    NO = "no"
    OFFICIAL = "official"
    PROCEDURE = "procedure"
    SCORE = "score"
    LATER = "remind me"
    ANSWER = "answer"
    SKIP = "skip"
    ENOUGH = "enough"


MEANING_OF_EVENT = {
    Event.STOP: Meaning.STOP,
    Event.HELP: Meaning.HELP,
    Event.PRIVACY: Meaning.PRIVACY,
    Event.FORGED: Meaning.FORGED,
    Event.OTHER: Meaning.NOT_TEXT,
    Event.EDITED: Meaning.EDITED,
    Event.GROUP: Meaning.GROUP,
    Event.LEFT: Meaning.LEFT,
}
MEANING_OF_VERB = {
    Verb.PROVINCE: Meaning.PROVINCE,
    Verb.UNIT: Meaning.UNIT,
    Verb.DESK: Meaning.DESK,
    Verb.PAGE: Meaning.PAGE,
    Verb.YES: Meaning.YES,
    Verb.NO: Meaning.NO,
    Verb.OFFICIAL: Meaning.OFFICIAL,
    Verb.PROCEDURE: Meaning.PROCEDURE,
    Verb.SCORE: Meaning.SCORE,
    Verb.LATER: Meaning.LATER,
    Verb.ANSWER: Meaning.ANSWER,
    Verb.SKIP: Meaning.SKIP,
    Verb.ENOUGH: Meaning.ENOUGH,
    Verb.FIND: Meaning.FIND,
    Verb.AGAIN: Meaning.AGAIN,
    Verb.LANGUAGE: Meaning.LANGUAGE,
    Verb.CODE: Meaning.DESK_CODE,
    Verb.PLACE: Meaning.REMINDED_PLACE,
    Verb.MORE: Meaning.MORE,
    Verb.CHANGE: Meaning.CHANGE,
    Verb.BUSINESS: Meaning.RATER_KIND,
    Verb.CITIZEN: Meaning.RATER_KIND,
    Verb.CASE: Meaning.CASE_REPLY,
}
EVENT_OF_RECEIPT = {Event.RECEIPT: Meaning.ASKS_FOR_RECEIPT, Event.CHANGE: Meaning.ASKS_TO_CHANGE}
VALUE_IS_THE_VERB = (Verb.BUSINESS, Verb.CITIZEN)


def understand(conversation: Conversation, said: Said, units: UnitTree) -> tuple[Meaning, str]:
    """The meaning, and what it is about: the text as it was typed, or the value of the button."""
    match said.event:
        case Event.TEXT:
            return understand_text(conversation.at, said.text, units), said.text
        case Event.BUTTON:
            return understand_button(conversation.turn, said)
        case Event.START:
            return understand_start(said.text), said.text
        case Event.RECEIPT | Event.CHANGE:
            typed = find_receipt(said.text) is not None
            return Meaning.RECEIPT if typed else EVENT_OF_RECEIPT[said.event], said.text
        case _:
            return MEANING_OF_EVENT[said.event], ""


def understand_start(text: str) -> Meaning:
    if not text.strip():
        return Meaning.START
    return Meaning.RECEIPT if find_receipt(text) else Meaning.DESK_CODE


def understand_button(turn: int, said: Said) -> tuple[Meaning, str]:
    action = read_action(said.action)
    if action is None or (said.turn != turn and not is_good_in_any_turn(*action)):
        return Meaning.OLD, "just now" if said.turn == turn - 1 else ""
    verb, value = action
    return MEANING_OF_VERB[verb], f"{verb}.{value}" if verb in VALUE_IS_THE_VERB else value


def understand_text(at: At, text: str, units: UnitTree) -> Meaning:
    if suggests_denunciation(text[:LONGEST_JUDGED]):
        return Meaning.DENUNCIATION
    cleaned = clean_text(text)
    if len(cleaned) > LONGEST_COMMENT:
        return Meaning.TOO_LONG
    if any(is_refused(letter) for letter in cleaned):
        return Meaning.STRANGE
    if not any(letter.isprintable() and not letter.isspace() for letter in cleaned):
        return Meaning.CHATTER
    return find_meaning(at, text, units)


def clean_text(text: str) -> str:
    """As surveys.answers counts a comment."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def find_meaning(at: At, text: str, units: UnitTree) -> Meaning:
    if find_receipt(text) is not None and (at != At.COMMENT or AS_RECEIPTS_ARE_PRINTED.fullmatch(text.strip())):
        return Meaning.RECEIPT
    if at in WHERE_NAMES_ARE_READ:
        # A name first: `xa bao lam 2` happens to be a code that stands, while no code is ever a name.
        return Meaning.DESK_CODE if is_like_desk_code(text) and not search(units, text) else Meaning.NAME
    if is_surely_desk_code(at, text):
        return Meaning.DESK_CODE
    if at == At.COMMENT:
        return Meaning.COMMENT
    if at == At.RECEIPT:
        return Meaning.RECEIPT
    is_attempt = has_digit(text) and AS_CODES_ARE_PRINTED.fullmatch(text.strip()) is not None
    return Meaning.DESK_CODE if is_attempt else Meaning.CHATTER


def is_surely_desk_code(at: At, text: str) -> bool:
    """A whole code, written so that no words are mistaken for one: `ho chi minh` has nine letters too."""
    if find_desk_code(text) is None or not has_digit(text):
        return False
    return at != At.COMMENT or AS_CODES_ARE_PRINTED.fullmatch(text.strip()) is not None


def is_like_desk_code(text: str) -> bool:
    """Where no name fits: a code, or an attempt at one. Letters alone are rather a name that is not known here."""
    if find_desk_code(text) is not None:
        return True
    is_written_so = LIKE_A_DESK_CODE.fullmatch(text.strip()) is not None
    return is_written_so and (has_digit(text) or "-" in text)


def find_desk_code(text: str) -> str | None:
    """The code in a text that is one, kindly read."""
    if len(text) > LONGEST_CODE:
        return None
    try:
        return read_desk_code(text)
    except LangNgheError:
        return None


def find_receipt(text: str) -> str | None:
    """The receipt in a text that is one; hardly a receipt is without a digit, so 24 letters are words."""
    if len(text) > LONGEST_CODE or not has_digit(text):
        return None
    try:
        return read_token(text)
    except UnknownReceiptError:
        return None


def has_digit(text: str) -> bool:
    return any(letter in "0123456789" for letter in text)


def is_refused(letter: str) -> bool:
    if letter in ALLOWED_CONTROLS:
        return False
    return letter in DIRECTION_MARKS or unicodedata.category(letter) in REFUSED_CATEGORIES
