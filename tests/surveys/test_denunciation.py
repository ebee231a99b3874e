import unicodedata

import pytest

from surveys.denunciation import suggests_denunciation

ALLEGATIONS = (
    "Tôi muốn tố cáo cán bộ ở quầy này",
    "toi muon to cao can bo",
    "Cán bộ đòi tiền mới làm",
    "can bo doi tien moi lam",
    "Phải kẹp phong bì vào hồ sơ",
    "nhan phong bi roi moi ky",
    "Họ vòi vĩnh đủ thứ",
    "Nhận hối lộ trắng trợn",
    "nhan hoi lo",
    "THAM NHŨNG ở đây nhiều lắm",
    "Thu tiền không có biên lai",
    "Phải đưa 500 nghìn mới được giải quyết",
    "phai dua 2 trieu moi xong",
    "Gợi ý đưa tiền bôi trơn",
    "Cán bộ địa chính móc nối với cò đất",
    "Lợi dụng chức vụ để chiếm đoạt đất nhà tôi",
    "Bị đe dọa không cho nộp đơn",
    "Cán bộ dọa đánh tôi",
    "Tôi bị trù dập sau khi góp ý",
    "Lập hồ sơ khống lấy tiền hỗ trợ",
    "Không đưa phong bì nên hồ sơ bị ngâm",
    "Họ không nhận đơn tố cáo của tôi",
    "The official asked for a bribe",
    "I was threatened at the desk",
    "Phải lót tay thì mới nhanh",
    "ph\u200bong bì",
    unicodedata.normalize("NFD", "Nhận hối lộ"),
)

COMPLAINTS_AND_PRAISE = (
    "Chờ hơn hai tiếng mới đến lượt",
    "Thái độ cán bộ cau có, nói trống không",
    "Biểu mẫu khó hiểu, phải đi lại ba lần",
    "Hồ sơ trễ hẹn năm ngày",
    "Cán bộ hạch sách, gây khó khăn, bắt bổ sung giấy tờ nhiều lần",
    "Nộp tiền lệ phí xong chờ mãi chưa có kết quả",
    "Nộp tiền sử dụng đất ở chi cục thuế rồi mới được trả kết quả",
    "Cán bộ rất nhiệt tình, không hề vòi vĩnh",
    "Không nhận phong bì, rất đáng khen",
    "Không có tham nhũng gì cả, cảm ơn",
    "Cần nhận tiền đền bù sớm hơn",
    "Xin hỏi lộ trình số hóa hồ sơ",
    "Toi co ho so tu tuan truoc ma chua xong",
    "nhan qua buu dien cham",
    "can chung chi tin hoc",
    "ho so khong du giay to",
    "Xã tôi bị đánh giá thấp",
    "Đóng tiền nước ở đâu không ai chỉ",
    "Điều hòa hỏng, thiếu ghế, bãi xe ở sân sau xa quá",
    "Máy lấy số hay hỏng, cổng dịch vụ công lỗi",
    "Đề nghị công khai phí, lệ phí",
    "Đổi tiền lẻ giúp dân thì tốt",
    "Waited two hours, nobody explained the form",
    "Cảm ơn cán bộ đã hướng dẫn tận tình",
    "",
)


@pytest.mark.parametrize("text", ALLEGATIONS)
def test_an_allegation_is_noticed(text: str) -> None:
    assert suggests_denunciation(text)


@pytest.mark.parametrize("text", COMPLAINTS_AND_PRAISE)
def test_an_ordinary_complaint_passes(text: str) -> None:
    assert not suggests_denunciation(text)
