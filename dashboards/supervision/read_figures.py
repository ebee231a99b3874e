"""Reads what an area's pages need and hands on released structs only: routes never hold a count.

Every reading is on a connection behind the second wall, so rows out of reach are not there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from dashboards.releases.quarters import Quarter
from dashboards.supervision.areas import find_area, list_parts
from dashboards.supervision.calculate_area import AreaCounts, calculate_area
from dashboards.supervision.calculate_peers import Alerts
from dashboards.supervision.calculate_pilots import split_children
from dashboards.supervision.check_filters import AREA_TYPES, WIDE, check_filters, choose_quarter, refuse
from dashboards.supervision.counts import ChildSource, Integers, PilotSplit, QuarterCounts, until_last
from dashboards.supervision.figures import Area, AreaFigures, Filters
from dashboards.supervision.periods import list_closed_weeks, list_quarters, step_back
from dashboards.supervision.read_narrow import Keys, count_narrow, read_narrow_rows
from dashboards.supervision.read_wide import (
    count_of_procedure,
    count_pilots,
    count_wide,
    name_scope,
    read_child_rows,
    read_pilot_rows,
    read_procedure_rows,
    read_wide_rows,
)
from feedback.database import Connection
from feedback.tables.area_counts import count_open_alerts, count_province_alerts, count_reviewed
from feedback.tables.area_views import select_named_procedures
from feedback.tables.pilot_units import PilotUnit, select_pilot_units

ONE_UNIT = ("unit", "desk")
Pair = tuple[QuarterCounts, QuarterCounts]


async def read_area_figures(connection: Connection, area: Area, filters: Filters, day: date) -> AreaFigures:
    """As of the last week that closed before `day`. Raises UnusableFilterError (400) for what is not offered."""
    quarter = choose_quarter(filters, day)
    check_filters(area, filters)
    procedures = await select_named_procedures(connection)
    code_of = {procedure.procedure_id: procedure.code for procedure in procedures}
    if filters.procedure and filters.procedure not in code_of.values():
        refuse("procedure")
    sources = await list_sources(connection, area, filters, quarter)
    pair = await (read_wide_pair if area.kind in WIDE else read_narrow_pair)(
        connection, area, filters, quarter, day, sources, code_of
    )
    units, period = list_unit_ids(area, sources), until_last(pair[0].weeks, quarter)
    counts = AreaCounts(
        area=area,
        filters=filters,
        quarters=tuple(known.code for known in list_quarters(day)),
        sources=tuple(sources),
        now=pair[0],
        before=pair[1],
        pilots=await read_pilots(connection, area, filters, pair[0], day, sources),
        names={procedure.code: procedure.name for procedure in procedures},
        reviewed=await count_reviewed(connection, units, period.first, period.last),
        alerts=await read_alerts(connection, area, units, sources),
        of_procedure=await read_of_procedure(connection, area, filters, pair[0], sources, code_of),
    )
    # In a thread, so that ratings go on being taken meanwhile.
    return await asyncio.to_thread(calculate_area, counts)


async def list_sources(connection: Connection, area: Area, filters: Filters, quarter: Quarter) -> list[ChildSource]:
    """The parts of an area, or of the unit of a desk. Provinces stand once whole and once for each area type."""
    if area.kind == "desk":
        unit = await find_area(connection, area.parent)
        return (
            [] if unit is None else [ChildSource(desk, desk.area_type) for desk in await list_parts(connection, unit)]
        )
    parts = await list_parts(connection, area)
    if area.kind == "nation":
        types = (filters.area_type,) if filters.area_type or filters.procedure else ("", *AREA_TYPES)
        return [ChildSource(part, area_type) for area_type in types for part in parts]
    pilots = list_pilot_ids(await select_pilot_units(connection), quarter)
    return [
        ChildSource(part, part.area_type, part.unit_id in pilots)
        for part in parts
        if filters.area_type in {"", part.area_type}
    ]


async def read_alerts(
    connection: Connection, area: Area, units: Sequence[int] | None, sources: Sequence[ChildSource]
) -> Alerts:
    """Open ones of each part; of a unit also those about one of its desks."""
    if area.kind == "nation":
        of_province = await count_province_alerts(connection)
        return {
            (source.area.code, source.area_type): sum(
                number
                for (province, area_type), number in of_province.items()
                if province == source.area.where.province and source.area_type in {"", area_type}
            )
            for source in sources
        }
    counted = await count_open_alerts(connection, units)
    return {
        (source.area.code, source.area_type): sum(
            number
            for (unit_id, desk_id), number in counted.items()
            if unit_id == source.area.unit_id and source.area.desk_id in {0, desk_id}
        )
        for source in sources
    }


def list_pilot_ids(pilots: Sequence[PilotUnit], quarter: Quarter) -> set[int]:
    """The units that were pilots through the whole of the quarter so far: from its first day on."""
    first = quarter.first_day
    return {
        pilot.unit_id
        for pilot in pilots
        if pilot.valid_from <= first and (pilot.valid_to is None or pilot.valid_to > first)
    }


def list_unit_ids(area: Area, sources: Sequence[ChildSource]) -> list[int] | None:
    """None for the nation: all of them."""
    if area.kind == "nation":
        return None
    return [area.unit_id] if area.unit_id else [source.area.unit_id for source in sources]


async def read_narrow_pair(
    connection: Connection,
    area: Area,
    _filters: Filters,
    quarter: Quarter,
    day: date,
    sources: Sequence[ChildSource],
    code_of: Mapping[int, str],
) -> Pair:
    by_desk = area.kind in ONE_UNIT
    before, period = step_back(quarter), until_last(list_closed_weeks(quarter, day), quarter)
    units = list_unit_ids(area, sources) or []
    rows = await read_narrow_rows(connection, units, before.first_day, period.last, by_desk=by_desk)
    children = tuple(source.area.desk_id if by_desk else source.area.unit_id for source in sources)
    keys = Keys(code_of, children)
    now, earlier = [count_narrow(rows, known, day, keys) for known in (quarter, before)]
    return now, earlier


async def read_wide_pair(
    connection: Connection,
    area: Area,
    filters: Filters,
    quarter: Quarter,
    day: date,
    sources: Sequence[ChildSource],
    code_of: Mapping[int, str],
) -> Pair:
    before = step_back(quarter)
    weeks = [week.first for known in (before, quarter) for week in list_closed_weeks(known, day)]
    rows = await read_wide_rows(connection, name_scope(area, filters.area_type), weeks)
    children = await read_child_rows(connection, sources, weeks)
    keys = Keys(code_of, ())
    now, earlier = [count_wide(rows, sources, children, known, day, keys) for known in (quarter, before)]
    return now, earlier


async def read_pilots(
    connection: Connection,
    area: Area,
    filters: Filters,
    now: QuarterCounts,
    day: date,
    sources: Sequence[ChildSource],
) -> tuple[PilotSplit, ...]:
    """Of a province from its units; of the nation from the roll-up. Of one quarter."""
    if area.kind == "province":
        return tuple(split_children(sources, now.splits["child"].scores))
    if area.kind != "nation":
        return ()
    types = (filters.area_type,) if filters.area_type else AREA_TYPES
    rows = await read_pilot_rows(connection, area, types, [week.first for week in now.weeks])
    return tuple(count_pilots(rows, types, now.quarter, day))


async def read_of_procedure(
    connection: Connection,
    area: Area,
    filters: Filters,
    now: QuarterCounts,
    sources: Sequence[ChildSource],
    code_of: Mapping[int, str],
) -> Integers | None:
    """Parts × 5 of one procedure in a wide area, over a closed quarter; narrow ones know it without asking again."""
    if not filters.procedure or not now.is_closed or area.kind not in WIDE:
        return None
    ids = [procedure_id for procedure_id, code in code_of.items() if code == filters.procedure]
    if not ids:
        return np.zeros((len(sources), 5), np.int64)
    return count_of_procedure(await read_procedure_rows(connection, sources, now, ids), sources)
