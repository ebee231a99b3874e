import pytest

from bots.around import LookUp
from bots.chat import what_to_look_up
from bots.conversation import At, Conversation, Event, Said
from surveys.codes import hash_token, make_token, print_token
from tests.bots.chat_world import BUSY, QUIET

TOKEN = make_token(b"of a rating now")
OTHER = make_token(b"of another one ")
ABOUT_A_DESK = Conversation(at=At.SCORE, desk_code=BUSY)
ABOUT_A_RATING = Conversation(at=At.QUESTION, receipt_hash=hash_token(TOKEN).hex(), receipt_unit_id=7)


@pytest.mark.parametrize(("conversation", "said", "look_up"), [
    (Conversation(), Said(Event.START), LookUp()),
    (Conversation(), Said(Event.START, text=QUIET.lower()), LookUp(desk_code=QUIET)),
    (Conversation(), Said(Event.START, text=TOKEN), LookUp(receipt_hash=hash_token(TOKEN))),
    (Conversation(), Said(Event.TEXT, text="ca mau"), LookUp()),
    (ABOUT_A_DESK, Said(Event.TEXT, text="ca mau"), LookUp(desk_code=BUSY)),
    (ABOUT_A_DESK, Said(Event.TEXT, text=QUIET), LookUp(desk_code=QUIET)),
    (ABOUT_A_DESK, Said(Event.BUTTON, action="score.5"), LookUp(desk_code=BUSY)),
    (ABOUT_A_DESK, Said(Event.BUTTON, action=f"place.{QUIET}"), LookUp(desk_code=QUIET)),
    (ABOUT_A_RATING, Said(Event.BUTTON, action="skip.0"), LookUp(None, hash_token(TOKEN), 7)),
    (ABOUT_A_RATING, Said(Event.BUTTON, action=f"change.{TOKEN}"), LookUp(None, hash_token(TOKEN), 7)),
    (ABOUT_A_RATING, Said(Event.BUTTON, action=f"change.{OTHER}"), LookUp(None, hash_token(OTHER))),
    (ABOUT_A_RATING, Said(Event.TEXT, text=print_token(OTHER)), LookUp(None, hash_token(OTHER))),
    (Conversation(receipt_hash="ab" * 32, receipt_unit_id=7), Said(Event.CHANGE), LookUp(None, b"\xab" * 32, 7)),
    (Conversation(receipt_hash="ab" * 32, receipt_unit_id=7), Said(Event.RECEIPT), LookUp()),
])  # fmt: skip
def test_only_what_the_step_needs_is_looked_up(conversation: Conversation, said: Said, look_up: LookUp) -> None:
    assert what_to_look_up(conversation, said) == look_up


@pytest.mark.parametrize(
    "event", [Event.STOP, Event.HELP, Event.PRIVACY, Event.FORGED, Event.EDITED, Event.GROUP, Event.LEFT]
)
def test_what_needs_nothing_looks_nothing_up(event: Event) -> None:
    assert what_to_look_up(ABOUT_A_DESK, Said(event, text=QUIET)) == LookUp()
