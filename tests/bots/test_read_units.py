from datetime import date, timedelta

from bots.read_units import read_units
from bots.unit_tree import DeskEntry
from feedback.database import Connection
from surveys.codes import make_desk_code
from tests.factories import NOW
from tests.world import BUSY_DESK, QUIET_DESK, make_world

TODAY = NOW.date()
# A second province with a unit of its own and one of a commune; a unit whose only desk has no code.
MORE = """
INSERT INTO places VALUES ('01', 'thành phố', 'Thành phố Hà Nội', NULL, 21.0, 105.8, '2025-07-01', NULL),
    ('00004', 'phường', 'Phường Ba Đình', '01', 21.0, 105.8, '2025-07-01', NULL),
    ('00025', 'xã', 'Xã An Khánh', '01', 21.0, 105.8, '2025-07-01', NULL);
INSERT INTO units (code, name, place_code, area_type, valid_from) VALUES
    ('00004', 'Trung tâm phường Ba Đình (mẫu)', '00004', 'urban', '2025-07-01'),
    ('00025', 'Trung tâm xã An Khánh (mẫu)', '00025', 'rural', '2025-07-01'),
    ('01', 'Trung tâm thành phố Hà Nội (mẫu)', '01', 'urban', '2025-07-01'),
    ('00004-cu', 'Trung tâm cũ (mẫu)', '00004', 'urban', '2025-07-01');
INSERT INTO desks (unit_id, number, name, valid_from) SELECT unit_id, n, 'Quầy ' || n || ' (mẫu)', date '2025-07-01'
    FROM units, unnest(ARRAY['10', '2']) AS n WHERE code IN ('00004', '00025', '01', '00004-cu');
INSERT INTO desk_codes SELECT lpad(desk_id::text, 9, '0'), desk_id, date '2025-07-01', NULL
    FROM desks JOIN units USING (unit_id) WHERE code IN ('00004', '00025', '01');
"""


async def test_provinces_units_and_desks_stand_by_the_names_people_look_for(connection: Connection) -> None:
    await make_world(connection)
    await connection.execute(MORE)
    tree = await read_units(connection, TODAY)
    assert [(province.code, province.plain) for province in tree.provinces] == [
        ("96", "tinh ca mau"),
        ("01", "thanh pho ha noi"),
    ]
    assert [unit.place_name for unit in tree.by_province["01"]] == ["Xã An Khánh", "Phường Ba Đình", "Thành phố Hà Nội"]
    assert [desk.number for desk in tree.by_province["01"][1].desks] == ["2", "10"]
    assert {unit.unit_id for units in tree.by_province.values() for unit in units} == set(tree.units)


async def test_a_unit_is_searched_by_its_name_and_place_without_marks(connection: Connection) -> None:
    await make_world(connection)
    [unit] = (await read_units(connection, TODAY)).by_province["96"]
    assert unit.plain == "trung tam phuc vu hanh chinh cong phuong tan thanh mau phuong tan thanh"
    assert unit.desks == (
        DeskEntry(BUSY_DESK, "1", "Hộ tịch - Chứng thực (mẫu)"),
        DeskEntry(QUIET_DESK, "2", "Đất đai (mẫu)"),
    )


async def test_of_several_codes_of_a_desk_the_newest_is_shown(connection: Connection) -> None:
    await make_world(connection)
    newer = make_desk_code(78)
    await connection.execute(
        "INSERT INTO desk_codes SELECT $1, desk_id, date '2026-01-01', NULL FROM desk_codes WHERE code = $2",
        newer,
        BUSY_DESK,
    )
    [unit] = (await read_units(connection, TODAY)).by_province["96"]
    assert unit.desks[0].code == newer
    [unit] = (await read_units(connection, date(2025, 12, 31))).by_province["96"]
    assert [desk.code for desk in unit.desks] != newer


async def test_what_is_closed_or_not_yet_open_is_not_offered(connection: Connection) -> None:
    await make_world(connection)
    assert (await read_units(connection, date(2025, 6, 30))).provinces == ()
    await connection.execute("UPDATE units SET valid_to = $1", TODAY)
    assert (await read_units(connection, TODAY)).units == {}
    assert len((await read_units(connection, TODAY - timedelta(days=1))).units) == 1


async def test_a_renamed_place_is_shown_by_its_name_of_the_day(connection: Connection) -> None:
    await make_world(connection)
    await connection.execute(
        "INSERT INTO places VALUES ('32041', 'phường', 'Phường Tân Mới', '96', 9.2, 105.1, '2026-11-01', NULL)"
    )
    [before] = (await read_units(connection, date(2026, 10, 31))).by_province["96"]
    [after] = (await read_units(connection, TODAY)).by_province["96"]
    assert (before.place_name, after.place_name) == ("Phường Tân Thành", "Phường Tân Mới")
