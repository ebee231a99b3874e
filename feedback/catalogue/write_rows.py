"""Puts rows of a sheet into its table, codes replaced by the ids the store gave. It judges nothing."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import polars as pl

from feedback.catalogue.stored import Identities, read_identities
from feedback.database import Connection
from feedback.tables.desk_codes import DeskCode, upsert_desk_codes
from feedback.tables.desk_officials import DeskOfficial, upsert_desk_officials
from feedback.tables.desk_procedures import DeskProcedure, upsert_desk_procedures
from feedback.tables.desks import Desk, upsert_desks
from feedback.tables.dossier_counts import DossierCount, upsert_dossier_counts
from feedback.tables.official_titles import OfficialTitle, upsert_official_titles
from feedback.tables.officials import Official, upsert_officials
from feedback.tables.procedures import Procedure, upsert_procedures
from feedback.tables.titles import Title, upsert_titles
from feedback.tables.units import Unit, upsert_units

NEW_ID = 0  # the database gives the real one


class _Target(msgspec.Struct, frozen=True):
    """`links`: which codes of the sheet become ids; `new_id`: the id that the table makes for a row."""

    row_type: type[msgspec.Struct]
    upsert: Callable[[Connection, Sequence[Any]], Awaitable[None]]
    new_id: str = ""
    links: tuple[str, ...] = ()
    renamed: dict[str, str] = {}


TARGETS = {
    "units": _Target(Unit, upsert_units, new_id="unit_id"),
    "desks": _Target(Desk, upsert_desks, new_id="desk_id", links=("units",)),
    "desk_codes": _Target(DeskCode, upsert_desk_codes, links=("desks",)),
    "titles": _Target(Title, upsert_titles, new_id="title_id"),
    "officials": _Target(Official, upsert_officials, new_id="official_id"),
    "official_titles": _Target(OfficialTitle, upsert_official_titles, links=("officials", "titles")),
    "procedures": _Target(Procedure, upsert_procedures, new_id="procedure_id"),
    "desk_officials": _Target(DeskOfficial, upsert_desk_officials, links=("desks", "officials")),
    "desk_procedures": _Target(
        DeskProcedure,
        upsert_desk_procedures,
        links=("desks", "deciding_units"),
        renamed={"procedure": "procedure_code"},
    ),
    "dossier_counts": _Target(
        DossierCount, upsert_dossier_counts, links=("units",), renamed={"procedure": "procedure_code"}
    ),
}


async def write_rows(connection: Connection, sheet: str, frame: pl.DataFrame) -> None:
    """Add the rows, or change those whose key is there. What they refer to must have been written before."""
    target = TARGETS[sheet]
    if target.links:
        frame = _replace_codes(frame, target.links, await read_identities(connection))
    if target.new_id:
        frame = frame.with_columns(pl.lit(NEW_ID).alias(target.new_id))
    frame = frame.rename(target.renamed).select(target.row_type.__struct_fields__)
    await target.upsert(connection, [target.row_type(*row) for row in frame.iter_rows()])


def _replace_codes(frame: pl.DataFrame, links: Sequence[str], known: Identities) -> pl.DataFrame:
    for link in links:
        ids: pl.DataFrame = getattr(known, link)
        codes = [name for name in ids.columns if not name.endswith("_id")]
        frame = frame.join(ids, on=codes, how="left")
    return frame
