"""Every reason and every column is explained in both languages, and the template carries the explanations."""

import re
from pathlib import Path

import fastexcel
import pytest

from feedback.catalogue.read_workbook import read_workbook
from feedback.catalogue.reasons import REASONS
from feedback.catalogue.sheets import GUIDE_SHEET, SHEETS
from feedback.catalogue.template import make_guide, write_template
from feedback.catalogue.workbook import make_bad_cell
from surveys.wording import Wording, read_wordings

SOURCE = Path(__file__).parents[2] / "feedback"
COLUMNS = {f"catalogue.column.{sheet.name}.{column}" for sheet in SHEETS.values() for column in sheet.column_names}


@pytest.fixture(scope="module")
def wordings() -> dict[str, Wording]:
    return read_wordings([SOURCE / "locale"])


def test_every_reason_has_a_sentence_and_every_sentence_a_reason(wordings: dict[str, Wording]) -> None:
    for wording in wordings.values():
        keys = {key for key in wording.sentences if re.fullmatch(r"catalogue\.\w+", key)}
        assert keys == {f"catalogue.{reason}" for reason in REASONS}


def test_every_unknown_reference_has_a_reason() -> None:
    targets = {reference.sheet for sheet in SHEETS.values() for reference in sheet.references}
    assert {f"unknown_{target}" for target in targets} <= REASONS


def test_a_sentence_shows_the_cell_it_is_about(wordings: dict[str, Wording]) -> None:
    cell = make_bad_cell("units", 2, "place_code", "unknown_place", "99999")
    assert "“99999”" in wordings["vi"].say(cell.reason, value=cell.value)


def test_every_column_is_explained_in_both_languages(wordings: dict[str, Wording]) -> None:
    for wording in wordings.values():
        assert {key for key in wording.sentences if key.startswith("catalogue.column.")} == COLUMNS


def test_the_template_has_every_sheet_and_column_and_imports_as_empty(
    wordings: dict[str, Wording], tmp_path: Path
) -> None:
    write_template(tmp_path / "template.xlsx", wordings["vi"])
    workbook = read_workbook(tmp_path / "template.xlsx")
    assert workbook.bad_cells == ()
    assert {name: tuple(frame.columns[1:]) for name, frame in workbook.sheets.items()} == {
        name: sheet.column_names for name, sheet in SHEETS.items()
    }
    assert all(frame.is_empty() for frame in workbook.sheets.values())


def test_the_guide_explains_each_column_in_the_language_asked_for(wordings: dict[str, Wording], tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx", wordings["vi"])
    guide = fastexcel.read_excel(tmp_path / "template.xlsx").load_sheet(GUIDE_SHEET).to_polars()
    assert guide.columns == ["Bảng", "Cột", "Bắt buộc", "Nội dung"]
    assert guide.height == len(COLUMNS)
    assert guide.row(0)[:3] == ("units", "code", "phải điền")
    assert make_guide(wordings["en"]).columns[0] == "Sheet"


def test_the_page_about_the_catalogue_lists_every_sheet_with_its_columns_and_key() -> None:
    page = (SOURCE.parent / "docs" / "catalogue.md").read_text("utf-8")
    for sheet in SHEETS.values():
        columns = " ".join(f"`{column}`" for column in sheet.column_names)
        key = ", ".join(f"`{column}`" for column in sheet.key)
        assert f"| `{sheet.name}` | {columns} | {key} |" in page
