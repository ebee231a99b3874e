"""The QR square of one address: level Q against wear and glare, a quiet zone of four modules."""

from threading import Lock
from typing import Final

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.image.svg import SvgPathFillImage, SvgPathImage
from qrcode.util import MODE_ALPHA_NUM

from surveys.errors import UnprintableAddressError

QUIET_ZONE_MODULES: Final = 4
# Version 6 has 41 modules; with its quiet zone on the smallest form (42 mm) a module keeps 0.85 mm.
LARGEST_VERSION: Final = 6

# qrcode fills a module-level cache of blank squares without guarding it (its issue 421).
_one_at_a_time = Lock()


def draw_square(address: str) -> str:
    """An SVG text, quiet zone included; its view box counts modules. The address must be in capitals."""
    with _one_at_a_time:
        return make_square(address).make_image().to_string(encoding="unicode")


def make_square(address: str) -> QRCode[SvgPathImage]:
    square = QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE_MODULES, image_factory=SvgPathImage)
    # Zero: one run in one mode, instead of a search for runs that change mode.
    square.add_data(address, optimize=0)
    try:
        square.make(fit=True)
    except (ValueError, DataOverflowError) as error:
        raise UnprintableAddressError(address=address) from error
    if square.version > LARGEST_VERSION or square.data_list[0].mode != MODE_ALPHA_NUM:
        raise UnprintableAddressError(address=address)
    return square


def draw_screen_square(text: str) -> str:
    """Any text, to be read from a screen: level M, on white of its own."""
    with _one_at_a_time:
        square = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE_MODULES, image_factory=SvgPathFillImage)
        square.add_data(text)
        square.make(fit=True)
        return square.make_image().to_string(encoding="unicode")
