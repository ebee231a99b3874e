"""What comments speak of, by simple counts of words: comment_themes.toml, read once. Pure but for that."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from dashboards.disclosure.front import FRONT_COMMENTS, round_count
from dashboards.supervision.figures import Theme

LIST = Path(__file__).with_name("comment_themes.toml")
# "Không nhiệt tình" is no praise.
NEGATIONS = ("khong", "khong he", "khong duoc", "chua", "chua duoc", "chang", "thieu", "kem", "ko", "k", "not", "no")


def fold(text: str) -> str:
    """Small letters without marks, one blank between words."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


@cache
def load_themes() -> Mapping[str, re.Pattern[str]]:
    """By code, in the order of the list."""
    themes = tomllib.loads(LIST.read_text("utf-8"))
    return {
        code: compile_words(theme["words"], is_negatable=theme.get("negatable", False))
        for code, theme in themes.items()
    }


def compile_words(words: Iterable[str], *, is_negatable: bool) -> re.Pattern[str]:
    longest_first = sorted({fold(word) for word in words}, key=len, reverse=True)
    unless = "".join(rf"(?<!\b{negation} )" for negation in NEGATIONS) if is_negatable else ""
    return re.compile(rf"{unless}\b(?:{'|'.join(map(re.escape, longest_first))})\b")


def find_themes(text: str) -> frozenset[str]:
    """The codes of the themes that a comment speaks of; none is an answer too."""
    folded = fold(text)
    return frozenset(code for code, pattern in load_themes().items() if pattern.search(folded))


def count_themes(texts: Iterable[str]) -> tuple[Theme, ...]:
    """Most spoken of first, each to the nearest 5; a theme of fewer than five comments is not there."""
    found = [find_themes(text) for text in texts]
    counts = {code: sum(code in themes for themes in found) for code in load_themes()}
    told = [Theme(code, round_count(n)) for code, n in counts.items() if n >= FRONT_COMMENTS.value]
    return tuple(sorted(told, key=lambda theme: -theme.comments))
