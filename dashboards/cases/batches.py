"""Reads what the Front's own pages read of a unit, and keeps the batches that they show of one unit, desk or procedure.

Plays the same rules over the same weeks (calculate_nodes.py), so a case knows nothing that those pages do not tell.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from dashboards.periods import Period
from dashboards.releases.quarters import Quarter, find_quarter
from dashboards.supervision.areas import UNIT, find_unit, list_parts
from dashboards.supervision.calculate_headline import sum_between
from dashboards.supervision.calculate_nodes import Node, decide_unit
from dashboards.supervision.counts import QuarterCounts
from dashboards.supervision.read_narrow import Keys, count_narrow, read_narrow_rows
from feedback.database import Connection
from feedback.tables.area_views import select_named_procedures
from surveys.errors import UnknownPlaceError

Cell = tuple[Literal["unit", "desk", "procedure"], str]


class CaseSource(msgspec.Struct, frozen=True):
    """Unreleased counts of the quarters concerned, oldest first; `key` is the desk_id or the procedure's code."""

    measured: Literal["unit", "desk", "procedure"]
    key: str
    procedure: str
    quarters: tuple[QuarterCounts, ...]

    @property
    def weeks(self) -> list[Period]:
        return [week for counts in self.quarters for week in counts.weeks]


class Batch(msgspec.Struct, frozen=True):
    """What the pages let out together: `week` is the first day of the week in which it closed."""

    days: Period
    week: date
    scores: list[int]
    completed: int


async def read_source(
    connection: Connection, unit_code: str, desk_id: int, procedure_id: int, shown: Period, today: date
) -> CaseSource:
    """Whole quarters, as the rules are played from a quarter's first day on. Raises UnknownPlaceError."""
    unit = await find_unit(connection, UNIT + unit_code)
    if unit is None:
        raise UnknownPlaceError
    procedures = await select_named_procedures(connection)
    named = {procedure.procedure_id: procedure for procedure in procedures}
    keys = Keys(
        {procedure.procedure_id: procedure.code for procedure in procedures},
        tuple(desk.desk_id for desk in await list_parts(connection, unit)),
    )
    quarters = list_quarters(shown)
    rows = await read_narrow_rows(
        connection, [unit.unit_id], quarters[0].first_day, quarters[-1].last_day, by_desk=True
    )
    counted = tuple(count_narrow(rows, quarter, today, keys) for quarter in quarters)
    if desk_id:
        return CaseSource("desk", str(desk_id), "", counted)
    if procedure_id in named:
        return CaseSource("procedure", named[procedure_id].code, named[procedure_id].name, counted)
    return CaseSource("unit", "", "", counted)


def list_quarters(shown: Period) -> list[Quarter]:
    quarters = [find_quarter(shown.first)]
    while quarters[-1].last_day < shown.last:
        quarters.append(quarters[-1].next())
    return quarters


def list_batches(source: CaseSource) -> list[Batch]:
    return [batch for counts in source.quarters for batch in cut_quarter(source, counts)]


def cut_quarter(source: CaseSource, counts: QuarterCounts) -> list[Batch]:
    """Of a closed quarter only what could be shown to its end, as on the pages."""
    node = find_node(source, counts)
    if node is None or not node.is_shown:
        return []
    return [
        make_batch(node, counts.weeks, start, end)
        for start, end in zip((0, *node.cuts), node.cuts, strict=False)
        if sum(sum_between(node, start, end))
    ]


def find_node(source: CaseSource, counts: QuarterCounts) -> Node | None:
    """None where the cell was never rated in this quarter."""
    nodes = decide_unit(counts)
    if source.measured == "unit":
        return nodes.total
    return nodes.find("child" if source.measured == "desk" else "procedure", source.key)


def make_batch(node: Node, weeks: Sequence[Period], start: int, end: int) -> Batch:
    days = Period(weeks[start].first, weeks[end - 1].last)
    return Batch(days, weeks[end - 1].first, sum_between(node, start, end), int(node.completed[start:end].sum()))


def sum_batches(batches: Sequence[Batch]) -> list[int]:
    """How many gave 1 to 5."""
    return [sum(batch.scores[score] for batch in batches) for score in range(5)]


def sum_weeks(source: CaseSource, window: Period) -> tuple[int, int]:
    """All ratings and completed dossiers of the weeks in a window, shown or not."""
    received = completed = 0
    for counts in source.quarters:
        split = {"unit": counts.total, "desk": counts.splits["child"], "procedure": counts.splits["procedure"]}
        cells = split[source.measured]
        cell = cells.find(source.key)
        inside = [window.first <= week.first and week.last <= window.last for week in counts.weeks]
        if cell is not None:
            received += int(cells.scores[cell][inside].sum())
            completed += int(cells.completed[cell][inside].sum())
    return received, completed
