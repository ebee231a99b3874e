"""A workbook from the browser: looked at first, imported only as it was shown, refused with reason."""

import re
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from feedback.catalogue.read_sent_workbook import LARGEST_UPLOAD, tidy_name
from tests.dashboards.catalogue_stage import (
    IMPORT,
    CatalogueOffice,
    make_xlsx,
    open_catalogue,
    read_hidden,
    read_text,
)
from tests.stores import copy_database

START = {"valid_from": "2026-01-01"}


@pytest.fixture(scope="module")
async def office(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CatalogueOffice]:
    async with (
        copy_database(server_url, template) as url,
        open_catalogue(url, tmp_path_factory.mktemp("home")) as office,
    ):
        yield office


def make_unit(code: str, name: str = "Đơn vị nhập (mẫu)", **changes: str) -> bytes:
    unit = {"code": code, "name": name, "place_code": "32041", "area_type": "urban"} | START | changes
    desk = {"unit": code, "number": "1", "name": "Quầy nhập (mẫu)"} | START
    return make_xlsx(units=[unit], desks=[desk])


async def count_units(office: CatalogueOffice, code: str) -> int:
    return int(await office.connection.fetchval("SELECT count(*) FROM units WHERE code = $1", code) or 0)


async def check(office: CatalogueOffice, content: bytes) -> tuple[str, str]:
    """The address of the import, and the digest of what was shown."""
    answer = await office.upload("administrator", content)
    assert answer.status_code == 200, read_text(answer)
    [address] = re.findall(rf'action="({IMPORT}/[0-9a-f]{{32}})"', answer.text)
    return address, read_hidden(answer, "shown")


async def test_a_workbook_is_shown_first_and_imported_at_a_press(office: CatalogueOffice) -> None:
    content = make_unit("new-1")
    shown = await office.upload("administrator", content)
    text = read_text(shown)
    assert "units 1 0 0 0" in text
    assert "desk_codes 1 0 0 0" in text
    assert "new-1, 1 row 2" in text
    assert await count_units(office, "new-1") == 0
    address, digest = await check(office, content)
    stored = await office.post("administrator", address, shown=digest)
    assert stored.status_code == 201
    assert "The catalogue was imported" in read_text(stored)
    assert await count_units(office, "new-1") == 1
    assert await office.count("catalogue-imported") == 1
    again = await office.post("administrator", address, shown=digest)
    assert (again.status_code, "no longer kept" in read_text(again)) == (410, True)
    same = await office.upload("administrator", content)
    assert "nothing to import" in read_text(same)
    assert "Import now" not in same.text


async def test_every_bad_cell_is_named_with_what_to_do(office: CatalogueOffice) -> None:
    answer = await office.upload(
        "administrator", make_unit("<b>x</b>", name="", place_code="99999", valid_from="31/02/2026")
    )
    text = read_text(answer)
    assert answer.status_code == 422
    assert "To be corrected: 5" in text
    assert "units row 2, code <b>x</b>" in text
    assert "units row 2, place_code 99999" in text
    assert "units row 2, valid_from 31/02/2026" in text
    assert "&lt;b&gt;x" in answer.text
    assert "Import now" not in answer.text


async def test_what_would_orphan_ratings_is_refused_with_row_and_last_day(office: CatalogueOffice) -> None:
    desk = {"unit": "32041", "number": "1", "name": "Hộ tịch", "valid_from": "2025-07-01", "valid_to": "2026-10-01"}
    answer = await office.upload("administrator", make_xlsx(desks=[desk]))
    assert answer.status_code == 422
    assert "desks row 2, valid_to 32041, 1: 2026-10-31 This end is too early" in read_text(answer)


async def test_what_somebody_changed_meanwhile_is_shown_again(office: CatalogueOffice) -> None:
    address, digest = await check(office, make_unit("new-2"))
    await office.connection.execute(
        "INSERT INTO units (code, name, place_code, area_type, valid_from)"
        " VALUES ('new-2', 'Tên của người khác (mẫu)', '32041', 'urban', '2026-01-01')"
    )
    answer = await office.post("administrator", address, shown=digest)
    text = read_text(answer)
    assert answer.status_code == 409
    assert "Somebody else has changed the catalogue meanwhile" in text
    assert "name: Tên của người khác (mẫu) → Đơn vị nhập (mẫu)" in text
    seen = await office.post("administrator", address, shown=read_hidden(answer, "shown"))
    assert seen.status_code == 201


async def test_a_kept_file_is_its_bringers_alone_and_for_half_an_hour(office: CatalogueOffice) -> None:
    address, digest = await check(office, make_unit("new-3"))
    other = await office.post("second", address, shown=digest)
    assert (other.status_code, await count_units(office, "new-3")) == (410, 0)
    await office.connection.execute(
        "UPDATE catalogue_uploads SET uploaded_at = $1", datetime.now(UTC) - timedelta(minutes=31)
    )
    late = await office.post("administrator", address, shown=digest)
    assert (late.status_code, await count_units(office, "new-3")) == (410, 0)
    await check(office, make_unit("new-4"))
    assert await office.connection.fetchval("SELECT count(*) FROM catalogue_uploads") == 1


def make_bomb() -> bytes:
    """A sheet of 60 MB of blanks in 60 KB."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return content.getvalue()


def make_wide_sheet() -> bytes:
    """One cell in the last corner: the rectangle up to it has 17 thousand million cells."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", '<sheetData><c r="XFD1048576"><v>1</v></c></sheetData>')
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "status", "sentence"),
    [
        ("catalogue.xlsx", b"%PDF-1.7 not a workbook", 422, "not an XLSX file"),
        ("catalogue.exe", b"MZ", 422, "Please choose an .xlsx file"),
        ("units.csv", b"\xff\xfe\x00code", 422, "UTF-8"),
        ("catalogue.xlsx", b"", 422, "No file was chosen"),
        ("bomb.xlsx", make_bomb(), 422, "too large"),
        ("wide.xlsx", make_wide_sheet(), 422, "too large"),
        ("large.xlsx", b"0" * (LARGEST_UPLOAD + 1), 413, "larger than 10 MB"),
    ],
    ids=["lies", "program", "letters", "empty", "bomb", "wide", "large"],
)
async def test_a_file_that_cannot_be_one_is_refused_with_the_reason(
    office: CatalogueOffice, name: str, content: bytes, status: int, sentence: str
) -> None:
    answer = await office.upload("administrator", content, name)
    assert (answer.status_code, sentence in read_text(answer)) == (status, True), read_text(answer)
    assert "Check the file" in answer.text


async def test_two_hundred_megabytes_are_refused_by_what_they_say(office: CatalogueOffice) -> None:
    """Only the first bytes are ever sent: the answer comes by the length that is announced."""
    boundary, length = "x" * 20, 200_000_000
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="lang"\r\n\r\nen\r\n'.encode()
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="workbook"; filename="big.xlsx"\r\n\r\n'.encode()
    headers = {
        **await office.sign_in("administrator"),
        "content-type": f"multipart/form-data; boundary={boundary}",
        "content-length": f"{length}",
    }
    answer = await office.client.post(IMPORT, content=head + b"0" * 1000, headers=headers)
    assert (answer.status_code, "larger than 10 MB" in read_text(answer)) == (413, True)


@pytest.mark.parametrize("who", ["head", "manager", "front"])
async def test_nobody_else_imports(office: CatalogueOffice, who: str) -> None:
    assert (await office.get(who, IMPORT)).status_code == 403
    assert (await office.upload(who, make_unit("new-5"))).status_code == 403
    assert (await office.post(who, f"{IMPORT}/{'0' * 32}", shown="")).status_code == 403
    assert await office.count("administer_catalogue", "denied") >= 3


@pytest.mark.parametrize("upload", ["x", "0" * 31, "zz" * 16, "%00" * 16, "0" * 5000])
async def test_an_address_that_can_name_no_file_is_no_page(office: CatalogueOffice, upload: str) -> None:
    assert (await office.post("administrator", f"{IMPORT}/{upload}", shown="")).status_code == 404


async def test_whose_session_is_over_signs_in_first(office: CatalogueOffice) -> None:
    answer = await office.client.post(IMPORT, files={"workbook": ("a.xlsx", make_unit("new-6"), "x/y")})
    assert answer.status_code == 401
    assert await count_units(office, "new-6") == 0


def test_names_of_files_become_harmless() -> None:
    assert tidy_name("C:\\Users\\lan\\desks.csv") == "desks.csv"
    assert tidy_name("../../etc/passwd") == "workbook.passwd"
    assert tidy_name("Danh mục.XLSX") == "Danh mục.XLSX"
    assert tidy_name("Danh mu\u0323c/<b>.xlsx") == "_b_.xlsx"
    assert tidy_name("\x00.xlsx") == "_.xlsx"
    assert tidy_name("") == "workbook."
