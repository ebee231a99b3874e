"""Keys with which other programs are let in: `lnk_<id>_<secret>`. Makes, reads and judges them; stores nothing."""

import hashlib
import hmac
import re
import zlib
from datetime import date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal, get_args

import msgspec

from surveys.case_errors import ApiKeyWaitingError
from surveys.codes import ALPHABET
from surveys.errors import ApiKeyEndedError, ApiKeyNeededError, ApiKeyTooNarrowError, UnlistedAddressError

Scope = Literal["evaluation", "slips", "dossiers"]
Network = IPv4Network | IPv6Network

SCOPES: tuple[Scope, ...] = get_args(Scope)
LONGEST_LIFE = timedelta(days=365)
LONGEST_WAIT = timedelta(days=30)  # for a second administrator
MOST_KEYS_A_HOLDER = 2  # the old and the new one, while they are exchanged
USUAL_QUOTA = 60

_ID_BYTES = 6
_SECRET_BYTES = 32
_SYMBOLS = ALPHABET.lower()
_FORM = re.compile(f"lnk_([{_SYMBOLS}]{{10}})_([{_SYMBOLS}]{{52}})([{_SYMBOLS}]{{7}})")
_BEARER = re.compile(r"bearer +(\S{1,200})", re.IGNORECASE)


class Reach(msgspec.Struct, frozen=True):
    """Which units a key is about: all, or those of provinces (two digits), of communes (five), or named ones."""

    everywhere: bool = False
    provinces: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def covers(self, unit_code: str, place_code: str, province_code: str) -> bool:
        """`place_code` is the unit's own place, `province_code` that of its province."""
        return (
            self.everywhere or unit_code in self.units or place_code in self.communes or province_code in self.provinces
        )

    def describe(self) -> str:
        """The codes, for whoever holds the key."""
        return "*" if self.everywhere else ", ".join((*self.provinces, *self.communes, *self.units))


EVERYWHERE = Reach(everywhere=True)
NOWHERE = Reach()


class ApiKey(msgspec.Struct, frozen=True):
    """A key as it is stored. `expires_on` and `revoked_on` are the first days on which it no longer opens anything.

    `proposed_by` is None where nobody else had to approve it.
    """

    key_id: str
    holder: str
    secret_hash: bytes
    scopes: tuple[str, ...]
    reach: Reach
    networks: tuple[Network, ...]
    quota: int
    made_on: date
    expires_on: date
    revoked_on: date | None = None
    last_used_on: date | None = None
    proposed_by: int | None = None
    approved_by: int | None = None
    approved_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        return self.proposed_by is not None and self.approved_at is None

    def name_end(self) -> date:
        """The day from which the key opens nothing."""
        return min(self.expires_on, self.revoked_on or self.expires_on)


class ShownKey(msgspec.Struct, frozen=True):
    """What a program shows: read from its header, not yet compared with anything."""

    key_id: str
    secret_hash: bytes


def make_key_text(random_bytes: bytes) -> str:
    """`lnk_<10 symbols>_<59 symbols>` from 38 random bytes; the last seven symbols are a check of the others."""
    if len(random_bytes) != _ID_BYTES + _SECRET_BYTES:
        raise ValueError(f"a key is made of {_ID_BYTES + _SECRET_BYTES} bytes")
    key_id = _write(int.from_bytes(random_bytes[:_ID_BYTES]), 10)
    secret = _write(int.from_bytes(random_bytes[_ID_BYTES:]), 52)
    return f"lnk_{key_id}_{secret}{_check(key_id, secret)}"


def read_key_text(text: str) -> ShownKey:
    """Raises ApiKeyNeededError when this can be no key: misshapen, or with a slip in it."""
    parts = _FORM.fullmatch(text)
    if parts is None or not hmac.compare_digest(_check(parts[1], parts[2]), parts[3]):
        raise ApiKeyNeededError
    return ShownKey(parts[1], hash_secret(parts[2]))


def read_authorization(header: str) -> ShownKey:
    """The key in the value of an Authorization header of the kind Bearer, which no browser sends by itself.

    Raises ApiKeyNeededError.
    """
    if bearer := _BEARER.fullmatch(header.strip()):
        return read_key_text(bearer[1])
    raise ApiKeyNeededError


def hash_secret(secret: str) -> bytes:
    """A fast hash does: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode("ascii")).digest()


def is_same_secret(shown: ShownKey, key: ApiKey) -> bool:
    """In constant time."""
    return hmac.compare_digest(shown.secret_hash, key.secret_hash)


def check_key(key: ApiKey, scope: Scope, address: str, day: date) -> None:
    """Whether a key whose secret was right opens `scope` to a caller at `address` on `day`.

    Raises ApiKeyEndedError, ApiKeyWaitingError, UnlistedAddressError or ApiKeyTooNarrowError.
    """
    if day >= key.name_end():
        raise ApiKeyEndedError(day=key.name_end().isoformat())
    if key.is_waiting:
        raise ApiKeyWaitingError
    if key.networks and not _is_listed(address, key.networks):
        raise UnlistedAddressError
    if scope not in key.scopes:
        raise ApiKeyTooNarrowError(asked=scope, allowed=", ".join(key.scopes))


def _is_listed(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    # A server that listens on both kinds shows an IPv4 caller as ::ffff:192.0.2.1.
    if isinstance(caller, IPv6Address) and caller.ipv4_mapped is not None:
        caller = caller.ipv4_mapped
    return any(caller in network for network in networks)


def _check(key_id: str, secret: str) -> str:
    return _write(zlib.crc32(f"{key_id}_{secret}".encode()), 7)


def _write(number: int, length: int) -> str:
    return "".join(_SYMBOLS[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))
