from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from feedback.catalogue.workbook import RefusedWorkbookError
from feedback.check_dossiers import DossierEntry, RowNote
from feedback.dossier_files import read_dossier_file
from tests.feedback.slip_stage import add_key, find_today, open_slip_site, run_command, run_sql

GOOD = DossierEntry("32041", "1", "1.001193", "2026-11-20", completed=12, late=2, complained=1)
COUNTS = "/api/v1/dossier-counts"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "dossiers.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_a_file_is_read_by_its_header_with_either_separator_and_either_date(tmp_path: Path) -> None:
    text = (
        "day;unit;desk;procedure;official;completed;late\r\n"
        "20/11/2026;32041;1;1.001193;;12;2\r\n\r\n"
        '2026-11-20;32041;"2";1.001193;demo-1;7;\r\n'
    )
    file = read_dossier_file(write(tmp_path, text, "utf-8-sig"))
    assert file.unread == ()
    # The header is line 1, the empty one line 3.
    assert file.entries == {
        2: DossierEntry("32041", "1", "1.001193", "2026-11-20", 12, 2),
        4: DossierEntry("32041", "2", "1.001193", "2026-11-20", 7, official="demo-1"),
    }


def test_rows_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    text = (
        "unit,desk,procedure,day,completed,late,complained\n"
        "32041,1,1.001193,2026-11-20,twelve,0,0\n"
        "32041,1,1.001193,2026-11-20,,0,0\n"
        "32041,1,1.001193,2026-11-20,1.5,0,0\n"
        "32041,1,1.001193,2026-11-20,3,0,0,surplus\n"
        "32041,1\u202e,1.001193,2026-11-20,3,0,0\n"
        "32041,1,1.001193,2026-11-20,-3,0,0\n"
    )
    file = read_dossier_file(write(tmp_path, text))
    assert file.unread == (
        RowNote(2, "completed", "not-a-count"),
        RowNote(3, "completed", "missing"),
        RowNote(4, "completed", "not-a-count"),
        RowNote(5, "complained", "unreadable"),
        RowNote(6, "desk", "unreadable"),
    )
    assert list(file.entries) == [7]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("unit,desk,procedure,completed\n", "missing_column"),
        ("unit,desk,procedure,day,completed,citizen\n", "unknown_column"),
        ("unit,desk,procedure,day,completed,unit\n", "duplicate_column"),
        ('unit,desk,procedure,day,completed\n"open', "unreadable_file"),
        ("", "missing_column"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(RefusedWorkbookError) as error:
        read_dossier_file(write(tmp_path, text))
    assert [cell.reason for cell in error.value.bad_cells] == [f"catalogue.{reason}"]


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedWorkbookError):
        read_dossier_file(write(tmp_path, "unit,desk,procedure,day,completed\nđơn vị", "utf-16"))


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url) as client:
        yield client


async def test_a_program_brings_its_counts_and_is_told_of_every_bad_row(
    site: httpx.AsyncClient, database_url: str
) -> None:
    headers = await add_key(database_url) | {"accept-language": "en"}
    row = {**msgspec.to_builtins(GOOD), "day": find_today().isoformat()}
    answer = await site.post(COUNTS, json=[row, {**row, "desk": "2"}], headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"stored": 2, "flagged": []})
    bad = await site.post(COUNTS, json=[row, {**row, "desk": "9"}, {**row, "late": -1}], headers=headers)
    assert (bad.status_code, bad.json()["title"]) == (422, "dossiers-refused")
    assert [(note["row"], note["reason"]) for note in bad.json()["rows"]] == [(2, "no-such-desk"), (3, "negative")]
    assert bad.json()["rows"][0]["detail"] == "the unit has no such desk on that day"
    assert await run_sql(database_url, "SELECT sum(completed) FROM dossier_counts") == [(24,)]


@pytest.mark.parametrize("row", [{"unit": "32041"}, {**msgspec.to_builtins(GOOD), "completed": "12"}, 7, None])
async def test_rows_of_another_shape_are_refused_with_their_place(
    site: httpx.AsyncClient, database_url: str, row: object
) -> None:
    answer = await site.post(COUNTS, json=[row], headers=await add_key(database_url))
    assert answer.status_code == 400
    assert "$[0]" in answer.json()["detail"]


HEADER = "unit,desk,official,procedure,day,completed,late,complained\n"


@pytest.mark.usefixtures("site")
async def test_an_operator_imports_a_file_or_is_told_of_every_bad_row(database_url: str, tmp_path: Path) -> None:
    bad = write(tmp_path, HEADER + "32041,1,,1.001193,20/11/2026,12,2,1\n32041,9,,1.001193,2026-11-20,x,0,0\n")
    status, said = await run_command(database_url, tmp_path, "dossiers", "import", str(bad))
    assert status == 1
    assert "Row 3, completed: it is not a whole number" in said
    assert await run_sql(database_url, "SELECT count(*) FROM dossier_counts") == [(0,)]
    good = write(tmp_path, HEADER + "32041,1,,1.001193,20/11/2026,12,2,1\n32041,2,demo-3,9.000001,2026-11-20,3,0,0\n")
    for arguments, stored in (("--dry-run",), 0), ((), 2), ((), 2):
        status, said = await run_command(database_url, tmp_path, "dossiers", "import", str(good), *arguments)
        assert status == 0, said
        assert await run_sql(database_url, "SELECT count(*) FROM desk_dossier_counts") == [(stored,)]
    assert "Rows stored: 2. Flagged: 0." in said
