"""What an import does to the store: repeatable, all or nothing, nothing deleted, one at a time."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from feedback.catalogue.import_workbook import ImportCounts, check_workbook, import_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.stored import read_stored
from feedback.catalogue.workbook import RefusedWorkbookError, make_workbook
from feedback.database import Connection, open_connection
from surveys.codes import make_desk_code, read_desk_code

Row = dict[str, str]

START = {"valid_from": "2026-01-01"}
UNIT = {"code": "u1", "name": "Đơn vị mẫu", "place_code": "31825", "area_type": "urban"} | START
DESK = {"unit": "u1", "number": "1", "name": "Quầy mẫu"} | START
OFFICIAL = {"code": "demo-1", "display_name": "Cán bộ mẫu"} | START
PROCEDURE = {"code": "1.001193", "name": "Khai sinh", "field": "Hộ tịch"} | START
FULL: dict[str, list[Row]] = {
    "units": [UNIT, UNIT | {"code": "u2", "name": "Đơn vị mẫu hai"}],
    "desks": [DESK, DESK | {"number": "2"}],
    "titles": [{"code": "t1", "name": "Chức danh mẫu"}, {"code": "t2", "name": "Chức danh mẫu hai"}],
    "officials": [OFFICIAL],
    "official_titles": [{"official": "demo-1", "title": "t1"} | START],
    "procedures": [PROCEDURE],
    "desk_officials": [{"unit": "u1", "desk": "1", "official": "demo-1"} | START],
    "desk_procedures": [
        {"unit": "u1", "desk": "1", "procedure": "1.001193", "deciding_unit": "u2"} | START,
        {"unit": "u1", "desk": "2", "procedure": "1.001193"} | START,
    ],
    "dossier_counts": [
        {
            "unit": "u1",
            "day": "2026-02-01",
            "procedure": "1.001193",
            "completed": "5",
            "late": "1",
            "complained": "0",
        }
    ],
}


@pytest.fixture
async def store(connection: Connection) -> Connection:
    await import_places(connection)
    return connection


async def run_import(store: Connection, **sheets: list[Row]) -> ImportCounts:
    return await import_workbook(store, make_workbook(sheets))


async def read_rows(store: Connection, sheet: str) -> list[tuple[object, ...]]:
    return (await read_stored(store))[sheet].rows()


async def test_the_same_workbook_twice_changes_nothing_the_second_time(store: Connection) -> None:
    first = await run_import(store, **FULL)
    before = {name: frame.rows() for name, frame in (await read_stored(store)).items()}
    second = await run_import(store, **FULL)
    sizes = {name: len(rows) for name, rows in FULL.items()}
    assert first.added == sizes | {"desk_codes": 2}
    assert second.unchanged == sizes
    assert set(second.added.values()) | set(second.changed.values()) == {0}
    assert {name: frame.rows() for name, frame in (await read_stored(store)).items()} == before


async def test_a_new_desk_without_a_code_gets_one_and_keeps_it(store: Connection) -> None:
    await run_import(store, units=[UNIT], desks=[DESK])
    ((_, _, code, start, end),) = await read_rows(store, "desk_codes")
    assert read_desk_code(str(code)) == code
    assert (start, end) == (date(2026, 1, 1), None)
    await run_import(store, desks=[DESK | {"name": "Tên mới"}])
    assert await read_rows(store, "desk_codes") == [("u1", "1", code, start, end)]
    assert await read_rows(store, "desks") == [("u1", "1", "Tên mới", code, start, None)]


async def test_a_code_that_is_given_is_kept_however_it_is_written(store: Connection) -> None:
    code = make_desk_code(0x7_1234_5678)
    typed = f"{code[:3]}-{code[3:6]}-{code[6:]}".lower()
    await run_import(store, units=[UNIT], desks=[DESK | {"code": typed}])
    assert await read_rows(store, "desk_codes") == [("u1", "1", code, date(2026, 1, 1), None)]
    again = await run_import(store, desks=[DESK | {"code": code}])
    assert again.unchanged == {"desks": 1}


async def test_an_overlaid_card_is_answered_with_a_dated_code(store: Connection) -> None:
    old, new = make_desk_code(1), make_desk_code(2)
    await run_import(store, units=[UNIT], desks=[DESK | {"code": old}])
    rows = [
        {"unit": "u1", "desk": "1", "code": old, "valid_from": "2026-01-01", "valid_to": "2026-03-01"},
        {"unit": "u1", "desk": "1", "code": new, "valid_from": "2026-03-01"},
    ]
    counts = await run_import(store, desk_codes=rows)
    assert (counts.added, counts.changed) == ({"desk_codes": 1}, {"desk_codes": 1})
    assert await read_rows(store, "desks") == [("u1", "1", "Quầy mẫu", new, date(2026, 1, 1), None)]


async def test_a_revoked_code_cannot_be_given_to_another_desk(store: Connection) -> None:
    await run_import(store, units=[UNIT], desks=[DESK | {"code": make_desk_code(1)}])
    ended = {"unit": "u1", "desk": "1", "code": make_desk_code(1), "valid_to": "2026-01-01"} | START
    await run_import(store, desk_codes=[ended])
    with pytest.raises(RefusedWorkbookError) as refused:
        await run_import(store, desks=[DESK | {"number": "2", "code": make_desk_code(1)}])
    assert [cell.reason for cell in refused.value.bad_cells] == ["catalogue.desk_code_taken"]


async def test_a_line_that_ends_is_kept_with_its_end(store: Connection) -> None:
    await run_import(store, **FULL)
    counts = await run_import(store, officials=[OFFICIAL | {"valid_to": "2026-06-01"}])
    assert (counts.added, counts.changed) == ({"officials": 0}, {"officials": 1})
    assert await read_rows(store, "officials") == [("demo-1", "Cán bộ mẫu", date(2026, 1, 1), date(2026, 6, 1))]


async def test_rows_that_a_workbook_does_not_name_stay(store: Connection) -> None:
    await run_import(store, **FULL)
    await run_import(store, units=[UNIT | {"code": "u3"}])
    assert [row[0] for row in await read_rows(store, "units")] == ["u1", "u2", "u3"]


async def test_a_new_name_of_a_procedure_from_a_later_day_is_a_new_row_and_ends_the_old(
    store: Connection,
) -> None:
    await run_import(store, procedures=[PROCEDURE])
    renamed = PROCEDURE | {"name": "Đăng ký khai sinh", "valid_from": "2026-07-01"}
    counts = await run_import(store, procedures=[renamed])
    assert (counts.added, counts.changed) == ({"procedures": 1}, {"procedures": 1})
    rows = [
        ("1.001193", "Khai sinh", "Hộ tịch", date(2026, 1, 1), date(2026, 7, 1)),
        ("1.001193", "Đăng ký khai sinh", "Hộ tịch", date(2026, 7, 1), None),
    ]
    assert await read_rows(store, "procedures") == rows
    again = await run_import(store, procedures=[renamed])
    assert again == ImportCounts({"procedures": 0}, {"procedures": 0}, {"procedures": 1})
    assert await read_rows(store, "procedures") == rows


async def test_a_corrected_name_from_the_same_day_changes_the_row(store: Connection) -> None:
    await run_import(store, procedures=[PROCEDURE])
    await run_import(store, procedures=[PROCEDURE | {"field": "Tư pháp"}])
    assert await read_rows(store, "procedures") == [("1.001193", "Khai sinh", "Tư pháp", date(2026, 1, 1), None)]


async def test_a_new_title_ends_the_title_held_before(store: Connection) -> None:
    await run_import(store, **FULL)
    await run_import(store, official_titles=[{"official": "demo-1", "title": "t2", "valid_from": "2026-05-01"}])
    assert await read_rows(store, "official_titles") == [
        ("demo-1", "t1", date(2026, 1, 1), date(2026, 5, 1)),
        ("demo-1", "t2", date(2026, 5, 1), None),
    ]


async def test_an_official_who_comes_back_to_a_desk_gets_a_second_stretch(store: Connection) -> None:
    await run_import(store, **FULL)
    served = {"unit": "u1", "desk": "1", "official": "demo-1"}
    ended = served | {"valid_from": "2026-01-01", "valid_to": "2026-03-01"}
    back = served | {"valid_from": "2026-06-01"}
    counts = await run_import(store, desk_officials=[ended, back])
    assert (counts.added, counts.changed) == ({"desk_officials": 1}, {"desk_officials": 1})


async def test_a_dry_run_changes_nothing(store: Connection) -> None:
    assert await check_workbook(store, make_workbook(FULL)) == []
    assert all(frame.is_empty() for frame in (await read_stored(store)).values())


async def test_a_missing_column_is_one_mistake_and_not_one_in_every_row(store: Connection, tmp_path: Path) -> None:
    (tmp_path / "titles.csv").write_text("code\na\nb\n", "utf-8")
    (cell,) = await check_workbook(store, read_workbook(tmp_path / "titles.csv"))
    assert (cell.row, cell.column, cell.reason) == (1, "name", "catalogue.missing_column")


async def test_corrected_counts_replace_those_of_the_same_day(store: Connection) -> None:
    await run_import(store, **FULL)
    (count,) = FULL["dossier_counts"]
    counts = await run_import(store, dossier_counts=[count | {"completed": "7"}])
    assert counts.changed == {"dossier_counts": 1}
    assert await read_rows(store, "dossier_counts") == [("u1", date(2026, 2, 1), "1.001193", 7, 1, 0)]


async def test_of_two_imports_at_once_one_adds_and_the_other_finds_nothing_to_do(database_url: str) -> None:
    first, second = await open_connection(database_url), await open_connection(database_url)
    await import_places(first)
    workbook = make_workbook(FULL)
    both = await asyncio.gather(import_workbook(first, workbook), import_workbook(second, workbook))
    assert sorted(counts.added["units"] for counts in both) == [0, 2]
    assert sorted(counts.unchanged["units"] for counts in both) == [0, 2]
    assert len(await read_rows(first, "desk_codes")) == 2
    await first.close()
    await second.close()


async def test_a_refused_import_leaves_nothing_behind_for_others(database_url: str) -> None:
    connection = await open_connection(database_url)
    await import_places(connection)
    with pytest.raises(RefusedWorkbookError, match="1 cells need a correction"):
        await run_import(connection, units=[UNIT], titles=[{"code": "t1", "name": ""}])
    assert all(frame.is_empty() for frame in (await read_stored(connection)).values())
    await connection.close()


async def test_three_hundred_thousand_counts_are_imported_whole(store: Connection, tmp_path: Path) -> None:
    units = [UNIT | {"code": f"u{number}"} for number in range(1000)]
    await run_import(store, units=units, procedures=[PROCEDURE])
    lines = (
        f"{unit['code']},{date(2026, 1 + day // 28, 1 + day % 28)},1.001193,5,1,0"
        for unit in units
        for day in range(300)
    )
    header = "unit,day,procedure,completed,late,complained"
    (tmp_path / "dossier_counts.csv").write_text("\n".join([header, *lines]), "utf-8")
    counts = await import_workbook(store, read_workbook(tmp_path))
    assert counts.added == {"dossier_counts": 300_000}
