"""What an import may not end: anything at which ratings were given later. Refused with the row and the last day."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedback.catalogue.import_workbook import check_workbook, import_workbook, plan_import
from feedback.catalogue.orphans import subtract
from feedback.catalogue.workbook import make_workbook
from feedback.database import Connection, open_connection
from langnghe import main
from surveys.case_errors import CatalogueChangedError
from tests.world import make_world

Row = dict[str, str]
START = "2025-07-01"
RATED = date(2026, 10, 31)
INSERT_COUNT = """
INSERT INTO daily_counts (unit_id, day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class,
    n1, n2, n3, n4, n5)
SELECT u.unit_id, $1::date, d.desk_id, o.official_id, 1, p.procedure_id, 1, 1, 'C', 0, 0, 0, 0, $2::integer
FROM units AS u JOIN desks AS d USING (unit_id), officials AS o, procedures AS p
WHERE u.code = '32041' AND d.number = '1' AND o.code = 'demo-1' AND p.code = '1.001193' AND p.valid_from = '2025-07-01'
"""

UNIT = {"code": "32041", "name": "Đơn vị mẫu", "place_code": "32041", "area_type": "urban", "valid_from": START}
DESK = {"unit": "32041", "number": "1", "name": "Quầy mẫu", "valid_from": START}
OFFICIAL = {"code": "demo-1", "display_name": "Cán bộ mẫu 1", "valid_from": START}
PROCEDURE = {"code": "1.001193", "name": "Đăng ký khai sinh", "field": "Hộ tịch", "valid_from": START}
SERVES = {"unit": "32041", "desk": "1", "official": "demo-1", "valid_from": START}
OFFERS = {"unit": "32041", "desk": "1", "procedure": "1.001193", "valid_from": START}
RATED_ROWS = {
    "units": (UNIT, "32041"),
    "desks": (DESK, "32041, 1"),
    "officials": (OFFICIAL, "demo-1"),
    "procedures": (PROCEDURE, "1.001193"),
    "desk_officials": (SERVES, "32041, 1, demo-1"),
    "desk_procedures": (OFFERS, "32041, 1, 1.001193"),
}


@pytest.fixture
async def store(connection: Connection) -> Connection:
    """The small world, with five ratings of demo-1 at desk 1 on the last of October."""
    await make_world(connection)
    await connection.execute(INSERT_COUNT, RATED, 5)
    return connection


@pytest.fixture
async def rated_url(database_url: str) -> str:
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.execute(INSERT_COUNT, RATED, 5)
    await connection.close()
    return database_url


async def list_refused(store: Connection, sheets: dict[str, list[Row]]) -> list[tuple[str, int, str, str, str]]:
    cells = await check_workbook(store, make_workbook(sheets))
    return [(cell.sheet, cell.row, cell.column, cell.reason, cell.value) for cell in cells]


@pytest.mark.parametrize("sheet", RATED_ROWS)
async def test_nothing_ends_on_a_day_with_ratings(store: Connection, sheet: str) -> None:
    row, code = RATED_ROWS[sheet]
    early = {sheet: [row | {"valid_to": "2026-10-31"}]}
    told = f"{code}: 2026-10-31"
    assert await list_refused(store, early) == [(sheet, 2, "valid_to", "catalogue.rated_after_end", told)]
    assert await list_refused(store, {sheet: [row | {"valid_to": "2026-11-01"}]}) == []


@pytest.mark.parametrize("sheet", ["units", "desks", "officials"])
async def test_nothing_begins_after_its_first_rating(store: Connection, sheet: str) -> None:
    row, code = RATED_ROWS[sheet]
    late = {sheet: [row | {"valid_from": "2026-11-01"}]}
    told = f"{code}: 2026-10-31"
    assert await list_refused(store, late) == [(sheet, 2, "valid_from", "catalogue.rated_before_start", told)]


async def test_the_row_is_that_of_the_file_and_others_pass(store: Connection) -> None:
    rows = [SERVES | {"official": "demo-2"}, SERVES | {"valid_to": "2026-10-01"}]
    [(_, row, *_)] = await list_refused(store, {"desk_officials": rows})
    assert row == 3  # the header is row 1
    nobody_rated = {"desk_officials": [SERVES | {"official": "demo-2", "valid_to": "2026-10-01"}]}
    assert await list_refused(store, nobody_rated) == []


async def test_a_new_name_takes_no_days_away(store: Connection) -> None:
    renamed = PROCEDURE | {"name": "Khai sinh", "valid_from": "2026-09-01"}
    assert await list_refused(store, {"procedures": [renamed]}) == []
    gap = [PROCEDURE | {"valid_to": "2026-09-01"}, renamed | {"valid_from": "2026-11-15"}]
    [(_, row, column, reason, _)] = await list_refused(store, {"procedures": gap})
    assert (row, column, reason) == (2, "valid_to", "catalogue.rated_after_end")


async def test_a_row_that_ends_the_stored_one_stands_for_it(store: Connection) -> None:
    short = OFFERS | {"valid_from": "2026-09-01", "valid_to": "2026-10-01"}
    [(_, row, column, *_)] = await list_refused(store, {"desk_procedures": [short]})
    assert (row, column) == (2, "valid_to")


async def test_ratings_that_were_changed_away_hold_nothing_back(store: Connection) -> None:
    await store.execute("UPDATE daily_counts SET n5 = 0")
    assert await list_refused(store, {"desks": [DESK | {"valid_to": "2026-01-01"}]}) == []


async def test_a_plan_tells_what_is_new_changed_and_ended(store: Connection) -> None:
    sheets = {
        "desks": [DESK | {"name": "Tên mới"}, DESK | {"number": "9"}],
        "desk_officials": [SERVES | {"official": "demo-2", "valid_to": "2026-10-01"}],
        "procedures": [PROCEDURE | {"name": "Khai sinh", "valid_from": "2026-12-01"}],
    }
    plan = await plan_import(store, make_workbook(sheets))
    numbers = {one.sheet: (one.new, one.changed, one.ended, one.unchanged) for one in plan.sheets}
    assert numbers == {
        "desks": (1, 1, 0, 0),
        "desk_codes": (1, 0, 0, 0),
        "procedures": (1, 0, 1, 0),
        "desk_officials": (0, 0, 1, 0),
    }
    told = {(one.sheet, row.deed, row.row, row.code): row.cells for one in plan.sheets for row in one.rows}
    [renamed] = told["desks", "changed", 2, "32041, 1"]
    assert (renamed.column, renamed.before, renamed.after) == ("name", "Hộ tịch - Chứng thực (mẫu)", "Tên mới")
    [ended] = told["procedures", "ended", 0, "1.001193"]
    assert (ended.column, ended.before, ended.after) == ("valid_to", "", "2026-12-01")
    again = await plan_import(store, make_workbook(sheets))
    assert again.digest == plan.digest


async def test_what_was_shown_is_what_is_imported_or_nothing(store: Connection) -> None:
    workbook = make_workbook({"desks": [DESK | {"name": "Tên mới"}]})
    plan = await plan_import(store, workbook)
    await store.execute("UPDATE desks SET name = 'Tên khác' WHERE number = '1'")
    with pytest.raises(CatalogueChangedError):
        await import_workbook(store, workbook, plan.digest)
    seen = await plan_import(store, workbook)
    assert (await import_workbook(store, workbook, seen.digest)).changed == {"desks": 1}


@pytest.mark.parametrize("change", ["name = 'Tên khác'", "valid_to = '2027-01-01'"])
async def test_what_changed_beyond_the_rows_that_are_drawn_is_no_less_changed(store: Connection, change: str) -> None:
    """Of 150 desks the page draws a hundred: the very last of them is changed by somebody else."""
    await store.execute(
        "INSERT INTO desks (unit_id, number, name, valid_from) SELECT unit_id, number::text, 'Quầy', date '2025-07-01'"
        " FROM units, generate_series(101, 250) AS number WHERE code = '32041'"
    )
    desks = [DESK | {"number": str(number), "name": "Tên mới"} for number in range(101, 251)]
    workbook = make_workbook({"desks": desks})
    plan = await plan_import(store, workbook)
    assert [len(one.rows) for one in plan.sheets if one.sheet == "desks"] == [100]
    assert (await plan_import(store, workbook)).digest == plan.digest
    await store.execute(f"UPDATE desks SET {change} WHERE number = '250'")  # noqa: S608 (fixed texts)
    with pytest.raises(CatalogueChangedError):
        await import_workbook(store, workbook, plan.digest)


def test_stretches_are_taken_off_each_other() -> None:
    days = [date(2026, 1, number) for number in range(1, 10)]
    whole = [(days[0], days[8])]
    assert subtract(whole, [(days[2], days[4])]) == [(days[0], days[2]), (days[4], days[8])]
    assert subtract(whole, [(days[0], days[3]), (days[3], days[8])]) == []
    assert subtract(whole, []) == whole


async def test_the_command_line_refuses_it_as_well(rated_url: str, tmp_path: Path) -> None:
    file = tmp_path / "desks.csv"
    file.write_text(f"unit,number,name,code,valid_from,valid_to\n32041,1,Quầy mẫu,,{START},2026-10-31\n", "utf-8")
    runner = CliRunner(env={"DATABASE_URL": rated_url, "LANGNGHE_LANGUAGE": "en", "COLUMNS": "300"})
    ended = await asyncio.to_thread(runner.invoke, main, ["catalogue", "import", str(file)])
    assert ended.exit_code == 1
    assert "ratings were given here later (32041, 1: 2026-10-31 is the last day" in ended.output
