"""What the pages ask of the catalogue on one day: which desks, codes, officials and procedures hold then."""

from datetime import date

import pytest

from feedback.catalogue.import_workbook import import_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.workbook import make_workbook
from feedback.database import Connection
from feedback.tables.dossier_counts import select_dossier_counts
from feedback.tables.units import Unit, select_units
from surveys.codes import make_desk_code

BEFORE, SPRING, SUMMER = date(2025, 12, 31), date(2026, 3, 1), date(2026, 7, 1)
START, SPRING_ON, SUMMER_ON = (
    {"valid_from": "2026-01-01"},
    {"valid_from": "2026-03-01"},
    {"valid_from": "2026-07-01"},
)
OLD_CODE, NEW_CODE = make_desk_code(1), make_desk_code(2)
SHEETS: dict[str, list[dict[str, str]]] = {
    "units": [
        {"code": "u1", "name": "Đơn vị mẫu", "place_code": "31825", "area_type": "urban"} | START,
        {"code": "u2", "name": "Đơn vị tỉnh mẫu", "place_code": "96", "area_type": "urban"} | START,
        {"code": "u3", "name": "Đơn vị nơi khác", "place_code": "00004", "area_type": "urban"} | START,
    ],
    "desks": [
        {"unit": "u1", "number": "10", "name": "Quầy mười (mẫu)", "valid_to": "2026-03-01"} | START,
        {"unit": "u1", "number": "2", "name": "Quầy hai (mẫu)"} | START,
    ],
    "desk_codes": [
        {"unit": "u1", "desk": "2", "code": OLD_CODE, "valid_to": "2026-03-01"} | START,
        {"unit": "u1", "desk": "2", "code": NEW_CODE} | SPRING_ON,
    ],
    "titles": [{"code": "t1", "name": "Chức danh mẫu"}, {"code": "t2", "name": "Chức danh khác (mẫu)"}],
    "officials": [
        {"code": "demo-1", "display_name": "Cán bộ mẫu 1"} | START,
        {"code": "demo-2", "display_name": "Cán bộ mẫu 2", "valid_to": "2026-07-01"} | START,
    ],
    "official_titles": [
        {"official": "demo-1", "title": "t1", "valid_to": "2026-07-01"} | START,
        {"official": "demo-1", "title": "t2"} | SUMMER_ON,
    ],
    "procedures": [
        {"code": "1.001193", "name": "Khai sinh", "field": "Hộ tịch", "valid_to": "2026-07-01"} | START,
        {"code": "1.001193", "name": "Đăng ký khai sinh", "field": "Hộ tịch"} | SUMMER_ON,
        {"code": "2.000815", "name": "Chứng thực", "field": "Chứng thực"} | START,
    ],
    "desk_officials": [
        {"unit": "u1", "desk": "2", "official": "demo-1"} | START,
        {"unit": "u1", "desk": "2", "official": "demo-2"} | SPRING_ON,
    ],
    "desk_procedures": [
        {"unit": "u1", "desk": "2", "procedure": "1.001193", "deciding_unit": "u2"} | START,
        {"unit": "u1", "desk": "2", "procedure": "2.000815", "valid_to": "2026-03-01"} | START,
    ],
    "dossier_counts": [
        {
            "unit": unit,
            "day": f"2026-03-0{day}",
            "procedure": "1.001193",
            "completed": f"{day}",
            "late": "0",
            "complained": "0",
        }
        for unit in ("u1", "u2")
        for day in (1, 2, 3)
    ],
}


@pytest.fixture
async def store(connection: Connection) -> Connection:
    await import_places(connection)
    await import_workbook(connection, make_workbook(SHEETS))
    return connection


@pytest.fixture
async def unit(store: Connection) -> Unit:
    return next(unit for unit in await select_units(store) if unit.code == "u1")


async def test_dossier_counts_are_read_by_days_and_units(store: Connection, unit: Unit) -> None:
    first, last = date(2026, 3, 2), date(2026, 3, 3)
    assert len(await select_dossier_counts(store, first, last)) == 4
    counts = await select_dossier_counts(store, first, last, [unit.unit_id])
    assert [count.completed for count in counts] == [2, 3]
    assert await select_dossier_counts(store, first, last, []) == []
