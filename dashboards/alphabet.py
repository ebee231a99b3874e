"""The order of the Vietnamese alphabet, for lists of names. Not every PostgreSQL was built to know it."""

import unicodedata

LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# No mark, huyền, hỏi, ngã, sắc, nặng.
TONES = "\u0300\u0309\u0303\u0301\u0323"


def make_sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Letters decide first, tones only between equal letters; blanks and signs come before all letters."""
    characters = [_split_tone(character) for character in unicodedata.normalize("NFC", text.lower())]
    return tuple(letter for letter, _ in characters), tuple(tone for _, tone in characters)


def _split_tone(character: str) -> tuple[int, int]:
    marks = unicodedata.normalize("NFD", character)
    tone = next((mark for mark in marks if mark in TONES), "")
    letter = unicodedata.normalize("NFC", marks.replace(tone, ""))
    return LETTERS.find(letter), TONES.find(tone) + 1 if tone else 0
