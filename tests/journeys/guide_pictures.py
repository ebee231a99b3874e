"""The pictures of docs/supervisor-guide.vi.md: taken on the way of a journey, kept with the words of their page.

They are written only when pytest is told --renew-pictures; else the words that a picture was taken of must be the
page's words still, but for numbers, so that a picture cannot go stale unnoticed.
"""

import io
import re

import msgspec
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.house_rules.project import ROOT
from tests.journeys.phone import RECEIPT, Phone

FOLDER = ROOT / "docs" / "pictures" / "guide"
LARGEST = 60_000
COLOURS = 64
RENEW = "pytest tests/journeys/test_case_journey.py --renew-pictures"
KEY = "Words"
SEED = re.compile(r"\b[0-9a-f]{32}\b")
TO_TOP = """([selector, above]) => {
    // Neither a cursor nor the end of a long text: a person who reads sees its beginning.
    document.activeElement.blur();
    for (const field of document.querySelectorAll("textarea")) field.scrollTop = 0;
    const found = document.querySelector(selector);
    window.scrollTo({top: found.getBoundingClientRect().top + scrollY - above, behavior: "instant"});
}"""


class GuidePictures(msgspec.Struct):
    """`renews`: write them. `stale` names those whose page says other words by now."""

    renews: bool
    taken: list[str] = msgspec.field(default_factory=list)
    stale: list[str] = msgspec.field(default_factory=list)

    async def take(self, phone: Phone, name: str, at: str = "body", above: int = 8) -> None:
        """What a phone shows when `at` lies `above` pixels below its upper edge."""
        await phone.page.wait_for_load_state("networkidle")
        await phone.page.evaluate(TO_TOP, [at, above])
        words = forget_numbers(await phone.page.inner_text("body"))
        self.taken.append(name)
        if self.renews:
            write_picture(name, await phone.page.screenshot(caret="initial"), words)
        elif read_words(name) != words:
            self.stale.append(name)


def forget_numbers(text: str) -> str:
    """Days, counts and shares may move with the demo; what is drawn by chance is another each time."""
    plain = SEED.sub("", RECEIPT.sub("", text))
    return " ".join(re.sub(r"\d", "", plain).split())


def write_picture(name: str, shot: bytes, words: str) -> None:
    told = PngInfo()
    told.add_itxt(KEY, words, zip=True)
    plain = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    FOLDER.mkdir(parents=True, exist_ok=True)
    plain.save(FOLDER / f"{name}.png", optimize=True, pnginfo=told)


def read_words(name: str) -> str:
    """Empty where there is no such picture, or it holds no words."""
    file = FOLDER / f"{name}.png"
    if not file.exists():
        return ""
    with Image.open(file) as picture:
        return str(picture.info.get(KEY, ""))
