"""Whole releases as files: one flat row a score, as Parquet, CSV or XLSX. The same rows give the same bytes."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import polars as pl
import polars.selectors as cs
import xlsxwriter

from dashboards.evaluation.items import OfficialItem, ProcedureItem, Satisfied, UnitItem
from dashboards.evaluation.make_items import Item

INTERVAL = ["interval_low", "interval_high"]
NUMBERS: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("score", *INTERVAL, "n", "share_class_a", "open_reviews"), pl.Int32()),
    **dict.fromkeys((f"satisfied_{name}" for name in ("percent", "low", "high", "response_rate")), pl.Int32()),
    "reliability": pl.Float64(),
    "satisfied_is_weighted": pl.Boolean(),
}
# A spreadsheet runs a text that begins so as a formula, also behind blanks and quotes, or in the wide forms of Asian
# keyboards. Where a decimal comma is usual it cuts a file at semicolons: then a text begins behind each of them too.
RUNS_AS_FORMULA = r"(^|;)([\s\u{feff}\u{200b}\"]*[=+\-@＝＋－＠])"
# Tabs and ends of lines, at which some cut as well, and what no file of text may hold.
CONTROLS = r"[\p{Cc}\u{2028}\u{2029}]"
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}
WITHOUT_A_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # a file that says when it was written is another one each time
MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHAPES: Mapping[str, type[Item]] = {"official": OfficialItem, "unit": UnitItem, "procedure": ProcedureItem}


def make_frame(items: Sequence[Item], role: str) -> pl.DataFrame:
    """One row an item; what an item holds in parts stands in columns of their own."""
    columns = list_columns(SHAPES[role])
    rows = [flatten(item) for item in items]
    schema = {name: NUMBERS.get(name, pl.String()) for name in columns}
    return pl.DataFrame([[row[name] for name in columns] for row in rows], schema=schema, orient="row")


def list_columns(shape: type[Item]) -> list[str]:
    parts = {"interval": INTERVAL, "satisfied": [f"satisfied_{name}" for name in Satisfied.__struct_fields__]}
    return [column for name in shape.__struct_fields__ for column in parts.get(name, [name])]


def flatten(item: Item) -> dict[str, object]:
    row: dict[str, object] = msgspec.structs.asdict(item)
    row["reasons"] = " ".join(item.reasons)
    row |= dict.fromkeys(INTERVAL) if item.interval is None else flatten_part("interval", item.interval)
    if isinstance(item, UnitItem):
        nothing = dict.fromkeys(f"satisfied_{name}" for name in Satisfied.__struct_fields__)
        row |= nothing if item.satisfied is None else flatten_part("satisfied", item.satisfied)
    return row


def flatten_part(name: str, part: msgspec.Struct) -> dict[str, object]:
    return {f"{name}_{field}": value for field, value in msgspec.structs.asdict(part).items()}


def write_parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file, compression="zstd")
    return file.getvalue()


def write_csv(frame: pl.DataFrame) -> bytes:
    """With the byte-order mark by which spreadsheets know UTF-8, and a quote before whatever they would run."""
    file = io.BytesIO()
    plain = cs.string().str.replace_all(CONTROLS, " ").str.replace_all(RUNS_AS_FORMULA, "${1}'$2")
    frame.with_columns(plain).write_csv(file, include_bom=True, line_terminator="\r\n")
    return file.getvalue()


def write_xlsx(frame: pl.DataFrame) -> bytes:
    """Texts stay texts: nothing in a cell is read as formula, number or address."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, PLAIN_TEXT) as workbook:
        workbook.set_properties({"created": WITHOUT_A_DATE})
        frame.write_excel(
            workbook,
            "scores",
            column_formats={cs.string(): "@", cs.integer(): "0", cs.float(): "0.00"},
            column_widths=120,
            header_format={"bold": True},
            autofilter=False,
            freeze_panes=(1, 0),
        )
    return file.getvalue()


WRITE: Mapping[str, Callable[[pl.DataFrame], bytes]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "xlsx": write_xlsx,
}
