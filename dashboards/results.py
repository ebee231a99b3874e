"""Puts the released results of a unit and of a province together. Pure: frames in, public numbers out."""

from collections.abc import Sequence
from datetime import date

import msgspec
import polars as pl

from dashboards.alphabet import make_sort_key
from dashboards.disclosure import (
    LOW_RESPONSE,
    ReleasedGroup,
    ReleasedShare,
    release_cell,
    release_headline,
    release_settlement,
)
from dashboards.indicators.groups import calculate_by_channel, calculate_by_procedure
from dashboards.indicators.official_ratios import add_official_ratios
from dashboards.indicators.satisfaction import Satisfaction, add_satisfaction, read_rows, sum_counts
from dashboards.indicators.weeks import calculate_weekly_shares
from dashboards.periods import Period, find_closed_weeks, find_year_to_date
from feedback.tables.public_units import ProcedureName, PublicProvince, PublicUnit


class WeekResult(msgspec.Struct, frozen=True):
    monday: date
    released: ReleasedGroup


class ProcedureResult(msgspec.Struct, frozen=True):
    """`name` is None for the ratings that name no procedure."""

    code: str
    name: str | None
    released: ReleasedGroup


class ChannelResult(msgspec.Struct, frozen=True):
    channel: int
    released: ReleasedGroup


class OfficialRatios(msgspec.Struct, frozen=True):
    """The three ratios that need dossier counts, over the closed days that have them."""

    period: Period
    completed: int
    received: int
    response_rate: float
    is_response_low: bool
    sipas_like: ReleasedShare | None
    settlement: ReleasedShare | None


class UnitResults(msgspec.Struct, frozen=True):
    """`received` is the exact count of the year; `small_procedures` have fewer than 10 ratings each."""

    year: Period
    closed_weeks: Period
    received: int
    headline: ReleasedGroup
    weeks: tuple[WeekResult, ...]
    procedures: tuple[ProcedureResult, ...]
    small_procedures: int
    channels: tuple[ChannelResult, ...]
    official_ratios: OfficialRatios | None


class ProvinceRow(msgspec.Struct, frozen=True):
    unit: PublicUnit
    received: int
    released: ReleasedGroup


class ProvinceResults(msgspec.Struct, frozen=True):
    province: PublicProvince
    year: Period
    rows: tuple[ProvinceRow, ...]


def calculate_unit_results(
    counts: pl.DataFrame, dossiers: pl.DataFrame, names: Sequence[ProcedureName], day: date
) -> UnitResults:
    year, closed_weeks = find_year_to_date(day), find_closed_weeks(day)
    closed = select_period(counts, closed_weeks)
    headline = summarise(select_period(counts, year))
    procedures = list_procedures(closed, names)
    return UnitResults(
        year=year,
        closed_weeks=closed_weeks,
        received=headline.n,
        headline=release_headline(headline),
        weeks=list_weeks(closed, closed_weeks),
        procedures=tuple(row for row in procedures if row.released.n is not None),
        small_procedures=sum(row.released.n is None for row in procedures),
        channels=list_channels(closed),
        official_ratios=calculate_official_ratios(closed, select_period(dossiers, closed_weeks)),
    )


def calculate_province_results(
    province: PublicProvince, units: Sequence[PublicUnit], counts: pl.DataFrame, day: date
) -> ProvinceResults:
    """`counts` are the sums of the year to date of those units that have ratings."""
    return ProvinceResults(province, find_year_to_date(day), list_province_rows(units, counts))


def list_province_rows(units: Sequence[PublicUnit], counts: pl.DataFrame) -> tuple[ProvinceRow, ...]:
    """Every unit of a province in the order of the alphabet, by the proper name of its commune."""
    ids = [unit.unit_id for unit in units]
    rows = dict(zip(counts["unit_id"].to_list(), read_rows(add_satisfaction(counts)), strict=True))
    nothing = summarise(counts.clear())
    found = {unit_id: rows.get(unit_id, nothing) for unit_id in ids}
    return tuple(
        ProvinceRow(unit, found[unit.unit_id].n, release_headline(found[unit.unit_id]))
        for unit in sorted(units, key=make_unit_sort_key)
    )


def make_unit_sort_key(unit: PublicUnit) -> tuple[object, ...]:
    proper_name = unit.place_name[len(unit.place_kind) :].strip()
    return make_sort_key(proper_name), make_sort_key(unit.name), unit.code


def select_period(frame: pl.DataFrame, period: Period) -> pl.DataFrame:
    return frame.filter(pl.col("day").is_between(period.first, period.last))


def summarise(counts: pl.DataFrame) -> Satisfaction:
    return read_rows(add_satisfaction(sum_counts(counts)))[0]


def list_weeks(closed: pl.DataFrame, closed_weeks: Period) -> tuple[WeekResult, ...]:
    weekly = calculate_weekly_shares(closed, closed_weeks)
    rows = zip(weekly["week"].to_list(), read_rows(weekly), strict=True)
    return tuple(WeekResult(monday, release_cell(row)) for monday, row in rows)


def list_procedures(closed: pl.DataFrame, names: Sequence[ProcedureName]) -> list[ProcedureResult]:
    """In the order of the alphabet, the ratings without a procedure last. `names` oldest first."""
    codes = pl.DataFrame(
        {"procedure_id": [name.procedure_id for name in names], "code": [name.code for name in names]},
        schema={"procedure_id": pl.Int32, "code": pl.String},
    )
    by_procedure = calculate_by_procedure(closed, codes)
    name_of = {name.code: name.name for name in names}
    rows = [
        ProcedureResult(code, name_of.get(code), release_cell(row))
        for code, row in zip(by_procedure["code"].to_list(), read_rows(by_procedure), strict=True)
    ]
    return sorted(rows, key=lambda row: (row.name is None, make_sort_key(row.name or ""), row.code))


def list_channels(closed: pl.DataFrame) -> tuple[ChannelResult, ...]:
    by_channel = calculate_by_channel(closed)
    rows = zip(by_channel["channel"].to_list(), read_rows(by_channel), strict=True)
    return tuple(ChannelResult(channel, release_cell(row)) for channel, row in rows)


def calculate_official_ratios(closed: pl.DataFrame, dossiers: pl.DataFrame) -> OfficialRatios | None:
    """None when no dossier counts of these weeks were imported."""
    days = dossiers["day"].sort().to_list()
    if not days or not dossiers["completed"].sum():
        return None
    period = Period(days[0], days[-1])
    sums = sum_counts(select_period(closed, period))
    totals = dossiers.select(pl.col("completed", "late", "complained").sum())
    ratios = add_official_ratios(sums.hstack(totals))
    ratings, completed = read_rows(ratios)[0], int(ratios["completed"].item())
    response_rate = float(ratios["response_rate"].item())
    return OfficialRatios(
        period=period,
        completed=completed,
        received=ratings.n,
        response_rate=response_rate,
        is_response_low=response_rate < LOW_RESPONSE,
        sipas_like=release_headline(ratings).share,
        settlement=release_settlement(ratings, float(ratios["settlement_ratio"].item()), completed),
    )
