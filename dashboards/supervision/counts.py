"""Unreleased counts of an area by cell, week and score. They leave this package through the gate only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboards.indicators.satisfaction import SCORES
from dashboards.periods import Period
from dashboards.releases.quarters import Quarter
from dashboards.supervision.figures import Area

Integers = NDArray[np.int64]
SplitName = Literal["child", "procedure", "rater", "channel", "proof"]
SPLITS: tuple[SplitName, ...] = ("child", "procedure", "rater", "channel", "proof")
SET_ASIDE = ord("X")


class Split(msgspec.Struct, frozen=True):
    """`scores`: cells × weeks × 5, `completed`: cells × weeks; a cell for each of `keys`."""

    keys: tuple[str, ...]
    scores: Integers
    completed: Integers

    def find(self, key: str) -> int | None:
        return self.keys.index(key) if key in self.keys else None


class QuarterCounts(msgspec.Struct, frozen=True):
    """One quarter of an area, as far as its weeks have closed. `total` has one cell; `set_aside` is by week.

    `together`: for cells of several splits in a row, how many ratings two of them share; None for wide areas.
    """

    quarter: Quarter
    weeks: tuple[Period, ...]
    is_closed: bool
    total: Split
    splits: Mapping[SplitName, Split]
    set_aside: Integers
    together: Integers | None = None
    crossed: Integers | None = None
    """Of a unit: desks × procedures × 5, over the whole quarter."""


class ChildSource(msgspec.Struct, frozen=True):
    """A part of an area, and the area type of those it is compared with; empty where it is compared with nobody."""

    area: Area
    area_type: str
    is_pilot: bool = False


class PilotSplit(msgspec.Struct, frozen=True):
    """Of one area type: weeks × 5 of the pilots, and of all."""

    area_type: str
    pilot: Integers
    whole: Integers


def tally(
    keys: Sequence[str], places: Integers, weeks: Integers, rows: pl.DataFrame, number_of_weeks: int
) -> tuple[Integers, Integers]:
    """What a Split holds: `places` and `weeks` say, for each of `rows`, where it belongs; -1 is nowhere."""
    scores = np.zeros((len(keys), number_of_weeks, len(SCORES)), np.int64)
    completed = np.zeros((len(keys), number_of_weeks), np.int64)
    is_there = (places >= 0) & (weeks >= 0)
    where = (places[is_there], weeks[is_there])
    if SCORES[0] in rows.columns:
        np.add.at(scores, where, rows.select(SCORES).to_numpy()[is_there])
    if "completed" in rows.columns:
        np.add.at(completed, where, rows["completed"].to_numpy()[is_there])
    return scores, completed


def find_weeks(rows: pl.DataFrame, weeks: Sequence[Period]) -> Integers:
    """The place of each row's week in the list; -1 where it is not there."""
    firsts = np.array([week.first for week in weeks], "datetime64[D]")
    found = np.searchsorted(firsts, days := rows["week"].to_numpy().astype("datetime64[D]"))
    inside = found < len(firsts)
    inside[inside] = firsts[found[inside]] == days[inside]
    return np.where(inside, found, -1)


def find_places(values: pl.Series, place_of: Mapping[int, int]) -> Integers:
    """-1 where a value has no place."""
    unique, inverse = np.unique(values.to_numpy(), return_inverse=True)
    places = np.array([place_of.get(int(value), -1) for value in unique], np.int64)
    return places[inverse] if len(unique) else np.zeros(0, np.int64)


def empty_split(weeks: int) -> Split:
    return Split((), np.zeros((0, weeks, len(SCORES)), np.int64), np.zeros((0, weeks), np.int64))


def until_last(weeks: Sequence[Period], quarter: Quarter) -> Period:
    """The quarter as far as its weeks have closed; where none has, its first day alone."""
    last: date = weeks[-1].last if weeks else quarter.first_day
    return Period(quarter.first_day, last)
