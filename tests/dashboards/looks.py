"""A curious supervisor who looks at one unit every week and keeps everything: sets of ratings, and what is left.

Knows each shown figure exactly, every earlier one too, and at which desk each procedure is done.
"""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from dashboards.disclosure.front import FRONT_RATINGS
from dashboards.disclosure.front_cuts import Cells, Cuts, find_cuts, list_steps

MARGINS = ("desk", "procedure", "rater", "channel")
Rating = tuple[int, ...]  # week, desk, procedure, rater, channel, score
Region = frozenset[int]


class History(msgspec.Struct, frozen=True):
    """The ratings of one quarter; a rating is known by its place in the list."""

    weeks: int
    ratings: tuple[Rating, ...]

    @property
    def cells(self) -> list[tuple[int, int]]:
        """(margin, value) of every cell that was ever rated."""
        return sorted({(margin, rating[1 + margin]) for rating in self.ratings for margin in range(len(MARGINS))})

    def is_in(self, rating: int, cell: tuple[int, int]) -> bool:
        return self.ratings[rating][1 + cell[0]] == cell[1]


def count(history: History, weeks: int) -> Cells:
    """As a page gets it when so many weeks have closed."""
    cells = history.cells
    total = np.zeros((weeks, 5), np.int64)
    parts = np.zeros((len(cells), weeks, 5), np.int64)
    together = np.zeros((len(cells), len(cells), weeks), np.int64)
    for number, (week, *_, score) in enumerate(history.ratings):
        if week >= weeks:
            continue
        here = [place for place, cell in enumerate(cells) if history.is_in(number, cell)]
        total[week, score - 1] += 1
        parts[here, week, score - 1] += 1
        together[np.ix_(here, here, [week])] += 1
    return Cells(total, parts, np.array([margin for margin, _ in cells], np.int64), together)


def look(history: History, weeks: int, *, is_closed: bool) -> Cuts:
    cells = count(history, weeks)
    steps = list_steps(cells.total, FRONT_RATINGS.value, is_closed=is_closed)
    return find_cuts(cells, steps, FRONT_RATINGS.value)


def list_looks(history: History) -> Iterator[tuple[int, bool, Cuts]]:
    """Every week of the running quarter, and once after its end."""
    for weeks in range(history.weeks + 1):
        yield weeks, False, look(history, weeks, is_closed=False)
    yield history.weeks, True, look(history, history.weeks, is_closed=True)


def list_regions(cuts: Sequence[int], ratings: Sequence[tuple[int, int]]) -> list[Region]:
    """What lies between any two cuts of one figure; `ratings` are (number, week)."""
    ends = sorted({0, *cuts})
    spans = [(start, end) for place, start in enumerate(ends) for end in ends[place + 1 :]]
    return [frozenset(number for number, week in ratings if start <= week < end) for start, end in spans]


def list_small_rests(history: History, cuts: Cuts) -> list[int]:
    """Sizes of 1 to 4 that a known group leaves when everything known of one split is taken off it."""
    cells = history.cells
    weekly = [(number, rating[0]) for number, rating in enumerate(history.ratings)]
    of_cell = [[(n, week) for n, week in weekly if history.is_in(n, cell)] for cell in cells]
    known = [list_regions(own, ratings) for own, ratings in zip(cuts.parts, of_cell, strict=True)]
    wholes = [(-1, None, region) for region in list_regions(cuts.total, weekly)]
    wholes += [(margin, place, region) for place, (margin, _) in enumerate(cells) for region in known[place]]
    sizes: list[int] = []
    for own_margin, outer, region in wholes:
        for margin in range(len(MARGINS)):
            if margin == own_margin:
                continue
            inside = [
                part
                for place, cell in enumerate(cells)
                if cell[0] == margin and is_confined(of_cell, place, outer)
                for part in known[place]
                if part <= region
            ]
            sizes.append(len(region.difference(*inside)))
        sizes.append(len(region))
    return [size for size in sizes if 0 < size < FRONT_RATINGS.value]


def is_confined(of_cell: Sequence[Sequence[tuple[int, int]]], inner: int, outer: int | None) -> bool:
    """Whether the one is done within the other only, as anybody may know who knows the desks."""
    return outer is None or set(of_cell[inner]) <= set(of_cell[outer])
