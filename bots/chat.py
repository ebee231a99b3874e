"""The interview in a chat, for every channel: what to look up, and what follows from what was said. Pure."""

from bots.actions import Verb, read_action, read_receipt
from bots.around import Around, LookUp
from bots.conversation import At, Conversation, Event, Said, Turn
from bots.keyboards import make_again_row
from bots.meaning import (
    WHERE_NAMES_ARE_READ,
    find_desk_code,
    find_receipt,
    is_surely_desk_code,
    understand,
)
from bots.moment import Moment
from bots.questions import begin_anew
from bots.steps import Row, find_row, name_lead
from surveys.codes import hash_token
from surveys.errors import LangNgheError

ABOUT_A_DESK = (At.CONFIRM, At.OFFICIAL, At.PROCEDURE, At.SCORE)
ABOUT_A_RATING = (At.RATED, At.QUESTION, At.COMMENT, At.CHANGE)
NEED_NOTHING = {
    Event.STOP,
    Event.HELP,
    Event.PRIVACY,
    Event.FORGED,
    Event.EDITED,
    Event.GROUP,
    Event.LEFT,
}
WITH_A_DESK_CODE = (Verb.DESK, Verb.CODE, Verb.PLACE)


def what_to_look_up(conversation: Conversation, said: Said) -> LookUp:
    """The desk and the rating that were named now, else those the open question is about."""
    if said.event in NEED_NOTHING:
        return LookUp()
    desk_code = find_named_desk(conversation, said)
    if desk_code is None and conversation.at in ABOUT_A_DESK:
        desk_code = conversation.desk_code
    receipt_hash = find_named_receipt(said)
    spoken_about = read_spoken_about(conversation, said)
    if receipt_hash is None or receipt_hash == spoken_about:
        return LookUp(desk_code, spoken_about, conversation.receipt_unit_id if spoken_about else None)
    return LookUp(desk_code, receipt_hash)


def find_named_desk(conversation: Conversation, said: Said) -> str | None:
    if said.event == Event.BUTTON:
        verb, value = read_action(said.action) or ("", "")
        return value if verb in WITH_A_DESK_CODE else None
    is_named = (
        said.event == Event.START
        or conversation.at in WHERE_NAMES_ARE_READ
        or is_surely_desk_code(conversation.at, said.text)
    )
    return find_desk_code(said.text) if is_named else None


def find_named_receipt(said: Said) -> bytes | None:
    if said.event == Event.BUTTON:
        action = read_action(said.action)
        token = None if action is None else read_receipt(*action)
    else:
        token = find_receipt(said.text)
    return None if token is None else hash_token(token)


def read_spoken_about(conversation: Conversation, said: Said) -> bytes | None:
    is_needed = conversation.at in ABOUT_A_RATING or said.event == Event.CHANGE
    return bytes.fromhex(conversation.receipt_hash) if is_needed and conversation.receipt_hash else None


def take_step(conversation: Conversation, said: Said, around: Around) -> Turn:
    """What follows from `said`; whoever calls stores the submission, or asks take_refusal."""
    meaning, value = understand(conversation, said, around.units)
    row = find_row(conversation.at, meaning)
    moment = Moment(conversation, around, value)
    try:
        turn = row.step(moment)
    except LangNgheError as error:
        turn = begin_anew(moment, error)
    check_way(conversation, row, turn)
    return turn


def check_way(conversation: Conversation, row: Row, turn: Turn) -> None:
    """The law of the table: LookupError where a step led elsewhere."""
    lead = name_lead(conversation, turn.conversation)
    if lead not in row.leads_to:
        raise LookupError(f"the table has no way from {conversation.at} by {row.meaning} to {lead}")


def take_refusal(conversation: Conversation, error: LangNgheError, around: Around) -> Turn:
    """The store refused the submission of a turn: the chat stands where it stood before, and says why."""
    moment = Moment(conversation, around)
    return moment.tell(moment.say_error(error), rows=(make_again_row(moment),))
