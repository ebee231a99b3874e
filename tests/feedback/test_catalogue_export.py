"""Out and in again: nothing changes, in either form, for a whole real province and for unkind texts."""

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.catalogue.export_workbook import (
    LOOKS_QUOTED,
    RUNS_AS_FORMULA,
    export_workbook,
    quote_texts,
    write_csv_folder,
    write_xlsx,
)
from feedback.catalogue.import_workbook import ImportCounts, import_workbook
from feedback.catalogue.places import import_places, list_places_on
from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.sheets import SHEETS
from feedback.catalogue.stored import read_stored
from feedback.catalogue.workbook import RefusedWorkbookError, clean_cells, make_workbook
from feedback.database import Connection, open_connection
from tests.feedback.province import make_province_workbook

DAY = date(2026, 4, 30)
CA_MAU = "96"
UNKIND_TEXTS = (
    "=1+1",
    "+84 mẫu",
    "-",
    "@mẫu",
    "'=1+1",
    "''@x",
    "'quoted'",
    "{=1}",
    'a "b", c; d',
    "a_x0041_b",
    "https://example.invalid",
    "TRUE",
    "007",
    "1.10",
    "2026-01-01",
    "<b>&amp;</b>",
)
QUOTED = {"'=1+1": "''=1+1", "''@x": "'''@x"}  # how one types a text that looks quoted


@pytest.fixture
async def province(connection: Connection) -> Connection:
    """A store that holds the whole of Cà Mau."""
    await import_places(connection)
    await import_workbook(connection, make_province_workbook(CA_MAU, DAY))
    return connection


def assert_unchanged(counts: ImportCounts) -> None:
    assert set(counts.added.values()) == set(counts.changed.values()) == {0}


def read_folder(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_every_commune_of_the_province_has_its_unit_and_desks(province: Connection) -> None:
    units = (await read_stored(province))["units"]
    communes = {place.code: place for place in list_places_on(DAY) if place.province_code == CA_MAU}
    assert units["code"].to_list() == units["place_code"].to_list() == sorted(communes)
    names = dict(units.select("code", "name").iter_rows())
    assert communes["31825"].name == "Phường Bạc Liêu"
    assert names["31825"] == "Trung tâm Phục vụ hành chính công phường Bạc Liêu"
    desks = (await read_stored(province))["desks"]
    assert desks.height == 64 * 3
    assert desks["name"].str.ends_with("(mẫu)").all()
    assert desks["code"].n_unique() == 64 * 3


@pytest.mark.parametrize("name", ["book.xlsx", "folder"])
async def test_a_province_comes_back_from_its_export_unchanged(province: Connection, tmp_path: Path, name: str) -> None:
    before = await read_stored(province)
    written = await export_workbook(province, tmp_path / name)
    counts = await import_workbook(province, read_workbook(tmp_path / name))
    assert_unchanged(counts)
    assert counts.unchanged == written == {sheet: frame.height for sheet, frame in before.items()}
    after = await read_stored(province)
    assert all(after[sheet].equals(frame) for sheet, frame in before.items())


async def test_the_second_export_as_csv_is_the_same_to_the_byte(province: Connection, tmp_path: Path) -> None:
    await export_workbook(province, tmp_path / "first")
    await import_workbook(province, read_workbook(tmp_path / "first"))
    await export_workbook(province, tmp_path / "second")
    first = read_folder(tmp_path / "first")
    assert first == read_folder(tmp_path / "second")
    assert set(first) == {f"{name}.csv" for name in SHEETS}


@pytest.mark.parametrize("name", ["book.xlsx", "folder"])
async def test_an_empty_store_becomes_the_same_from_the_export(
    province: Connection, database_url: str, tmp_path: Path, name: str
) -> None:
    await export_workbook(province, tmp_path / name)
    other = await open_connection(database_url)
    await import_places(other)
    await import_workbook(other, read_workbook(tmp_path / name))
    copied, original = await read_stored(other), await read_stored(province)
    assert all(copied[sheet].equals(frame) for sheet, frame in original.items())
    await other.close()


@pytest.mark.parametrize("name", ["book.xlsx", "folder"])
async def test_unkind_texts_come_back_as_they_were(connection: Connection, tmp_path: Path, name: str) -> None:
    rows = [{"code": f"t{place:02}", "name": QUOTED.get(text, text)} for place, text in enumerate(UNKIND_TEXTS)]
    await import_workbook(connection, make_workbook({"titles": rows}))
    assert (await read_stored(connection))["titles"]["name"].to_list() == list(UNKIND_TEXTS)
    await export_workbook(connection, tmp_path / name)
    assert_unchanged(await import_workbook(connection, read_workbook(tmp_path / name)))
    assert (await read_stored(connection))["titles"]["name"].to_list() == list(UNKIND_TEXTS)


async def test_no_cell_of_an_export_runs_as_a_formula(connection: Connection, tmp_path: Path) -> None:
    rows = [{"code": f"t{place}", "name": f"'{sign}1+1"} for place, sign in enumerate("=+-@")]
    await import_workbook(connection, make_workbook({"titles": rows}))
    await export_workbook(connection, tmp_path / "folder")
    await export_workbook(connection, tmp_path / "book.xlsx")
    lines = (tmp_path / "folder" / "titles.csv").read_text("utf-8-sig").splitlines()
    assert lines == ["code,name", "t0,'=1+1", "t1,'+1+1", "t2,'-1+1", "t3,'@1+1"]
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        sheets = [archive.read(part) for part in archive.namelist() if "worksheets/sheet" in part]
    assert len(sheets) == len(SHEETS)
    assert not any(b"<f" in sheet for sheet in sheets)


def test_codes_stand_as_text_in_the_xlsx_file(tmp_path: Path) -> None:
    write_xlsx({"titles": pl.DataFrame({"code": ["00123"], "name": ["x"]})}, tmp_path / "book.xlsx")
    assert read_workbook(tmp_path / "book.xlsx").sheets["titles"]["code"].to_list() == ["00123"]


@pytest.mark.parametrize(
    ("rows", "letters"), [(1_048_576, 1), (1_700, 30_000)], ids=["too many rows", "too many bytes"]
)
def test_an_export_that_could_not_be_imported_is_not_written(tmp_path: Path, rows: int, letters: int) -> None:
    frame = pl.DataFrame({"code": ["t"] * rows, "name": [f"{row:0{letters}}" for row in range(rows)]})
    with pytest.raises(RefusedWorkbookError) as refused:
        write_xlsx({"titles": frame}, tmp_path / "book.xlsx")
    assert [cell.reason for cell in refused.value.bad_cells] == ["catalogue.too_much_for_xlsx"]
    assert not (tmp_path / "book.xlsx").exists()


def test_a_folder_that_is_there_already_is_written_over(tmp_path: Path) -> None:
    frames = {"titles": pl.DataFrame({"code": ["a"], "name": ["x"]})}
    write_csv_folder(frames, tmp_path)
    write_csv_folder(frames, tmp_path)
    assert read_folder(tmp_path) == {"titles.csv": b"\xef\xbb\xbfcode,name\na,x\n"}


@given(st.lists(st.text(alphabet="'=+-@a \u00e2\u0301", max_size=6), min_size=1))
def test_the_quote_in_front_is_taken_away_again(texts: list[str]) -> None:
    rows = [{"code": f"t{place}", "name": text} for place, text in enumerate(texts)]
    stored = make_workbook({"titles": rows}).sheets["titles"]
    for form in (RUNS_AS_FORMULA, LOOKS_QUOTED):
        assert clean_cells(quote_texts(stored, form)).equals(stored)
    shown = quote_texts(stored, RUNS_AS_FORMULA)["name"].drop_nulls()
    assert not shown.str.contains(r"^[=+\-@]").any()
