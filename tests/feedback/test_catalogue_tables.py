"""What the pages ask of the catalogue on one day: which desks, codes, officials and procedures hold then."""

from datetime import date

import pytest

from feedback.catalogue.import_workbook import import_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.workbook import make_workbook
from feedback.database import Connection
from feedback.tables.desk_codes import select_codes_of_unit, select_desk_code
from feedback.tables.desk_officials import select_officials_at_desk
from feedback.tables.desk_procedures import select_procedures_at_desk
from feedback.tables.desks import Desk, select_desk, select_desks_of_unit
from feedback.tables.dossier_counts import select_dossier_counts
from feedback.tables.units import Unit, select_unit, select_unit_by_id, select_units_of_province
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
    unit = await select_unit(store, "u1")
    assert unit is not None
    return unit


@pytest.fixture
async def desk(store: Connection, unit: Unit) -> Desk:
    """Desk 2, which stands until further notice."""
    (desk,) = await select_desks_of_unit(store, unit.unit_id, SPRING)
    return desk


async def test_a_unit_is_found_by_code_and_by_id(store: Connection, unit: Unit) -> None:
    assert await select_unit_by_id(store, unit.unit_id) == unit
    assert await select_unit_by_id(store, 0) is None
    assert await select_unit(store, "u9") is None


async def test_the_units_of_a_province_are_its_own_and_those_of_its_communes(store: Connection) -> None:
    units = await select_units_of_province(store, "96")
    assert [unit.code for unit in units] == ["u1", "u2"]


async def test_desks_are_listed_by_number_while_they_stand(store: Connection, unit: Unit, desk: Desk) -> None:
    early = await select_desks_of_unit(store, unit.unit_id, date(2026, 2, 28))
    assert [found.number for found in early] == ["2", "10"]
    assert await select_desks_of_unit(store, unit.unit_id, BEFORE) == []
    assert await select_desk(store, desk.desk_id) == desk
    assert await select_desk(store, 0) is None


async def test_a_revoked_code_is_still_found_but_no_longer_printed(store: Connection, unit: Unit, desk: Desk) -> None:
    revoked = await select_desk_code(store, OLD_CODE)
    assert revoked is not None
    assert (revoked.desk_id, revoked.valid_to) == (desk.desk_id, SPRING)
    assert await select_desk_code(store, make_desk_code(3)) is None
    printed = await select_codes_of_unit(store, unit.unit_id, SPRING)
    assert [code.code for code in printed] == [NEW_CODE]


async def test_who_serves_follows_the_day_with_the_title_of_that_day(store: Connection, desk: Desk) -> None:
    async def list_officials(day: date) -> list[tuple[str, str]]:
        officials = await select_officials_at_desk(store, desk.desk_id, day)
        return [(official.code, official.title_name) for official in officials]

    assert await list_officials(BEFORE) == []
    assert await list_officials(date(2026, 2, 28)) == [("demo-1", "Chức danh mẫu")]
    assert await list_officials(SPRING) == [("demo-1", "Chức danh mẫu"), ("demo-2", "")]
    assert await list_officials(SUMMER) == [("demo-1", "Chức danh khác (mẫu)")]


async def test_what_a_desk_receives_follows_the_day_under_the_name_of_that_day(store: Connection, desk: Desk) -> None:
    async def list_names(day: date) -> list[str]:
        return [procedure.name for procedure in await select_procedures_at_desk(store, desk.desk_id, day)]

    assert await list_names(date(2026, 2, 28)) == ["Chứng thực", "Khai sinh"]
    assert await list_names(SPRING) == ["Khai sinh"]
    assert await list_names(SUMMER) == ["Đăng ký khai sinh"]


async def test_the_deciding_unit_is_named_when_it_is_another(store: Connection, desk: Desk) -> None:
    provincial = await select_unit(store, "u2")
    assert provincial is not None
    (procedure,) = await select_procedures_at_desk(store, desk.desk_id, SUMMER)
    assert procedure.deciding_unit_id == provincial.unit_id


async def test_dossier_counts_are_read_by_days_and_units(store: Connection, unit: Unit) -> None:
    first, last = date(2026, 3, 2), date(2026, 3, 3)
    assert len(await select_dossier_counts(store, first, last)) == 4
    counts = await select_dossier_counts(store, first, last, [unit.unit_id])
    assert [count.completed for count in counts] == [2, 3]
    assert await select_dossier_counts(store, first, last, []) == []
