"""Every bad cell is named, with its sheet, row, column and reason; one of them and nothing is imported."""

from datetime import date

import pytest

from feedback.catalogue.import_workbook import check_workbook, import_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.stored import read_stored
from feedback.catalogue.workbook import RefusedWorkbookError, make_workbook
from feedback.database import Connection
from surveys.codes import make_desk_code

Row = dict[str, str]

UNIT = {
    "code": "u1",
    "name": "Đơn vị mẫu",
    "place_code": "31825",
    "area_type": "urban",
    "valid_from": "2026-01-01",
}
DESK = {"unit": "u1", "number": "1", "name": "Quầy mẫu", "valid_from": "2026-01-01"}
OFFICIAL = {"code": "demo-1", "display_name": "Cán bộ mẫu", "valid_from": "2026-01-01"}
PROCEDURE = {"code": "1.001193", "name": "Khai sinh", "field": "Hộ tịch", "valid_from": "2026-01-01"}
TITLE = {"code": "t1", "name": "Chức danh mẫu"}
COUNT = {
    "unit": "u1",
    "day": "2026-02-01",
    "procedure": "1.001193",
    "completed": "5",
    "late": "1",
    "complained": "0",
}
GOOD: dict[str, list[Row]] = {
    "units": [UNIT],
    "desks": [DESK],
    "titles": [TITLE],
    "officials": [OFFICIAL],
    "procedures": [PROCEDURE],
    "dossier_counts": [COUNT],
}


@pytest.fixture
async def store(connection: Connection) -> Connection:
    """A store that knows the places and the good rows above."""
    await import_places(connection)
    await import_workbook(connection, make_workbook(GOOD))
    return connection


async def find(store: Connection, **sheets: list[Row]) -> list[tuple[str, int, str, str]]:
    """What the dry run finds, which must be what the import refuses for; and the store stays as it was."""
    workbook = make_workbook(sheets)
    found = await check_workbook(store, workbook)
    before = {name: frame.rows() for name, frame in (await read_stored(store)).items()}
    with pytest.raises(RefusedWorkbookError) as refused:
        await import_workbook(store, workbook)
    assert list(refused.value.bad_cells) == found
    assert {name: frame.rows() for name, frame in (await read_stored(store)).items()} == before
    return [(cell.sheet, cell.row, cell.column, cell.reason.removeprefix("catalogue.")) for cell in found]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("code", "", "missing_value"),
        ("code", "đơn-vị", "bad_code"),
        ("code", "a/b", "bad_code"),
        ("code", "a" * 41, "bad_code"),
        ("name", "x\x00y", "unprintable_character"),
        ("name", "x\u202ey", "unprintable_character"),
        ("name", "x\ny", "unprintable_character"),
        ("name", "ă" * 301, "text_too_long"),
        ("place_code", "3182", "bad_place_code"),
        ("place_code", "99999", "unknown_place"),
        ("area_type", "city", "unknown_area_type"),
        ("valid_from", "31/02/2026", "wrong_date"),
        ("valid_from", "2026-1-1", "wrong_date"),
        ("valid_from", "02/2026", "wrong_date"),
        ("valid_from", "0026-01-01", "wrong_date"),
        ("valid_from", "46023", "wrong_date"),
        ("valid_to", "soon", "wrong_date"),
        ("valid_to", "01/01/2026", "end_before_start"),
        ("valid_to", "31/12/2025", "end_before_start"),
    ],
)
async def test_each_bad_cell_of_a_unit_is_named(store: Connection, column: str, text: str, reason: str) -> None:
    found = await find(store, units=[UNIT | {"code": "u2"}, UNIT | {"code": "u3", column: text}])
    assert found == [("units", 3, column, reason)]


async def test_a_place_must_hold_on_the_first_day_of_the_unit(store: Connection) -> None:
    early = UNIT | {"code": "u2", "valid_from": "2025-06-30"}
    assert await find(store, units=[early]) == [("units", 2, "place_code", "place_not_valid")]


@pytest.mark.parametrize("text", ["1.01193", "1001193", "1.001193.", "1.001193.000.00.00.29", "1.00119300"])
async def test_a_procedure_code_has_the_national_form(store: Connection, text: str) -> None:
    found = await find(store, procedures=[PROCEDURE | {"code": text}])
    assert found == [("procedures", 2, "code", "bad_procedure_code")]


async def test_a_procedure_code_of_a_province_is_taken(store: Connection) -> None:
    rows = {"procedures": [PROCEDURE | {"code": "1.000656.000.00.00.H29"}]}
    assert await check_workbook(store, make_workbook(rows)) == []


@pytest.mark.parametrize("code", ["001088123456", "1088123456" + "7", "001.088.123456"])
async def test_a_code_like_an_identity_number_is_refused_and_not_repeated(store: Connection, code: str) -> None:
    workbook = make_workbook({"officials": [OFFICIAL | {"code": code}]})
    (cell,) = await check_workbook(store, workbook)
    assert (cell.column, cell.reason, cell.value) == ("code", "catalogue.identity_number", "")


@pytest.mark.parametrize("text", ["-1", "1.5", "1.234", "một", "1e3", "9999999999", "٣"])
async def test_a_count_is_a_whole_number(store: Connection, text: str) -> None:
    found = await find(store, dossier_counts=[COUNT | {"completed": text}])
    assert found == [("dossier_counts", 2, "completed", "not_a_whole_number")]


async def test_late_and_complained_are_among_the_completed(store: Connection) -> None:
    found = await find(store, dossier_counts=[COUNT | {"late": "6", "complained": "7"}])
    assert found == [
        ("dossier_counts", 2, "late", "more_than_completed"),
        ("dossier_counts", 2, "complained", "more_than_completed"),
    ]


async def test_unknown_references_are_each_named_once(store: Connection) -> None:
    start = {"valid_from": "2026-01-01"}
    found = await find(
        store,
        official_titles=[{"official": "nobody", "title": "none"} | start],
        desk_officials=[
            {"unit": "u9", "desk": "1", "official": "demo-1"} | start,
            {"unit": "u1", "desk": "9", "official": "demo-1"} | start,
        ],
        desk_procedures=[{"unit": "u1", "desk": "1", "procedure": "1.001194", "deciding_unit": "u9"} | start],
    )
    assert found == [
        ("official_titles", 2, "official", "unknown_officials"),
        ("official_titles", 2, "title", "unknown_titles"),
        ("desk_officials", 2, "unit", "unknown_units"),
        ("desk_officials", 3, "desk", "unknown_desks"),
        ("desk_procedures", 2, "procedure", "unknown_procedures"),
        ("desk_procedures", 2, "deciding_unit", "unknown_units"),
    ]


async def test_a_reference_to_a_row_that_is_bad_elsewhere_is_not_a_second_mistake(store: Connection) -> None:
    found = await find(store, units=[UNIT | {"code": "u2", "area_type": "?"}], desks=[DESK | {"unit": "u2"}])
    assert found == [("units", 2, "area_type", "unknown_area_type")]


async def test_a_line_that_repeats_a_key_is_named(store: Connection) -> None:
    found = await find(
        store, units=[UNIT, UNIT | {"name": "Tên khác"}], desks=[DESK, DESK], dossier_counts=[COUNT, COUNT]
    )
    assert found == [
        ("units", 3, "code", "duplicate_key"),
        ("desks", 3, "number", "duplicate_key"),
        ("dossier_counts", 3, "procedure", "duplicate_key"),
    ]


async def test_two_stretches_of_the_same_procedure_may_meet_but_not_overlap(store: Connection) -> None:
    first = PROCEDURE | {"code": "1.000894", "valid_to": "2026-03-01"}
    second = first | {"valid_from": "2026-03-01", "valid_to": ""}
    assert await check_workbook(store, make_workbook({"procedures": [first, second]})) == []
    overlapping = second | {"valid_from": "2026-02-28"}
    found = await find(store, procedures=[first, overlapping])
    assert found == [("procedures", 3, "valid_from", "overlap")]


async def test_an_earlier_stretch_may_not_reach_into_a_stored_one(store: Connection) -> None:
    earlier = PROCEDURE | {"valid_from": "2025-07-01"}
    assert await find(store, procedures=[earlier]) == [("procedures", 2, "valid_from", "overlap")]
    ended = earlier | {"valid_to": "2026-01-01"}
    assert await check_workbook(store, make_workbook({"procedures": [ended]})) == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("7K3-MQ9", "malformed_desk_code"),
        ("7K3-MQ9-XWD", "wrong_check_symbol"),
        ("???", "malformed_desk_code"),
    ],
)
async def test_a_desk_code_must_read_well(store: Connection, code: str, reason: str) -> None:
    found = await find(store, desks=[DESK | {"number": "2", "code": code}])
    assert found == [("desks", 2, "code", reason)]


async def test_a_desk_code_belongs_to_one_desk_only(store: Connection) -> None:
    (taken,) = (await read_stored(store))["desk_codes"]["code"].to_list()
    fresh = make_desk_code(12345)
    found = await find(
        store,
        desks=[
            DESK | {"number": "2", "code": taken},
            DESK | {"number": "3", "code": fresh},
            DESK | {"number": "4", "code": fresh},
        ],
    )
    assert found == [("desks", 2, "code", "desk_code_taken"), ("desks", 4, "code", "desk_code_taken")]


async def test_a_second_code_for_a_desk_needs_dates(store: Connection) -> None:
    found = await find(store, desks=[DESK | {"code": make_desk_code(12345)}])
    assert found == [("desks", 2, "code", "desk_has_other_code")]


async def test_all_mistakes_of_a_workbook_are_listed_in_reading_order(store: Connection) -> None:
    found = await find(
        store,
        titles=[{"code": "", "name": ""}],
        units=[UNIT | {"code": "u 2", "valid_from": ""}, UNIT | {"code": "u3", "name": ""}],
    )
    assert found == [
        ("units", 2, "code", "bad_code"),
        ("units", 2, "valid_from", "missing_value"),
        ("units", 3, "name", "missing_value"),
    ]


async def test_good_rows_beside_a_bad_one_are_not_imported(store: Connection) -> None:
    await find(store, units=[UNIT | {"code": "u2"}], officials=[OFFICIAL | {"code": "demo 2"}])
    assert (await read_stored(store))["units"]["code"].to_list() == ["u1"]


async def test_dates_in_both_forms_and_with_midnight_are_the_same_day(store: Connection) -> None:
    forms = ("2026-02-01", "01/02/2026", "1/2/2026", "2026-02-01 00:00:00")
    rows = [UNIT | {"code": f"d{place}", "valid_from": form} for place, form in enumerate(forms)]
    await import_workbook(store, make_workbook({"units": rows}))
    units = (await read_stored(store))["units"]
    assert units.filter(units["code"] != "u1")["valid_from"].to_list() == [date(2026, 2, 1)] * 4
