"""Reads what a public page needs out of the store, as typed frames and rows. Computes nothing."""

from datetime import date

import msgspec
import polars as pl

from dashboards.periods import find_closed_quarters, find_year_to_date
from dashboards.releases.quarters import find_quarter
from feedback.database import Connection
from feedback.tables.daily_counts import select_province_counts, select_unit_counts
from feedback.tables.public_units import (
    ProcedureName,
    PublicUnit,
    select_procedure_names,
    select_province_units,
    select_unit_dossiers,
)


class UnitCounts(msgspec.Struct, frozen=True):
    """Daily counts and dossiers of one unit, from the first of the closed quarters on."""

    counts: pl.DataFrame
    dossiers: pl.DataFrame
    procedure_names: list[ProcedureName]


class ProvinceCounts(msgspec.Struct, frozen=True):
    """The units of a province and the counts of those that have ratings, over the year to date."""

    units: list[PublicUnit]
    counts: pl.DataFrame


async def read_unit_counts(connection: Connection, unit_id: int, day: date) -> UnitCounts:
    first = find_closed_quarters(day).first
    counts = await select_unit_counts(connection, unit_id, first, day)
    dossiers = await select_unit_dossiers(connection, unit_id, first, day)
    named = counts["procedure_id"].unique().to_list()
    return UnitCounts(counts, dossiers, await select_procedure_names(connection, named))


async def read_province_counts(connection: Connection, province: str, day: date) -> ProvinceCounts:
    year = find_year_to_date(day)
    units = await select_province_units(connection, province, day)
    unit_ids = [unit.unit_id for unit in units]
    open_from = find_quarter(day).first_day
    counts = await select_province_counts(connection, unit_ids, year.first, year.last, open_from)
    return ProvinceCounts(units, counts)
