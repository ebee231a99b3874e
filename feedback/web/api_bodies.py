"""Reads the JSON that other programs send, into typed structs. Called only after their key was accepted."""

from typing import TypeVar

import msgspec

from feedback.web.bodies import JSON, Request, read_content_type
from surveys.errors import BatchTooLargeError, UnreadableBodyError, UnusableRequestError, WrongContentTypeError

LARGEST_BATCH_BODY = 524_288
MOST_ROWS = 1_000

Shape = TypeVar("Shape")


async def read_api_body(request: Request, shape: type[Shape]) -> Shape:
    """Raises WrongContentTypeError, UnreadableBodyError, BatchTooLargeError, or UnusableRequestError with the place."""
    if read_content_type(request) != JSON:
        raise WrongContentTypeError
    body = await read_large_body(request)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise UnusableRequestError(reason=str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UnreadableBodyError from None


async def read_large_body(request: Request) -> bytes:
    parts: list[bytes] = []
    length = 0
    while True:
        message = await request.receive()
        if message["type"] != "http.request":
            raise UnreadableBodyError
        parts.append(message["body"])
        length += len(message["body"])
        if length > LARGEST_BATCH_BODY:
            raise BatchTooLargeError(rows=MOST_ROWS, kib=LARGEST_BATCH_BODY // 1024)
        if not message["more_body"]:
            return b"".join(parts)
