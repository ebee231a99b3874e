import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveys.personal_data import HiddenText, hide_personal_data

# Numbers and names below are made up by hand in the forms people type.
HIDDEN = {
    "Gọi tôi 0912345678 nhé": "Gọi tôi [SỐ ĐIỆN THOẠI] nhé",
    "0912.345.678": "[SỐ ĐIỆN THOẠI]",
    "0912-345-678": "[SỐ ĐIỆN THOẠI]",
    "0 9 1 2 3 4 5 6 7 8": "[SỐ ĐIỆN THOẠI]",
    "+84 912 345 678": "[SỐ ĐIỆN THOẠI]",
    "0084912345678": "[SỐ ĐIỆN THOẠI]",
    "(024) 3825 1234": "[SỐ ĐIỆN THOẠI]",
    "０９１２３４５６７８": "[SỐ ĐIỆN THOẠI]",
    "٠٩١٢٣٤٥٦٧٨": "[SỐ ĐIỆN THOẠI]",
    "0912\u200b345\u200b678": "[SỐ ĐIỆN THOẠI]",
    "CCCD 001099012345": "CCCD [SỐ CĂN CƯỚC]",
    "001 099 012 345": "[SỐ CĂN CƯỚC]",
    "cmnd 123456789": "cmnd [SỐ CMND]",
    "tài khoản 19031234567890": "tài khoản [SỐ]",
    "thư an.nguyen@example.com nhé": "thư [THƯ ĐIỆN TỬ] nhé",
    "xem https://example.com/a?b=1 đi": "xem [ĐƯỜNG DẪN] đi",
    "facebook.com/nguoi.mau": "[ĐƯỜNG DẪN]",
    "nhắn @nguoi_mau_01": "nhắn [TÀI KHOẢN]",
    "hồ sơ H29.12.34-250701-0001": "hồ sơ [MÃ HỒ SƠ]",
    "hồ sơ 000.00.12.H29-250701-0001 chậm": "hồ sơ [MÃ HỒ SƠ] chậm",
    "xe 30A-123.45": "xe [BIỂN SỐ XE]",
    "xe 29-H1 123.45": "xe [BIỂN SỐ XE]",
    "Cảm ơn Nguyễn Văn Mẫu": "Cảm ơn [TÊN NGƯỜI]",
    "Cảm ơn NGUYỄN VĂN MẪU": "Cảm ơn [TÊN NGƯỜI]",
    "cán bộ Lò Thị Mẫu rất tốt": "cán bộ [TÊN NGƯỜI] rất tốt",
    "Giàng A Mẫu": "[TÊN NGƯỜI]",
    "chị H'Mẫu Niê": "chị [TÊN NGƯỜI]",
    "Y Mẫu Êban": "[TÊN NGƯỜI]",
    "Thạch Mẫu": "[TÊN NGƯỜI]",
    "chị Hương làm chậm": "chị [TÊN NGƯỜI] làm chậm",
    "Đ/c Thắng nói to": "Đ/c [TÊN NGƯỜI] nói to",
    "anh Mẫu và cô Lan": "anh [TÊN NGƯỜI] và cô [TÊN NGƯỜI]",
    unicodedata.normalize("NFD", "Cảm ơn Nguyễn Văn Mẫu"): "Cảm ơn [TÊN NGƯỜI]",
}

SURVIVE = (
    "Hẹn ngày 21/11/2026 mà 25/11/2026 mới có.",
    "Hẹn 03.07.2026 14:30, đến 05-07-2026 mới xong.",
    "2026-07-03 08:30",
    "Lệ phí 15.000.000 đồng là cao.",
    "Nộp 150.000.000đ từ hôm thứ hai.",
    "Nộp 150000000 đồng.",
    "Phí 84.900.000.000 đồng cho dự án.",
    "Chờ 45 phút ở quầy 3, số thứ tự 1024.",
    "Theo Nghị định 118/2025/NĐ-CP và Thông tư 01/2018/TT-VPCP.",
    "Thủ tục 1.001193 khai sinh.",
    "Tôi ở Hà Nội, quê Thái Nguyên, làm ở Thành phố Hồ Chí Minh.",
    "Bà Rịa và đặc khu Cô Tô, Lý Sơn.",
    "Hồ Sơ nộp ở Bộ phận Một cửa, Văn phòng HĐND và UBND.",
    "Đề nghị cán bộ Một cửa và công chức Tư pháp - Hộ tịch hướng dẫn rõ.",
    "Ông/Bà phải đợi lâu, ông bà già không có ghế.",
    "Sở Y Tế trả kết quả đúng hẹn.",
    "DANH SÁCH giấy tờ treo quá cao, LƯU Ý chữ nhỏ.",
    "Phòng 30 m², ghế hỏng.",
    "Tuyệt vời 👍, 10/10.",
)


@pytest.mark.parametrize(("text", "stored"), HIDDEN.items())
def test_what_points_to_a_person_is_hidden(text: str, stored: str) -> None:
    assert hide_personal_data(text).text == stored


@pytest.mark.parametrize("text", SURVIVE)
def test_dates_money_places_and_offices_survive(text: str) -> None:
    assert hide_personal_data(text) == HiddenText(text, 0)


def test_every_hidden_place_is_counted() -> None:
    assert hide_personal_data("Nguyễn Văn Mẫu, 0912345678, an@example.com").hidden == 3


def test_a_phone_before_the_word_dong_is_still_hidden() -> None:
    assert hide_personal_data("0912345678 Đông").text.startswith("[SỐ ĐIỆN THOẠI]")


@given(st.text(alphabet=st.sampled_from("0123456789 .-@aAnNôHồ/Ngễ[]\u200b\n"), max_size=60))
@example("@000@000")
@example("0@0.0@000")
def test_hiding_twice_hides_no_more_than_once(text: str) -> None:
    once = hide_personal_data(text).text
    assert hide_personal_data(once).text == once


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), st.sampled_from([" ", ".", "-", ""]))
def test_no_mobile_number_gets_through_in_any_usual_grouping(number: str, gap: str) -> None:
    for grouping in ((4, 7), (3, 6), (2, 4), (5, 8)):
        typed = gap.join((number[: grouping[0]], number[grouping[0] : grouping[1]], number[grouping[1] :]))
        assert hide_personal_data(f"gọi {typed} giúp").text == "gọi [SỐ ĐIỆN THOẠI] giúp"
