"""The three figures of an area, how they went week by week, and its response rate. Counts in, released structs out."""

from collections.abc import Sequence

from dashboards.disclosure.front import (
    LOW_RESPONSE_SHARE,
    NOTHING,
    count_missing,
    measure_share,
    release_dissatisfied,
    release_front,
)
from dashboards.disclosure.groups import ReleasedGroup
from dashboards.periods import Period
from dashboards.supervision.calculate_nodes import Node
from dashboards.supervision.figures import Headline, Rate, Week


def release_node(node: Node) -> ReleasedGroup:
    return release_front(node.sums) if node.is_shown else NOTHING


def calculate_headline(node: Node, earlier: Node | None, *, is_closed: bool, is_whole: bool) -> Headline:
    """`is_whole`: the area itself, whose number of ratings anybody may know, and not one cell of it."""
    group = release_node(node)
    received = int(node.scores.sum())
    before = None if earlier is None else release_node(earlier)
    return Headline(
        group=group,
        dissatisfied=release_dissatisfied(node.sums) if node.is_shown else None,
        response=calculate_rate(received, int(node.completed.sum())) if is_whole else rate_shown(node),
        missing=0 if group.share is not None else count_missing(received, is_closed=is_closed),
        earlier=None if before is None or before.share is None else before,
    )


def rate_shown(node: Node) -> Rate | None:
    """Of a cell only as far as it is shown: other numbers would count out what is hidden beside it."""
    if not node.is_shown:
        return None
    return calculate_rate(sum(node.sums), int(node.completed[: node.cut].sum()))


def calculate_rate(received: int, completed: int) -> Rate | None:
    """None where no dossier is known. More ratings than dossiers are no rate: one of both counts is not right."""
    if completed <= 0:
        return None
    is_low = received < LOW_RESPONSE_SHARE.value * completed
    return Rate(completed, received, measure_share(received, completed) if received <= completed else None, is_low)


def list_node_weeks(node: Node, weeks: Sequence[Period]) -> tuple[Week, ...]:
    """A batch stands in the week in which it closed; the other weeks show nothing."""
    ends = dict(zip(node.cuts, (0, *node.cuts), strict=False)) if node.is_shown else {}
    return tuple(
        Week(week.first, release_front(sum_between(node, ends[place], place)) if place in ends else NOTHING)
        for place, week in enumerate(weeks, 1)
    )


def sum_between(node: Node, start: int, end: int) -> list[int]:
    return [int(n) for n in node.scores[start:end].sum(axis=0)]
