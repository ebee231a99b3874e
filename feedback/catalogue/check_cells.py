"""Judges each cell by itself and turns text into dates and numbers. It compares no rows and asks no store."""

from collections.abc import Callable

import msgspec
import polars as pl

from feedback.catalogue.sheets import ROW, Column, Kind, Sheet
from feedback.catalogue.workbook import BadCell, make_bad_cell
from surveys.codes import read_desk_code
from surveys.errors import MalformedCodeError, WrongCheckSymbolError

FIRST_YEAR, LAST_YEAR = 1900, 2199

CODE_FORM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
FORMS = {
    Kind.CODE: (CODE_FORM, "bad_code"),
    Kind.OFFICIAL_CODE: (CODE_FORM, "bad_code"),
    Kind.PLACE_CODE: (r"^([0-9]{2}|[0-9]{5})$", "bad_place_code"),
    Kind.PROCEDURE_CODE: (  # domain.md 8.4
        r"^[0-9]\.[0-9]{6}(\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})?$",
        "bad_procedure_code",
    ),
    Kind.LABEL: (r"^.{1,20}$", "label_too_long"),
    Kind.TEXT: (r"^.{1,300}$", "text_too_long"),
    Kind.AREA_TYPE: (r"^(urban|rural|mountain|border|island)$", "unknown_area_type"),
    Kind.COUNT: (r"^[0-9]{1,9}$", "not_a_whole_number"),
}
# Twelve digits; a spreadsheet that took the number for a quantity has lost the zero they begin with.
IDENTITY_NUMBER_FORM = r"^[0-9]{11,12}$"
ISO_DATE_FORM = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00:00(?:\.0+)?)?$"
LOCAL_DATE_FORM = r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"
UNPRINTABLE = r"\p{C}"  # control, format (as in reversed text), private and unassigned characters


class CheckedSheet(msgspec.Struct, frozen=True):
    """`frame` is typed; a cell that is bad is null there, like an empty one."""

    sheet: Sheet
    frame: pl.DataFrame
    bad_cells: tuple[BadCell, ...]


def check_cells(sheet: Sheet, frame: pl.DataFrame) -> CheckedSheet:
    """`frame` is text, as read_workbook gives it."""
    typed = [pl.col(ROW)]
    bad_cells: list[BadCell] = []
    for column in sheet.columns:
        reasons = frame.select(ROW, pl.col(column.name).alias("value"), _find_reason(column).alias("reason"))
        bad = reasons.filter(pl.col("reason").is_not_null())
        bad_cells += [
            make_bad_cell(sheet.name, row, column.name, reason, value) for row, value, reason in bad.iter_rows()
        ]
        typed.append(pl.when(reasons["reason"].is_null()).then(_read(column)).alias(column.name))
    return CheckedSheet(sheet, frame.select(typed), tuple(bad_cells))


def _read(column: Column) -> pl.Expr:
    """The value of a good cell; null for most bad ones."""
    cell = pl.col(column.name)
    if column.kind is Kind.DATE:
        return _read_date(cell)
    if column.kind is Kind.COUNT:
        return cell.cast(pl.Int32, strict=False)
    if column.kind is Kind.DESK_CODE:
        return _map_each(cell, _normalise_desk_code)
    return cell


def _read_date(cell: pl.Expr) -> pl.Expr:
    iso = cell.str.extract(ISO_DATE_FORM).str.to_date("%Y-%m-%d", strict=False)
    local = pl.when(cell.str.contains(LOCAL_DATE_FORM)).then(cell).str.to_date("%d/%m/%Y", strict=False)
    day = pl.coalesce(iso, local)
    return pl.when(day.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(day)


def _find_reason(column: Column) -> pl.Expr:
    """Why a cell cannot be used, by a key of feedback/locale; null when it can."""
    cell = pl.col(column.name)
    missing = pl.when(cell.is_null()).then(pl.lit("missing_value") if column.required else None)
    return (
        missing.when(cell.is_null())
        .then(None)
        .when(cell.str.contains(UNPRINTABLE))
        .then(pl.lit("unprintable_character"))
        .otherwise(_find_reason_of_kind(column))
    )


def _find_reason_of_kind(column: Column) -> pl.Expr:
    cell = pl.col(column.name)
    if column.kind is Kind.DATE:
        return _unless(_read_date(cell).is_not_null(), "wrong_date")
    if column.kind is Kind.DESK_CODE:
        return _map_each(cell, _find_desk_code_reason)
    form, reason = FORMS[column.kind]
    misshapen = _unless(cell.str.contains(form), reason)
    if column.kind is Kind.OFFICIAL_CODE:
        digits = cell.str.replace_all(r"[._-]", "")
        return pl.coalesce(misshapen, _unless(~digits.str.contains(IDENTITY_NUMBER_FORM), "identity_number"))
    return misshapen


def _unless(holds: pl.Expr, reason: str) -> pl.Expr:
    return pl.when(~holds).then(pl.lit(reason))


def _map_each(cell: pl.Expr, map_one: Callable[[str], str | None]) -> pl.Expr:
    def map_all(values: pl.Series) -> pl.Series:
        return pl.Series([None if value is None else map_one(value) for value in values], dtype=pl.String)

    return cell.map_batches(map_all, return_dtype=pl.String)


def _normalise_desk_code(code: str) -> str | None:
    try:
        return read_desk_code(code)
    except (MalformedCodeError, WrongCheckSymbolError):
        return None


def _find_desk_code_reason(code: str) -> str | None:
    try:
        read_desk_code(code)
    except MalformedCodeError:
        return "malformed_desk_code"
    except WrongCheckSymbolError:
        return "wrong_check_symbol"
    return None
