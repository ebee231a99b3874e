"""A chat that belongs to an account: how it is sealed, and the one-time code that links it. Draws nothing by itself.

Nothing of a rating is looked at here, and nothing here is looked at where somebody rates.
"""

import hashlib
import re
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from feedback.accounts.totp import make_root
from feedback.database import Connection
from feedback.derive_keys import derive_key
from feedback.record_response import read_local_day
from feedback.tables.bot_outbox import Lane, NewMessage, insert_messages
from surveys.codes import ALPHABET, TOKEN_LENGTH, make_token

CODE_KEPT = timedelta(minutes=10)
LINK_CODE = re.compile(f"L[{ALPHABET}]{{{TOKEN_LENGTH}}}")
CHAT_BYTES = 8
SEND = "sendMessage"


def seal_chat(secret: str, bot_id: int, chat_id: int) -> bytes:
    """The same chat becomes the same bytes (RFC 5297), so that a chat's account is found without opening any."""
    return make_cipher(secret).encrypt(chat_id.to_bytes(CHAT_BYTES, signed=True), name_bot(bot_id))


def open_chat(secret: str, bot_id: int, sealed: bytes) -> int | None:
    """None where it was sealed with another secret, or for another bot."""
    try:
        return int.from_bytes(make_cipher(secret).decrypt(sealed, name_bot(bot_id)), signed=True)
    except InvalidTag:
        return None


def make_cipher(secret: str) -> AESSIV:
    return AESSIV(derive_key(make_root(secret), b"", b"langnghe chat of an account v1"))


def name_bot(bot_id: int) -> list[bytes]:
    return [b"%d" % bot_id]


class PlainMessage(msgspec.Struct, frozen=True):
    """A message without buttons, in the form in which the bot's outbox holds one."""

    text: str


def make_link_code(random_bytes: bytes) -> str:
    """L and 24 symbols of 15 random bytes: neither a desk code nor a receipt."""
    return f"L{make_token(random_bytes)}"


def hash_link_code(code: str) -> bytes:
    return hashlib.sha256(code.encode("ascii")).digest()


async def queue_message(connection: Connection, bot_id: int, chat_id: int, text: str, now: datetime) -> None:
    """Sent with the reminders, behind the answers that people wait for."""
    message = NewMessage(chat_id, Lane.REMINDERS, SEND, msgspec.json.encode(PlainMessage(text)), now)
    await insert_messages(connection, bot_id, [message], read_local_day(now)[0])
