"""Interval arithmetic on whole numbers: sums that are known against parts that are not, tightened until nothing moves.

Every sum over units of a world is tried, less whatever officials stand wholly inside it.
"""

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.attack.cells import Cells
from tests.attack.worlds import UNITS

Integers = NDArray[np.int64]
ROUNDS = 6
MASKS = 2**UNITS
UNKNOWN = 10**6


class Bounds(msgspec.Struct):
    """Of each part: the least and the most it can be."""

    low: Integers
    high: Integers


class Sums(msgspec.Struct, frozen=True):
    """Sum `number[i]` holds part `part[i]`; of each sum the least and the most."""

    number: Integers
    part: Integers
    low: Integers
    high: Integers


def tighten(bounds: Bounds, sums: Sums) -> None:
    """No part can be more than the sum less the least of the others, nor less than the sum less their most."""
    for _ in range(ROUNDS):
        least = np.bincount(sums.number, bounds.low[sums.part], len(sums.low)).astype(np.int64)
        most = np.bincount(sums.number, bounds.high[sums.part], len(sums.low)).astype(np.int64)
        room_up = sums.high[sums.number] - (least[sums.number] - bounds.low[sums.part])
        room_down = sums.low[sums.number] - (most[sums.number] - bounds.high[sums.part])
        np.minimum.at(bounds.high, sums.part, room_up)
        np.maximum.at(bounds.low, sums.part, room_down)


class Known(msgspec.Struct, frozen=True):
    """Columns of the parts as arrays; `n` is 0 where it is not told, steps are exact where `is_said`."""

    world: Integers
    bit: Integers
    support: Integers
    is_official: NDArray[np.bool_]
    is_class_a: NDArray[np.bool_]
    is_counted: NDArray[np.bool_]
    is_said: NDArray[np.bool_]
    true_n: Integers
    true_s: Integers
    lowest: Integers
    highest: Integers
    is_coded: NDArray[np.bool_]


def read_known(parts: pl.DataFrame) -> Known:
    def column(name: str) -> Integers:
        return parts[name].fill_null(0).to_numpy().astype(np.int64)

    counted, official = parts["n"].is_not_null().to_numpy(), (parts["entity_id"] != 0).to_numpy()
    coded = parts["bound"].is_not_null().to_numpy()
    said = parts["raw"].is_not_null().to_numpy()
    class_a = official | (parts["proof_class"] == "A").fill_null(value=False).to_numpy()
    return Known(
        column("world"), column("bit"), column("support"), official, class_a, counted, said,
        column("true_n"), column("true_s"), column("lowest"), column("highest"), coded,
    )  # fmt: skip


def list_sums(cells: Cells, known: Known, kind: str) -> Sums:
    """kind: n, class_a, s (steps) or d (what is missing to the best score, 4n - s)."""
    numbers, parts, low, high = [], [], [], []
    units = cells.units
    world, bit = (units[name].to_numpy().astype(np.int64) for name in ("world", "bit"))
    worlds = int(max(world.max(), known.world.max())) + 1
    there = np.bincount(world, bit, worlds).astype(np.int64)
    told = units["is_class_told"].to_numpy()
    unit_low, unit_high = read_unit_sums(units, kind)
    is_exact = known.is_counted if kind in {"n", "class_a"} else known.is_said & known.is_counted
    value = {"n": known.true_n, "class_a": known.true_n, "s": known.true_s, "d": 4 * known.true_n - known.true_s}[kind]
    offset = 0
    for mask in range(1, MASKS):
        is_there = (there & mask) == mask
        inside = (bit & mask) > 0
        total_low = np.bincount(world[inside], unit_low[inside], worlds).astype(np.int64)
        total_high = np.bincount(world[inside], unit_high[inside], worlds).astype(np.int64)
        if kind == "class_a":
            is_there &= np.bincount(world[inside & ~told], minlength=worlds) == 0
        of_mask = ((known.bit & mask) > 0) & is_there[known.world]
        if kind == "class_a":
            of_mask &= known.is_class_a
        taken = of_mask & is_exact & ((known.support & ~mask) == 0)
        shown = np.bincount(known.world[taken], value[taken], worlds).astype(np.int64)
        left = np.flatnonzero(of_mask & ~taken)
        numbers.append(known.world[left] + offset)
        parts.append(left)
        low.append(total_low - shown)
        high.append(total_high - shown)
        offset += worlds
    return Sums(*(np.concatenate(x) for x in (numbers, parts, low, high)))


def read_unit_sums(units: pl.DataFrame, kind: str) -> tuple[Integers, Integers]:
    n, low, high = (units[name].to_numpy().astype(np.int64) for name in ("n", "s_low", "s_high"))
    class_a = units["class_a"].to_numpy().astype(np.int64)
    return {"n": (n, n), "class_a": (class_a, class_a), "s": (low, high), "d": (4 * n - high, 4 * n - low)}[kind]


def list_own_sums(known: Known, entity: Integers, kind: str) -> Sums:
    """An official's own figure: the sum over the units where he or she was."""
    value = {"n": known.true_n, "s": known.true_s, "d": 4 * known.true_n - known.true_s}[kind]
    is_exact = known.is_counted if kind == "n" else known.is_said & known.is_counted
    parts = np.flatnonzero(known.is_official & is_exact)
    numbers = np.unique(entity[parts], return_inverse=True)[1].astype(np.int64)
    total = np.bincount(numbers, value[parts]).astype(np.int64)
    return Sums(numbers, parts, total, total)


def list_pool_sums(cells: Cells, known: Known, kind: str) -> Sums:
    """A pool's mean is taken as known exactly: where every member's number is told, so is the sum of the unsaid."""
    parts = cells.parts.with_columns(pl.Series("counted", known.is_counted), pl.Series("said", known.is_said)).filter(
        (pl.col("entity_id") != 0) & pl.col("counted").all().over("pool") & pl.col("pool_mean").is_not_null()
    )
    unsaid = parts.filter(~pl.col("said"))
    numbers = np.unique(unsaid["pool"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    steps = unsaid["true_s"] if kind == "s" else 4 * unsaid["true_n"] - unsaid["true_s"]
    total = np.bincount(numbers, steps.to_numpy()).astype(np.int64)
    return Sums(numbers, unsaid["part"].to_numpy().astype(np.int64), total, total)


def deduce(cells: Cells, *, has_means: bool = True) -> pl.DataFrame:
    """The parts with n_low, n_high, s_low, s_high, d_low, d_high: all that can be worked out of one release.

    `has_means`: whether the reader sees the mean of each pool, as whoever sees the steps of a score does.
    """
    known = read_known(cells.parts)
    entity = cells.parts["entity_id"].to_numpy().astype(np.int64)
    size = len(cells.parts)
    # A released row without a number says that there is a rating; where somebody had one desk, it was there.
    one_desk = known.is_official & (known.support == known.bit)
    n = Bounds(one_desk.astype(np.int64), np.full(size, UNKNOWN))
    for _ in range(2):
        for sums in (
            list_own_sums(known, entity, "n"),
            list_sums(cells, known, "n"),
            list_sums(cells, known, "class_a"),
        ):
            tighten(n, sums)
    s, d = bound_answers(known, n)
    for kind, bounds in (("s", s), ("d", d)) * 2:
        tighten(bounds, list_own_sums(known, entity, kind))
        tighten(bounds, list_sums(cells, known, kind))
        if has_means:
            tighten(bounds, list_pool_sums(cells, known, kind))
    named = {"n": n, "s": s, "d": d}
    return cells.parts.with_columns(
        pl.Series(f"{kind}_{end}", getattr(bounds, end)) for kind, bounds in named.items() for end in ("low", "high")
    )


def bound_answers(known: Known, n: Bounds) -> tuple[Bounds, Bounds]:
    """Before any subtraction: a band where one is told, else anything that so many answers can make."""
    size = len(known.world)
    s, d = Bounds(np.zeros(size, np.int64), 4 * n.high), Bounds(np.zeros(size, np.int64), 4 * n.high)
    banded = known.is_coded & (known.support == known.bit)
    s.low[banded], s.high[banded] = known.lowest[banded], known.highest[banded]
    d.low[banded] = 4 * known.true_n[banded] - known.highest[banded]
    d.high[banded] = 4 * known.true_n[banded] - known.lowest[banded]
    return s, d
