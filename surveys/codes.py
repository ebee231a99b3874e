"""The codes people read aloud, type and keep: desk codes and receipts, both in Crockford base32.

A desk code always means all nine symbols (eight random, one check). Nothing here draws random bits or looks
anything up.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from surveys.errors import MalformedCodeError, UnknownReceiptError, WrongCheckSymbolError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DESK_CODE_LENGTH = 9
DESK_CODE_RANDOM_BITS = 40
TOKEN_LENGTH = 24
TOKEN_BYTES = 15

_GROUP_LENGTH = 3
_FIELD_SIZE = 32
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOK_ALIKES = ("8B", "5S", "2Z", "6G", "0DQ", "17")  # U is not in the alphabet: reading takes it as V
_WRITTEN_IN_ALPHABET = re.compile(f"[{ALPHABET}]*").fullmatch
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT, _CIRCUMFLEX, _BREVE, _HORN = map(
    unicodedata.lookup,
    (
        "COMBINING ACUTE ACCENT",
        "COMBINING GRAVE ACCENT",
        "COMBINING HOOK ABOVE",
        "COMBINING TILDE",
        "COMBINING DOT BELOW",
        "COMBINING CIRCUMFLEX ACCENT",
        "COMBINING BREVE",
        "COMBINING HORN",
    ),
)
_TONES = (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT)
# Keys by letter, by letter with a mark, or by mark alone. Telex writes Ư for a W on its own.
_TELEX_KEYS = {
    **dict(zip(_TONES, "SFRXJ", strict=True)),
    **{f"{vowel}{_CIRCUMFLEX}": vowel for vowel in "AEO"},
    _BREVE: "W",
    _HORN: "W",
    "Đ": "DD",
    "Ư": "W",
}
_VNI_KEYS = dict(zip((*_TONES, _CIRCUMFLEX, _HORN, _BREVE), "12345678", strict=True)) | {"Đ": "D9"}
_IGNORED = " \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014._"
_KINDNESS = str.maketrans(
    {symbol.lower(): symbol for symbol in ALPHABET}
    | {"O": "0", "o": "0", "I": "1", "i": "1", "L": "1", "l": "1", "U": "V", "u": "V"}
    | dict.fromkeys(_IGNORED, ""),
)


def make_desk_code(random_bits: int) -> str:
    """Eight symbols from 40 random bits and the check symbol over GF(32) (methods.md 5)."""
    payload = _write_symbols(random_bits, DESK_CODE_LENGTH - 1)
    return payload + ALPHABET[_double(_fold(payload))]


def read_desk_code(typed: str) -> str:
    """Read a typed code kindly: any case; spaces, hyphens and dots ignored; o as 0, i and l as 1, u as V.

    What a Vietnamese keyboard made of it is undone: Á was typed as AS (Telex) or A1 (VNI), Ư as W or U7.

    Raises MalformedCodeError when it cannot be nine symbols, WrongCheckSymbolError with the group (1, 2 or 3)
    to look at again, or "1, 2, 3" when more than one group, or none, could hold a usual slip.
    """
    code = _undo_keyboard(typed).translate(_KINDNESS)
    if len(code) != DESK_CODE_LENGTH or not _is_written_in_alphabet(code):
        raise MalformedCodeError
    if _fold(code) != 0:
        groups = {group for mended, group in _list_mendings(code) if _fold(mended) == 0}
        raise WrongCheckSymbolError(group=groups.pop() if len(groups) == 1 else "1, 2, 3")
    return code


def print_desk_code(code: str) -> str:
    """Write `7K3MQ9XWC` as `7K3-MQ9-XWC`."""
    return _print_groups(code, _GROUP_LENGTH)


def make_token(random_bytes: bytes) -> str:
    """Twenty-four symbols from 15 random bytes: the key of one rating and the citizen's receipt."""
    if len(random_bytes) != TOKEN_BYTES:
        raise ValueError(f"a token is made of {TOKEN_BYTES} bytes, not {len(random_bytes)}")
    return _write_symbols(int.from_bytes(random_bytes), TOKEN_LENGTH)


def read_token(typed: str) -> str:
    """Read a receipt as kindly as a desk code; raises UnknownReceiptError when it cannot be one."""
    if len(typed) == TOKEN_LENGTH and _is_written_in_alphabet(typed):
        return typed  # as every form sends it; kindness is for hands
    token = typed.translate(_KINDNESS)
    if len(token) != TOKEN_LENGTH or not _is_written_in_alphabet(token):
        raise UnknownReceiptError
    return token


def print_token(token: str) -> str:
    """Write a token as six groups of four, the way it stands on the receipt page."""
    return _print_groups(token, 4)


def hash_token(token: str) -> bytes:
    """SHA-256 of the token's symbols: all the store ever keeps of it."""
    return hashlib.sha256(token.encode("ascii")).digest()


def _undo_keyboard(typed: str) -> str:
    """The keys that were pressed, where Telex or VNI made Vietnamese letters of them and one reading stands."""
    if typed.isascii():
        return typed
    readings = ["".join(_name_keys(letter, keys) for letter in typed) for keys in (_TELEX_KEYS, _VNI_KEYS)]
    whole = [reading for reading in readings if _is_whole(reading.translate(_KINDNESS))]
    return whole[0] if whole else typed


def _name_keys(letter: str, keys: dict[str, str]) -> str:
    base, *marks = unicodedata.normalize("NFD", keys.get(letter.upper(), letter.upper()))
    return base + "".join(keys.get(base + mark, keys.get(mark, mark)) for mark in marks)


def _is_whole(code: str) -> bool:
    return len(code) == DESK_CODE_LENGTH and _is_written_in_alphabet(code) and _fold(code) == 0


def _write_symbols(number: int, length: int) -> str:
    if not 0 <= number < _FIELD_SIZE**length:
        raise ValueError(f"{length} symbols hold {5 * length} bits")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))


def _is_written_in_alphabet(text: str) -> bool:
    return _WRITTEN_IN_ALPHABET(text) is not None


def _print_groups(text: str, size: int) -> str:
    return "-".join([text[start : start + size] for start in range(0, len(text), size)])


def _double(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled >= _FIELD_SIZE else doubled


def _fold(symbols: str) -> int:
    """The check value of a code; zero for a whole code that stands."""
    check = 0
    for symbol in symbols:
        check = _double(check) ^ _VALUES[symbol]
    return check


def _list_mendings(code: str) -> Iterator[tuple[str, int]]:
    """Every code one usual slip away, with the group that holds the slip."""
    for place, symbol in enumerate(code):
        group = place // _GROUP_LENGTH + 1
        for family in _LOOK_ALIKES:
            if symbol in family:
                for other in family.replace(symbol, ""):
                    yield code[:place] + other + code[place + 1 :], group
    for place in range(DESK_CODE_LENGTH - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        # Two symbols swapped across a hyphen lie in two groups, so no single one can be named.
        yield swapped, place // _GROUP_LENGTH + 1
        yield swapped, (place + 1) // _GROUP_LENGTH + 1
