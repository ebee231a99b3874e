"""Procedures, rater kinds, channels and proof classes of an area as rows. Counts in, released structs out."""

from collections.abc import Mapping, Sequence

from dashboards.alphabet import make_sort_key
from dashboards.disclosure.front import release_dissatisfied, widen_interval
from dashboards.supervision.calculate_headline import rate_shown, release_node
from dashboards.supervision.calculate_nodes import Node
from dashboards.supervision.figures import Margin, Row

NO_MARGIN = Margin((), 0)


def calculate_margin(nodes: Sequence[Node]) -> Margin:
    """In the order of the codes. `name` is the code: the page has words for it."""
    rows = [make_row(node, node.key) for node in nodes if node.is_shown]
    return Margin(tuple(sorted(rows, key=lambda row: row.key)), count_hidden(nodes))


def calculate_procedures(nodes: Sequence[Node], names: Mapping[str, str]) -> Margin:
    """Where citizens suffer most first: by the upper end of the interval, so the sure ones before the doubtful ones.

    Ratings that name no procedure have the key "" and an empty name.
    """
    rows = [make_row(node, names.get(node.key, node.key)) for node in nodes if node.is_shown]
    return Margin(tuple(sorted(rows, key=make_order)), count_hidden(nodes))


def make_row(node: Node, name: str) -> Row:
    return Row(node.key, name, release_node(node), release_dissatisfied(node.sums), rate_shown(node))


def make_order(row: Row) -> tuple[object, ...]:
    """From what is shown alone, so that the order tells nothing more."""
    upper = 101.0 if row.group.share is None else widen_interval(row.group.share)
    return upper, -(row.group.n or 0), make_sort_key(row.name), row.key


def count_hidden(nodes: Sequence[Node]) -> int:
    """Cells that were rated and are not shown."""
    return sum(1 for node in nodes if not node.is_shown and node.scores.any())
