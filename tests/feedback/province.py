"""A workbook for every commune of a real province, with desks and officials that are marked as made up."""

from collections.abc import Mapping, Sequence
from datetime import date

from feedback.catalogue.places import list_places_on
from feedback.catalogue.workbook import Workbook, make_workbook
from feedback.tables.places import Place

Row = Mapping[str, str]

# A first guess by kind; the real area type is for the province to say.
AREA_TYPES = {"xã": "rural", "phường": "urban", "đặc khu": "island"}

DESK_NAMES = ("Hộ tịch, chứng thực (mẫu)", "Cư trú, đất đai (mẫu)", "Trả kết quả (mẫu)")
TITLES = {
    "demo-tiep-nhan": "Công chức tiếp nhận và trả kết quả (mẫu)",
    "demo-chuyen-mon": "Công chức chuyên môn (mẫu)",
}
PROCEDURES = {  # real codes (domain.md 8.4) with their subject in short
    "1.001193": ("Đăng ký khai sinh", "Hộ tịch"),
    "1.000894": ("Đăng ký kết hôn", "Hộ tịch"),
    "1.004222": ("Đăng ký thường trú", "Đăng ký, quản lý cư trú"),
    "2.000815": ("Chứng thực bản sao từ bản chính", "Chứng thực"),
}


def make_province_workbook(province_code: str, day: date) -> Workbook:
    """Everything holds from `day`. A unit has the code of its commune; desk codes are left to the import."""
    communes = [place for place in list_places_on(day) if place.province_code == province_code]
    start = {"valid_from": day.isoformat()}
    rows: dict[str, list[Row]] = {
        "units": [_make_unit(commune) | start for commune in communes],
        "desks": [desk | start for commune in communes for desk in _make_desks(commune)],
        "titles": [{"code": code, "name": name} for code, name in TITLES.items()],
        "officials": [official | start for commune in communes for official in _make_officials(commune)],
        "official_titles": [held | start for commune in communes for held in _make_held_titles(commune)],
        "procedures": [
            {"code": code, "name": name, "field": field} | start for code, (name, field) in PROCEDURES.items()
        ],
        "desk_officials": [row | start for commune in communes for row in _make_desk_officials(commune)],
        "desk_procedures": [row | start for commune in communes for row in _make_desk_procedures(commune)],
    }
    return make_workbook(rows)


def name_unit(commune: Place) -> str:
    kind, name = commune.kind, commune.name[len(commune.kind) :]
    return f"Trung tâm Phục vụ hành chính công {kind}{name}"


def _make_unit(commune: Place) -> dict[str, str]:
    return {
        "code": commune.code,
        "name": name_unit(commune),
        "place_code": commune.code,
        "area_type": AREA_TYPES[commune.kind],
    }


def _make_desks(commune: Place) -> list[dict[str, str]]:
    return [{"unit": commune.code, "number": number, "name": name} for number, name in _number(DESK_NAMES)]


def _make_officials(commune: Place) -> list[dict[str, str]]:
    return [
        {"code": f"demo-{commune.code}-{number}", "display_name": f"Cán bộ mẫu {number}"}
        for number, _ in _number(DESK_NAMES)
    ]


def _make_held_titles(commune: Place) -> list[dict[str, str]]:
    first, second = TITLES
    return [
        {"official": official["code"], "title": second if official["code"].endswith("2") else first}
        for official in _make_officials(commune)
    ]


def _make_desk_officials(commune: Place) -> list[dict[str, str]]:
    return [
        {"unit": commune.code, "desk": desk["number"], "official": official["code"]}
        for desk, official in zip(_make_desks(commune), _make_officials(commune), strict=True)
    ]


def _make_desk_procedures(commune: Place) -> list[dict[str, str]]:
    """Two procedures at desk 1, two at desk 2, all at desk 3, which hands out the results."""
    shares = {"1": ("1.001193", "1.000894"), "2": ("1.004222", "2.000815"), "3": tuple(PROCEDURES)}
    return [
        {"unit": commune.code, "desk": desk, "procedure": procedure}
        for desk, procedures in shares.items()
        for procedure in procedures
    ]


def _number(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"{number}", name) for number, name in enumerate(names, 1)]
