"""The catalogue, or one unit of it, as an XLSX file in memory, without dossier counts."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from feedback.catalogue.export_workbook import write_xlsx

# Which sheet is narrowed by the codes of which column of which other sheet, in this order.
NARROWED = (
    ("officials", "code", "desk_officials", "official"),
    ("official_titles", "official", "officials", "code"),
    ("titles", "code", "official_titles", "title"),
    ("procedures", "code", "desk_procedures", "procedure"),
)
LEFT_OUT = "dossier_counts"  # they come from the one-stop software, and are by far the most


def narrow_to_unit(frames: Mapping[str, pl.DataFrame], unit: str) -> dict[str, pl.DataFrame]:
    """What is at the unit's desks, and the units that decide there."""
    of_unit = {
        name: frame.filter(pl.col("unit") == unit) if "unit" in frame.columns else frame
        for name, frame in frames.items()
    }
    deciding = of_unit["desk_procedures"]["deciding_unit"].drop_nulls().to_list()
    of_unit["units"] = frames["units"].filter(pl.col("code").is_in([unit, *deciding]))
    for name, column, source, named in NARROWED:
        of_unit[name] = of_unit[name].filter(pl.col(column).is_in(of_unit[source][named].to_list()))
    return of_unit


def write_xlsx_bytes(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """Raises RefusedWorkbookError where it would be a file that the import refuses as too large."""
    with tempfile.TemporaryDirectory(prefix="langnghe-") as folder:
        path = Path(folder) / "catalogue.xlsx"
        write_xlsx({name: frame for name, frame in frames.items() if name != LEFT_OUT}, path)
        return path.read_bytes()
