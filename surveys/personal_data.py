"""Hides what points to a person in a comment, before the text touches the disk.

Rules and their order: methods.md 2.4. Dates and amounts of money stay.
"""

import re
import unicodedata
from typing import NamedTuple

from surveys.personal_names import HIGHLAND_NAME, HONORIFIC_NAME, SURNAME_NAME

_GAP = r"[ \u00a0\u2000-\u200a\u202f.\-\u2010-\u2015\u2212_()]{0,2}"  # never '/', or dates are eaten
_NOT_A_DATE = r"(?!\d{1,2}([.\-])\d{1,2}\1(?:19|20)\d{2}(?![.\-]?\d))"
_NOT_MONEY = r"(?![ .,]?\s?(?:đ(?!/)|đồng|vnđ|vnd|nghìn|ngàn|triệu|tỷ|tỉ|usd)\b)"
# Only a number that begins with 84 and no sign before it could be an amount.
_PHONE_START = rf"(?:(?:\+|00)84{_GAP}0?|0|84(?!{_GAP}(?:\d{_GAP}){{8}}\d(?!{_NOT_MONEY})){_GAP}0?)"
_PHONE = (
    rf"(?<!\d){_NOT_A_DATE}\(?{_PHONE_START}{_GAP}"
    rf"(?:[35789]{_GAP}(?:\d{_GAP}){{7}}\d|2\d{_GAP}(?:\d{_GAP}){{7}}\d)(?!\d)"
)
_TOP_DOMAINS = "vn|com|net|org|info|me|io|edu|gov|ly|gl|page|app|link"
_BARE_DOMAIN = rf"(?<![\w.@+-])(?:[a-z0-9-]+\.)+(?:{_TOP_DOMAINS})\b(?:/[^\s\[\]]*)?(?![\w@.-]*@)"

# In this order: an earlier rule takes what a later one would take apart.
_RULES = (
    (r"(?:https?://|www\.)[^\s\[\]]+", "[ĐƯỜNG DẪN]"),
    (_BARE_DOMAIN, "[ĐƯỜNG DẪN]"),
    (r"(?<![\w.+-])(?:@[\w.]{3,})+", "[TÀI KHOẢN]"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[THƯ ĐIỆN TỬ]"),
    (r"(?<!\w)(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,4}-\d{6}-\d{3,6}(?!\d)", "[MÃ HỒ SƠ]"),
    (r"(?<!\w)\d{2}-?(?-i:[A-ZĐ]{1,2})\d?[ .\-]?\d{3}[ .]?\d{2}(?!\d)", "[BIỂN SỐ XE]"),
    (r"(?<!\w)\d{2}-?[a-gi-jl-zđ]\d?[.\-]?\d{3}\.?\d{2}(?!\d)", "[BIỂN SỐ XE]"),
    (_PHONE, "[SỐ ĐIỆN THOẠI]"),
    (rf"(?<!\d){_NOT_A_DATE}0{_GAP}(?:\d{_GAP}){{10}}\d(?!\d)", "[SỐ CĂN CƯỚC]"),
    (rf"(?<!\d)(?:\d{{9}}|\d{{3}} \d{{3}} \d{{3}})(?!\d){_NOT_MONEY}", "[SỐ CMND]"),
    (rf"(?<!\d)\d{{8,19}}(?!\d){_NOT_MONEY}", "[SỐ]"),
)
_COMPILED_RULES = tuple((re.compile(pattern, re.IGNORECASE), placeholder) for pattern, placeholder in _RULES)
_NAME = "[TÊN NGƯỜI]"


class HiddenText(NamedTuple):
    """A text fit for the store, and in how many places something was hidden."""

    text: str
    hidden: int


def hide_personal_data(text: str) -> HiddenText:
    """Replace every place that points to a person by a Vietnamese word in brackets.

    The result may be longer than the text; digits come out as ASCII, letters as NFC, no invisible ones.
    """
    hidden = 0
    # What stood against something hidden may be seen for what it is only now: so until nothing more is found.
    while (found := _hide_once(text)).hidden:
        text, hidden = found.text, hidden + found.hidden
    return HiddenText(found.text, hidden)


def _hide_once(text: str) -> HiddenText:
    text = _bring_to_plain_form(text)
    hidden = 0
    for pattern, placeholder in _COMPILED_RULES:
        text, count = pattern.subn(placeholder, text)
        hidden += count
    for pattern in (HIGHLAND_NAME, SURNAME_NAME):
        text, count = pattern.subn(_NAME, text)
        hidden += count
    text, count = HONORIFIC_NAME.subn(_hide_after_honorific, text)
    return HiddenText(text, hidden + count)


def _hide_after_honorific(match: re.Match[str]) -> str:
    return match[0].removesuffix(match["name"]) + _NAME


def _bring_to_plain_form(text: str) -> str:
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return "".join(_to_ascii(character) for character in unicodedata.normalize("NFC", visible))


def _to_ascii(character: str) -> str:
    """Any script's decimal digit, and the full-width signs numbers hide behind, in their plain form."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character
