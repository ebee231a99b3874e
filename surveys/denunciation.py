"""Tells a comment that smells of a denunciation, so that it is not stored here (domain.md 0.2 and 6).

That somebody denounces, and whom, is a state secret; another authority's door is for it. A complaint about
waiting, attitude or unclear forms must pass. When in doubt about money, it does not pass.
"""

import re
import unicodedata

# Words that count in any sentence, typed with or without diacritics.
_SAID = "tố cáo|tố giác|khởi tố"
_NAMED = (
    "tham nhũng|tham ô|hối lộ|đút lót|lót tay|bôi trơn|biển thủ|tư túi|đục khoét|ăn chặn|ăn bớt|ăn hoa hồng|"
    "trục lợi|lợi ích nhóm|rửa tiền"
)
_ASKED_FOR = (
    "phong bì|vòi vĩnh|vòi tiền|vòi quà|vòi thêm|đòi tiền|đòi quà|đòi thêm tiền|gợi ý đưa|gợi ý chi|ăn tiền|"
    "nhận tiền riêng|biếu xén|tiền trà nước|tiền cà phê|luật ngầm|đưa tiền cho cán bộ|dúi tiền|kẹp tiền|"
    "lo lót|chi thêm tiền|không biên lai|không có biên lai|không xuất biên lai"
)
_ABUSED = (
    "lạm quyền|lợi dụng chức vụ|lạm dụng chức vụ|lạm dụng chức quyền|chiếm đoạt|lừa đảo|cưỡng đoạt|tống tiền|"
    "giả mạo|giấy tờ giả|con dấu giả|tẩy xóa|tẩy xoá|chạy chức|chạy chọt|chạy tiền|mua chức|móc nối|"
    "móc ngoặc|thông đồng|cấu kết|bao che|bảo kê|xã hội đen"
)
_THREATENED = (
    "đe dọa|đe doạ|hăm dọa|hăm doạ|dọa đánh|doạ đánh|dọa giết|doạ giết|hành hung|đánh đập|trả đũa|trù dập|"
    "sàm sỡ|gạ tình|quấy rối tình dục"
)
# Without diacritics these are ordinary words (co ho so: có hồ sơ; nhan qua: nhận qua).
_ONLY_WITH_MARKS = (
    "chung tiền|lại quả|vụ lợi|nhận quà|quà cáp|tiền ngoài|đòi chi|làm giả|khai khống|lập khống|hồ sơ khống|"
    "cò đất|cò hồ sơ|cò mồi|cò dịch vụ|chạy án|trả thù|bị đánh(?! giá)"
)
_ENGLISH = r"brib\w+|corrupt\w*|kickbacks?|extort\w*|embezzl\w*|denounc\w*|threaten\w*|blackmail\w*"
# Something handed over, and only then the service: "phải đưa 500 nghìn mới được giải quyết".
_PAID_FIRST = (
    r"(?:đưa(?! ra)|đòi|chi(?! cục| nhánh| tiết| phí)|biếu|kẹp|lót|dua(?! ra)|bieu)\b[^.!?\n]{0,40}"
    r"\b(?:tiền|triệu|nghìn|ngàn|trăm|quà|tien|trieu|nghin|ngan|tram)\b[^.!?\n]{0,25}\b(?:mới|moi)"
)
# "Không hề vòi vĩnh" is praise; "không đưa phong bì" may be the start of an allegation, so it stays one.
_PRAISE_BEFORE = re.compile(
    r"\b(?:không|chẳng|chưa|khong|chang|chua|ko|k|no|not|never)"
    r"(?: (?:hề|he|bao giờ|bao gio|có|co|nhận|nhan|đòi|doi|lấy|lay|bị|bi|ai|thấy|thay))*[ ,]*$"
)
_LONGEST_PRAISE = 30


def suggests_denunciation(text: str) -> bool:
    """Whether a comment speaks of denouncing, bribery, corruption, fraud or threats by a person."""
    plain = _bring_to_plain_form(text)
    if _SAYING_SO.search(plain):
        return True
    return any(not _is_praise(plain, match) for match in _ALLEGATION.finditer(plain))


def _is_praise(plain: str, match: re.Match[str]) -> bool:
    before = plain[max(0, match.start() - _LONGEST_PRAISE) : match.start()]
    return _PRAISE_BEFORE.search(before) is not None


def _bring_to_plain_form(text: str) -> str:
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).casefold().split())


def _strip_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _with_and_without_marks(words: str) -> str:
    return f"{words}|{_strip_marks(words)}"


_SAYING_SO = re.compile(rf"\b(?:{_with_and_without_marks(_SAID)}|đơn tố|denounc\w*)\b")
_WORDS = f"{_NAMED}|{_ASKED_FOR}|{_ABUSED}|{_THREATENED}"
_ALLEGATION = re.compile(
    rf"\b(?:{_with_and_without_marks(_WORDS)}"
    rf"|{_ONLY_WITH_MARKS}|{_ENGLISH}|{_PAID_FIRST})\b"
)
