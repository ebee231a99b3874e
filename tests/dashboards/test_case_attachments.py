"""Files of cases: what each really is decides, not its name; who may fetch them; what is kept of a refusal."""

import io
import zlib
from collections.abc import AsyncIterator
from html import unescape

import pytest
from PIL import Image

from dashboards.cases.attachments import CheckedFile, check_file, clean_name, examine
from feedback.web.multipart import MEGABYTE, SentFile
from surveys.case_errors import FileRefusedError
from tests.dashboards.case_files_stage import ACTIVE_PDFS, PDF, PHOTO, PNG, ZIP, draw, send, write_pdf, write_png_bomb
from tests.dashboards.case_pages_stage import Site, open_own_site


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_own_site(server_url, template, tmp_path_factory.mktemp("files")) as opened:
        yield opened


async def check(content: bytes, name: str = "x") -> CheckedFile:
    return await check_file(SentFile(name, content))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (write_pdf(500), "application/pdf"),
        # A wrong table of places is what readers repair.
        (PDF.replace(b"startxref\n", b"startxref\n9"), "application/pdf"),
        (draw("PNG"), "image/png"),
        (PHOTO, "image/jpeg"),
        (draw("WEBP"), "image/webp"),
    ],
)
async def test_a_file_is_what_is_in_it_whatever_it_is_called(content: bytes, kind: str) -> None:
    checked = await check(content, "report.exe")
    assert checked.kind == kind
    assert checked.name == f"report.{kind.partition('/')[2].replace('jpeg', 'jpg')}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file-empty"),
        (b"just text", "file-kind"),
        (b"GIF89a" + bytes(50), "file-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file-web"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><script>1</script>", "file-web"),
        (ZIP, "file-office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "file-office"),
        (PDF + ZIP, "file-two-kinds"),
        (PHOTO + ZIP, "file-two-kinds"),
        (PNG + b"%PDF-1.7" + bytes(50), "file-two-kinds"),
        (b"%PDF-1.7\n<html><script>1</script></html>", "file-two-kinds"),
        (PHOTO[:-400], "file-broken"),
        (PNG + bytes(100), "file-broken"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(50), "file-broken"),
        (b"%PDF-1.7\n" + b"junk" * 100, "file-broken"),
        (PDF[:200], "file-broken"),
        (write_png_bomb(50_000, 50_000), "file-pixels"),
        (write_png_bomb(4000, 4000), "file-broken"),
        (write_pdf(501), "file-pages"),
        *((pdf, "file-active") for pdf in ACTIVE_PDFS),
        (draw("PNG", (2200, 2200)), "file-grown"),
    ],
)
async def test_what_is_not_taken_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        await check(content)
    assert refused.value.details["reason"] == reason


async def test_a_locked_pdf_is_refused() -> None:
    # The standard security handler, revision 2; 32 bytes each for O and U (PDF 32000-1, 7.6.3).
    entry = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"00" * 32, b"00" * 32)
    locked = PDF.replace(b"trailer\r\n<<", b"trailer\r\n<</ID[<00><00>]" + entry)
    assert locked != PDF
    with pytest.raises(FileRefusedError) as refused:
        await check(locked)
    assert refused.value.details["reason"] == "file-locked"


async def test_a_page_that_unpacks_to_gigabytes_neither_kills_nor_holds_the_program() -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    # Whole blocks may be repeated: 1,100 times a megabyte of one operator.
    block = packer.compress(b"q " * 524_288) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = b"\x78\x01" + block * 1100 + b"\x03\x00" + bytes(4)
    bomb = PDF.replace(b"/Type/Page>>", b"/Contents 8 0 R/Type/Page>>")
    assert bomb != PDF
    held = b"8 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (len(stream), stream)
    with pytest.raises(FileRefusedError):
        await check(bomb + held)


def test_whatever_breaks_the_process_that_opens_a_file_is_a_refusal() -> None:
    # A kind that it does not know is an error that nothing there catches.
    with pytest.raises(FileRefusedError) as refused:
        examine(PHOTO, "image/gif")
    assert refused.value.details["reason"] == "file-broken"


async def test_a_picture_is_written_anew_upright_and_without_what_came_with_it() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a secret place", 6  # what it shows; turned by a quarter
    checked = await check(draw("JPEG", exif=exif.tobytes(), comment=b"a secret name"))
    assert b"secret" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert kept.size == (40, 60)
        assert not kept.getexif()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\a\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("", "tep.pdf"),
        ("...", "tep.pdf"),
        ('x"; filename="y.html', "x__ filename__y.pdf"),
        ("tệp\r\nset-cookie: x.pdf", "tệp__set-cookie_ x.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("ă" * 500, "ă" * 116 + ".pdf"),
    ],
)
def test_a_name_is_plain_and_ends_as_the_file_is(sent: str, kept: str) -> None:
    assert clean_name(sent, "application/pdf") == kept


async def test_a_file_is_fetched_by_whoever_sees_the_case_and_each_time_is_kept(site: Site) -> None:
    number = await site.send_case()
    for content, name, inline in ((PDF, "Biên bản.pdf", False), (PHOTO, "ảnh.jpg", True)):
        reply = await send(site, number, content, name, reason="Chụp tại quầy")
        assert reply.headers["location"] == f"/staff/cases/{number}?lang=vi#files"
        file = await site.connection.fetchval("SELECT max(file_id) FROM case_files")
        for who, side in (("supervisor", "cases"), ("inspector", "cases"), ("manager", "unit-cases")):
            site.become(who)
            assert name in unescape(await site.read(f"/staff/{side}/{number}"))
            fetched = await site.client.get(f"/staff/{side}/{number}/files/{file}")
            assert fetched.headers["content-disposition"].startswith("inline" if inline else "attachment; filename*=")
            assert fetched.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in fetched.headers["content-security-policy"]
            assert fetched.headers["cache-control"] == "no-store"
        for who, side in (("stranger", "cases"), ("elsewhere", "unit-cases")):
            site.become(who)
            assert (await site.client.get(f"/staff/{side}/{number}/files/{file}")).status_code == 404
        site.become("supervisor")
        lines = "SELECT count(*) FROM audit_log WHERE object_kind = 'case-file' AND object_code = $1"
        assert await site.connection.fetchval(lines, f"{number}/{file}") == 3
    page = await site.read(f"/staff/cases/{number}")
    assert "Chụp tại quầy" in page
    other = await site.open_draft()
    assert (await site.client.get(f"/staff/cases/{other}/files/{file}")).status_code == 404


async def test_what_is_for_the_front_alone_the_unit_never_gets(site: Site) -> None:
    number = await site.send_case()
    assert (await send(site, number, PDF, "Nội bộ.pdf", front_only="yes")).status_code == 303
    file = await site.connection.fetchval("SELECT max(file_id) FROM case_files")
    assert "Nội bộ.pdf" in await site.read(f"/staff/cases/{number}")
    site.become("head")
    assert "Nội bộ.pdf" not in await site.read(f"/staff/unit-cases/{number}")
    assert (await site.client.get(f"/staff/unit-cases/{number}/files/{file}")).status_code == 404
    # What the unit sends, everybody sees, whatever the form says.
    assert (await send(site, number, PDF, "Kế hoạch.pdf", side="unit-cases", front_only="yes")).status_code == 303
    assert "Kế hoạch.pdf" in await site.read(f"/staff/unit-cases/{number}")


async def test_a_refused_file_comes_back_with_the_reason_and_the_text(site: Site) -> None:
    number = await site.send_case()
    for content, status, sentence in (
        (ZIP, 422, "đây là tệp nén hoặc tệp Word, Excel, PowerPoint"),
        (b"", 422, "tệp rỗng, không có nội dung"),
        (PDF + bytes(11 * MEGABYTE), 413, "Tệp này lớn hơn 10 MB."),
    ):
        reply = await send(site, number, content, "bảng tính.xlsx", reason="Bảng <i>số</i> liệu")
        assert reply.status_code == status
        assert sentence in reply.text
        assert "Bảng &lt;i&gt;số&lt;/i&gt; liệu" in reply.text
    two = [("file", ("a.pdf", PDF)), ("more", ("b.pdf", PDF))]
    reply = await site.client.post(f"/staff/cases/{number}/files", data={"lang": "en"}, files=two)
    assert "only one file can be sent at a time" in reply.text
    assert await site.connection.fetchval("SELECT count(*) FROM case_files WHERE case_id = $1", number) == 0


async def test_a_description_has_room_beside_the_name_of_its_file(site: Site) -> None:
    number, name = await site.send_case(), "x" * 116 + ".pdf"
    # The history keeps 8,000 letters: 120 of a name, the end of its line, and 7,879.
    reply = await send(site, number, PDF, name, reason="d" * 7880)
    assert (reply.status_code, "d" * 7880 in reply.text, 'maxlength="7879"' in reply.text) == (422, True, True)
    assert (await send(site, number, PDF, name, reason="d" * 7879)).status_code == 303


async def test_the_same_file_twice_and_a_twenty_first_are_refused(site: Site) -> None:
    number = await site.send_case()
    assert (await send(site, number, PDF)).status_code == 303
    assert "tệp có đúng nội dung này đã có" in (await send(site, number, PDF)).text
    await site.connection.execute(
        "INSERT INTO case_files (case_id, unit_id, name, kind, content, digest, audience, side, added_by, added_at)"
        " SELECT case_id, unit_id, 'x' || n, kind, content, sha256(n::text::bytea), audience, side, added_by, added_at"
        " FROM case_files, generate_series(1, 19) AS n WHERE case_id = $1",
        number,
    )
    reply = await send(site, number, PHOTO)
    assert (reply.status_code, "vụ việc này đã có 20 tệp" in reply.text) == (422, True)


async def test_a_session_that_ended_keeps_the_text_and_asks_for_the_file_again(site: Site) -> None:
    number = await site.send_case()
    site.become("nobody")
    reply = await send(site, number, PDF, reason="Biên bản hôm thứ ba")
    assert reply.status_code == 401
    assert "Biên bản hôm thứ ba" in unescape(reply.text)
    # Signed in again, the kept form comes as a plain one.
    site.become("supervisor")
    kept = await site.client.post(f"/staff/cases/{number}/files", data={"lang": "vi", "reason": "Biên bản hôm thứ ba"})
    assert kept.status_code == 422
    assert "tệp chọn lần trước không giữ lại được, xin chọn lại" in kept.text
    assert "Biên bản hôm thứ ba</textarea>" in kept.text


async def test_who_may_not_add_cannot(site: Site) -> None:
    number = await site.send_case()
    for who, side, status in (("inspector", "cases", 403), ("manager", "unit-cases", 403), ("stranger", "cases", 404)):
        site.become(who)
        assert (await send(site, number, PDF, side=side)).status_code == status
    draft = await site.open_draft()
    site.become("head")
    assert (await send(site, draft, PDF, side="unit-cases")).status_code == 404
