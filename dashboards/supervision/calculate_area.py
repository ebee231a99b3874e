"""Puts the figures of an area together: counts of two quarters in, released structs out. Pure."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from dashboards.disclosure.front import FRONT_RATINGS
from dashboards.disclosure.front_cuts import hide_crossed
from dashboards.supervision.calculate_headline import calculate_headline, list_node_weeks
from dashboards.supervision.calculate_integrity import calculate_integrity
from dashboards.supervision.calculate_margins import NO_MARGIN, calculate_margin, calculate_procedures
from dashboards.supervision.calculate_nodes import Node, Nodes, decide_area, decide_unit
from dashboards.supervision.calculate_peers import Alerts, calculate_peers
from dashboards.supervision.calculate_pilots import calculate_pilots
from dashboards.supervision.counts import ChildSource, Integers, PilotSplit, QuarterCounts, SplitName, until_last
from dashboards.supervision.figures import Area, AreaFigures, Filters, Integrity, Margin, Peers


class AreaCounts(msgspec.Struct, frozen=True):
    """Everything that was read. `of_procedure`: parts × 5 of the filtered procedure, over a closed quarter."""

    area: Area
    filters: Filters
    quarters: tuple[str, ...]
    sources: tuple[ChildSource, ...]
    now: QuarterCounts
    before: QuarterCounts
    pilots: tuple[PilotSplit, ...]
    names: Mapping[str, str]
    reviewed: int
    alerts: Alerts
    of_procedure: Integers | None = None


class View(msgspec.Struct, frozen=True):
    """The node that the page is about, in both quarters."""

    now: Node
    before: Node
    is_whole: bool


def calculate_area(counts: AreaCounts) -> AreaFigures:
    nodes, before = decide_both(counts)
    view = choose_view(counts, nodes, before)
    whole = view.is_whole
    return AreaFigures(
        area=counts.area,
        filters=counts.filters,
        period=until_last(counts.now.weeks, counts.now.quarter),
        quarter=counts.now.quarter.code,
        quarters=counts.quarters,
        headline=calculate_headline(view.now, view.before, is_closed=counts.now.is_closed, is_whole=whole),
        weeks=(*list_node_weeks(view.before, counts.before.weeks), *list_node_weeks(view.now, counts.now.weeks)),
        peers=list_peers(counts, nodes, view),
        procedures=list_procedures(counts, nodes, view),
        raters=calculate_margin(nodes.splits["rater"]) if whole else NO_MARGIN,
        channels=calculate_margin(nodes.splits["channel"]) if whole else NO_MARGIN,
        integrity=calculate_integrity(counts.now, nodes, counts.reviewed) if whole else leave_out_integrity(view),
        pilots=calculate_pilots(counts.pilots, is_closed=counts.now.is_closed) if whole else (),
    )


def decide_both(counts: AreaCounts) -> tuple[Nodes, Nodes]:
    decide = decide_unit if counts.area.kind in {"unit", "desk"} else decide_area
    return decide(counts.now), decide(counts.before)


def choose_view(counts: AreaCounts, nodes: Nodes, before: Nodes) -> View:
    """The whole area, or the cell that the filter or the desk names; one that was never rated is an empty one."""
    area, filters = counts.area, counts.filters
    if area.kind == "desk" and filters.procedure:
        return View(find_crossed(counts, nodes), make_empty(counts.before), is_whole=False)
    if area.kind == "desk":
        return find_cell(counts, nodes, before, "child", str(area.desk_id))
    if filters.procedure:
        return find_cell(counts, nodes, before, "procedure", filters.procedure)
    if filters.rater:
        return find_cell(counts, nodes, before, "rater", filters.rater)
    return View(nodes.total, before.total, is_whole=True)


def find_cell(counts: AreaCounts, nodes: Nodes, before: Nodes, split: SplitName, key: str) -> View:
    found = [known.find(split, key) for known in (nodes, before)]
    return View(found[0] or make_empty(counts.now), found[1] or make_empty(counts.before), is_whole=False)


def make_empty(counts: QuarterCounts) -> Node:
    weeks = len(counts.weeks)
    return Node("", np.zeros((weeks, 5), np.int64), np.zeros(weeks, np.int64), (), is_shown=False)


def find_crossed(counts: AreaCounts, nodes: Nodes) -> Node:
    """One procedure at one desk."""
    desks, procedures = counts.now.splits["child"], counts.now.splits["procedure"]
    desk, procedure = desks.find(str(counts.area.desk_id)), procedures.find(counts.filters.procedure)
    if desk is None or procedure is None or not counts.now.is_closed:
        return make_empty(counts.now)
    return list_crossed(counts, nodes)[desk][procedure]


def list_crossed(counts: AreaCounts, nodes: Nodes) -> list[list[Node]]:
    """Parts × procedures of a closed quarter, as nodes of one single week."""
    crossed = counts.now.crossed
    if crossed is None:
        return []
    rows, columns = list_shown(nodes.splits["child"]), list_shown(nodes.splits["procedure"])
    shown = hide_crossed(crossed, rows, columns, FRONT_RATINGS.value)
    keys = counts.now.splits["procedure"].keys
    return [
        [make_crossed(key, crossed[part, place], is_shown=bool(shown[part, place])) for place, key in enumerate(keys)]
        for part in range(len(crossed))
    ]


def list_shown(nodes: Sequence[Node]) -> list[int]:
    return [place for place, node in enumerate(nodes) if node.is_shown]


def make_crossed(key: str, scores: Integers, *, is_shown: bool) -> Node:
    return Node(key, scores[None, :], np.zeros(1, np.int64), (1,) if is_shown else (), is_shown)


def list_peers(counts: AreaCounts, nodes: Nodes, view: View) -> tuple[Peers, ...]:
    """Of one procedure only over a closed quarter: its parts have no batches of their own."""
    if view.is_whole:
        return calculate_peers(counts.sources, nodes.splits["child"], nodes.total, counts.alerts)
    if not (counts.filters.procedure and counts.now.is_closed and counts.sources):
        return ()
    cells = cross_by_place(counts, nodes, view)
    return calculate_peers(counts.sources, cells, view.now, counts.alerts) if cells else ()


def cross_by_place(counts: AreaCounts, nodes: Nodes, view: View) -> list[Node]:
    if counts.of_procedure is not None:
        crossed = counts.of_procedure[:, None, :]
        shown = hide_crossed(crossed, [], [0] if view.now.is_shown else [], FRONT_RATINGS.value)[:, 0]
        return [make_crossed(str(part), crossed[part, 0], is_shown=bool(shown[part])) for part in range(len(crossed))]
    procedure = counts.now.splits["procedure"].find(counts.filters.procedure)
    return [] if procedure is None else [row[procedure] for row in list_crossed(counts, nodes)]


def list_procedures(counts: AreaCounts, nodes: Nodes, view: View) -> Margin:
    """Of a desk only over a closed quarter."""
    if view.is_whole:
        return calculate_procedures(nodes.splits["procedure"], counts.names)
    desk = counts.now.splits["child"].find(str(counts.area.desk_id)) if counts.area.kind == "desk" else None
    if desk is None or counts.filters.procedure or not counts.now.is_closed:
        return NO_MARGIN
    return calculate_procedures(list_crossed(counts, nodes)[desk], counts.names)


def leave_out_integrity(view: View) -> Integrity:
    """What is set aside is told of whole areas only; of a cell not even how many ratings there are, if hidden."""
    return Integrity(sum(view.now.sums), None, (), NO_MARGIN)
