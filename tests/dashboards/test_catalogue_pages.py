"""What an administrator sees of the catalogue and takes away: lists, one unit, files, posters."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx
import pypdfium2
import pytest

from feedback.catalogue.read_sent_workbook import read_sent_workbook
from surveys.codes import print_desk_code
from tests.dashboards.catalogue_stage import CATALOGUE, CatalogueOffice, open_catalogue, read_text
from tests.stores import copy_database
from tests.world import BUSY_DESK, QUIET_DESK, REVOKED_DESK

FILES = "/staff/catalogue-file"


@pytest.fixture(scope="module")
async def office(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CatalogueOffice]:
    async with (
        copy_database(server_url, template) as url,
        open_catalogue(url, tmp_path_factory.mktemp("home")) as office,
    ):
        yield office


async def look(office: CatalogueOffice, path: str) -> str:
    answer = await office.get("administrator", path)
    assert answer.status_code == 200, path
    return read_text(answer)


async def test_units_desks_officials_and_procedures_are_listed_and_found(office: CatalogueOffice) -> None:
    units = await look(office, CATALOGUE)
    assert "Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu) 32041 Phường Tân Thành from 1 Jul 2025" in units
    assert "Đơn vị khác (mẫu) other" in units
    assert "Đất đai (mẫu) 2" in await look(office, f"{CATALOGUE}?kind=desks")
    assert "Cán bộ mẫu 1 demo-1 Công chức tiếp nhận" in await look(office, f"{CATALOGUE}?kind=officials")
    assert "Đăng ký khai sinh 1.001193 Hộ tịch" in await look(office, f"{CATALOGUE}?kind=procedures")
    found = await look(office, f"{CATALOGUE}?kind=procedures&q=KHAI")
    assert "Đăng ký khai sinh" in found
    assert "Đăng ký kết hôn" not in found
    for nothing in ("%25", "%00\u202e%25", "'--", "x" * 5000):
        assert "Nothing was found." in await look(office, f"{CATALOGUE}?q=not-there-{nothing}")
    assert "Đơn vị khác" in await look(office, f"{CATALOGUE}?kind=nonsense")


async def test_assignments_are_listed_with_unit_desk_and_days_and_found(office: CatalogueOffice) -> None:
    unit = "Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu) Desk 1 · 32041 from 1 Jul 2025"
    text = await look(office, f"{CATALOGUE}?kind=assignments")
    assert f"Cán bộ mẫu 1 demo-1 · Official {unit}" in text
    assert f"Đăng ký khai sinh 1.001193 · Procedure {unit}" in text
    found = await look(office, f"{CATALOGUE}?kind=assignments&q=demo-1")
    assert ("Cán bộ mẫu 1" in found, "Đăng ký khai sinh" in found) == (True, False)
    assert "Đăng ký khai sinh" in await look(office, f"{CATALOGUE}?kind=assignments&q=32041")
    assert "Nothing was found." in await look(office, f"{CATALOGUE}?kind=assignments&q=other")


async def test_many_assignments_go_on_where_the_page_ended(office: CatalogueOffice) -> None:
    """Sixty stretches of one official at one desk: the key tells them apart by their first day."""
    await office.connection.execute(
        "INSERT INTO officials (code, display_name, valid_from) VALUES ('often', 'Cán bộ hay đổi (mẫu)', '2025-07-01');"
        " INSERT INTO desk_officials SELECT desk_id, official_id, date '2025-07-01' + n, date '2025-07-02' + n"
        " FROM desks, officials, generate_series(0, 59) AS n WHERE desks.number = '1' AND officials.code = 'often'"
    )
    first = await office.get("administrator", f"{CATALOGUE}?kind=assignments&q=often&lang=en")
    [following] = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = await office.get("administrator", unescape(following))
    await office.connection.execute(
        "DELETE FROM desk_officials WHERE valid_from > '2025-07-01' OR valid_to = '2025-07-02';"
        " DELETE FROM officials WHERE code = 'often'"
    )
    days = [re.findall(r"from (\d+ \w+ 2025) until", read_text(page)) for page in (first, second)]
    assert [len(page) for page in days] == [50, 10]
    assert len({*days[0], *days[1]}) == 60


async def test_a_long_list_goes_on_where_the_page_ended(office: CatalogueOffice) -> None:
    await office.connection.execute(
        "INSERT INTO officials (code, display_name, valid_from)"
        " SELECT 'many-' || to_char(n, 'FM00'), 'Cán bộ ' || n || ' (mẫu)', '2026-01-01'"
        " FROM generate_series(0, 59) AS n"
    )
    first = await office.get("administrator", f"{CATALOGUE}?kind=officials&q=many-&lang=en")
    [following] = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = await office.get("administrator", unescape(following))
    seen = [
        re.findall(r"many-\d\d", page.text.partition("<tbody>")[2].partition("</tbody>")[0]) for page in (first, second)
    ]
    assert [len(page) for page in seen] == [50, 10]
    assert len({*seen[0], *seen[1]}) == 60


async def test_a_unit_shows_desks_codes_people_and_procedures_with_their_days(office: CatalogueOffice) -> None:
    text = await look(office, f"{CATALOGUE}/32041")
    assert "32041 · Phường Tân Thành · urban · from 1 Jul 2025" in text
    assert print_desk_code(BUSY_DESK) in text
    assert f"{print_desk_code(REVOKED_DESK)} from 1 Jul 2025 until before 1 Jan 2026" in text
    assert "Cán bộ mẫu 1 demo-1 · Công chức tiếp nhận và trả kết quả from 1 Jul 2025" in text
    assert "Đăng ký kết hôn 1.000894 from 1 Jul 2025" in text


@pytest.mark.parametrize("unit", ["nowhere", "x" * 5000, "%00", "%E2%80%AE", "..%2F..", "32041'"])
async def test_a_unit_that_is_not_there_is_no_page(office: CatalogueOffice, unit: str) -> None:
    for path in (f"{CATALOGUE}/{unit}", f"{CATALOGUE}/{unit}/posters", f"{CATALOGUE}/{unit}/export.xlsx"):
        assert (await office.get("administrator", path)).status_code == 404


@pytest.mark.parametrize("path", [CATALOGUE, f"{CATALOGUE}/32041", f"{FILES}/export.xlsx", f"{FILES}/template.xlsx"])
async def test_others_have_no_power_here(office: CatalogueOffice, path: str) -> None:
    for who in ("head", "manager", "front"):
        assert (await office.get(who, path)).status_code == 403


def read_sheets(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="langnghe-catalogue')
    workbook = read_sent_workbook("x.xlsx", answer.content)
    assert workbook.bad_cells == ()
    return {name: frame.height for name, frame in workbook.sheets.items()}


async def test_files_come_back_through_the_import(office: CatalogueOffice) -> None:
    assert set(read_sheets(await office.get("administrator", f"{FILES}/template.xlsx")).values()) == {0}
    everything = await office.get("administrator", f"{FILES}/export.xlsx")
    rows = read_sheets(everything)
    assert (rows["units"], rows["desks"], rows["desk_codes"], rows["desk_officials"]) == (2, 3, 3, 3)
    assert "dossier_counts" not in rows
    again = await office.upload("administrator", everything.content)
    assert "nothing to import" in read_text(again)


async def test_a_unit_alone_brings_what_is_at_its_desks(office: CatalogueOffice) -> None:
    own = read_sheets(await office.get("administrator", f"{CATALOGUE}/32041/export.xlsx"))
    other = read_sheets(await office.get("administrator", f"{CATALOGUE}/other/export.xlsx"))
    assert (own["units"], own["desks"], own["officials"], own["procedures"], own["titles"]) == (1, 3, 3, 3, 1)
    assert {name for name, height in other.items() if height} == {"units"}


@pytest.mark.parametrize(("form", "pages"), [("card", 2), ("exit", 2), ("sheet", 1)])
async def test_posters_of_one_unit_are_printed(office: CatalogueOffice, form: str, pages: int) -> None:
    """Two desks have a code in use; eight cards fit on a sheet."""
    answer = await office.get("administrator", f"{CATALOGUE}/32041/posters?form={form}")
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == pages
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert print_desk_code(QUIET_DESK) in text
    assert print_desk_code(REVOKED_DESK) not in text


async def test_posters_that_cannot_be_say_why(office: CatalogueOffice) -> None:
    none = await office.get("administrator", f"{CATALOGUE}/other/posters?form=card")
    assert (none.status_code, "desk" in read_text(none)) == (422, True)
    assert (await office.get("administrator", f"{CATALOGUE}/32041/posters?form=mug")).status_code == 404


def test_pages_hold_no_style_and_no_script() -> None:
    pages = Path(__file__).parents[2] / "dashboards" / "pages"
    for page in pages.glob("catalogue_*.html"):
        assert not re.search(r"<script|<style|style=|onclick", page.read_text("utf-8")), page.name
