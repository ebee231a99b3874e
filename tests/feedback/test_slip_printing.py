"""Slips on paper and in an SMS: every square is read back from the rendered page, at the printer's 203 dpi."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast
from unicodedata import normalize

import msgspec
import pypdfium2
import pytest
import zxingcpp

from feedback.slips.address import make_slip_address
from feedback.slips.draw_slips import draw_slips
from feedback.slips.issue_slips import IssuedSlip
from feedback.slips.sms import count_letters, drop_marks, write_sms
from feedback.slips.tokens import make_pin, make_slip_code, make_slip_token
from surveys.codes import print_desk_code
from surveys.errors import NoPostersError, UnprintableAddressError
from surveys.wording import LOCALE_FOLDER, read_wordings

BASE_URL = "https://danhgia.camau.gov.vn"
KEY = bytes(32)
MILLIMETRES_A_POINT = 25.4 / 72
WORDINGS = read_wordings([LOCALE_FOLDER, Path(__file__).parents[2] / "feedback" / "locale"])


def make_slip(number: int = 1, **changes: object) -> IssuedSlip:
    slip_id = number * 99_999_999_977 % 2**40
    slip = IssuedSlip(
        token=make_slip_token(slip_id, KEY),
        code=make_slip_code(slip_id),
        pin=make_pin(slip_id, KEY),
        visit=date(2026, 11, 20),
        valid_to=date(2026, 12, 5),
        unit_name="Trung tâm Phục vụ hành chính công phường Đông Hưng Thuận (mẫu)",
        desk_number="12",
        desk_name="Hộ tịch - Chứng thực (mẫu)",
        procedure_name="Đăng ký khai sinh",
    )
    return msgspec.structs.replace(slip, **changes)


def open_pages(pdf: bytes) -> Iterator[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        yield document[number]


def read_square(page: pypdfium2.PdfPage, dots_an_inch: int = 203) -> zxingcpp.Barcode:
    bitmap = page.render(scale=dots_an_inch / 72, grayscale=True)  # pyright: ignore[reportArgumentType] (its default 1 is read as int)
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    [square] = zxingcpp.read_barcodes(bitmap.to_numpy(), formats=formats)
    return square


def read_text(page: pypdfium2.PdfPage) -> str:
    return " ".join(normalize("NFC", page.get_textpage().get_text_range()).split())


def test_every_square_reads_back_as_its_address_at_level_q() -> None:
    slips = [make_slip(number) for number in range(1, 6)]
    for slip, page in zip(slips, open_pages(draw_slips(slips, BASE_URL)), strict=True):
        square = read_square(page)
        assert square.text == f"HTTPS://DANHGIA.CAMAU.GOV.VN/V/{slip.token}"
        extra = cast("dict[str, str]", square.extra)
        assert extra["ECLevel"] == "Q"
        # 47 letters is the most that version 3-Q holds; this address has 47.
        assert (len(square.text), extra["Version"]) == (47, "3")


def test_a_module_is_seven_printer_dots_wide() -> None:
    [page] = open_pages(draw_slips([make_slip()], BASE_URL))
    square = read_square(page, 406)
    pixels = square.position.top_right.x - square.position.top_left.x
    # Version 3 has 29 modules a side; 7 dots at 203 dpi are 14 at 406.
    assert pixels / 29 == pytest.approx(14, abs=0.2)


def test_a_slip_is_58_millimetres_wide_and_keeps_within_the_48_that_printers_reach() -> None:
    longest = make_slip(
        unit_name="Trung tâm Phục vụ hành chính công thành phố Hồ Chí Minh (mẫu)", desk_number="1234567"
    )
    [page] = open_pages(draw_slips([longest], "https://danh-gia.dich-vu-cong.thanh-pho-ho-chi-minh.gov.vn"))
    assert page.get_width() * MILLIMETRES_A_POINT == pytest.approx(58, abs=0.01)
    text = page.get_textpage()
    boxes = [text.get_rect(number) for number in range(text.count_rects())]
    assert min(box[0] for box in boxes) * MILLIMETRES_A_POINT >= 4.9
    assert max(box[2] for box in boxes) * MILLIMETRES_A_POINT <= 53.3
    assert read_square(page, 406).text.endswith(longest.token)


def test_a_slip_says_who_how_until_when_and_what_is_never_asked() -> None:
    slip = make_slip()
    [page] = open_pages(draw_slips([slip], BASE_URL))
    text = read_text(page)
    for said in (
        "Đông Hưng Thuận (mẫu)",
        "Quầy 12 / Desk 12 · 20/11/2026",
        "Dùng đến hết ngày 04/12/2026",
        "Good until 04/12/2026",
        print_desk_code(slip.code),
        slip.pin,
        "DANHGIA.CAMAU.GOV.VN/V",
        "Không bao giờ hỏi tiền",
    ):
        assert said in text


def test_the_same_slips_give_the_same_bytes_and_none_give_none() -> None:
    assert draw_slips([make_slip()], BASE_URL) == draw_slips([make_slip()], BASE_URL)
    with pytest.raises(NoPostersError):
        draw_slips([], BASE_URL)
    with pytest.raises(UnprintableAddressError):
        draw_slips([make_slip()], "https://danhgia.camau.gov.vn/path")


def test_an_unusual_port_stays_in_the_address() -> None:
    assert make_slip_address("http://127.0.0.1:8080", "7K3MQ9XW4D2NR8TA") == "HTTP://127.0.0.1:8080/V/7K3MQ9XW4D2NR8TA"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_sms_is_one_message_in_gsm_letters(language: str) -> None:
    sms = write_sms(make_slip(), BASE_URL, WORDINGS[language])
    assert sms.letters == len(sms.text) <= 160
    assert sms.parts == 1
    assert sms.text.isascii()
    for part in ("20/11", "05/12", f"HTTPS://DANHGIA.CAMAU.GOV.VN/V/{make_slip().token}"):
        assert part in sms.text


def test_a_long_host_says_into_how_many_messages_it_goes() -> None:
    host = "https://danh-gia.dich-vu-cong.thanh-pho-ho-chi-minh.gov.vn"
    sms = write_sms(make_slip(), host, WORDINGS["vi"])
    # 160 letters go whole; of a longer text each message holds 153.
    assert (sms.letters > 160, sms.parts) == (True, 2)


def test_letters_are_counted_as_the_network_does() -> None:
    assert count_letters("abc") == 3
    assert count_letters("a€[") == 5
    with pytest.raises(ValueError, match="ế"):
        count_letters("thế")
    assert drop_marks("Đặng Thị Ngỗ, quầy số một; đường") == "Dang Thi Ngo, quay so mot; duong"
