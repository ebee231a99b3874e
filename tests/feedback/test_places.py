"""Figures: domain.md 8.1 and 8.2 (Decision 19/2025/QĐ-TTg; Resolutions 30/2026/QH16 and 237/NQ-UBTVQH16)."""

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date

from feedback.catalogue.places import import_places, list_places_on, read_places
from feedback.database import Connection
from feedback.tables.places import select_places

ENACTED = date(2025, 7, 1)
LAST_DAY_BEFORE = date(2026, 4, 29)
CHANGED = date(2026, 4, 30)

CHANGED_COMMUNES = {
    "25270": "Lộc Ninh",
    "25357": "Tân Khai",
    "25363": "Đồng Phú",
    "26116": "Tân Phú",
    "26170": "Trị An",
    "26248": "Trảng Bom",
    "26326": "Dầu Giây",
    "26368": "Long Thành",
    "26425": "Xuân Lộc",
    "26485": "Nhơn Trạch",
}


def count_kinds(day: date) -> Counter[str]:
    return Counter(place.kind for place in list_places_on(day))


def test_there_are_34_provinces_and_3321_communes_on_every_day() -> None:
    for day in (ENACTED, LAST_DAY_BEFORE, CHANGED, date(2026, 11, 21)):
        lengths = Counter(len(place.code) for place in list_places_on(day))
        assert lengths == {2: 34, 5: 3321}


def test_the_kinds_are_those_enacted_until_the_change() -> None:
    enacted = {"tỉnh": 28, "thành phố": 6, "xã": 2621, "phường": 687, "đặc khu": 13}
    assert count_kinds(ENACTED) == enacted
    assert count_kinds(LAST_DAY_BEFORE) == enacted


def test_ten_communes_became_wards_and_one_province_a_city() -> None:
    assert count_kinds(CHANGED) == {"tỉnh": 27, "thành phố": 7, "xã": 2611, "phường": 697, "đặc khu": 13}


def test_the_day_before_the_enactment_knows_no_place() -> None:
    assert list_places_on(date(2025, 6, 30)) == []


def test_exactly_the_named_places_have_two_rows_that_meet() -> None:
    stretches = defaultdict(list)
    for place in read_places():
        stretches[place.code].append((place.name, place.valid_from, place.valid_to))
    twice = {code: rows for code, rows in stretches.items() if len(rows) > 1}
    expected = {
        code: [(f"Xã {name}", ENACTED, CHANGED), (f"Phường {name}", CHANGED, None)]
        for code, name in CHANGED_COMMUNES.items()
    }
    expected["75"] = [("Tỉnh Đồng Nai", ENACTED, CHANGED), ("Thành phố Đồng Nai", CHANGED, None)]
    assert twice == expected


def test_names_are_composed_and_begin_with_their_kind() -> None:
    for place in read_places():
        assert unicodedata.is_normalized("NFC", place.name)
        assert place.name == " ".join(place.name.split())
        assert place.name.lower().startswith(f"{place.kind} ")


def test_codes_are_text_of_two_or_five_digits_and_communes_name_their_province() -> None:
    provinces = {place.code for place in read_places() if len(place.code) == 2}
    for place in read_places():
        assert re.fullmatch(r"\d{2}|\d{5}", place.code)
        assert (place.province_code is None) == (place.code in provinces)
        assert place.province_code is None or place.province_code in provinces
    assert {place.name for place in read_places() if place.code == "00004"} == {"Phường Ba Đình"}


def test_the_misspelling_of_the_source_is_corrected_and_the_open_code_kept() -> None:
    names = {place.code: place.name for place in list_places_on(CHANGED)}
    assert names["00745"] == "Xã Phó Bảng"
    assert names["06970"] == "Xã Ba Chẽ"
    assert "06978" not in names


def test_kinds_that_the_source_contradicts_follow_the_name() -> None:
    kinds = {place.code: place.kind for place in list_places_on(CHANGED)}
    assert [kinds[code] for code in ("10543", "11848", "31213", "31299")] == ["phường", "xã", "phường", "xã"]


def test_every_place_lies_between_the_ends_of_the_country() -> None:
    for place in read_places():
        assert 8 < place.latitude < 23.5
        assert 102 < place.longitude < 115


async def test_a_second_import_of_the_places_changes_nothing(connection: Connection) -> None:
    assert await import_places(connection) == 3366  # 34 + 3,321 + eleven that changed
    assert await import_places(connection) == 0
    assert sorted(await select_places(connection), key=repr) == sorted(read_places(), key=repr)


def test_a_place_is_called_what_it_was_called_on_that_day() -> None:
    names = [{place.code: place.name for place in list_places_on(day)} for day in (LAST_DAY_BEFORE, CHANGED)]
    assert [known["26368"] for known in names] == ["Xã Long Thành", "Phường Long Thành"]
    assert list_places_on(date(2025, 6, 30)) == []
    assert all("06978" not in known for known in names)


def test_the_communes_of_a_province_on_a_day_are_each_listed_once() -> None:
    communes = [place.code for place in list_places_on(CHANGED) if place.province_code == "96"]
    assert len(communes) == len(set(communes)) == 64
    dong_nai = [place for place in list_places_on(CHANGED) if place.province_code == "75"]
    assert {commune.kind for commune in dong_nai if commune.code in CHANGED_COMMUNES} == {"phường"}
    assert len({commune.code for commune in dong_nai}) == len(dong_nai)
