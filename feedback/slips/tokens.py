"""What stands on a slip: the token in its square, the code and PIN for hands, and the proof that they are genuine.

Pure. The token is eight symbols of the slip's id and eight of a MAC under the desk's key (methods.md 3.3).
"""

import hashlib
import hmac
import re

import msgspec

from surveys.codes import ALPHABET, make_desk_code, read_desk_code
from surveys.errors import MalformedCodeError, MalformedSlipCodeError, UnknownSlipError

ID_BITS = 40
_HALF = 8
_PIN_BITS = 13
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_KINDNESS = str.maketrans(
    {symbol.lower(): symbol for symbol in ALPHABET}
    | {"O": "0", "o": "0", "I": "1", "i": "1", "L": "1", "l": "1", "U": "V", "u": "V"}
    | dict.fromkeys(" -\t\r\n\u00a0\u2010\u2011\u2012\u2013._", ""),
)
_TOKEN = re.compile(f"[{ALPHABET}]{{16}}")
_PIN = re.compile(r"[0-9]{4}")
_PIN_IGNORED = str.maketrans(dict.fromkeys(" -.", "") | {"O": "0", "o": "0"})


class SlipToken(msgspec.Struct, frozen=True):
    """A token as it was read: which slip it names, and the MAC it shows for it."""

    slip_id: int
    mac: str


def make_slip_token(slip_id: int, desk_key: bytes) -> str:
    """Sixteen symbols, as they stand in the address behind /V/."""
    return _write_symbols(slip_id) + _write_symbols(int.from_bytes(_sign(slip_id, desk_key)[:5]))


def read_slip_token(typed: str) -> SlipToken:
    """Any letter case; o as 0, i and l as 1, u as V; spaces, hyphens and dots ignored. Raises UnknownSlipError."""
    token = typed.translate(_KINDNESS)
    if _TOKEN.fullmatch(token) is None:
        raise UnknownSlipError(desk="")
    return SlipToken(_read_symbols(token[:_HALF]), token[_HALF:])


def write_slip_token(token: SlipToken) -> str:
    """The token as it is printed, whatever was typed."""
    return _write_symbols(token.slip_id) + token.mac


def is_genuine(token: SlipToken, desk_key: bytes) -> bool:
    """In constant time."""
    made = make_slip_token(token.slip_id, desk_key)
    return hmac.compare_digest(made[_HALF:], token.mac)


def make_slip_code(slip_id: int) -> str:
    """Nine symbols with a check symbol, for those who type; good only together with the PIN."""
    return make_desk_code(slip_id)


def read_slip_code(typed: str) -> int:
    """The id of the slip. Raises MalformedSlipCodeError, or WrongCheckSymbolError that names the group."""
    try:
        return _read_symbols(read_desk_code(typed)[:_HALF])
    except MalformedCodeError:
        raise MalformedSlipCodeError from None


def make_pin(slip_id: int, desk_key: bytes) -> str:
    """Four digits from 13 bits of the MAC, other ones than the token shows: 0000 to 8191."""
    return f"{int.from_bytes(_sign(slip_id, desk_key)[5:7]) >> (16 - _PIN_BITS):04}"


def read_pin(typed: str) -> str:
    """Four digits; raises MalformedSlipCodeError."""
    pin = typed.translate(_PIN_IGNORED)
    if _PIN.fullmatch(pin) is None:
        raise MalformedSlipCodeError
    return pin


def is_right_pin(slip_id: int, pin: str, desk_key: bytes) -> bool:
    return hmac.compare_digest(make_pin(slip_id, desk_key), pin)


def _sign(slip_id: int, desk_key: bytes) -> bytes:
    return hmac.digest(desk_key, b"v1|" + _write_symbols(slip_id).encode(), hashlib.sha256)


def _write_symbols(number: int) -> str:
    return make_desk_code(number)[:_HALF]


def _read_symbols(symbols: str) -> int:
    number = 0
    for symbol in symbols:
        number = number << 5 | _VALUES[symbol]
    return number
