"""The parts of an area, each compared with parts of its own area type only. Counts in, released structs out."""

from collections.abc import Mapping, Sequence

import msgspec

from dashboards.disclosure.front import FRONT_RATINGS, is_rest_showable, round_count
from dashboards.indicators.registry import SMALLEST_GROUP
from dashboards.supervision.calculate_headline import calculate_rate, rate_shown, release_node
from dashboards.supervision.calculate_nodes import Node, hide_node
from dashboards.supervision.counts import ChildSource
from dashboards.supervision.figures import Child, Peers
from dashboards.supervision.funnel_limits import Spread, draw_limits, estimate_spread, place_in_funnel

# By the code of a part and the area type that it is listed under.
Alerts = Mapping[tuple[str, str], int]


def calculate_peers(
    sources: Sequence[ChildSource], nodes: Sequence[Node], total: Node, alerts: Alerts
) -> tuple[Peers, ...]:
    """`nodes` belong to `sources`, one by one. Who is compared with nobody makes a group of its own, first."""
    pairs = [pair for pair in zip(sources, nodes, strict=True) if is_there(*pair)]
    kinds = list(dict.fromkeys(source.area_type for source, _ in pairs))
    groups = [[pair for pair in pairs if pair[0].area_type == kind] for kind in sorted(kinds)]
    return tuple(compare(group, hide_for_total(group, total), alerts) for group in groups)


def is_there(source: ChildSource, node: Node) -> bool:
    """A province is not listed under an area type of which it has neither ratings nor dossiers."""
    is_typed = source.area.kind == "province" and source.area_type != ""
    return not is_typed or bool(node.scores.sum() or node.completed.sum())


def hide_for_total(group: Sequence[tuple[ChildSource, Node]], total: Node) -> list[Node]:
    """Of areas that stand by themselves: the next smallest is not listed where the others would leave only few."""
    nodes = [node for _, node in group]
    if not group or group[0][0].area.kind == "desk" or not total.is_shown:
        return nodes
    hidden = True
    while hidden:
        shown = [node for node in nodes if node.is_shown and node.cut <= total.cut]
        known = [sum(scores) for scores in zip(*(node.sums for node in shown), strict=True)] if shown else [0] * 5
        rest = [whole - part for whole, part in zip(total.sums, known, strict=True)]
        hidden = bool(shown) and sum(rest) >= 0 and not is_rest_showable(rest, FRONT_RATINGS.value)
        if hidden:
            smallest = min(shown, key=lambda node: (sum(node.sums), node.key))
            nodes = [hide_node(node) if node is smallest else node for node in nodes]
    return nodes


def compare(group: Sequence[tuple[ChildSource, Node]], nodes: Sequence[Node], alerts: Alerts) -> Peers:
    area_type = group[0][0].area_type
    peers = [node for node in nodes if area_type and node.is_shown and sum(node.sums) >= SMALLEST_GROUP]
    spread = estimate_spread([sum(node.sums[3:]) for node in peers], [sum(node.sums) for node in peers])
    children = tuple(make_child(source, node, spread, alerts) for (source, _), node in zip(group, nodes, strict=True))
    if spread is None:
        return Peers(area_type, children, None, ())
    sizes = [round_count(sum(node.sums)) for node in peers]
    limits = draw_limits(min(sizes), max(sizes), spread)
    return Peers(area_type, children, round(100 * spread.mean, 1), limits)


def make_child(source: ChildSource, node: Node, spread: Spread | None, alerts: Alerts) -> Child:
    """The number of ratings of a unit anybody may know, that of a desk only where the desk is shown."""
    is_desk = source.area.kind == "desk"
    n = sum(node.sums)
    is_compared = spread is not None and node.is_shown and n >= SMALLEST_GROUP
    whole = None if is_desk else calculate_rate(int(node.scores.sum()), int(node.completed.sum()))
    return Child(
        area=msgspec.structs.replace(source.area, area_type=source.area_type or source.area.area_type),
        group=release_node(node),
        response=rate_shown(node) if is_desk else whole,
        funnel=place_in_funnel(sum(node.sums[3:]), n, spread) if spread is not None and is_compared else None,
        open_alerts=alerts.get((source.area.code, source.area_type), 0),
    )
