"""Provinces, units and desks by name, held in memory so that finding one's unit needs no look-up."""

import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

KINDS_OF_PLACE = ("thanh pho ", "dac khu ", "phuong ", "tinh ", "xa ")
# Kinds that people still say, or by which a place went until lately.
KINDS_SAID = (*KINDS_OF_PLACE, "thi tran ", "thi xa ", "huyen ", "quan ")
ABBREVIATIONS = {"tp": "thanh pho", "hcm": "ho chi minh", "tphcm": "thanh pho ho chi minh"}
LONGEST_NAME = 60
SHORTEST_JOINED = 4
# How well a name fits what was typed, best first.
EXACT, WHOLE_WORDS, BEGINNING, ANY_ORDER = range(4)


class DeskEntry(msgspec.Struct, frozen=True):
    code: str
    number: str
    name: str


class UnitEntry(msgspec.Struct, frozen=True):
    unit_id: int
    name: str
    place_name: str
    """Of its commune, or of its province for a unit of the province."""
    province_code: str
    desks: tuple[DeskEntry, ...]
    plain: str
    """Name and place name as `fold_name` writes them, to be searched."""


class ProvinceEntry(msgspec.Struct, frozen=True):
    code: str
    name: str
    plain: str


class UnitTree(msgspec.Struct, frozen=True):
    """Only what has a desk in use. Provinces and units by name, desks by number."""

    provinces: tuple[ProvinceEntry, ...]
    units: dict[int, UnitEntry]
    by_province: dict[str, tuple[UnitEntry, ...]]

    def find_province(self, code: str | None) -> ProvinceEntry | None:
        return next((province for province in self.provinces if province.code == code), None)


Entry = ProvinceEntry | UnitEntry


def fold_name(name: str) -> str:
    """A name as it is searched: small letters without marks, đ as d, words with one space between."""
    small = unicodedata.normalize("NFKD", name).casefold()
    decomposed = unicodedata.normalize("NFKD", small).replace("đ", "d")
    letters = "".join(letter if letter.isalnum() else " " for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(letters.split())


def search(tree: UnitTree, typed: str) -> list[Entry]:
    """The provinces and units that fit, best first: words in any order, each at least begun, marks not needed.

    A unit is found by its province's name too, where nothing else fits ("tan thanh ca mau").
    """
    if len(typed) > LONGEST_NAME:
        return []
    phrase = " ".join(ABBREVIATIONS.get(word, word) for word in fold_name(typed).split())
    if not phrase:
        return []
    named = strip_kind(phrase, KINDS_SAID)
    is_name = named != phrase and not named.isdecimal()
    return find_named(tree, phrase, typed) or (find_named(tree, named, typed) if is_name else [])


def find_named(tree: UnitTree, phrase: str, typed: str) -> list[Entry]:
    found = list(rank_entries(tree, phrase))
    # Whoever typed a name in full is not looking for words of it scattered over other names.
    in_order = [ranked for ranked in found if ranked[0] < ANY_ORDER]
    entries = [entry for _, entry in sort_entries(in_order or found, typed)]
    return entries or find_with_province(tree, phrase) or find_joined(tree, phrase)


def rank_entries(tree: UnitTree, phrase: str) -> Iterator[tuple[int, Entry]]:
    begun = [f" {word}" for word in phrase.split()]
    for entry in (*tree.provinces, *tree.units.values()):
        padded = f" {entry.plain} "
        if all(word in padded for word in begun):
            yield rank_name(name_place(entry), padded, phrase), entry


def rank_name(place: str, padded: str, phrase: str) -> int:
    folded = fold_name(place)
    if phrase in {folded, strip_kind(folded)}:
        return EXACT
    if f" {phrase} " in padded:
        return WHOLE_WORDS
    return BEGINNING if f" {phrase}" in padded else ANY_ORDER


def sort_entries(found: Iterable[tuple[int, Entry]], typed: str) -> list[tuple[int, Entry]]:
    """Best first; among equals, names with the very marks that were typed, then provinces, then short names."""
    as_typed = unicodedata.normalize("NFC", typed.casefold().strip())
    return sorted(
        found,
        key=lambda ranked: (
            ranked[0],
            as_typed not in unicodedata.normalize("NFC", name_place(ranked[1]).casefold()),
            isinstance(ranked[1], UnitEntry),
            len(ranked[1].plain),
            ranked[1].name,
        ),
    )


def find_with_province(tree: UnitTree, phrase: str) -> list[Entry]:
    begun = [f" {word}" for word in phrase.split()]
    return [
        unit
        for province in tree.provinces
        for unit in tree.by_province.get(province.code, ())
        if any(word in f" {unit.plain}" for word in begun)
        and all(word in f" {unit.plain} {province.plain}" for word in begun)
    ]


def find_joined(tree: UnitTree, phrase: str) -> list[Entry]:
    """For those who type without spaces: `camau`."""
    if " " in phrase or len(phrase) < SHORTEST_JOINED:
        return []
    return [entry for entry in (*tree.provinces, *tree.units.values()) if phrase in entry.plain.replace(" ", "")]


def name_place(entry: Entry) -> str:
    return entry.place_name if isinstance(entry, UnitEntry) else entry.name


def strip_kind(folded: str, kinds: tuple[str, ...] = KINDS_OF_PLACE) -> str:
    for kind in kinds:
        if folded.startswith(kind):
            return folded.removeprefix(kind)
    return folded
