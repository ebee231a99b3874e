"""What a release reads of the catalogue: units where they stood, titles, survey versions, dossiers of the quarter."""

from datetime import date

import pytest

from dashboards.releases.read_input import read_lookups
from feedback.database import Connection
from feedback.tables.release_inputs import has_ratings, select_dossiers_completed, select_first_rated_day
from tests.world import make_world

MOVED = """
INSERT INTO places VALUES ('97', 'tỉnh', 'Tỉnh mẫu', NULL, 9.2, 105.1, '2025-07-01', NULL);
UPDATE places SET valid_to = '2026-09-01' WHERE code = '32041';
INSERT INTO places VALUES ('32041', 'phường', 'Phường Tân Thành', '97', 9.2, 105.1, '2026-09-01', NULL);
INSERT INTO units (code, name, place_code, area_type, valid_from)
    VALUES ('so', 'Sở Nội vụ (mẫu)', '96', 'urban', '2025-07-01'),
    ('lost', 'Mất (mẫu)', '00000', 'rural', '2025-07-01');
"""


@pytest.mark.parametrize(("day", "province"), [(date(2026, 8, 31), "96"), (date(2026, 9, 30), "97")])
async def test_a_unit_stands_where_its_place_was_on_the_last_day(
    connection: Connection, day: date, province: str
) -> None:
    await make_world(connection)
    await connection.execute(MOVED)
    lookups = await read_lookups(connection, day)
    # A place that is not known leaves the unit in a province of its own.
    assert sorted(lookups.units.drop("unit_id").rows()) == [
        ("commune", "urban", province),
        ("province", "rural", "00000"),
        ("province", "urban", "96"),
    ]


async def test_versions_of_a_survey_are_groups_of_their_own(connection: Connection) -> None:
    await make_world(connection)
    await connection.execute(
        "INSERT INTO surveys (code, version, rater_kind, digest) VALUES ('citizen', 2, 'citizen', '')"
    )
    lookups = await read_lookups(connection, date(2026, 9, 30))
    assert set(lookups.surveys["survey_group"]) == {"citizen.1", "citizen.2", "business.1"}
    assert lookups.titles["title_group"].to_list() == ["reception"]
    assert set(lookups.procedures["field"]) == {"Hộ tịch", "Đất đai"}
    assert lookups.regions.is_empty()
    assert lookups.open_flags.is_empty()


async def test_only_dossiers_of_the_quarter_weigh(connection: Connection) -> None:
    await make_world(connection)
    for day, completed in (
        (date(2026, 6, 30), 7),
        (date(2026, 7, 1), 20),
        (date(2026, 9, 30), 30),
        (date(2026, 10, 1), 9),
    ):
        await connection.execute(
            "INSERT INTO dossier_counts SELECT unit_id, $1::date, '1.001193', $2, 0, 0 FROM units", day, completed
        )
    dossiers = await select_dossiers_completed(connection, date(2026, 7, 1), date(2026, 9, 30))
    assert dossiers.select("procedure_code", "completed").rows() == [("1.001193", 50)]


async def test_whether_a_quarter_has_ratings(connection: Connection) -> None:
    await make_world(connection)
    assert await select_first_rated_day(connection) is None
    await connection.execute(
        "INSERT INTO daily_counts SELECT unit_id, d, 1, 0, 0, 0, 1, 1, 'C', 0, 0, 0, 0, 1"
        " FROM units, unnest(ARRAY [date '2026-08-01', date '2026-02-03']) AS d"
    )
    assert await select_first_rated_day(connection) == date(2026, 2, 3)
    quarters = [(date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30))]
    assert [await has_ratings(connection, *days) for days in quarters] == [True, False]
