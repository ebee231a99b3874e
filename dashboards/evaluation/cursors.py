"""Where a page ends and the next begins, as a text that only this program can make. Holds ids, never a score."""

import base64
import binascii
import hmac
from datetime import date
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from surveys.errors import BadCursorError

LARGEST_ID = 2**31 - 1
LONGEST_POOL = 500
LONGEST_CURSOR = 1_000
SIGNATURE_BYTES = 9  # a multiple of three, so that base64 needs no filling between signature and content

Id = Annotated[int, Meta(ge=0, le=LARGEST_ID)]


class PageCursor(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page."""

    entity_id: Id
    pool: Annotated[str, Meta(max_length=LONGEST_POOL)]


class ChangesCursor(msgspec.Struct, frozen=True, array_like=True):
    """The last release and the last ended review that were told."""

    release_id: Id = 0
    ended_on: date = date(1, 1, 1)
    review_id: Id = 0


Cursor = TypeVar("Cursor", PageCursor, ChangesCursor)


def write_cursor(cursor: PageCursor | ChangesCursor, secret: str, list_name: str) -> str:
    """`list_name` says what is listed, filters included: a cursor is good for that list alone."""
    content = msgspec.json.encode(cursor)
    return spell(sign(content, secret, list_name) + content)


def read_cursor(text: str, kind: type[Cursor], secret: str, list_name: str) -> Cursor:
    """Raises BadCursorError for whatever write_cursor did not make for this list."""
    if len(text) > LONGEST_CURSOR:
        raise BadCursorError
    try:
        signed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        signature, content = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
        good = sign(content, secret, list_name)
        if not hmac.compare_digest(signature, good) or text != spell(good + content):
            raise BadCursorError
        return msgspec.json.decode(content, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise BadCursorError from None


def spell(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def sign(content: bytes, secret: str, list_name: str) -> bytes:
    named = f"evaluation cursor\0{list_name}\0".encode()
    return hmac.digest(secret.encode(), named + content, "sha256")[:SIGNATURE_BYTES]
