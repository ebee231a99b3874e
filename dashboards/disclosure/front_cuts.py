"""Up to which closed week each cell of an area may be shown to the Front: rules P3 and P4, over every look at once.

Plays the weeks of one quarter again, always in the same way, so nothing has to be kept of what was shown before.
Looks at counts only, never at shares; docs/supervision-figures.md says what it holds and what it does not.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboards.disclosure.batches import list_ends
from dashboards.indicators.registry import SMALLEST_GROUP, SMALLEST_HEADLINE

Counts = NDArray[np.int64]
NOT_YET = -1


class Cells(msgspec.Struct, frozen=True):
    """Ratings by score: `total` weeks × 5, `parts` cells × weeks × 5. `margin` says which split a cell belongs to.

    `together`, cells × cells × weeks, is how many ratings two cells share; None where that is not known.
    """

    total: Counts
    parts: Counts
    margin: NDArray[np.int64]
    together: Counts | None = None


class Cuts(msgspec.Struct, frozen=True):
    """Numbers of weeks, ascending: after how many of the quarter's weeks the total, and each cell, was ever shown."""

    total: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]


class Step(msgspec.Struct, frozen=True):
    """The total is let out up to `cut` weeks once `seen` weeks have closed."""

    cut: int
    seen: int
    is_final: bool


def list_steps(total: Counts, smallest: int, *, is_closed: bool) -> list[Step]:
    """Batches of ten, each let out by the next one, the last with all that follows it by the quarter's end."""
    weeks = len(total)
    ends = list_ends([(date.min, int(n)) for n in total.sum(axis=-1)])
    steps = [Step(end + 1, later + 1, is_final=False) for end, later in pairwise(ends)]
    if is_closed and total.sum() >= smallest:
        steps.append(Step(weeks, weeks, is_final=True))
    return steps


def find_cuts(cells: Cells, steps: Sequence[Step], smallest: int) -> Cuts:
    """`steps` of the total. `smallest` is what a cell of a closed quarter needs; in a running one a batch of ten."""
    play = Play(cells, smallest)
    for step in steps:
        play.take(step)
    return Cuts(tuple(step.cut for step in steps), tuple(tuple(cuts) for cuts in play.cuts))


class Play:
    """What is known after each step: `last` the cut up to which a cell was shown, `first` its first cut from each step.

    `first` has a row for the beginning, where every cell is known to be empty, and one for each step taken.
    """

    def __init__(self, cells: Cells, smallest: int) -> None:
        self.total = add_up(cells.total)
        self.parts = add_up(cells.parts)
        self.n = self.parts.sum(axis=-1)
        self.margin = cells.margin
        self.together = None if cells.together is None else add_up(cells.together[..., None])[..., 0]
        self.smallest = smallest
        self.cuts: list[list[int]] = [[] for _ in cells.parts]
        self.last = np.zeros(len(cells.parts), np.int64)
        self.starts = [0]
        self.first = np.zeros((1, len(cells.parts)), np.int64)

    def take(self, step: Step) -> None:
        """Moves as many cells as may be; the smallest stays first where something small would be left."""
        moving = self.find_ready(step)
        while (stays := self.find_stay(step, moving)) is not None:
            moving[stays] = False
        for cell in np.flatnonzero(moving):
            self.cuts[cell].append(step.cut)
        self.first = np.where((self.first == NOT_YET) & moving, step.cut, self.first)
        self.first = np.vstack([self.first, np.where(moving, step.cut, NOT_YET)])
        self.starts.append(step.cut)
        self.last = np.where(moving, step.cut, self.last)

    def find_ready(self, step: Step) -> NDArray[np.bool_]:
        """Ten new ratings, and ten more behind them, so that a quarter never ends with a few; at its end, enough."""
        new = self.n[:, step.cut] - self.pick(self.n, self.last)
        if step.is_final:
            return (self.n[:, step.cut] >= self.smallest) & ((new >= SMALLEST_GROUP) | (self.last == 0) | (new == 0))
        return (new >= SMALLEST_GROUP) & (self.n[:, step.seen] - self.n[:, step.cut] >= SMALLEST_GROUP)

    def find_stay(self, step: Step, moving: NDArray[np.bool_]) -> int | None:
        """The cell that must not move, as otherwise something small could be subtracted; None when nothing fails."""
        until = np.where(moving, step.cut, self.last)
        since = np.where((self.first == NOT_YET) & moving, step.cut, self.first)
        known = np.where((since == NOT_YET)[..., None], 0, self.known(since, until))
        for margin in np.unique(self.margin):
            of_margin = self.margin == margin
            rest = self.total[step.cut] - self.total[self.starts] - known[:, of_margin].sum(axis=1)
            movable = np.flatnonzero(of_margin & self.has_new(step, moving))
            if len(movable) and not self.are_showable(rest, is_final=step.is_final):
                return int(min(movable, key=lambda cell: (self.n[cell, step.cut], cell)))
        return self.find_nested(step, moving, known.sum(axis=-1))

    def known(self, since: Counts, until: Counts) -> Counts:
        """Of each step and cell: the ratings of each cell between two of its own cuts."""
        cell = np.arange(len(self.parts))
        return self.parts[cell, until] - self.parts[cell, since]

    def has_new(self, step: Step, moving: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Cells that would tell something by moving."""
        return moving & (self.n[:, step.cut] > self.pick(self.n, self.last))

    def pick(self, values: Counts, weeks: Counts) -> Counts:
        return values[np.arange(len(values)), weeks]

    def are_showable(self, rests: Counts, *, is_final: bool) -> bool:
        """What is left since the beginning, and since each step: nobody, or enough who do not all agree."""
        enough = self.smallest if is_final else SMALLEST_GROUP
        whole, later = rests[0], rests[1:].sum(axis=-1)
        n = int(whole.sum())
        is_whole = n == 0 or n >= SMALLEST_HEADLINE or (n >= enough and int(whole.max()) < n)
        return is_whole and bool(np.all((later == 0) | (later >= self.smallest)))

    def find_nested(self, step: Step, moving: NDArray[np.bool_], known: Counts) -> int | None:
        """A desk less the procedures that are done nowhere else, and the like: cells of one split inside another's."""
        if self.together is None:
            return None
        new, n = self.has_new(step, moving), self.n[:, step.cut]
        outer = np.flatnonzero(new)
        is_inside = (self.together[outer, :, step.cut] == n) & (n > 0) & (self.margin[outer][:, None] != self.margin)
        whole = n[outer][:, None] - self.n[outer][:, self.starts]
        was_shown = np.vstack([np.ones(len(outer), np.bool_), (self.first[1:] == self.place()[1:, None])[:, outer]]).T
        for margin in np.unique(self.margin):
            within = is_inside & (self.margin == margin)
            rest = whole - within.astype(np.int64) @ known.T
            fails = (was_shown & (rest > 0) & (rest < self.smallest)).any(axis=1) & within.any(axis=1)
            if fails.any():
                place = int(np.flatnonzero(fails)[0])
                inner = np.flatnonzero(within[place] & new)
                return int(min(inner, key=lambda cell: (n[cell], cell))) if len(inner) else int(outer[place])
        return None

    def place(self) -> Counts:
        """The cut of each row of `first`."""
        return np.array(self.starts, np.int64)


def add_up(weekly: Counts) -> Counts:
    """Sums up to each week, the weeks being the last but one axis, with zeros before the first."""
    zeros = np.zeros((*weekly.shape[:-2], 1, weekly.shape[-1]), np.int64)
    return np.concatenate([zeros, weekly.cumsum(axis=-2)], axis=-2)


def hide_crossed(crossed: Counts, rows: Sequence[int], columns: Sequence[int], smallest: int) -> NDArray[np.bool_]:
    """Which cells of a table of one closed quarter may be shown, where its shown `rows` and `columns` are known too.

    `crossed` is rows × columns × 5. In each of those lines, what is left is nobody or enough; smallest hidden first.
    """
    n = crossed.sum(axis=-1)
    shown = n >= smallest
    lines = [(np.s_[row, :]) for row in rows] + [(np.s_[:, column]) for column in columns]
    order = np.argsort(n, axis=None, kind="stable")
    is_failing = True
    while is_failing:
        is_failing = False
        for line in lines:
            rest = int(n[line][~shown[line]].sum())
            if 0 < rest < smallest and shown[line].any():
                in_line = np.zeros_like(shown)
                in_line[line] = shown[line]
                shown.flat[next(cell for cell in order if in_line.flat[cell])] = False
                is_failing = True
    return shown


def keep_safe_steps(
    total: Counts, parts: Sequence[tuple[Counts, tuple[int, ...]]], steps: Sequence[Step], smallest: int
) -> list[Step]:
    """The steps of a total whose parts are shown by themselves, each with its own cuts: those that leave nothing small.

    Here the parts stand as they are and the total waits, or is not shown.
    """
    whole = add_up(total)
    known = [(add_up(scores), (0, *cuts)) for scores, cuts in parts]
    kept: list[Step] = []
    for step in steps:
        rests = [
            whole[step.cut] - whole[start] - sum_known(known, start, step.cut, len(total))
            for start in (0, *(earlier.cut for earlier in kept))
        ]
        n, later = int(rests[0].sum()), [int(rest.sum()) for rest in rests[1:]]
        is_whole = n == 0 or n >= SMALLEST_HEADLINE or (n >= smallest and int(rests[0].max()) < n)
        if is_whole and all(rest == 0 or rest >= smallest for rest in later):
            kept.append(step)
    return kept


def sum_known(known: Sequence[tuple[Counts, tuple[int, ...]]], start: int, cut: int, weeks: int) -> Counts:
    """How many gave 1 to 5 between two weeks, of what the parts tell."""
    total = np.zeros(known[0][0].shape[-1] if known else 5, np.int64)
    for sums, cuts in known:
        within = [own for own in cuts if start <= own <= min(cut, weeks)]
        if within:
            total = total + sums[within[-1]] - sums[within[0]]
    return total
