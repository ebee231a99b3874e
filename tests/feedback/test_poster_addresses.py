"""The address inside a printed square: capitals, and nothing that would make the square denser."""

import pytest
from qrcode.util import MODE_ALPHA_NUM

from feedback.posters.address import make_desk_address, name_host
from feedback.posters.square import draw_square, make_square
from surveys.codes import make_desk_code
from surveys.errors import UnprintableAddressError, WrongCheckSymbolError

CODE = make_desk_code(99_999_999_977)


@pytest.mark.parametrize(
    ("base_url", "largest_version"),
    # Level Q holds 29, 47, 67 letters in versions 2, 3, 4 (ISO 18004, table 7); 20 of them are not the host.
    [
        ("https://dg.tinh.gov.vn", 3),
        ("https://a.vn", 2),
        ("https://danhgia.thanhpho.gov.vn/", 3),
        ("http://192.168.100.100:8080", 3),
        ("https://danhgia.dichvucong.thanhpho.gov.vn", 4),
    ],
)
def test_the_square_stays_in_alphanumeric_mode(base_url: str, largest_version: int) -> None:
    square = make_square(make_desk_address(base_url, CODE))
    assert [part.mode for part in square.data_list] == [MODE_ALPHA_NUM]
    assert square.version <= largest_version


@pytest.mark.parametrize(
    ("base_url", "host", "start"),
    [
        ("https://dg.tinh.gov.vn/", "DG.TINH.GOV.VN", "HTTPS://DG.TINH.GOV.VN/Q/"),
        ("HTTPS://Dg.Tinh.gov.vn:443", "DG.TINH.GOV.VN", "HTTPS://DG.TINH.GOV.VN/Q/"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "HTTP://127.0.0.1:8000/Q/"),
    ],
)
def test_the_address_keeps_scheme_and_port(base_url: str, host: str, start: str) -> None:
    assert name_host(base_url) == host
    assert make_desk_address(base_url, CODE) == start + CODE


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "dg.tinh.gov.vn",
        "ftp://a.vn",
        "https://a.vn/x",
        "https://a.vn?x=1",
        "https://u@a.vn",
        "https://a_b.vn",
        "https://đg.vn",
        "https://[::1]:80",
        "https://a.vn:99999",
        "https://a.vn:x",
        f"https://{'a' * 90}.vn",
    ],
)
def test_a_host_that_cannot_be_printed_is_refused(base_url: str) -> None:
    with pytest.raises(UnprintableAddressError):
        draw_square(make_desk_address(base_url, CODE))


def test_a_code_with_a_slip_makes_no_address() -> None:
    slip = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    with pytest.raises(WrongCheckSymbolError):
        make_desk_address("https://dg.tinh.gov.vn", slip)


def test_small_letters_make_no_square() -> None:
    with pytest.raises(UnprintableAddressError):
        draw_square("https://dg.tinh.gov.vn")
