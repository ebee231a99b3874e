"""Pilot sites against the rest of the same area type (requirement R28). Counts in, released structs out."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from dashboards.disclosure.front import FRONT_RATINGS, calculate_wilson, release_front
from dashboards.disclosure.front_cuts import Cells, find_cuts, list_steps
from dashboards.supervision.counts import ChildSource, Integers, PilotSplit
from dashboards.supervision.figures import PilotPair


class Difference(msgspec.Struct, frozen=True):
    """In points of percent, the interval rounded outwards."""

    points: int
    low: int
    high: int


def split_children(sources: Sequence[ChildSource], scores: Integers) -> list[PilotSplit]:
    """Of a province: its units by area type; `scores` is units × weeks × 5."""
    kinds = sorted({source.area_type for source in sources if source.area_type})
    of_kind = {kind: np.array([source.area_type == kind for source in sources]) for kind in kinds}
    is_pilot = np.array([source.is_pilot for source in sources], np.bool_)
    return [
        PilotSplit(kind, scores[here & is_pilot].sum(axis=0), scores[here].sum(axis=0))
        for kind, here in of_kind.items()
        if (here & is_pilot).any() and (here & ~is_pilot).any()
    ]


def calculate_pilots(splits: Sequence[PilotSplit], *, is_closed: bool) -> tuple[PilotPair, ...]:
    """Only where both sides may be shown."""
    pairs = (compare_pilots(split, is_closed=is_closed) for split in splits)
    return tuple(pair for pair in pairs if pair is not None)


def compare_pilots(split: PilotSplit, *, is_closed: bool) -> PilotPair | None:
    """Both sides up to the same week, so that one difference of time enters neither."""
    parts = np.stack([split.pilot, split.whole - split.pilot])
    steps = list_steps(split.whole, FRONT_RATINGS.value, is_closed=is_closed)
    cuts = find_cuts(Cells(split.whole, parts, np.zeros(2, np.int64)), steps, FRONT_RATINGS.value).parts
    both = sorted(set(cuts[0]) & set(cuts[1]))
    if not both or (is_closed and both[-1] != len(split.whole)):
        return None
    pilot, rest = ([int(n) for n in part[: both[-1]].sum(axis=0)] for part in parts)
    difference = measure_difference(sum(pilot[3:]), sum(pilot), sum(rest[3:]), sum(rest))
    released = (release_front(pilot), release_front(rest))
    if any(group.share is None or group.share.bound != "exact" for group in released):
        return PilotPair(split.area_type, *released, None, None, None)
    return PilotPair(split.area_type, *released, difference.points, difference.low, difference.high)


def measure_difference(part: int, n: int, other_part: int, other_n: int) -> Difference:
    difference, low, high = calculate_newcombe(part, n, other_part, other_n)
    return Difference(math.floor(100 * difference + 0.5), math.floor(100 * low), math.ceil(100 * high))


def calculate_newcombe(part: int, n: int, other_part: int, other_n: int) -> tuple[float, float, float]:
    """The difference of two shares of one, and the ends of its 95 % interval.

    Newcombe (1998), Statistics in Medicine 17, method 10: Wilson's intervals of both sides put together.
    """
    one, other = part / n, other_part / other_n
    (low, high), (other_low, other_high) = calculate_wilson(part, n), calculate_wilson(other_part, other_n)
    difference = one - other
    down = math.hypot(one - low, other_high - other)
    up = math.hypot(high - one, other - other_low)
    return difference, difference - down, difference + up
