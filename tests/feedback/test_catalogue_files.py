"""What a file may be, before anyone looks into its cells."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.workbook import BadCell, RefusedWorkbookError
from surveys.errors import CatalogueRefusedError

TITLES = "code,name\n"
SHEET_PART = "xl/worksheets/sheet1.xml"


def write_file(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refuse(path: Path) -> BadCell:
    with pytest.raises(CatalogueRefusedError) as refused:
        read_workbook(path)
    assert isinstance(refused.value, RefusedWorkbookError)
    (cell,) = refused.value.bad_cells
    return cell


def read_titles(path: Path) -> list[tuple[int, str | None, str | None]]:
    workbook = read_workbook(path)
    assert workbook.bad_cells == ()
    return workbook.sheets["titles"].select("row", "code", "name").rows()


def make_xlsx(rows: list[list[object]], sheet: str = "titles") -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            worksheet.write_row(number, 0, row)
    return content.getvalue()


def change_part(xlsx: bytes, old: bytes, new: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx)) as archive, zipfile.ZipFile(content, "w") as changed:
        for name in archive.namelist():
            part = archive.read(name)
            changed.writestr(name, part.replace(old, new) if name == SHEET_PART else part)
    return content.getvalue()


def test_csv_is_read_with_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    expected = [(2, "a", "Chức danh")]
    for encoding in ("utf-8", "utf-8-sig"):
        path = write_file(tmp_path / "titles.csv", f"{TITLES}a,Chức danh\n".encode(encoding))
        assert read_titles(path) == expected


def test_semicolons_blank_lines_and_capital_titles_are_taken_kindly(tmp_path: Path) -> None:
    path = write_file(tmp_path / "Titles.CSV", "\r\nCode; NAME \r\n\r\n a ; Tên, có phẩy \r\n;\r\nb;\r\n")
    assert read_titles(path) == [(4, "a", "Tên, có phẩy"), (6, "b", None)]


def test_letters_written_in_two_parts_become_one(tmp_path: Path) -> None:
    decomposed = "Ca\u0301n b\u00f4\u0323"
    path = write_file(tmp_path / "titles.csv", f"{TITLES}a,{decomposed}\n")
    assert read_titles(path) == [(2, "a", "C\u00e1n b\u1ed9")]


def test_a_folder_gives_one_sheet_a_file_and_other_files_are_left_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "titles.csv", f"{TITLES}a,b\n")
    write_file(tmp_path / "procedures.csv", "code,name,field,valid_from,valid_to\n")
    write_file(tmp_path / "notes.txt", "not a sheet")
    workbook = read_workbook(tmp_path)
    assert set(workbook.sheets) == {"titles", "procedures"}
    assert workbook.bad_cells == ()


def test_xlsx_text_keeps_its_zeros_and_rows_their_numbers(tmp_path: Path) -> None:
    path = write_file(tmp_path / "book.xlsx", make_xlsx([[], ["code", "name"], ["00123", "x"], [], ["1", "y"]]))
    assert read_titles(path) == [(3, "00123", "x"), (5, "1", "y")]


def test_unknown_missing_and_doubled_titles_are_each_named(tmp_path: Path) -> None:
    path = write_file(tmp_path / "titles.csv", "code,colour,code,\na,b,c,d\n")
    assert read_workbook(path).bad_cells == (
        BadCell("titles", 1, "name", "catalogue.missing_column", "name"),
        BadCell("titles", 1, "colour", "catalogue.unknown_column", "colour"),
        BadCell("titles", 1, "code", "catalogue.duplicate_column", "code"),
        BadCell("titles", 2, "", "catalogue.cell_without_column", "d"),
    )


def test_a_sheet_of_another_name_is_refused_but_the_guide_is_not(tmp_path: Path) -> None:
    write_file(tmp_path / "title.csv", f"{TITLES}a,b\n")
    write_file(tmp_path / "huong_dan.csv", "anything\n")
    assert read_workbook(tmp_path).bad_cells == (BadCell("title", 0, "", "catalogue.unknown_sheet", "title"),)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("titles.csv", f"{TITLES}a,Cán bộ\n".encode()[:-2], "not_utf8"),
        ("titles.csv", f"{TITLES}a,Chức danh\n".encode("utf-16"), "not_utf8"),
        ("titles.csv", f'{TITLES}a,"never closed', "unreadable_file"),
        ("titles.csv", f"{TITLES}a,{'b' * 200_000}\n", "unreadable_file"),
        ("titles.csv", b" " * 50_000_001, "file_too_large"),
        ("book.xlsx", "code,name\na,b\n", "not_xlsx"),
        ("book.xlsx", b"", "not_xlsx"),
        ("book.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "not_xlsx"),
        ("book.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unknown_file_type"),
        ("titles.csv", "", "no_sheets"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    assert refuse(write_file(tmp_path / name, content)).reason == f"catalogue.{reason}"


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    assert refuse(tmp_path / "titles.csv").reason == "catalogue.unreadable_file"
    assert refuse(tmp_path / "book.xlsx").reason == "catalogue.unreadable_file"
    assert refuse(tmp_path).reason == "catalogue.no_sheets"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("content.xml", "<office:document/>")
    assert refuse(write_file(tmp_path / "book.xlsx", content.getvalue())).reason == "catalogue.not_xlsx"


def make_bomb() -> bytes:
    """60 MB of spaces in the sheet, packed into about 60 kB."""
    content = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(make_xlsx([["code", "name"]]))) as archive,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in archive.namelist():
            padding = b" " * 60_000_000 if name == SHEET_PART else b""
            bomb.writestr(name, archive.read(name) + padding)
    return content.getvalue()


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = make_bomb()
    assert len(bomb) < 100_000
    assert refuse(write_file(tmp_path / "book.xlsx", bomb)).reason == "catalogue.file_too_large"


def test_a_zip_bomb_that_states_a_small_size_is_refused(tmp_path: Path) -> None:
    bomb = bytearray(make_bomb())
    with zipfile.ZipFile(BytesIO(bomb)) as archive:
        true_size = archive.getinfo(SHEET_PART).file_size
    lie = bytes(bomb).replace(struct.pack("<L", true_size), struct.pack("<L", 1_000))
    assert lie != bytes(bomb)
    assert refuse(write_file(tmp_path / "book.xlsx", lie)).reason == "catalogue.not_xlsx"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (b'<c r="XFD1048576"><v>1</v></c>', "file_too_large"),  # a rectangle of 17 thousand million cells
        (b'<c r="ZZZZZ99999999"><v>1</v></c>', "unreadable_file"),
        (b'<c r="&#88;FD1048576"><v>1</v></c>', "unreadable_file"),
        (b"<c><v>1</v></c>", "unreadable_file"),
        (b'<c r="B3" t="e"><v>#REF!</v></c>', "formula_error"),
        (b'<c r="B3" t="s"><v>99999</v></c>', "unreadable_file"),
        (b"<c r='B3' t='str'><v>\xff\xfe</v></c>", "unreadable_file"),
        (b'<c r="B3"><v', "unreadable_file"),
    ],
)
def test_cells_that_would_break_the_reader_are_refused(tmp_path: Path, cell: bytes, reason: str) -> None:
    xlsx = change_part(
        make_xlsx([["code", "name"], ["a", "b"]]), b"</sheetData>", b"<row>" + cell + b"</row></sheetData>"
    )
    assert refuse(write_file(tmp_path / "book.xlsx", xlsx)).reason == f"catalogue.{reason}"


def test_empty_cells_with_a_format_far_below_do_no_harm(tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    xlsx = change_part(make_xlsx([["code", "name"], ["a", "b"]]), b"</sheetData>", far)
    assert read_titles(write_file(tmp_path / "book.xlsx", xlsx)) == [(2, "a", "b")]


def test_an_empty_extra_sheet_is_left_alone(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as workbook:
        pl.DataFrame({"code": ["a"], "name": ["b"]}).write_excel(workbook, "titles")
        workbook.add_worksheet("Sheet1")
    assert read_titles(tmp_path / "book.xlsx") == [(2, "a", "b")]
