"""Reads the counts of a province or of the nation from the weekly roll-up: few rows, however many ratings."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from dashboards.releases.quarters import Quarter, find_quarter
from dashboards.supervision.counts import (
    SET_ASIDE,
    SPLITS,
    ChildSource,
    Integers,
    PilotSplit,
    QuarterCounts,
    Split,
    SplitName,
    find_places,
    find_weeks,
    tally,
)
from dashboards.supervision.figures import Area
from dashboards.supervision.periods import list_closed_weeks
from dashboards.supervision.read_narrow import Keys, count_by_week
from feedback.database import Connection
from feedback.tables.area_counts import select_counts_of_procedure
from feedback.tables.weekly_counts import MARGINS, select_area_weeks, select_unit_weeks

PILOT = "/pilot"
AREA_TYPES = ("urban", "rural", "mountain", "border", "island")
MARGIN_OF: Mapping[SplitName, str] = {
    "procedure": "procedure",
    "rater": "rater_kind",
    "channel": "channel",
    "proof": "proof_class",
}


def name_scope(area: Area, area_type: str = "") -> str:
    """How weekly_counts names a province or the nation, whole or of one area type."""
    scope = area.where.province or area.code
    return f"{scope}/{area_type}" if area_type else scope


async def read_wide_rows(connection: Connection, scope: str, weeks: Sequence[date]) -> pl.DataFrame:
    """Every margin of the area; `margin` is a place in MARGINS, from 1 on."""
    return await select_area_weeks(connection, [scope], weeks)


async def read_child_rows(
    connection: Connection, children: Sequence[ChildSource], weeks: Sequence[date]
) -> pl.DataFrame:
    """Columns: child (its place in the list), week, n1 to n5, completed."""
    if children and children[0].area.kind == "unit":
        rows = await select_unit_weeks(connection, [child.area.unit_id for child in children], weeks)
        place_of = {child.area.unit_id: place for place, child in enumerate(children)}
        return rows.with_columns(pl.Series("child", find_places(rows["unit_id"], place_of)))
    scopes = [name_scope(child.area, child.area_type) for child in children]
    rows = await select_area_weeks(connection, scopes, weeks, ["all"])
    return rows.with_columns((pl.col("area") - 1).cast(pl.Int64).alias("child"))


async def read_pilot_rows(
    connection: Connection, area: Area, area_types: Sequence[str], weeks: Sequence[date]
) -> pl.DataFrame:
    scopes = [name_scope(area, area_type) + end for area_type in area_types for end in ("", PILOT)]
    return await select_area_weeks(connection, scopes, weeks, ["all"])


def count_wide(
    rows: pl.DataFrame,
    children: Sequence[ChildSource],
    child_rows: pl.DataFrame,
    quarter: Quarter,
    day: date,
    keys: Keys,
) -> QuarterCounts:
    """Pure."""
    weeks = list_closed_weeks(quarter, day)
    margins = {name: rows.filter(pl.col("margin") == place) for place, name in enumerate(MARGINS, 1)}
    whole = margins["all"]
    total = Split(("",), *tally(("",), np.zeros(len(whole), np.int64), find_weeks(whole, weeks), whole, len(weeks)))
    is_set_aside = pl.col("key") == SET_ASIDE
    aside = margins["proof_class"].filter(is_set_aside)
    margins["proof_class"] = margins["proof_class"].filter(~is_set_aside)
    names = tuple(str(place) for place in range(len(children)))
    of_children = tally(names, child_rows["child"].to_numpy(), find_weeks(child_rows, weeks), child_rows, len(weeks))
    splits: dict[SplitName, Split] = {"child": Split(names, *of_children)}
    for split in SPLITS[1:]:
        splits[split] = split_margin(margins[MARGIN_OF[split]], split, quarter, day, keys)
    return QuarterCounts(
        quarter=quarter,
        weeks=tuple(weeks),
        is_closed=quarter < find_quarter(day),
        total=total,
        splits=splits,
        set_aside=count_by_week(aside, weeks),
    )


def split_margin(rows: pl.DataFrame, split: SplitName, quarter: Quarter, day: date, keys: Keys) -> Split:
    weeks = list_closed_weeks(quarter, day)
    in_week = find_weeks(rows, weeks)
    here = sorted(set(rows["key"].to_numpy()[in_week >= 0].tolist()))
    named = {value: keys.name(split, value) for value in here}
    names = tuple(dict.fromkeys(named.values()))
    places = find_places(rows["key"], {value: names.index(name) for value, name in named.items()})
    return Split(names, *tally(names, places, in_week, rows, len(weeks)))


def count_pilots(rows: pl.DataFrame, area_types: Sequence[str], quarter: Quarter, day: date) -> list[PilotSplit]:
    """`rows` as read_pilot_rows gives them."""
    weeks = list_closed_weeks(quarter, day)
    names = tuple(str(place) for place in range(2 * len(area_types)))
    scores, _ = tally(names, rows["area"].to_numpy().astype(np.int64) - 1, find_weeks(rows, weeks), rows, len(weeks))
    return [
        PilotSplit(area_type, pilot=scores[2 * place + 1], whole=scores[2 * place])
        for place, area_type in enumerate(area_types)
    ]


async def read_procedure_rows(
    connection: Connection, children: Sequence[ChildSource], counts: QuarterCounts, procedure_ids: Sequence[int]
) -> pl.DataFrame:
    """child, n1 to n5 of one procedure; of units from daily counts, which the roll-up does not split."""
    if children and children[0].area.kind == "unit":
        units = [child.area.unit_id for child in children]
        period = (counts.quarter.first_day, counts.quarter.last_day)
        rows = await select_counts_of_procedure(connection, units, *period, procedure_ids)
        place_of = {unit_id: place for place, unit_id in enumerate(units)}
        return rows.with_columns(pl.Series("child", find_places(rows["unit_id"], place_of)))
    scopes = [name_scope(child.area, child.area_type) for child in children]
    weeks = [week.first for week in counts.weeks]
    rows = await select_area_weeks(connection, scopes, weeks, ["procedure"], procedure_ids)
    return rows.with_columns((pl.col("area") - 1).cast(pl.Int64).alias("child"))


def count_of_procedure(rows: pl.DataFrame, children: Sequence[ChildSource]) -> Integers:
    """Of each part how many gave 1 to 5."""
    names = tuple(str(place) for place in range(len(children)))
    return tally(names, rows["child"].to_numpy(), np.zeros(len(rows), np.int64), rows, 1)[0][:, 0]
