"""What is taken away as a table: the numbers of the page, in words that Excel reads and never runs."""

import csv
import io
from datetime import date

import polars as pl
import pytest

from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.chart_files import draw_png, list_heading, name_file, write_file
from dashboards.supervision.tables import Column, Table, write_table_csv, write_table_xlsx
from dashboards.supervision.views import tell_view
from tests.dashboards.supervised_area import FIGURES
from tests.journeys.phone import WORDINGS

VI = WORDINGS["vi"]
HEADING = 6  # lines above a table of XLSX, then one empty line
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    " =1",
    "＝1",
    '=HYPERLINK("http://x")',
    "=cmd|'/c'!A1",
]
TABLE = Table(
    (Column("Nơi"), Column("Số lượt", "count"), Column("Hài lòng", "share"), Column("Tuần", "date")),
    (
        ("Xã A", 120, ReleasedShare(84, "exact", 76, 90), date(2026, 7, 6)),
        ("Xã B", 20, ReleasedShare(95, "at_least"), date(2026, 7, 6)),
        ("Xã C", None, None, date(2026, 7, 6)),
    ),
)


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_share_becomes_percent_and_interval_and_what_is_no_number_a_remark() -> None:
    header, *rows = read_csv(write_table_csv(TABLE, VI))
    assert header[:5] == ["Nơi", "Số lượt", "Hài lòng (%)", "Hài lòng: từ (%)", "Hài lòng: đến (%)"]
    assert rows[0] == ["Xã A", "120", "84", "76", "90", "", "2026-07-06"]
    assert rows[1] == ["Xã B", "20", "", "", "", "95\u00a0% trở lên", "2026-07-06"]
    assert rows[2] == ["Xã C", "", "", "", "", "chưa đủ dữ liệu", "2026-07-06"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    table = Table((Column("a"), Column("b")), ((text, text),))
    cells = [cell for row in read_csv(write_table_csv(table, VI)) for cell in row]
    assert all(cell[0] == "'" for cell in cells[2:])
    assert not any("\0" in cell for cell in cells)
    sheet = pl.read_excel(write_table_xlsx(table, VI, [text]), engine="calamine", has_header=False)
    stored = [cell for row in sheet.rows() for cell in row if cell]
    assert len(stored) >= 3
    assert all(isinstance(cell, str) for cell in stored)


def test_lines_that_become_one_keep_their_words_apart() -> None:
    table = Table((Column("a"),), (("Bố trí thêm một người\r\nHẹn xong trong tuần\nBáo lại\x0bsau\ud800",),))
    assert read_csv(write_table_csv(table, VI))[1] == ["Bố trí thêm một người Hẹn xong trong tuần Báo lại sau"]
    sheet = pl.read_excel(write_table_xlsx(table, VI, []), engine="calamine", has_header=False)
    assert sheet.rows()[-1] == ("Bố trí thêm một người Hẹn xong trong tuần Báo lại sau",)


def test_a_sheet_says_of_what_from_when_and_what_n_means() -> None:
    block = tell_view("procedures", FIGURES, VI)[0]
    content, _ = write_file("table.xlsx", block, FIGURES, VI, is_narrow=False)
    sheet = pl.read_excel(content, engine="calamine", has_header=False, drop_empty_rows=False)
    first = [row[0] for row in sheet.rows()]
    assert first[:HEADING] == list_heading(block, FIGURES, VI)
    assert first[1] == "Địa bàn: Tỉnh Cà Mau (mã p96)"
    assert first[5] == "Dữ liệu đến hết ngày: 30/09/2026"
    assert "=CMD|' /C calc'!A0" in first


def test_a_picture_is_a_png_twice_as_sharp() -> None:
    block = tell_view("procedures", FIGURES, VI)[0]
    content, media_type = write_file("chart.png", block, FIGURES, VI, is_narrow=False)
    assert (content[:4], media_type) == (b"\x89PNG", "image/png")
    # 680 pixels wide on the page: bytes 16 to 20 of a PNG are its width.
    assert int.from_bytes(content[16:20], "big") == 2 * 680
    assert draw_png("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>").startswith(b"\x89PNG")


def test_a_file_has_a_name_that_needs_no_quoting() -> None:
    assert name_file('u-a"b\r\n~1', "table.csv") == {"content-disposition": 'attachment; filename="u-a_b__~1"'}
    assert name_file("x", "chart.svg") == {}
