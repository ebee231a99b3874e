"""Puts the released results of a unit and of a province together. Pure: frames in, public numbers out.

Every answer on these pages is part of a whole batch (rule P3) or of a whole quarter (P4), never of a day.
"""

from collections.abc import Sequence
from datetime import date

import msgspec
import polars as pl

from dashboards.alphabet import make_sort_key
from dashboards.disclosure.batches import cut_to_batches, mark_batches
from dashboards.disclosure.groups import (
    LOW_RESPONSE,
    ReleasedGroup,
    ReleasedShare,
    release_cell,
    release_headline,
    release_settlement,
)
from dashboards.disclosure.margins import keep_showable
from dashboards.indicators.groups import calculate_by_channel, calculate_by_procedure
from dashboards.indicators.official_ratios import add_official_ratios
from dashboards.indicators.satisfaction import Satisfaction, add_satisfaction, read_rows, sum_counts
from dashboards.indicators.weeks import calculate_weekly_shares
from dashboards.periods import Period, find_closed_quarters, find_closed_weeks, find_year_to_date
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
    """The three ratios that need dossier counts, over whole batches of days within those that have them."""

    period: Period
    completed: int
    received: int
    response_rate: float
    is_response_low: bool
    sipas_like: ReleasedShare | None
    settlement: ReleasedShare | None


class UnitResults(msgspec.Struct, frozen=True):
    """`received` is the exact count of the year; `small_procedures` have too few ratings to be shown."""

    year: Period
    closed_weeks: Period
    closed_quarters: Period
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
    """`counts` from the first of the closed quarters on. Only `received` counts today, and days that wait."""
    year, closed_weeks, closed_quarters = find_year_to_date(day), find_closed_weeks(day), find_closed_quarters(day)
    batches = mark_batches(counts, day)
    closed = select_closed(batches, closed_weeks)
    quarters = select_period(counts, closed_quarters)
    procedures, small_procedures = list_procedures(quarters, names)
    return UnitResults(
        year=year,
        closed_weeks=closed_weeks,
        closed_quarters=closed_quarters,
        received=summarise(select_period(counts, year)).n,
        headline=release_headline(summarise(select_period(batches, year))),
        weeks=list_weeks(closed, closed_weeks),
        procedures=procedures,
        small_procedures=small_procedures,
        channels=list_channels(quarters),
        official_ratios=calculate_official_ratios(counts, closed, select_period(dossiers, closed_weeks)),
    )


def calculate_province_results(
    province: PublicProvince, units: Sequence[PublicUnit], counts: pl.DataFrame, day: date
) -> ProvinceResults:
    """`counts` are those of the year to date of the units that have ratings, as select_province_counts gives them."""
    received = summarise_units(counts)
    released = {
        unit_id: release_headline(ratings)
        for unit_id, ratings in summarise_units(cut_to_batches(counts, day, ["unit_id"])).items()
    }
    nothing = summarise(counts.clear())
    rows = tuple(
        ProvinceRow(unit, received.get(unit.unit_id, nothing).n, released.get(unit.unit_id, release_headline(nothing)))
        for unit in sorted(units, key=make_unit_sort_key)
    )
    return ProvinceResults(province, find_year_to_date(day), rows)


def summarise_units(counts: pl.DataFrame) -> dict[int, Satisfaction]:
    sums = add_satisfaction(sum_counts(counts, ["unit_id"]))
    return dict(zip(sums["unit_id"].to_list(), read_rows(sums), strict=True))


def make_unit_sort_key(unit: PublicUnit) -> tuple[object, ...]:
    proper_name = unit.place_name[len(unit.place_kind) :].strip()
    return make_sort_key(proper_name), make_sort_key(unit.name), unit.code


def select_period(frame: pl.DataFrame, period: Period) -> pl.DataFrame:
    return frame.filter(pl.col("day").is_between(period.first, period.last))


def select_closed(batches: pl.DataFrame, closed_weeks: Period) -> pl.DataFrame:
    """What was let out by the end of the closed weeks. A batch belongs to the week in which it closed: none is cut."""
    is_closed = pl.col("closing").is_between(closed_weeks.first, closed_weeks.last)
    return batches.filter(is_closed & (pl.col("shown") <= closed_weeks.last))


def summarise(counts: pl.DataFrame) -> Satisfaction:
    return read_rows(add_satisfaction(sum_counts(counts)))[0]


def list_weeks(closed: pl.DataFrame, closed_weeks: Period) -> tuple[WeekResult, ...]:
    weekly = calculate_weekly_shares(closed.with_columns(day="closing"), closed_weeks)
    rows = zip(weekly["week"].to_list(), read_rows(weekly), strict=True)
    return tuple(WeekResult(monday, release_cell(row)) for monday, row in rows)


def list_procedures(quarters: pl.DataFrame, names: Sequence[ProcedureName]) -> tuple[tuple[ProcedureResult, ...], int]:
    """In the order of the alphabet, the ratings without a procedure last; and how many are hidden.

    `names` oldest first.
    """
    codes = pl.DataFrame(
        {"procedure_id": [name.procedure_id for name in names], "code": [name.code for name in names]},
        schema={"procedure_id": pl.Int32, "code": pl.String},
    )
    coded = quarters.join(codes, on="procedure_id", how="left").with_columns(pl.col("code").fill_null(""))
    by_procedure = calculate_by_procedure(keep_showable(coded, "code").drop("code"), codes)
    name_of = {name.code: name.name for name in names}
    rows = [
        ProcedureResult(code, name_of.get(code), release_cell(row))
        for code, row in zip(by_procedure["code"].to_list(), read_rows(by_procedure), strict=True)
    ]
    ordered = sorted(rows, key=lambda row: (row.name is None, make_sort_key(row.name or ""), row.code))
    return tuple(ordered), coded["code"].n_unique() - len(rows)


def list_channels(quarters: pl.DataFrame) -> tuple[ChannelResult, ...]:
    by_channel = calculate_by_channel(keep_showable(quarters, "channel"))
    rows = zip(by_channel["channel"].to_list(), read_rows(by_channel), strict=True)
    return tuple(ChannelResult(channel, release_cell(row)) for channel, row in rows)


def calculate_official_ratios(
    counts: pl.DataFrame, closed: pl.DataFrame, dossiers: pl.DataFrame
) -> OfficialRatios | None:
    """None when no dossier counts of these weeks were imported, or no batch of ratings lies within their days.

    The days end where batches end: other days would make a rest of a few ratings against the headline.
    """
    days = dossiers["day"].sort().to_list()
    if not days:
        return None
    within = closed.filter((pl.col("opening") >= days[0]) & (pl.col("closing") <= days[-1]))
    if within.is_empty():
        return None
    period = Period(within["opening"].sort()[0], within["closing"].sort()[-1])
    totals = select_period(dossiers, period).select(pl.col("completed", "late", "complained").sum())
    if not totals["completed"].item():
        return None
    received = summarise(select_period(counts, period)).n
    ratios = add_official_ratios(sum_counts(within).hstack(totals))
    ratings, completed = read_rows(ratios)[0], int(ratios["completed"].item())
    response_rate = received / completed
    return OfficialRatios(
        period=period,
        completed=completed,
        received=received,
        response_rate=response_rate,
        is_response_low=response_rate < LOW_RESPONSE,
        sipas_like=release_headline(ratings).share,
        settlement=release_settlement(ratings, float(ratios["settlement_ratio"].item()), completed),
    )
