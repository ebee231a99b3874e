"""Vietnamese personal names as patterns: surnames, honorifics, and what only looks like a name.

Known misses (methods.md 2.4): names in lower case or without diacritics, nicknames.
"""

import re

_LETTERS = [chr(code) for code in range(0x41, 0x1F00) if chr(code).isalpha()]
_UPPER = "[" + "".join(letter for letter in _LETTERS if letter.isupper()) + "]"
_LOWER = "[" + "".join(letter for letter in _LETTERS if letter.islower()) + "]"
_TITLE_WORD = f"{_UPPER}{_LOWER}*\\b"
_CAPITAL_WORD = f"{_UPPER}+\\b"

# Kinh, then Tày, Mường, Thái, Mông, Dao, then Ê-đê, Gia Rai, Khmer and others. Left out: surnames that begin
# ordinary capitalised words far more often than names (Văn, Đồng, Công, An, Ông).
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đào|Đoàn|Vương|Trịnh|Đinh|Lâm|Phùng|"
    "Mai|Tô|Trương|Tạ|Hà|Cao|Thái|Lưu|Lương|Chu|Châu|Tăng|Quách|Kiều|Tống|Triệu|Nghiêm|Thân|Khuất|Bạch|Mạc|Hứa|"
    "Lại|Cù|Doãn|Giáp|Vi|Ninh|Nông|Bế|Hầu|Ma|Lục|La|Lù|Lò|Lường|Quàng|Cầm|Cà|Tòng|Lô|Lầu|Giàng|Sùng|Vàng|Thào|"
    "Hờ|Mùa|Vừ|Chảo|Tẩn|Phàn|Rơ|Ksor|Siu|Niê|Kpă|Rcom|Nay|Hnông|Hmok|Êban|Mlô|Byă|Kbuôr|Adrơng|Thạch|Danh|Sơn|"
    "Kim|Điểu|Đàng|Thập"
)
# Ê-đê and Gia Rai names carry the clan at the end: H'… Niê, Y … Êban.
_CLANS = "Niê|Ksor|Siu|Êban|Mlô|Byă|Kbuôr|Adrơng|Ayun|Knul|Kđoh|Rcom|Rmah|Mdrang"
_HONORIFICS = (
    "ông|bà|anh|chị|cô|chú|bác|cậu|dì|em|cháu|thầy|đồng chí|đ/c|cán bộ|công chức|viên chức|nhân viên|chuyên viên"
)

# Places, papers and plain words that begin with a surname or an honorific.
_NOT_NAMES = (
    "hà nội|hà giang|hà nam|hà tĩnh|hà tiên|hà đông|hồ chí minh|hồ sơ|hồ gươm|lâm đồng|lâm sản|"
    "thái nguyên|thái bình|thái lan|cao bằng|cao lãnh|cao tốc|cao đẳng|sơn la|sơn tây|kim bôi|kim động|"
    "châu đốc|châu thành|lý sơn|lý do|lưu ý|lại châu|ninh bình|ninh thuận|vi phạm|võ nhai|"
    "đoàn thanh niên|đoàn viên|dương kinh|mai châu|mai sơn|hoàng sa|kiều bào|bà rịa|bà đen|bà nà|cô tô|"
    "y tế|danh mục|danh sách|danh bạ|kim loại|kim ngạch|la gi|nay mai|chu đáo"
)
# After an honorific these begin an office or another honorific: "cán bộ Một cửa", "công chức Tư pháp".
_NOT_AFTER_HONORIFICS = (
    "ông|bà|anh|chị|em|cô|chú|bác|một|tư|hộ|địa|phòng|ủy|uỷ|ubnd|hđnd|trung|bộ|công|tiếp|văn|xã|phường|tỉnh|"
    "thành|sở|quầy|kế|tài|thuế|cửa|nhà|việt|thủ|cán|đảng|mặt|kinh|nông|lao|bảo|y tế|chủ|phó|trưởng|giám"
)

_START = rf"\b(?!(?i:{_NOT_NAMES})\b)"
SURNAME_NAME = re.compile(
    rf"{_START}(?:{_SURNAMES})(?:[ -]{_TITLE_WORD}){{1,4}}"
    rf"|{_START}(?:{_SURNAMES.upper()})(?: {_CAPITAL_WORD}){{1,4}}",
)
HIGHLAND_NAME = re.compile(
    rf"{_START}(?:H['’ʼ] ?|Y )?(?:{_TITLE_WORD} ){{1,3}}(?:{_CLANS})\b"
    rf"|{_START}(?:H['’ʼ] ?|Y ){_TITLE_WORD}(?: {_TITLE_WORD})*",
)
# The group `name` is what to hide: the honorific itself tells nobody's name.
HONORIFIC_NAME = re.compile(
    rf"{_START}(?i:{_HONORIFICS})\.? "
    rf"(?!(?i:{_NOT_AFTER_HONORIFICS})\b)(?P<name>{_TITLE_WORD}(?: {_TITLE_WORD}){{0,3}})",
)
