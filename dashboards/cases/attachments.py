"""What a file sent to a case is, judged by what is in it; kept only if a process of its own could open it.

Pictures are written anew without what was attached to them; a PDF stays as it is. Stores nothing.
"""

import asyncio
import re
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import msgspec

from feedback.web.multipart import MEGABYTE, SentFile
from surveys.case_errors import FileRefusedError

EXAMINER = Path(__file__).with_name("examine_file.py")
REFUSED = 3  # its exit status, where it says why
LARGEST, MOST_PIXELS, MOST_PAGES = 10 * MEGABYTE, 50_000_000, 500
LIMITS = (str(LARGEST), str(MOST_PIXELS), str(MOST_PAGES))  # in the order that it reads them
PATIENCE_SECONDS = 30
# A hostile file may take all the time it is given: never more than these at once.
EXAMINERS = ThreadPoolExecutor(2, "examine-file")
LONGEST_NAME = 120
MOST_FILES = 20
PDF = "application/pdf"
PICTURES = {"image/png", "image/jpeg", "image/webp"}
SUFFIXES: Mapping[str, str] = {PDF: ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
STARTS: Mapping[bytes, str] = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
END_OF_ARCHIVE, FARTHEST_END = b"PK\x05\x06", 70_000
WEB = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?xml|\?php|body|iframe)", re.IGNORECASE)
HEAD = 1024
DETAILS = {"most": LARGEST // MEGABYTE, "pixels": MOST_PIXELS // 1_000_000, "pages": MOST_PAGES}
TOO_HEAVY = {-signal.SIGXCPU, -signal.SIGKILL}


class CheckedFile(msgspec.Struct, frozen=True):
    """`content` is what may be kept and shown; `kind` its media type; `name` ends as the kind does."""

    name: str
    kind: str
    content: bytes


async def check_file(sent: SentFile) -> CheckedFile:
    """Raises FileRefusedError with the reason. Takes up to half a minute, beside everything else."""
    kind = find_kind(sent.content)
    loop = asyncio.get_running_loop()
    content = await loop.run_in_executor(EXAMINERS, examine, sent.content, kind)
    return CheckedFile(clean_name(sent.name, kind), kind, content)


def find_kind(content: bytes) -> str:
    """By how it begins and ends. Raises FileRefusedError for what is not taken, or is two things at once."""
    if not content:
        raise refuse("file-empty")
    if content.startswith(PACKED):
        raise refuse("file-office")
    kind = next((kind for start, kind in STARTS.items() if content.startswith(start)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    if kind is None:
        raise refuse("file-web" if WEB.search(content[:HEAD]) else "file-kind")
    if has_another_inside(content, kind):
        raise refuse("file-two-kinds")
    return kind


def has_another_inside(content: bytes, kind: str) -> bool:
    """Archives are read from their end, pages and PDF from anywhere near the start."""
    is_archive = END_OF_ARCHIVE in content[-FARTHEST_END:]
    is_web = WEB.search(content[:HEAD].replace(b"<?xpacket", b"").replace(b"<?xml", b"")) is not None
    return is_archive or is_web or (kind != PDF and b"%PDF-" in content[:HEAD])


def examine(content: bytes, kind: str) -> bytes:
    """In a thread: waits for the process that opens it. It is given nothing of what this one knows.

    Raises FileRefusedError.
    """
    command = [sys.executable, "-I", "-X", "utf8", str(EXAMINER), kind, *LIMITS]
    try:
        done = subprocess.run(  # noqa: S603 (our own file, with a kind of ours)
            command, input=content, capture_output=True, timeout=PATIENCE_SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise refuse("file-heavy") from None
    if done.returncode == REFUSED:
        raise refuse(done.stderr.decode("ascii", "replace"))
    if done.returncode in TOO_HEAVY:
        raise refuse("file-heavy")
    if done.returncode != 0 or not done.stdout:
        raise refuse("file-broken")
    return done.stdout


def refuse(reason: str) -> FileRefusedError:
    return FileRefusedError(reason=reason, **DETAILS)


def clean_name(sent: str, kind: str) -> str:
    """Its last part, of letters, digits and a few signs, with the ending of what it is."""
    last = PurePosixPath(sent.replace("\\", "/").replace("\0", "")).name
    plain = unicodedata.normalize("NFC", last)
    kept = "".join(letter if letter.isalnum() or letter in " ._-()" else "_" for letter in plain)
    suffix = SUFFIXES[kind]
    stem = re.sub(r"\s+", " ", kept.removesuffix(PurePosixPath(kept).suffix)).strip(" ._")
    return f"{stem[: LONGEST_NAME - len(suffix)].rstrip() or 'tep'}{suffix}"
