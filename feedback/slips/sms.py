"""The SMS that brings a slip: without marks, so that it stays in GSM-7 and one message. Nothing here sends it."""

import unicodedata

import msgspec

from feedback.slips.address import make_slip_address
from feedback.slips.issue_slips import IssuedSlip
from surveys.wording import Wording

# GSM 03.38: the letters of one unit; those after take two.
_ONE_UNIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_UNITS = frozenset("\f^{}\\[~]|€")
_WHOLE_MESSAGE = 160
_PART_OF_MESSAGE = 153


class Sms(msgspec.Struct, frozen=True):
    """`letters` as the network counts them; a text of more than 160 goes, and costs, as several `parts`."""

    text: str
    letters: int
    parts: int


def write_sms(slip: IssuedSlip, base_url: str, wording: Wording) -> Sms:
    """The short text in one language."""
    said = wording.say(
        "slip.sms",
        day=f"{slip.visit:%d/%m}",
        end=f"{slip.valid_to:%d/%m}",
        address=make_slip_address(base_url, slip.token),
    )
    text = drop_marks(said)
    letters = count_letters(text)
    parts = 1 if letters <= _WHOLE_MESSAGE else -(-letters // _PART_OF_MESSAGE)
    return Sms(text, letters, parts)


def drop_marks(text: str) -> str:
    """Vietnamese as it is written in messages: no marks, d for đ."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return bare.replace("đ", "d").replace("Đ", "D")


def count_letters(text: str) -> int:
    """GSM-7 units. Raises ValueError for a letter outside GSM-7: it would halve what a message holds."""
    foreign = sorted(set(text) - _ONE_UNIT - _TWO_UNITS)
    if foreign:
        raise ValueError(f"not in GSM-7: {foreign}")
    return len(text) + sum(sign in _TWO_UNITS for sign in text)
