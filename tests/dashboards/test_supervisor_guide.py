"""The guide for supervisors names pictures that exist and quotes words that stand on the pages."""

import re

import pytest
from PIL import Image

from tests.house_rules.project import ROOT
from tests.journeys.guide_pictures import FOLDER, LARGEST, RENEW, read_words
from tests.journeys.phone import HEIGHT, WIDTH, WORDINGS

GUIDE = (ROOT / "docs" / "supervisor-guide.vi.md").read_text("utf-8")
PICTURES = re.findall(r"!\[[^\]]{15,}\]\(pictures/guide/([a-z-]+)\.png\)", GUIDE)
QUOTED = sorted({" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", GUIDE, re.DOTALL)})
SENTENCES = set(WORDINGS["vi"].sentences.values())


def test_the_guide_is_about_ten_pages_with_pictures() -> None:
    # A printed page with a picture holds some 350 words.
    assert 3000 <= len(GUIDE.split()) <= 4500
    assert 12 <= len(PICTURES) <= 16
    assert len(set(PICTURES)) == len(PICTURES)
    assert len(QUOTED) >= 60


def test_what_the_guide_quotes_stands_on_a_page() -> None:
    assert [words for words in QUOTED if words not in SENTENCES] == []


def test_every_picture_is_there_and_none_besides() -> None:
    there = {file.stem for file in FOLDER.glob("*")}
    assert there == set(PICTURES), f"renew them: {RENEW}"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_tells_its_words(name: str) -> None:
    file = FOLDER / f"{name}.png"
    with Image.open(file) as picture:
        assert (picture.size, picture.mode) == ((WIDTH, HEIGHT), "P")
    assert file.stat().st_size < LARGEST
    assert len(read_words(name)) > 100
