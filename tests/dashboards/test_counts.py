"""What is read out of a real PostgreSQL."""

from datetime import date

import pytest

from dashboards.counts import read_province_counts, read_unit_counts
from dashboards.indicators.satisfaction import SCORES
from feedback.database import Connection
from feedback.tables.public_units import select_public_province, select_public_unit
from tests.dashboards.frames import TODAY
from tests.world import make_world


@pytest.fixture
async def unit_id(connection: Connection) -> int:
    await make_world(connection)
    return (await connection.fetch("SELECT unit_id FROM units WHERE code = '32041'"))[0]["unit_id"]


async def insert_cell(connection: Connection, unit_id: int, day: date, n5: int, **changes: object) -> None:
    cell = {"procedure_id": 0, "channel": 1, "proof_class": b"C", "desk_id": 1, **changes}
    await connection.execute(
        "INSERT INTO daily_counts VALUES ($1, $2, $3, 0, 0, $4, 1, $5, $6, 0, 0, 0, 0, $7)",
        unit_id,
        day,
        cell["desk_id"],
        cell["procedure_id"],
        cell["channel"],
        cell["proof_class"],
        n5,
    )


async def test_desks_are_summed_and_set_aside_ratings_left_out(connection: Connection, unit_id: int) -> None:
    await insert_cell(connection, unit_id, TODAY, 3, desk_id=1)
    await insert_cell(connection, unit_id, TODAY, 4, desk_id=2, proof_class=b"A")
    await insert_cell(connection, unit_id, TODAY, 100, proof_class=b"X")
    read = await read_unit_counts(connection, unit_id, TODAY)
    assert read.counts.rows() == [(TODAY, 0, 1, 0, 0, 0, 0, 7)]
    province = await read_province_counts(connection, "96", TODAY)
    assert province.counts.rows() == [(unit_id, TODAY, 0, 0, 0, 0, 7)]


async def test_reading_starts_with_the_first_closed_quarter_and_ends_today(
    connection: Connection, unit_id: int
) -> None:
    # Of the open quarter's day back four: the last quarter of 2025 is the first.
    for day in (date(2025, 9, 30), date(2025, 10, 1), TODAY, date(2026, 11, 22)):
        await insert_cell(connection, unit_id, day, 1)
    read = await read_unit_counts(connection, unit_id, TODAY)
    assert sorted(read.counts["day"].to_list()) == [date(2025, 10, 1), TODAY]


async def test_closed_quarters_of_a_province_are_one_row_each(connection: Connection, unit_id: int) -> None:
    for day in (date(2025, 12, 31), date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1), TODAY):
        await insert_cell(connection, unit_id, day, 3)
    province = await read_province_counts(connection, "96", TODAY)
    assert province.counts.sort("day").select("day", "n5").rows() == [
        (date(2026, 7, 1), 6),
        (date(2026, 10, 1), 3),
        (TODAY, 3),
    ]


async def test_a_unit_without_ratings_gives_an_empty_frame(connection: Connection, unit_id: int) -> None:
    read = await read_unit_counts(connection, unit_id, TODAY)
    assert read.counts.is_empty()
    assert read.counts.select(SCORES).sum().row(0) == (0, 0, 0, 0, 0)
    assert read.procedure_names == []


async def test_dossiers_are_summed_over_procedures(connection: Connection, unit_id: int) -> None:
    await connection.execute(
        "INSERT INTO dossier_counts VALUES ($1, $2, '1.001193', 10, 2, 1), ($1, $2, '1.000894', 5, 0, 0)",
        unit_id,
        TODAY,
    )
    read = await read_unit_counts(connection, unit_id, TODAY)
    assert read.dossiers.rows() == [(TODAY, 15, 2, 1)]


async def test_a_closed_unit_keeps_its_page_and_leaves_the_list(connection: Connection, unit_id: int) -> None:
    await connection.execute("UPDATE units SET valid_to = '2026-06-01' WHERE unit_id = $1", unit_id)
    unit = await select_public_unit(connection, "32041", TODAY)
    assert unit is not None
    assert (unit.place_name, unit.province_name) == ("Phường Tân Thành", "Tỉnh Cà Mau")
    assert (await read_province_counts(connection, "96", TODAY)).units == []


async def test_a_place_has_the_name_of_its_day(connection: Connection, unit_id: int) -> None:
    await connection.execute("UPDATE places SET valid_to = '2026-04-30' WHERE code = '96'")
    await connection.execute(
        "INSERT INTO places VALUES ('96', 'thành phố', 'Thành phố Cà Mau', NULL, 9.2, 105.1, '2026-04-30', NULL)"
    )
    before, after = [await select_public_province(connection, "96", date(2026, 4, day)) for day in (29, 30)]
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("Tỉnh Cà Mau", "Thành phố Cà Mau")
    assert [unit.unit_id for unit in (await read_province_counts(connection, "96", TODAY)).units] == [unit_id]
