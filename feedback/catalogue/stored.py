"""The catalogue as it is stored, as frames with the columns of the workbook's sheets. It changes nothing."""

from collections.abc import Sequence
from datetime import date

import msgspec
import polars as pl

from feedback.catalogue.sheets import SHEETS, Sheet
from feedback.database import Connection
from feedback.tables.desk_codes import DeskCode, select_desk_codes
from feedback.tables.desk_officials import DeskOfficial, select_desk_officials
from feedback.tables.desk_procedures import DeskProcedure, select_desk_procedures
from feedback.tables.desks import Desk, select_desks
from feedback.tables.dossier_counts import DossierCount, select_dossier_counts
from feedback.tables.official_titles import OfficialTitle, select_official_titles
from feedback.tables.officials import Official, select_officials
from feedback.tables.procedures import Procedure, select_procedures
from feedback.tables.titles import Title, select_titles
from feedback.tables.units import Unit, select_units

FRAME_TYPES = {str: pl.String, int: pl.Int32, date: pl.Date}
ALL_DAYS, NO_DAYS = (date.min, date.max), (date.max, date.min)


class Identities(msgspec.Struct, frozen=True):
    """Which id the store gave to what a workbook calls by code: frames of (code columns…, id)."""

    units: pl.DataFrame  # unit, unit_id
    deciding_units: pl.DataFrame  # deciding_unit, deciding_unit_id
    desks: pl.DataFrame  # unit, desk, desk_id
    titles: pl.DataFrame  # title, title_id
    officials: pl.DataFrame  # official, official_id


async def read_identities(connection: Connection) -> Identities:
    units = to_frame(Unit, await select_units(connection))
    desks = to_frame(Desk, await select_desks(connection))
    titles = to_frame(Title, await select_titles(connection))
    officials = to_frame(Official, await select_officials(connection))
    named_units = units.select("unit_id", unit="code")
    return Identities(
        units=named_units,
        deciding_units=units.select(deciding_unit_id="unit_id", deciding_unit="code"),
        desks=desks.join(named_units, on="unit_id").select("unit", "desk_id", desk="number"),
        titles=titles.select("title_id", title="code"),
        officials=officials.select("official_id", official="code"),
    )


async def read_stored(
    connection: Connection, first_day: date = ALL_DAYS[0], last_day: date = ALL_DAYS[1]
) -> dict[str, pl.DataFrame]:
    """Every sheet; dossier counts only of the days asked for, both included; of none, they are not even asked for."""
    known = await read_identities(connection)
    codes = to_frame(DeskCode, await select_desk_codes(connection)).join(known.desks, on="desk_id")
    desks = to_frame(Desk, await select_desks(connection)).join(known.units, on="unit_id")
    held = to_frame(OfficialTitle, await select_official_titles(connection))
    serving = to_frame(DeskOfficial, await select_desk_officials(connection))
    offered = to_frame(DeskProcedure, await select_desk_procedures(connection))
    is_any_day = first_day <= last_day  # administrators, who only look at the rest, may not read this table
    rows = await select_dossier_counts(connection, first_day, last_day) if is_any_day else []
    counts = to_frame(DossierCount, rows)
    frames = {
        "units": to_frame(Unit, await select_units(connection)),
        "desks": desks.join(_find_codes_in_use(codes), on="desk_id", how="left"),
        "desk_codes": codes,
        "titles": to_frame(Title, await select_titles(connection)),
        "officials": to_frame(Official, await select_officials(connection)),
        "official_titles": held.join(known.titles, on="title_id").join(known.officials, on="official_id"),
        "procedures": to_frame(Procedure, await select_procedures(connection)),
        "desk_officials": serving.join(known.desks, on="desk_id").join(known.officials, on="official_id"),
        "desk_procedures": offered.rename({"procedure_code": "procedure"})
        .join(known.desks, on="desk_id")
        .join(known.deciding_units, on="deciding_unit_id", how="left"),
        "dossier_counts": counts.rename({"procedure_code": "procedure"}).join(known.units, on="unit_id"),
    }
    return {name: _shape(SHEETS[name], frame) for name, frame in frames.items()}


def to_frame(row_type: type[msgspec.Struct], rows: Sequence[msgspec.Struct]) -> pl.DataFrame:
    schema = {name: _find_frame_type(kind) for name, kind in row_type.__annotations__.items()}
    return pl.DataFrame([[getattr(row, name) for row in rows] for name in schema], schema=schema)


def _find_frame_type(annotation: object) -> type[pl.DataType]:
    return next(frame_type for kind, frame_type in FRAME_TYPES.items() if annotation in {kind, kind | None})


def _find_codes_in_use(codes: pl.DataFrame) -> pl.DataFrame:
    """One code a desk: of those that have not ended, the latest."""
    in_use = codes.filter(pl.col("valid_to").is_null()).sort("desk_id", "valid_from", "code")
    return in_use.group_by("desk_id", maintain_order=True).last().select("desk_id", "code")


def _shape(sheet: Sheet, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(sheet.column_names).sort(sheet.key)
