"""Up to which week the total of an area and every cell of every split may be shown. Unreleased counts, pure."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from dashboards.disclosure.front import FRONT_RATINGS
from dashboards.disclosure.front_cuts import Cells, Step, find_cuts, keep_safe_steps, list_steps
from dashboards.supervision.counts import SPLITS, Integers, QuarterCounts, Split, SplitName

FEW_PARTS = 10


class Node(msgspec.Struct, frozen=True):
    """One cell: weeks × 5, dossiers by week, and after how many weeks it was ever shown; shown still if `is_shown`."""

    key: str
    scores: Integers
    completed: Integers
    cuts: tuple[int, ...]
    is_shown: bool

    @property
    def cut(self) -> int:
        """How many of the quarter's weeks stand in what is shown."""
        return self.cuts[-1] if self.is_shown else 0

    @property
    def sums(self) -> list[int]:
        """How many of those gave 1 to 5."""
        return [int(n) for n in self.scores[: self.cut].sum(axis=0)]


class Nodes(msgspec.Struct, frozen=True):
    total: Node
    splits: Mapping[SplitName, tuple[Node, ...]]

    def find(self, split: SplitName, key: str) -> Node | None:
        return next((node for node in self.splits[split] if node.key == key), None)


def decide_unit(counts: QuarterCounts) -> Nodes:
    """A unit with its desks, procedures, raters, channels and proof classes, all played together."""
    return decide(counts, list_own_steps(counts, counts.total.scores[0]), SPLITS)


def decide_area(counts: QuarterCounts) -> Nodes:
    """What is made of units or provinces: these stand as on their own pages, so only the total gives way to them."""
    children = tuple(make_own_node(counts, child) for child in range(len(counts.splits["child"].keys)))
    steps = list_own_steps(counts, counts.total.scores[0])
    if is_small(children):
        parts = [(child.scores, child.cuts) for child in children]
        steps = keep_safe_steps(counts.total.scores[0], parts, steps, FRONT_RATINGS.value)
    nodes = decide(counts, steps, SPLITS[1:])
    return Nodes(nodes.total, {**nodes.splits, "child": children})


def is_small(children: Sequence[Node]) -> bool:
    """A commune has few units: subtracting them is easy there, and hiding one in the list would not help."""
    return len(children) < FEW_PARTS


def decide(counts: QuarterCounts, steps: Sequence[Step], splits: Sequence[SplitName]) -> Nodes:
    parts = [counts.splits[split].scores for split in splits]
    margin = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    cells = Cells(counts.total.scores[0], np.concatenate(parts), margin, take_together(counts, splits))
    cuts = iter(find_cuts(cells, steps, FRONT_RATINGS.value).parts)
    nodes: dict[SplitName, tuple[Node, ...]] = {
        split: tuple(make_node(counts, counts.splits[split], cell, next(cuts)) for cell in range(len(part)))
        for split, part in zip(splits, parts, strict=True)
    }
    return Nodes(make_node(counts, counts.total, 0, tuple(step.cut for step in steps)), nodes)


def take_together(counts: QuarterCounts, splits: Sequence[SplitName]) -> Integers | None:
    """Of these splits only, which end the list of all."""
    if counts.together is None:
        return None
    kept = sum(len(counts.splits[split].keys) for split in splits)
    first = len(counts.together) - kept
    return counts.together[first:, first:]


def list_own_steps(counts: QuarterCounts, scores: Integers) -> list[Step]:
    return list_steps(scores, FRONT_RATINGS.value, is_closed=counts.is_closed)


def make_own_node(counts: QuarterCounts, child: int) -> Node:
    split = counts.splits["child"]
    steps = list_own_steps(counts, split.scores[child])
    return make_node(counts, split, child, tuple(step.cut for step in steps))


def make_node(counts: QuarterCounts, split: Split, cell: int, cuts: tuple[int, ...]) -> Node:
    """Of a closed quarter only what could be shown to its end is shown at all."""
    is_shown = cuts != () and (not counts.is_closed or cuts[-1] == len(counts.weeks))
    return Node(split.keys[cell], split.scores[cell], split.completed[cell], cuts, is_shown)


def hide_node(node: Node) -> Node:
    return msgspec.structs.replace(node, cuts=(), is_shown=False)
