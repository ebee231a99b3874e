"""Which printed codes a workbook gives to which desks: judged, and made where none is given."""

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec
import polars as pl

from feedback.catalogue.sheets import ROW
from feedback.catalogue.workbook import BadCell, make_bad_cell
from surveys.codes import DESK_CODE_RANDOM_BITS, make_desk_code

Desk = tuple[str, str]  # unit code, desk number
CODE_COLUMNS = {
    "unit": pl.String,
    "desk": pl.String,
    "code": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}


class GivenCode(msgspec.Struct, frozen=True):
    sheet: str
    row: int
    desk: Desk
    code: str


def check_desk_codes(given: Mapping[str, pl.DataFrame], stored: pl.DataFrame) -> Iterator[BadCell]:
    """A code names one desk for ever; a desk gets a second code only by the sheet desk_codes, with dates."""
    owners = {code: (unit, desk) for unit, desk, code in stored.select("unit", "desk", "code").iter_rows()}
    codes_of_desks: dict[Desk, set[str]] = defaultdict(set)
    for code, desk in owners.items():
        codes_of_desks[desk].add(code)
    for one in list_given_codes(given):
        if owners.setdefault(one.code, one.desk) != one.desk:
            yield make_bad_cell(one.sheet, one.row, "code", "desk_code_taken", one.code)
        elif one.sheet == "desks" and codes_of_desks[one.desk] and one.code not in codes_of_desks[one.desk]:
            yield make_bad_cell(one.sheet, one.row, "code", "desk_has_other_code", one.code)
        codes_of_desks[one.desk].add(one.code)


def plan_desk_codes(given: Mapping[str, pl.DataFrame], stored: pl.DataFrame) -> pl.DataFrame:
    """Rows for desk_codes: those of that sheet, those beside new desks, a random code for desks without."""
    rows = given["desk_codes"].select(*CODE_COLUMNS).rows() if "desk_codes" in given else []
    taken: set[str] = set(stored["code"]) | {row[2] for row in rows}
    desks_with_code: set[Desk] = {*stored.select("unit", "desk").iter_rows(), *(row[:2] for row in rows)}
    if "desks" in given:
        columns = given["desks"].select("unit", "number", "code", "valid_from")
        new = [row for row in columns.iter_rows() if row[:2] not in desks_with_code]
        taken |= {code for _, _, code, _ in new if code is not None}
        rows += [(unit, number, code or draw_code(taken), valid_from, None) for unit, number, code, valid_from in new]
    return pl.DataFrame(rows, schema=CODE_COLUMNS, orient="row")


def list_given_codes(given: Mapping[str, pl.DataFrame]) -> Iterator[GivenCode]:
    """Dated codes first: they say what the sheet of desks may repeat."""
    for sheet, number in (("desk_codes", "desk"), ("desks", "number")):
        if sheet in given:
            usable = given[sheet].select(ROW, "unit", number, "code").drop_nulls()
            for row, unit, desk, code in usable.iter_rows():
                yield GivenCode(sheet, row, (unit, desk), code)


def draw_code(taken: set[str]) -> str:
    """A code no desk has had; `taken` then holds it too."""
    code = make_desk_code(secrets.randbits(DESK_CODE_RANDOM_BITS))
    while code in taken:
        code = make_desk_code(secrets.randbits(DESK_CODE_RANDOM_BITS))
    taken.add(code)
    return code
