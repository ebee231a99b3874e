"""Reads what was sent, form or JSON, into plain fields. Whatever is not readable is refused here, never later."""

import json
import unicodedata
from typing import Any, cast
from urllib.parse import parse_qsl

import litestar
import msgspec

from surveys.errors import BodyTooLargeError, UnreadableBodyError, WrongContentTypeError

Request = litestar.Request[Any, Any, Any]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 65_536
MOST_FIELDS = 64
FORM_STATE = "form"

Fields = dict[str, object]


def reads_json(request: Request) -> bool:
    return read_content_type(request) == JSON


def read_content_type(request: Request) -> str:
    return read_header(request, b"content-type").partition(";")[0].strip().lower()


def read_header(request: Request, name: bytes) -> str:
    """One header by its small-letter name; the framework's mapping of all of them costs ten times this."""
    for known, value in request.scope["headers"]:
        if known == name:
            return value.decode("latin-1")
    return ""


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The whole body; BodyTooLargeError as soon as it is known to be too large."""
    body = b""
    while True:
        message = await request.receive()
        if message["type"] != "http.request":
            raise UnreadableBodyError
        body += message["body"]
        if len(body) > largest:
            raise BodyTooLargeError
        if not message["more_body"]:
            return body


async def read_fields(request: Request, largest: int = LARGEST_BODY) -> Fields:
    """The fields of a form or of one flat JSON object; texts in NFC.

    Raises WrongContentTypeError, UnreadableBodyError or BodyTooLargeError.
    """
    body = await read_body(request, largest)
    match read_content_type(request):
        case "application/json":
            return read_json(body)
        case "application/x-www-form-urlencoded":
            fields = read_form(body)
            request.scope["state"][FORM_STATE] = fields
            return fields
        case _:
            raise WrongContentTypeError


def recall_form(request: Request) -> dict[str, str]:
    """The form that was read in this request, for a page that keeps it; empty where none was."""
    fields: Fields = request.scope["state"].get(FORM_STATE, {})
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def read_json(body: bytes) -> Fields:
    try:
        pairs = msgspec.json.decode(body, type=dict[str, str | int | float | bool | None])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UnreadableBodyError from None
    if len(pairs) > MOST_FIELDS or has_doubled_keys(body, len(pairs)):
        raise UnreadableBodyError
    if body.isascii() and b"\\" not in body:
        return cast("Fields", pairs)  # nothing in it could need cleaning
    return {clean(name): clean(value) if isinstance(value, str) else value for name, value in pairs.items()}


def has_doubled_keys(body: bytes, different: int) -> bool:
    """True when a key stands twice; only bodies with more colons than keys are looked at again."""
    if body.count(b":") == different:
        return False
    return len(json.loads(body, object_pairs_hook=list)) != different


def read_form(body: bytes) -> Fields:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise UnreadableBodyError from None
    fields: Fields = {clean(name): clean(value) for name, value in pairs}
    if len(fields) != len(pairs):
        raise UnreadableBodyError
    return fields


def clean(text: str) -> str:
    """NFC; refuses NUL and lone surrogates, which no database takes."""
    if text.isascii():
        if "\0" in text:
            raise UnreadableBodyError
        return text
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UnreadableBodyError
    return unicodedata.normalize("NFC", text)


def take_text(fields: Fields, name: str) -> str:
    """A field as text, empty when it is not there. Numbers and other kinds are not text."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableBodyError
    return value.strip()
