"""Printed cards and posters: every square is read back from the rendered page, at 150 dpi."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from unicodedata import normalize

import pypdfium2
import pypdfium2.raw as pdfium_raw
import pytest
import zxingcpp

from feedback.posters.draw import DeskPoster, PosterForm, draw_posters
from surveys.codes import make_desk_code, print_desk_code
from surveys.errors import (
    MalformedCodeError,
    NoPostersError,
    WrongCheckSymbolError,
)
from surveys.wording import read_wordings

BASE_URL = "https://dg.tinh.gov.vn"
LOCALE = Path(__file__).parents[2] / "feedback" / "locale"
DOTS_AN_INCH = 150
POINTS_AN_INCH = 72
MILLIMETRES_AN_INCH = 25.4
FORMS: tuple[PosterForm, ...] = ("card", "exit", "sheet")
LONG_UNIT = "Trung tâm Phục vụ hành chính công phường Đông Hưng Thuận (mẫu)"
LONG_DESK = "Hộ tịch - Chứng thực - Bảo trợ xã hội"
LONGEST_DESK = "Đăng ký kinh doanh hộ cá thể - Thuế - Bảo hiểm xã hội - Lao động, thương binh"


def make_poster(place: int = 0, **changes: str) -> DeskPoster:
    row = {
        "unit_name": LONG_UNIT,
        "desk_number": f"{place + 1}",
        "desk_name": LONG_DESK,
        # Spread over the 40 bits, so that the squares differ.
        "code": make_desk_code((place + 1) * 99_999_999_977 % 2**40),
    }
    return DeskPoster(**(row | changes))


def open_pages(pdf: bytes) -> Iterator[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        yield document[number]


def read_squares(page: pypdfium2.PdfPage) -> list[zxingcpp.Barcode]:
    scale = DOTS_AN_INCH / POINTS_AN_INCH
    bitmap = page.render(scale=scale, grayscale=True)  # pyright: ignore[reportArgumentType]  # its default 1 is read as int
    image = bitmap.to_numpy()
    return zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))


def measure_millimetres(square: zxingcpp.Barcode) -> float:
    """The side of the square without its quiet zone."""
    pixels = square.position.top_right.x - square.position.top_left.x
    return pixels / DOTS_AN_INCH * MILLIMETRES_AN_INCH


def read_text(page: pypdfium2.PdfPage) -> str:
    return " ".join(normalize("NFC", page.get_textpage().get_text_range()).split())


def list_text_boxes(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every run of text, in points from the lower left corner."""
    text = page.get_textpage()
    return [text.get_rect(number) for number in range(text.count_rects())]


def list_fonts(page: pypdfium2.PdfPage) -> set[str]:
    texts = page.get_objects(filter=[pdfium_raw.FPDF_PAGEOBJ_TEXT])
    return {text.get_font().get_base_name() for text in texts if isinstance(text, pypdfium2.PdfTextObj)}


@pytest.mark.parametrize(("form", "on_each_page"), [("card", [1] * 3), ("exit", [1] * 3), ("sheet", [3])])
def test_every_square_on_a_page_reads_back_as_its_address(form: PosterForm, on_each_page: list[int]) -> None:
    posters = [make_poster(place) for place in range(3)]
    squares = [read_squares(page) for page in open_pages(draw_posters(posters, form, BASE_URL))]
    assert [len(found) for found in squares] == on_each_page
    read = [square.text for found in squares for square in found]
    assert sorted(read) == sorted(f"HTTPS://DG.TINH.GOV.VN/Q/{poster.code}" for poster in posters)


def test_a_sheet_holds_eight_cards_and_the_rest_goes_on_the_next() -> None:
    posters = [make_poster(place) for place in range(11)]
    first, second = (read_squares(page) for page in open_pages(draw_posters(posters, "sheet", BASE_URL)))
    assert {square.text[-9:] for square in first} == {poster.code for poster in posters[:8]}
    assert {square.text[-9:] for square in second} == {poster.code for poster in posters[8:]}
    assert (len(first), len(second)) == (8, 3)


@pytest.mark.parametrize(
    ("form", "smallest_side"),
    # With its quiet zone a square has 37 modules: 52, 120 and 42 mm; what is seen is 29/37 of that.
    [("card", 40.5), ("exit", 93.5), ("sheet", 32.5)],
)
def test_modules_are_large_enough_for_old_phones(form: PosterForm, smallest_side: float) -> None:
    page = next(open_pages(draw_posters([make_poster()], form, BASE_URL)))
    [square] = read_squares(page)
    extra = cast("dict[str, str]", square.extra)
    assert (extra["Version"], extra["ECLevel"]) == ("3", "Q")
    assert measure_millimetres(square) >= smallest_side
    # Version 3 has 29 modules a side.
    assert measure_millimetres(square) / 29 >= 1.1


def test_a_longer_host_still_reads_back() -> None:
    base_url = "https://danh-gia.dich-vu-cong.thanh-pho-ho-chi-minh.gov.vn:8443"
    for form in FORMS:
        [square] = read_squares(next(open_pages(draw_posters([make_poster()], form, base_url))))
        host = "DANH-GIA.DICH-VU-CONG.THANH-PHO-HO-CHI-MINH.GOV.VN:8443"
        assert square.text == f"HTTPS://{host}/Q/{make_poster().code}"


@pytest.mark.parametrize("form", FORMS)
def test_the_page_says_in_words_what_the_square_holds(form: PosterForm) -> None:
    poster = make_poster()
    text = read_text(next(open_pages(draw_posters([poster], form, BASE_URL))))
    assert print_desk_code(poster.code) in text
    assert "Chỉ mở: DG.TINH.GOV.VN" in text
    assert LONG_UNIT in text
    assert LONG_DESK in text
    assert "Quầy 1" in text
    assert "Desk 1" in text


@pytest.mark.parametrize(
    ("form", "keys"),
    [(form, ("question", "voluntary", "private", "genuine", "type_code")) for form in ("card", "exit")]
    + [("sheet", ("question", "card_code", "card_voluntary", "card_genuine"))],
)
def test_the_page_carries_its_promises_in_both_languages(form: PosterForm, keys: tuple[str, ...]) -> None:
    text = read_text(next(open_pages(draw_posters([make_poster()], form, BASE_URL))))
    for wording in read_wordings([LOCALE]).values():
        for key in (*keys, "only_open"):
            assert wording.say(f"poster.{key}") in text


@pytest.mark.parametrize("form", FORMS)
def test_the_warning_against_false_codes_is_complete(form: PosterForm) -> None:
    text = read_text(next(open_pages(draw_posters([make_poster()], form, BASE_URL))))
    warned_of = (
        "không phải miếng dán",
        "tiền",
        "số điện thoại",
        "số căn cước (CCCD)",
        "mật khẩu",
        "đăng nhập",
    )
    for words in (*warned_of, "báo Bộ phận Một cửa hoặc Mặt trận Tổ quốc", "72 giờ", "ẩn danh", "ự nguyện"):
        assert words in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("desk_name", [LONG_DESK, LONGEST_DESK, "Đất đai"])
@pytest.mark.parametrize("desk_number", ["3", "", "12B khu liên thông"])
def test_long_names_keep_to_their_room(form: PosterForm, desk_name: str, desk_number: str) -> None:
    poster = make_poster(desk_name=desk_name, desk_number=desk_number)
    [page] = open_pages(draw_posters([poster], form, BASE_URL))
    width, height = page.get_size()
    # A sheet's first card is its upper left eighth.
    right_edge, lower_edge = (width / 2, height * 3 / 4) if form == "sheet" else (width, 0)
    boxes = list_text_boxes(page)
    # 8 points: what an office printer cannot reach (about 3 mm).
    assert min(left for left, _, _, _ in boxes) >= 8
    assert max(right for _, _, right, _ in boxes) <= right_edge - 8
    assert min(bottom for _, bottom, _, _ in boxes) >= lower_edge + 8
    assert max(top for _, _, _, top in boxes) <= height - 8


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("desk_name", [LONG_DESK, LONGEST_DESK])
def test_no_text_stands_on_another(form: PosterForm, desk_name: str) -> None:
    page = next(open_pages(draw_posters([make_poster(desk_name=desk_name)], form, BASE_URL)))
    boxes = sorted(list_text_boxes(page))
    for place, (left, bottom, right, top) in enumerate(boxes):
        for other_left, other_bottom, other_right, other_top in boxes[place + 1 :]:
            shared_width = min(right, other_right) - max(left, other_left)
            shared_height = min(top, other_top) - max(bottom, other_bottom)
            # Marks above and tails below may meet between two lines: a quarter of a line at most.
            allowed = 0.25 * min(top - bottom, other_top - other_bottom)
            assert shared_width <= 1 or shared_height <= allowed


def test_a_place_is_not_parted_from_its_kind() -> None:
    page = next(open_pages(draw_posters([make_poster()], "card", BASE_URL)))
    lines = normalize("NFC", page.get_textpage().get_text_range()).replace("\u00a0", " ").splitlines()
    assert any("phường Đông Hưng Thuận" in line for line in lines)
    assert any("Hộ tịch - Chứng thực -" in line for line in lines)


@pytest.mark.parametrize("form", FORMS)
def test_only_the_shipped_typeface_is_used(form: PosterForm) -> None:
    fonts = {font for page in open_pages(draw_posters([make_poster()], form, BASE_URL)) for font in list_fonts(page)}
    assert fonts
    assert all("BeVietnamPro" in font for font in fonts)


@pytest.mark.parametrize("form", FORMS)
def test_another_program_draws_the_same_bytes(form: PosterForm) -> None:
    program = (
        "import sys; from feedback.posters.draw import DeskPoster, draw_posters;"
        "sys.stdout.buffer.write(draw_posters([DeskPoster(*sys.argv[3:])], sys.argv[1], sys.argv[2]))"
    )
    poster = make_poster()
    words = [poster.unit_name, poster.desk_number, poster.desk_name, poster.code]
    drawn = subprocess.run([sys.executable, "-c", program, form, BASE_URL, *words], capture_output=True, check=True)
    assert drawn.stdout == draw_posters([poster], form, BASE_URL)


def test_marks_written_apart_print_like_marks_written_together() -> None:
    apart = make_poster(unit_name=normalize("NFD", LONG_UNIT), desk_name=normalize("NFD", LONG_DESK))
    assert draw_posters([apart], "card", BASE_URL) == draw_posters([make_poster()], "card", BASE_URL)


def test_a_code_with_a_slip_is_refused_before_anything_is_printed() -> None:
    good = make_poster().code
    slip = ("0" if good[4] != "0" else "1") + good[5:]
    with pytest.raises(WrongCheckSymbolError):
        draw_posters([make_poster(), make_poster(code=good[:4] + slip)], "sheet", BASE_URL)
    with pytest.raises(MalformedCodeError):
        draw_posters([make_poster(code=good[:8])], "card", BASE_URL)


def test_no_desks_make_no_posters() -> None:
    with pytest.raises(NoPostersError):
        draw_posters([], "sheet", BASE_URL)
