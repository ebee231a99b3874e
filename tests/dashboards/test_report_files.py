"""The two files of a report: the same bytes again, whole pages in both languages, nothing that a spreadsheet runs."""

import itertools
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO

import fastexcel
import msgspec
import pypdfium2
import pytest

from dashboards.charts.area_funnel import AreaPoint
from dashboards.charts.trend import TrendWeek
from dashboards.charts.weekly_shares import AreaWeek
from dashboards.disclosure.groups import ReleasedShare
from dashboards.releases.quarters import Quarter
from dashboards.reports.draw_report import Drawing, draw_report
from dashboards.reports.fit_charts import drop_common_words, fit_svg, name_apart, thin_counts
from dashboards.reports.gather import gather_report
from dashboards.reports.make_report import draw_apart
from dashboards.reports.report_figures import Asked, ReportFigures, hash_figures
from dashboards.reports.write_pdf import measure_columns
from dashboards.reports.write_xlsx import name_sheet
from dashboards.supervision.periods import list_weeks
from dashboards.supervision.tables import Column
from feedback.database import open_connection
from feedback.tables.reports import Language, ReportFiles
from tests.dashboards.report_stage import AS_OF, CUT, LONG_TITLE, make_template
from tests.stores import copy_database

LANGUAGES: tuple[Language, ...] = ("vi", "en")
MOST_PAGES, MOST_BYTES = 60, 3_000_000
POINTS = 72 / 25.4  # of a millimetre


@pytest.fixture(scope="module")
async def figures(server_url: str, template: str) -> ReportFigures:
    """Of the demo province, over the quarter in which two of its cases moved."""
    async with copy_database(server_url, await make_template(server_url, template)) as database_url:
        connection = await open_connection(database_url)
        found = await gather_report(connection, Asked("p96", "2026-Q3", AS_OF, CUT), ())
        await connection.close()
    return found


@pytest.fixture(scope="module")
async def files(figures: ReportFigures) -> Mapping[Language, ReportFiles]:
    """Each drawn by a process of its own."""

    async def hear(_progress: int) -> None:
        return

    return {language: await draw_apart(Drawing(figures, language), hear) for language in LANGUAGES}


def read_pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [read_page(document, number) for number in range(len(document))]
    finally:
        document.close()


def read_page(document: pypdfium2.PdfDocument, number: int) -> str:
    text = document[number].get_textpage()
    return re.sub(r"\s+", " ", text.get_text_bounded())


async def test_the_same_figures_give_the_same_bytes(
    figures: ReportFigures, files: Mapping[Language, ReportFiles], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    again = draw_report(Drawing(figures, "vi"))
    assert again == files["vi"]
    progress = [msgspec.json.decode(line)["progress"] for line in capfdbinary.readouterr().out.splitlines()]
    assert progress == sorted(progress)
    assert len(set(progress)) > 5


async def test_both_languages_tell_the_same_figures(
    files: Mapping[Language, ReportFiles], figures: ReportFigures
) -> None:
    assert files["vi"].digest == files["en"].digest == hash_figures(figures)
    assert files["vi"].pdf != files["en"].pdf


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_report_holds_what_it_must(files: Mapping[Language, ReportFiles], language: Language) -> None:
    pages = read_pages(files[language].pdf)
    text = " ".join(pages)
    assert 8 <= len(pages) <= MOST_PAGES
    assert len(files[language].pdf) < MOST_BYTES
    assert LONG_TITLE in text
    assert "{" not in text
    digest = files[language].digest.hex()
    assert digest[:32] in pages[0]
    assert digest in text.replace(" ", "")
    said = {
        "vi": (
            "không công bố",
            "30/09/2026",
            "Vụ việc giám sát",
            "6.500",
            "từ 54 đến 68 %",
            "+23",
        ),
        "en": ("not for publication", "30 Sep 2026", "Supervision cases", "6,500", "84%", "+23"),
    }
    assert [words for words in said[language] if words not in text] == []


async def test_letters_travel_with_the_file_and_have_their_marks(files: Mapping[Language, ReportFiles]) -> None:
    pdf = files["vi"].pdf.replace(b"/BaseFont /", b"/BaseFont/")
    fonts = set(re.findall(rb"/BaseFont/(?:[A-Z]{6}\+)?([A-Za-z-]+)", pdf))
    assert fonts
    assert all(font.startswith(b"BeVietnamPro") for font in fonts)
    assert "Người dân phải đi lại nhiều lần vì giấy hẹn ghi sai ngày" in " ".join(read_pages(files["vi"].pdf))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_letter_stands_in_the_margin(files: Mapping[Language, ReportFiles], language: Language) -> None:
    """Margins are 20 mm at the sides and at least 8 mm above and below, where the running lines stand."""
    document = pypdfium2.PdfDocument(files[language].pdf)
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        letters = page.get_textpage()
        for place in range(letters.count_chars()):
            left, bottom, right, top = letters.get_charbox(place)
            if right > left:
                assert 19 * POINTS < left < right < width - 19 * POINTS, (number, letters.get_text_range(place, 20))
                assert 8 * POINTS < bottom < top < height - 8 * POINTS, number
    document.close()


async def test_no_page_is_blank(files: Mapping[Language, ReportFiles]) -> None:
    document = pypdfium2.PdfDocument(files["vi"].pdf)
    for number in range(len(document)):
        shades = document[number].render(scale=1).to_pil().convert("L").getextrema()
        assert shades[0] < 120, number
    document.close()


async def test_a_number_and_its_sign_of_percent_stay_on_one_line(files: Mapping[Language, ReportFiles]) -> None:
    document = pypdfium2.PdfDocument(files["vi"].pdf)
    texts = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    document.close()
    assert [text for text in texts if re.search(r"\d\s*[\r\n]\s*%", text)] == []
    assert any("95\u00a0%" in text for text in texts)


async def test_the_workbook_holds_whole_tables_and_no_formula(files: Mapping[Language, ReportFiles]) -> None:
    workbook = fastexcel.read_excel(files["vi"].xlsx)
    assert workbook.sheet_names[0] == "Tóm tắt"
    places = [name for name in workbook.sheet_names if name.startswith("Các nơi")]
    sheets = [workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars() for name in places]
    # 13 rural and 13 urban units, each below a heading of three lines, a blank one and the names of the columns.
    assert [len(sheet) for sheet in sheets] == [18, 18]
    cases = workbook.load_sheet("Vụ việc", header_row=4).to_polars()
    assert len(cases) == 2
    assert cases["Phát hiện"][0].startswith("=1+1 Thời gian chờ dài")
    with zipfile.ZipFile(BytesIO(files["vi"].xlsx)) as parts:
        assert [name for name in parts.namelist() if b"<f>" in parts.read(name)] == []


def test_names_of_sheets_are_such_as_a_spreadsheet_takes() -> None:
    taken: set[str] = set()
    names = [name_sheet("Tên [rất] dài: có dấu/không? " * 3, taken) for _ in range(3)]
    assert len({name.lower() for name in names}) == 3
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_a_short_first_column_keeps_its_room_beside_a_long_one() -> None:
    columns = (Column("Ngày", "date"), Column("Nơi"), Column("Mức", "number"))
    assert measure_columns(columns, [["16/09/2026", "Quầy 1, tại Trung tâm (mẫu)", "80"]]) == ["auto", 27, "auto"]
    assert measure_columns(columns[::2], [["16/09/2026", "80"]]) == [1, "auto"]


def test_numbers_on_a_vietnamese_axis_have_points() -> None:
    assert fit_svg("<text>1,600</text><text>12</text>", "vi") == "<text>1.600</text><text>12</text>"
    assert fit_svg("<text>1,600</text>", "en") == "<text>1,600</text>"


def test_words_that_all_names_begin_with_are_left_out_of_the_picture() -> None:
    points = tuple(
        AreaPoint(f"Trung tâm xã {name}", n, percent, 1, 2, "alarm")
        for name, n, percent in (("Bàu Bàng", 100, 70), ("Bình Chánh", 110, 70), ("Long", 900, 90))
    )
    # The second would lie over the first: same height, ten ratings beside it.
    assert [point.name for point in name_apart(drop_common_words(points))] == ["Bàu Bàng", "", "Long"]


def test_counts_below_a_trend_have_room() -> None:
    share = ReleasedShare(88, "exact", 87, 89)
    days = [week.first for number in (2, 3) for week in list_weeks(Quarter(2026, number))]
    weeks = tuple(AreaWeek(TrendWeek(day, share), "14.000") for day in days)
    counted = [week.week.monday for week in thin_counts(weeks) if week.count]
    assert 8 <= len(counted) <= 13
    assert min((later - day).days for day, later in itertools.pairwise(counted)) >= 7
