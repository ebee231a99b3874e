"""Files that honest and dishonest people send: pictures, PDF, bombs; and the form that sends them."""

import io
import struct
import zipfile
import zlib

import httpx
import pypdfium2
from PIL import Image

from tests.dashboards.case_pages_stage import Site

PNG = b"\x89PNG\r\n\x1a\n"


def draw(form: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    written = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(written, form, **options)  # pyright: ignore[reportArgumentType]
    return written.getvalue()


def write_pdf(pages: int = 1) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 300)
    written = io.BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()


def write_png_bomb(width: int, height: int) -> bytes:
    """A thousand bytes that claim to be width × height."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    return PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def write_zip_bomb() -> bytes:
    """Ten thousand bytes that unpack to ten million."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(10_000_000))
    return written.getvalue()


def hold_object(pdf: bytes, entry: bytes) -> bytes:
    """The same document with one more entry in its catalogue; readers repair the table of places."""
    changed = pdf.replace(b"/Type/Catalog", b"/Type/Catalog" + entry).replace(
        b"/Type /Catalog", b"/Type /Catalog" + entry
    )
    assert changed != pdf
    return changed


PDF, ZIP, PHOTO = write_pdf(2), write_zip_bomb(), draw("JPEG")
SCRIPT = b"<</S/J#61vaScript/JS(app.alert\\(1\\))>>"
PACKED = zlib.compress(b"1 0 <</S/JavaScript/JS(1)>>")
STREAM = b"9 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%sendstream endobj\n"

# What looks like the end of a stream may stand in a comment; a reader goes where the table of places sends it.
HIDDEN = b"% stream\n9 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n% endstream\n"
CARRIED = b"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS<</F(a)/E#46<</F 8 0 R>>>>>>]/Type/Page>>"


def hang_on(pdf: bytes, objects: bytes) -> bytes:
    """More objects behind the document; readers repair the table of places."""
    return pdf + objects + pdf[pdf.rindex(b"startxref") :]


ACTIVE_PDFS = (
    hold_object(PDF, b"/OpenAction" + SCRIPT),
    hold_object(PDF, b"/Names<</EmbeddedFiles<</Names[]>>>>"),
    hang_on(PDF, STREAM % (len(PACKED), PACKED)),
    hang_on(PDF, STREAM.replace(b"ObjStm", b"Obj#53tm") % (len(PACKED), PACKED)),
    hang_on(hold_object(PDF, b"/OpenAction 9 0 R"), HIDDEN),
    PDF.replace(b"/Type/Page>>", CARRIED),
)


async def send(
    site: Site, number: int, content: bytes, name: str = "x.pdf", *, side: str = "cases", **fields: str
) -> httpx.Response:
    return await site.client.post(
        f"/staff/{side}/{number}/files", data={"lang": "vi", **fields}, files={"file": (name, content, "text/html")}
    )
