"""Slips as receipts for paper 58 mm wide, one page each; the same input gives the same bytes.

What stands where is in slip.typ, what it says in feedback/locale. Nothing here looks anything up.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from unicodedata import normalize

import msgspec
import typst

from feedback.posters.square import QUIET_ZONE_MODULES, draw_square, make_square
from feedback.slips.address import make_slip_address, make_typing_address
from feedback.slips.issue_slips import IssuedSlip
from surveys.codes import print_desk_code
from surveys.errors import NoPostersError
from surveys.wording import Wording, read_wordings

_HERE: Final = Path(__file__).parent
_LOCALE: Final = _HERE.parent / "locale"
_FONTS: Final = _HERE.parent / "posters" / "fonts"
_SENTENCES: Final = ("print-title", "print-scan", "print-type", "print-pin", "print-promise")
# Seven dots of a printer with 203 dots an inch: whole dots keep the edges of modules sharp.
_MODULE_MILLIMETRES: Final = 7 * 25.4 / 203


def draw_slips(slips: Sequence[IssuedSlip], base_url: str) -> bytes:
    """A PDF with one narrow page a slip.

    Raises UnprintableAddressError for a base_url that is not a plain http(s) host, NoPostersError for no slips.
    """
    if not slips:
        raise NoPostersError
    wordings = read_wordings([_LOCALE])
    content = {
        "host": make_typing_address(base_url),
        "words": {name.removeprefix("print-"): say_in_both(wordings, name) for name in _SENTENCES},
        "slips": [fill_slip(slip, base_url, wordings) for slip in slips],
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
    sent = {"content": msgspec.json.encode(content).decode()}
    return typst.compile(str(_HERE / "slip.typ"), root=str(_HERE), font_paths=fonts, sys_inputs=sent)


def fill_slip(slip: IssuedSlip, base_url: str, wordings: dict[str, Wording]) -> dict[str, object]:
    address = make_slip_address(base_url, slip.token)
    last_day = slip.valid_to - timedelta(days=1)
    return {
        "unit": normalize("NFC", slip.unit_name),
        "desk": say_in_both(wordings, "print-desk", number=slip.desk_number),
        "visit": f"{slip.visit:%d/%m/%Y}",
        "until": say_in_both(wordings, "print-until", day=f"{last_day:%d/%m/%Y}"),
        "code": print_desk_code(slip.code),
        "pin": slip.pin,
        "square": draw_square(address),
        "side": (make_square(address).modules_count + 2 * QUIET_ZONE_MODULES) * _MODULE_MILLIMETRES,
    }


def say_in_both(wordings: dict[str, Wording], name: str, **values: object) -> dict[str, str]:
    return {language: wordings[language].say(f"slip.{name}", **values) for language in ("vi", "en")}
