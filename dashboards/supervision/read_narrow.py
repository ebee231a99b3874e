"""Reads the counts of a unit, or of the few units of a commune, from daily counts: every split and what they share."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import numpy as np
import polars as pl

from dashboards.indicators.satisfaction import SCORES
from dashboards.periods import Period
from dashboards.releases.quarters import Quarter, find_quarter
from dashboards.supervision.counts import (
    SET_ASIDE,
    SPLITS,
    Integers,
    QuarterCounts,
    Split,
    SplitName,
    find_places,
    find_weeks,
    tally,
)
from dashboards.supervision.periods import list_closed_weeks
from feedback.database import Connection
from feedback.tables.area_counts import (
    select_desk_dossier_weeks,
    select_narrow_counts,
    select_narrow_dossiers,
)

COLUMNS: Mapping[SplitName, str] = {
    "procedure": "procedure_id",
    "rater": "rater_kind",
    "channel": "channel",
    "proof": "proof_class",
}
BUSINESS = 2  # as the roll-up and the query number rater kinds
Places = Mapping[SplitName, tuple[tuple[str, ...], Integers]]


class NarrowRows(msgspec.Struct, frozen=True):
    """Of some units and some weeks; `child` names the column that tells the parts apart: unit_id or desk_id."""

    child: str
    counts: pl.DataFrame
    dossiers: pl.DataFrame
    child_dossiers: pl.DataFrame


class Keys(msgspec.Struct, frozen=True):
    """What an id in the store is called in addresses: the code of a procedure, the number of a channel; "" for none."""

    of_procedures: Mapping[int, str]
    children: tuple[int, ...]

    def name(self, split: SplitName, value: int) -> str:
        match split:
            case "procedure":
                return self.of_procedures.get(value, "")
            case "rater":
                return "business" if value == BUSINESS else "citizen"
            case "proof":
                return chr(value)
            case "child" | "channel":
                return str(value)


async def read_narrow_rows(
    connection: Connection, unit_ids: Sequence[int], first: date, last: date, *, by_desk: bool
) -> NarrowRows:
    counts = await select_narrow_counts(connection, unit_ids, first, last)
    dossiers = await select_narrow_dossiers(connection, unit_ids, first, last)
    of_children = await select_desk_dossier_weeks(connection, unit_ids, first, last) if by_desk else dossiers
    return NarrowRows("desk_id" if by_desk else "unit_id", counts, dossiers, of_children)


def count_narrow(rows: NarrowRows, quarter: Quarter, day: date, keys: Keys) -> QuarterCounts:
    """Pure. What was set aside is in no split."""
    weeks = list_closed_weeks(quarter, day)
    is_set_aside = pl.col("proof_class") == SET_ASIDE
    counted, aside = rows.counts.filter(~is_set_aside), rows.counts.filter(is_set_aside)
    in_week = find_weeks(counted, weeks)
    places: Places = {split: place_rows(counted, split, rows.child, keys) for split in SPLITS}
    nowhere = np.zeros(len(counted), np.int64)
    splits: dict[SplitName, Split] = {
        split: add_dossiers(make_split(names, where, in_week, counted, len(weeks)), split, rows, weeks, keys)
        for split, (names, where) in places.items()
    }
    total = make_split(("",), nowhere, in_week, counted, len(weeks))
    total = total_dossiers(total, rows.dossiers, weeks)
    return QuarterCounts(
        quarter=quarter,
        weeks=tuple(weeks),
        is_closed=quarter < find_quarter(day),
        total=total,
        splits=splits,
        set_aside=count_by_week(aside, weeks),
        together=count_together(places, in_week, counted, len(weeks)),
        crossed=cross(places, in_week, counted),
    )


def place_rows(counted: pl.DataFrame, split: SplitName, child: str, keys: Keys) -> tuple[tuple[str, ...], Integers]:
    """The names of the cells of a split, and to which of them each row belongs."""
    column = child if split == "child" else COLUMNS[split]
    values = keys.children if split == "child" else sorted(counted[column].unique().to_list())
    named = {value: keys.name(split, value) for value in values}
    names = tuple(dict.fromkeys(named.values()))
    place_of = {value: names.index(name) for value, name in named.items()}
    return names, find_places(counted[column], place_of)


def make_split(names: tuple[str, ...], places: Integers, in_week: Integers, rows: pl.DataFrame, weeks: int) -> Split:
    return Split(names, *tally(names, places, in_week, rows, weeks))


def add_dossiers(split: Split, name: SplitName, rows: NarrowRows, weeks: Sequence[Period], keys: Keys) -> Split:
    """Dossiers know procedures and parts, nothing else; those that nobody rated make no row of their own."""
    if name not in {"child", "procedure"}:
        return split
    dossiers, column = (rows.child_dossiers, rows.child) if name == "child" else (rows.dossiers, "procedure_id")
    ids = dossiers[column].unique().to_list()
    place_of = {value: place for value in ids if (place := split.find(keys.name(name, value))) is not None}
    places = find_places(dossiers[column], place_of)
    _, completed = tally(split.keys, places, find_weeks(dossiers, weeks), dossiers, len(weeks))
    return msgspec.structs.replace(split, completed=completed)


def total_dossiers(total: Split, dossiers: pl.DataFrame, weeks: Sequence[Period]) -> Split:
    nowhere = np.zeros(len(dossiers), np.int64)
    _, completed = tally(total.keys, nowhere, find_weeks(dossiers, weeks), dossiers, len(weeks))
    return msgspec.structs.replace(total, completed=completed)


def count_by_week(rows: pl.DataFrame, weeks: Sequence[Period]) -> Integers:
    nowhere = np.zeros(len(rows), np.int64)
    scores, _ = tally(("",), nowhere, find_weeks(rows, weeks), rows, len(weeks))
    return scores[0].sum(axis=-1)


def count_together(places: Places, in_week: Integers, rows: pl.DataFrame, weeks: int) -> Integers:
    """Of each two cells and each week, the cells of all splits in the order of SPLITS."""
    sizes = [len(places[split][0]) for split in SPLITS]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    shared = np.zeros((int(starts[-1]), int(starts[-1]), weeks), np.int64)
    n = rows.select(pl.sum_horizontal(SCORES)).to_series().to_numpy()
    placed = [np.where(places[split][1] < 0, -1, places[split][1] + starts[i]) for i, split in enumerate(SPLITS)]
    for one in placed:
        for other in placed:
            is_there = (one >= 0) & (other >= 0) & (in_week >= 0)
            np.add.at(shared, (one[is_there], other[is_there], in_week[is_there]), n[is_there])
    return shared


def cross(places: Places, in_week: Integers, rows: pl.DataFrame) -> Integers:
    """Of each part and procedure, over all weeks."""
    (children, at_child), (procedures, at_procedure) = places["child"], places["procedure"]
    crossed = np.zeros((len(children), len(procedures), len(SCORES)), np.int64)
    is_there = (at_child >= 0) & (at_procedure >= 0) & (in_week >= 0)
    np.add.at(crossed, (at_child[is_there], at_procedure[is_there]), rows.select(SCORES).to_numpy()[is_there])
    return crossed
