"""Forms with files as they come in: what is read, what is refused, and how much is taken before a refusal."""

from collections.abc import Iterator
from typing import Any

import litestar
import pytest

from feedback.web.bodies import recall_form
from feedback.web.multipart import MEGABYTE, read_upload
from surveys.case_errors import FileTooLargeError
from surveys.errors import BodyTooLargeError, LangNgheError, UnreadableBodyError, WrongContentTypeError

BOUNDARY = "----WebKitFormBoundaryABC123"
LARGEST = 10 * MEGABYTE
CHUNK = 65_536


def write_part(name: str, content: bytes, filename: str | None = None, more: str = "") -> bytes:
    told = f'form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')
    return f"--{BOUNDARY}\r\nContent-Disposition: {told}\r\n{more}\r\n".encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


class Sender:
    """A request whose body comes in pieces; `taken` is how much of it was asked for."""

    def __init__(self, pieces: Iterator[bytes], content_type: str = "", length: int | None = None) -> None:
        self.pieces = pieces
        self.taken = 0
        content_type = content_type or f"multipart/form-data; boundary={BOUNDARY}"
        headers = [(b"content-type", content_type.encode("latin-1"))]
        headers += [] if length is None else [(b"content-length", b"%d" % length)]
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/", "headers": headers, "state": {}}
        scope |= {"query_string": b"", "route_handler": None, "litestar_app": None}
        self.request = litestar.Request[Any, Any, Any](scope, receive=self.receive)  # pyright: ignore[reportArgumentType]

    async def receive(self) -> dict[str, object]:
        piece = next(self.pieces, None)
        self.taken += len(piece or b"")
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}


def send(body: bytes, content_type: str = "", size: int = CHUNK) -> Sender:
    return Sender((body[start : start + size] for start in range(0, len(body), size)), content_type)


@pytest.mark.parametrize("size", [1, 7, 61, CHUNK])
async def test_texts_and_a_file_are_read_however_they_are_cut(size: int) -> None:
    content = b"%PDF-1.7\r\n--" + BOUNDARY.encode()[:10] + b"\r\n\0" * 50
    body = (
        b"a preamble, as old programs write one\r\n"
        + write_part("reason", "Te\u0302n tệp\r\nhai dòng".encode())
        + write_part("file", content, "báo cáo.pdf", "Content-Type: application/pdf\r\n")
        + END
        + b"after the end"
    )
    sender = send(body, size=size)
    fields, files = await read_upload(sender.request, LARGEST)
    # NFC, as in every other form.
    assert fields == {"reason": "Tên tệp\r\nhai dòng"}
    assert [(file.name, file.content) for file in files] == [("báo cáo.pdf", content)]
    assert recall_form(sender.request) == fields


async def test_a_field_in_which_no_file_was_chosen_is_no_file() -> None:
    fields, files = await read_upload(send(write_part("file", b"", "") + END).request, LARGEST)
    assert (fields, files) == ({}, ())


async def test_two_files_at_once_are_both_read_and_an_empty_one_with_a_name_too() -> None:
    body = write_part("file", b"", "a.pdf") + write_part("more", b"x", "b.pdf") + END
    _, files = await read_upload(send(body).request, LARGEST)
    assert [file.content for file in files] == [b"", b"x"]


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"x=1", "application/x-www-form-urlencoded", WrongContentTypeError),
        (b"", "text/plain; boundary=x", WrongContentTypeError),
        (END, "multipart/form-data", UnreadableBodyError),
        (END, "multipart/form-data; boundary=", UnreadableBodyError),
        (END, f"multipart/form-data; boundary={BOUNDARY}; boundary={BOUNDARY}", UnreadableBodyError),
        (END, f"multipart/form-data; boundary={'x' * 71}", UnreadableBodyError),
        (END, 'multipart/form-data; boundary="a\\\\b"', UnreadableBodyError),
        (END, "multipart/form-data; boundary=\xe9", UnreadableBodyError),
        (b"", "", UnreadableBodyError),
        (b"no boundary at all", "", UnreadableBodyError),
        (write_part("a", b"1"), "", UnreadableBodyError),
        (write_part("a", b"1") + write_part("a", b"2") + END, "", UnreadableBodyError),
        (write_part("", b"1") + END, "", UnreadableBodyError),
        (write_part("a\0b", b"1") + END, "", UnreadableBodyError),
        (write_part("a", b"\xff\xfe") + END, "", UnreadableBodyError),
        (write_part("a", b"a\0b") + END, "", UnreadableBodyError),
        (f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n".encode() + END, "", UnreadableBodyError),
        (f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode() + END, "", UnreadableBodyError),
        (write_part("a", b"1", more="Content-Length: 9\r\n") + END, "", UnreadableBodyError),
        (write_part("a", b"1", more=f"X: {'y' * MEGABYTE}\r\n") + END, "", BodyTooLargeError),
        (write_part("a", b"1", "x" * MEGABYTE) + END, "", BodyTooLargeError),
        (write_part("a", b"1", more="X: y\r\n" * 20) + END, "", BodyTooLargeError),
        (b"".join(write_part(f"f{number}", b"", "x") for number in range(17)) + END, "", BodyTooLargeError),
        (write_part("a", b"x" * 65_537) + END, "", BodyTooLargeError),
        (write_part("a", b"x" * 40_000) + write_part("b", b"x" * 40_000) + END, "", BodyTooLargeError),
        (write_part("a", b"x" * (LARGEST + 1), "x") + END, "", FileTooLargeError),
    ],
)
async def test_what_cannot_be_read_is_refused(body: bytes, content_type: str, error: type[LangNgheError]) -> None:
    with pytest.raises(error):
        await read_upload(send(body, content_type).request, LARGEST)


async def test_a_file_of_exactly_the_limit_is_read() -> None:
    _, [file] = await read_upload(send(write_part("f", b"x" * LARGEST, "x") + END).request, LARGEST)
    assert len(file.content) == LARGEST


def pour(megabytes: int, text: bytes) -> Iterator[bytes]:
    """A text, then a file without end in pieces of one megabyte."""
    yield write_part("reason", text)
    yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'.encode()
    for _ in range(megabytes):
        yield bytes(MEGABYTE)


async def test_two_hundred_megabytes_that_say_so_are_refused_at_once_and_the_text_stays() -> None:
    sender = Sender(pour(200, "Đã viết".encode()), length=200 * MEGABYTE)
    with pytest.raises(FileTooLargeError):
        await read_upload(sender.request, LARGEST)
    assert sender.taken < 1000
    assert recall_form(sender.request) == {"reason": "Đã viết"}


@pytest.mark.parametrize("keeps_files", [True, False])
async def test_two_hundred_megabytes_that_do_not_say_so_are_stopped_at_the_limit(*, keeps_files: bool) -> None:
    sender = Sender(pour(200, b"x"))
    with pytest.raises(FileTooLargeError):
        await read_upload(sender.request, LARGEST, keeps_files=keeps_files)
    assert sender.taken < LARGEST + 2 * MEGABYTE


async def test_a_flood_without_any_part_is_stopped_at_the_limit() -> None:
    sender = Sender(bytes(MEGABYTE) for _ in range(200))
    with pytest.raises(FileTooLargeError):
        await read_upload(sender.request, LARGEST)
    assert sender.taken < LARGEST + 2 * MEGABYTE


async def test_of_somebody_who_may_not_come_in_only_texts_are_kept() -> None:
    body = write_part("file", b"x" * 1000, "x.pdf") + write_part("reason", b"after") + END
    fields, files = await read_upload(send(body).request, LARGEST, keeps_files=False)
    assert (fields, files) == ({"reason": "after"}, ())


async def test_a_sender_who_goes_away_leaves_nothing_half() -> None:
    sender = send(write_part("reason", b"x"))

    async def leave() -> dict[str, object]:
        return {"type": "http.disconnect"}

    sender.request.receive = leave  # pyright: ignore[reportAttributeAccessIssue] (a message of our own)
    with pytest.raises(UnreadableBodyError):
        await read_upload(sender.request, LARGEST)
