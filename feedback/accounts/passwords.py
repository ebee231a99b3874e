"""What a password may be, and how it is kept: Argon2id, in a few threads of its own, never on the event loop."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from surveys.errors import PasswordRefusedError

# NIST SP 800-63B-4, 3.1.1.2: length and a list of common ones, no rule about kinds of letters, no forced change.
SHORTEST = 15
LONGEST = 256
FEWEST_LETTERS = 5  # different ones
SHORTEST_NAME = 4  # shorter names stand in many honest words
MOST_AT_ONCE = 4  # 64 MiB each
# Of a password that nobody knows: a name that does not exist costs what a wrong password costs.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$1NAqzSYucMWylS3GQUKt+Q$egFkHreVJ4G+OcQlbg2+dpmBUiScr36SfddpJmdl2NA"
# How letters are often disguised.
DISGUISES = str.maketrans("@4301$57", "aaeoisst")

_HASHER = PasswordHasher()  # RFC 9106, second choice: 64 MiB, 3 passes, 4 lanes
_THREADS = ThreadPoolExecutor(MOST_AT_ONCE, "argon2")


def read_common_pieces() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


COMMON_PIECES = read_common_pieces()
LONGEST_PIECE = max(map(len, COMMON_PIECES))
PIECES_AND_SIGNS = COMMON_PIECES | {"@", "$"}


def check_password(password: str, sign_in_name: str) -> None:
    """Raises PasswordRefusedError with the reason."""
    password = normalise(password)
    if len(password) < SHORTEST:
        raise PasswordRefusedError(reason="password-short", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordRefusedError(reason="password-long", longest=LONGEST)
    names = {sign_in_name.casefold(), sign_in_name.casefold().partition("@")[0]}
    if any(len(name) >= SHORTEST_NAME and name in password.casefold() for name in names):
        raise PasswordRefusedError(reason="password-name")
    if is_common(password):
        raise PasswordRefusedError(reason="password-common")


def check_new_password(password: str, repeated: str, sign_in_name: str) -> None:
    """Raises PasswordRefusedError with the reason."""
    check_password(password, sign_in_name)
    if normalise(password) != normalise(repeated):
        raise PasswordRefusedError(reason="password-not-repeated")


def is_common(password: str) -> bool:
    """Whether it is nothing but common pieces one after the other, disguised or not, or a few letters repeated."""
    plain = unicodedata.normalize("NFKD", password.casefold().replace("đ", "d"))
    letters = "".join(letter for letter in plain if letter.isalnum() or letter in "@$")
    return len(set(letters)) < FEWEST_LETTERS or is_made_of_pieces(letters)


def is_made_of_pieces(letters: str) -> bool:
    shown = letters.translate(DISGUISES)
    ends = {0}
    for end in range(1, len(letters) + 1):
        starts = [start for start in range(max(0, end - LONGEST_PIECE), end) if start in ends]
        if any(not {letters[start:end], shown[start:end]}.isdisjoint(PIECES_AND_SIGNS) for start in starts):
            ends.add(end)
    return len(letters) in ends


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, normalise(password))


async def verify_password(password_hash: str | None, password: str) -> bool:
    """The same work where there is no hash; the answer is then no."""
    known = password_hash or NOBODYS_HASH
    is_right = await asyncio.get_running_loop().run_in_executor(_THREADS, verify_now, known, normalise(password))
    return is_right and password_hash is not None


def verify_now(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def normalise(password: str) -> str:
    """NFC, so that the same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFC", password)
