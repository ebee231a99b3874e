"""What a button of ours carries: `<turn in base 36>.<action>.<signature>`, signed for its chat, at most 64 bytes.

Whatever a chat sends back is believed only if the signature is right.
"""

import hmac
from base64 import urlsafe_b64encode

LARGEST_BYTES = 64
SIGNATURE_BYTES = 8
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def make_button_key(secret: str, bot_id: int) -> bytes:
    return hmac.digest(secret.encode(), f"telegram buttons {bot_id}".encode(), "sha256")


def write_button(key: bytes, chat_id: int, turn: int, action: str) -> str:
    said = f"{write_base36(turn)}.{action}"
    return f"{said}.{sign_button(key, chat_id, said)}"


def read_button(key: bytes, chat_id: int, data: str) -> tuple[int, str] | None:
    """Turn and action; None when it is not ours, or not for this chat."""
    said, _, signature = data.rpartition(".")
    if len(data) > LARGEST_BYTES or not data.isascii():
        return None
    if not hmac.compare_digest(sign_button(key, chat_id, said), signature):
        return None
    turn, _, action = said.partition(".")
    return int(turn, 36), action


def sign_button(key: bytes, chat_id: int, said: str) -> str:
    digest = hmac.digest(key, f"{chat_id} {said}".encode(), "sha256")
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode().rstrip("=")


def write_base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"
