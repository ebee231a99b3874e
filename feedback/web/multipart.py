"""Reads a form with files (multipart/form-data) as it comes in, and takes no more of it than the house will keep.

Texts are read like those of any other form. What a file is, nobody has looked at yet: its name and type are claims.
"""

import re
from collections.abc import AsyncGenerator

import msgspec
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from feedback.web.bodies import FORM_STATE, LARGEST_BODY, Fields, Request, clean, read_content_type, read_header
from surveys.case_errors import FileTooLargeError
from surveys.errors import BodyTooLargeError, UnreadableBodyError, WrongContentTypeError

MULTIPART = "multipart/form-data"
MEGABYTE = 1_048_576
MOST_PARTS = 16
LONGEST_HEADER = 4096
MOST_DIGITS = 18
ROOM = 2 * LARGEST_BODY  # for texts, and for what stands about each part
# RFC 2046, 5.1.1.
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]", re.ASCII)


class SentFile(msgspec.Struct, frozen=True):
    """`name` is as it was sent: any text."""

    name: str
    content: bytes


class Gathered:
    """What has been read so far: texts, files, and the part that is being read."""

    def __init__(self, largest_file: int, *, keeps_files: bool) -> None:
        self.fields: Fields = {}
        self.files: list[SentFile] = []
        self.largest_file = largest_file
        self.keeps_files = keeps_files
        self.length = 0
        self.part: MultipartSegment | None = None
        self.content = bytearray()

    def begin(self, part: MultipartSegment) -> None:
        if not part.name or clean(part.name) in self.fields:
            raise UnreadableBodyError
        self.part, self.content = part, bytearray()

    def add(self, content: bytes) -> None:
        """Raises FileTooLargeError and BodyTooLargeError before more is kept than may be."""
        if self.part is None:
            raise UnreadableBodyError
        if self.part.filename is None:
            self.length += len(content)
            if self.length > LARGEST_BODY:
                raise BodyTooLargeError
            self.content += content
            return
        if self.part.bytes_received > self.largest_file:
            raise FileTooLargeError(most=self.largest_file // MEGABYTE)
        if self.keeps_files:
            self.content += content

    def end(self) -> None:
        """An empty file without a name is a field in which no file was chosen."""
        if self.part is None:
            raise UnreadableBodyError
        if self.part.filename is None:
            self.fields[clean(self.part.name or "")] = read_text(self.content)
        elif self.keeps_files and (self.part.filename or self.content):
            self.files.append(SentFile(self.part.filename, bytes(self.content)))
        self.part, self.content = None, bytearray()


async def read_upload(
    request: Request, largest_file: int, *, keeps_files: bool = True
) -> tuple[Fields, tuple[SentFile, ...]]:
    """Texts in NFC and files of at most `largest_file` bytes, of which none are kept where `keeps_files` is false.

    The texts that came before whatever was refused stay with the request, as after read_fields.
    Raises WrongContentTypeError, UnreadableBodyError, BodyTooLargeError and FileTooLargeError.
    """
    gathered = Gathered(largest_file, keeps_files=keeps_files)
    request.scope["state"][FORM_STATE] = gathered.fields
    parser = make_parser(request)
    told = read_length(request)
    is_too_large = told is not None and told > largest_file + ROOM
    try:
        async for chunk in read_chunks(request, largest_file):
            for event in parser.parse(chunk):
                follow(gathered, event, is_too_large=is_too_large)
        parser.close()
    except ParserLimitReached:
        raise BodyTooLargeError from None
    except MultipartError:
        raise UnreadableBodyError from None
    return gathered.fields, tuple(gathered.files)


def follow(gathered: Gathered, event: MultipartSegment | bytes | bytearray | None, *, is_too_large: bool) -> None:
    """Of a body that says itself that it is too large, the texts in front of the file are still read."""
    if isinstance(event, MultipartSegment):
        if is_too_large and event.filename is not None:
            raise FileTooLargeError(most=gathered.largest_file // MEGABYTE)
        gathered.begin(event)
    elif event is None:
        gathered.end()
    else:
        gathered.add(bytes(event))


async def read_chunks(request: Request, largest_file: int) -> AsyncGenerator[bytes]:
    """As they arrive. Raises FileTooLargeError once there is more, UnreadableBodyError where the sender is gone."""
    length = 0
    while True:
        message = await request.receive()
        if message["type"] != "http.request":
            raise UnreadableBodyError
        length += len(message["body"])
        if length > largest_file + ROOM:
            raise FileTooLargeError(most=largest_file // MEGABYTE)
        if message["body"]:
            yield message["body"]
        if not message["more_body"]:
            return


def make_parser(request: Request) -> PushMultipartParser:
    """Raises WrongContentTypeError for another kind of body, UnreadableBodyError without one usable boundary."""
    if read_content_type(request) != MULTIPART:
        raise WrongContentTypeError
    header = read_header(request, b"content-type")
    boundary = parse_options_header(header)[1].get("boundary", "")
    if header.lower().count("boundary=") != 1 or BOUNDARY.fullmatch(boundary) is None:
        raise UnreadableBodyError
    return PushMultipartParser(boundary, max_header_size=LONGEST_HEADER, max_segment_count=MOST_PARTS)


def read_length(request: Request) -> int | None:
    """What the sender says, where it says anything usable."""
    text = read_header(request, b"content-length")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def read_text(content: bytes | bytearray) -> str:
    try:
        return clean(content.decode())
    except UnicodeDecodeError:
        raise UnreadableBodyError from None
