"""Opens one file that nobody trusts, in a process of its own with little time and memory; imports nothing of ours.

Standard input is the file, the arguments are its kind and the limits; standard output is the file to keep. A refusal
is exit status 3 and its reason; anything else means that the file broke it. Run by attachments.py.
"""

import io
import logging
import re
import resource
import sys
import warnings
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

REFUSED = 3
CPU_SECONDS = 15
MEMORY = 1 << 30
MOST_UNPACKED = 20_000_000
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
MODES = {
    "PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"},
    "JPEG": {"L", "RGB"},
    "WEBP": {"RGB", "RGBA"},
}
SAVED = {
    "PNG": ({"compress_level": 6},),
    "JPEG": ({"quality": 92}, {"quality": 80}),
    "WEBP": ({"quality": 92, "method": 2}, {"quality": 80, "method": 2}),
}
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
HEAD = 400  # in the bytes before a stream stands what it is
HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
# As keys or as values, wherever they stand: actions that run something, and every way to carry a file.
ACTIVE_NAMES = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EF", "/EmbeddedFile", "/EmbeddedFiles", "/FileAttachment", "/RichMedia", "/XFA"}
)


class Limits(NamedTuple):
    """`largest` in bytes, of what is kept."""

    largest: int
    pixels: int
    pages: int


class RefusedError(Exception):
    """The reason, as the last part of its wording."""


def main() -> int:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    content, kind, limits = sys.stdin.buffer.read(), sys.argv[1], Limits(*(int(most) for most in sys.argv[2:]))
    try:
        if kind == "application/pdf":
            kept = examine_pdf(content, limits)
        else:
            kept = rewrite_picture(content, FORMATS[kind], limits)
    except RefusedError as refusal:
        sys.stderr.write(f"{refusal}")
        return REFUSED
    except MemoryError:
        sys.stderr.write("file-heavy")
        return REFUSED
    sys.stdout.buffer.write(kept)
    return 0


def rewrite_picture(content: bytes, form: str, limits: Limits) -> bytes:
    """The picture alone, upright, without anything that was attached to it; of several pictures the first."""
    Image.MAX_IMAGE_PIXELS = None  # looked at below, before anything is decoded
    with Image.open(io.BytesIO(content), formats=[form]) as opened:
        if opened.width * opened.height > limits.pixels:
            raise RefusedError("file-pixels")
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    if upright.mode not in MODES[form]:
        upright = upright.convert("RGBA" if form != "JPEG" and upright.has_transparency_data else "RGB")
    strip(upright)
    for options in SAVED[form]:
        written = io.BytesIO()
        upright.save(written, form, exif=b"", **options)
        if written.tell() <= limits.largest:
            return written.getvalue()
    raise RefusedError("file-grown")


def strip(picture: Image.Image) -> None:
    """Of what came with it, only which color of a palette is clear: that is part of the picture."""
    clear = picture.info.get("transparency")
    picture.info.clear()
    if clear is not None and picture.mode in {"1", "L", "P", "RGB"}:
        picture.info["transparency"] = clear


def examine_pdf(content: bytes, limits: Limits) -> bytes:
    """The file as it is, once it has been opened whole and nothing in it runs or hides."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise RefusedError("file-locked" if "assword" in f"{error}" else "file-broken") from None
    if pdfium_c.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise RefusedError("file-locked")
    if not 1 <= len(document) <= limits.pages:
        raise RefusedError("file-pages")
    if pdfium_c.FPDFDoc_GetAttachmentCount(document) or pdfium_c.FPDFDoc_GetJavaScriptActionCount(document):
        raise RefusedError("file-active")
    if document.get_formtype() in {pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND} or is_active(content):
        raise RefusedError("file-active")
    if holds_active_name(content):
        raise RefusedError("file-active")
    try:
        for number in range(len(document)):
            document[number].close()
    except pdfium.PdfiumError:
        raise RefusedError("file-broken") from None
    return content


def is_active(content: bytes) -> bool:
    """Names of what runs or hides, in plain sight or in packed objects; pictures and fonts are not looked into."""
    packed = (unpack(found[1]) for found in STREAM.finditer(content) if is_of_objects(content, found.start()))
    return any(ACTIVE.search(decode_names(part)) for part in (STREAM.sub(b"", content), *packed))


def is_of_objects(content: bytes, start: int) -> bool:
    return b"/ObjStm" in decode_names(content[max(0, start - HEAD) : start])


def unpack(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, MOST_UNPACKED)
    except zlib.error:
        return stream


def decode_names(text: bytes) -> bytes:
    """PDF 32000-1, 7.3.5: a letter of a name may be written as #xx."""
    return HEX.sub(lambda found: bytes([int(found[1], 16)]), text)


def holds_active_name(content: bytes) -> bool:
    """Among the objects as a reader finds them, in whatever place, packed or not; what none can read is refused."""
    try:
        return any(name in ACTIVE_NAMES for name in list_names(PdfReader(io.BytesIO(content))))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (a hostile file may break a parser in any way)
        raise RefusedError("file-broken") from None


def list_names(reader: PdfReader) -> Iterator[str]:
    """Of every object that the document leads to, each once; what streams hold is not looked into."""
    waiting: list[PdfObject | None] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            place = (item.idnum, item.generation)
            if place not in seen:
                seen.add(place)
                waiting.append(reader.get_object(item))
        elif isinstance(item, NameObject):
            yield item
        elif isinstance(item, DictionaryObject):
            yield from dict.keys(item)
            waiting.extend(dict.values(item))
        elif isinstance(item, ArrayObject):
            waiting.extend(list.__iter__(item))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()  # what stands on standard error is a reason and nothing else
    sys.exit(main())
