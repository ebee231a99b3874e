"""Desk cards, exit posters and sheets of cards as print-ready PDF; the same input gives the same bytes.

What stands where is in the *.typ files, what it says in feedback/locale. Nothing here looks anything up.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal
from unicodedata import normalize

import msgspec
import typst

from feedback.posters.address import make_desk_address, name_host
from feedback.posters.square import draw_square
from surveys.codes import print_desk_code, read_desk_code
from surveys.errors import NoPostersError
from surveys.wording import Wording, read_wordings

PosterForm = Literal["card", "exit", "sheet"]

_HERE: Final = Path(__file__).parent
_LOCALE: Final = _HERE.parent / "locale"
_SENTENCES: Final = (
    "title",
    "question",
    "scan",
    "only_open",
    "type_code",
    "voluntary_lead",
    "voluntary",
    "private_lead",
    "private",
    "genuine_lead",
    "genuine",
    "card_code",
    "card_voluntary",
    "card_genuine",
)
# "phường Đông Hưng Thuận": a place and its kind stay on one line; so does what every centre is called.
_PLACE_NAME: Final = re.compile(
    r"hành chính công|\b(?:phường|xã|đặc khu|tỉnh|thành phố) [A-ZĐÀ-Ỹ][^,;()]{0,21}[^,;() ]"
)
# "Hộ tịch - Chứng thực - Bảo trợ xã hội": an item of a list stays whole.
_SHORT_ITEM: Final = re.compile(r"^[^-–,]{1,16}(?= [-–] |, )|(?<=[-–,] )[^-–,]{1,16}(?= [-–] |, |$)")


class DeskPoster(msgspec.Struct, frozen=True):
    unit_name: str
    desk_number: str
    desk_name: str
    code: str


def draw_posters(posters: Sequence[DeskPoster], form: PosterForm, base_url: str) -> bytes:
    """A PDF: one A5 page a card, one A4 page an exit poster, or A4 sheets of eight cards with cut lines.

    Raises MalformedCodeError or WrongCheckSymbolError for a wrong code, UnprintableAddressError for a
    base_url that is not a plain http(s) host, NoPostersError for an empty list. A thousand cards take
    seconds and about 500 MB.
    """
    if not posters:
        raise NoPostersError
    wordings = read_wordings([_LOCALE])
    content = {
        "host": name_host(base_url),
        "words": {name: _say_in_both(wordings, name) for name in _SENTENCES},
        "posters": [_fill_poster(poster, base_url, wordings) for poster in posters],
    }
    return _compile(form, msgspec.json.encode(content).decode())


def _compile(form: PosterForm, content: str) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")])
    return typst.compile(str(_HERE / f"{form}.typ"), root=str(_HERE), font_paths=fonts, sys_inputs={"content": content})


def _fill_poster(poster: DeskPoster, base_url: str, wordings: dict[str, Wording]) -> dict[str, object]:
    number = normalize("NFC", poster.desk_number).strip()
    return {
        "unit": _mend_breaks(poster.unit_name),
        "desk": _say_in_both(wordings, "desk", number=number) if number else None,
        "name": _mend_breaks(poster.desk_name),
        "code": print_desk_code(read_desk_code(poster.code)),
        "square": draw_square(make_desk_address(base_url, poster.code)),
    }


def _say_in_both(wordings: dict[str, Wording], name: str, **values: object) -> dict[str, str]:
    return {language: wordings[language].say(f"poster.{name}", **values) for language in ("vi", "en")}


def _mend_breaks(name: str) -> str:
    """Bind with no-break spaces what a line end must not part: a place and its kind, an item of a list."""
    tidy = " ".join(normalize("NFC", name).split())
    return _SHORT_ITEM.sub(_bind, _PLACE_NAME.sub(_bind, tidy)).replace(" - ", "\u00a0- ").replace(" – ", "\u00a0– ")


def _bind(words: re.Match[str]) -> str:
    return words.group().replace(" ", "\u00a0")
