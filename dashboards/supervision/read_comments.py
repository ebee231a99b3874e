"""Reads what people wrote in an area and hands on released comments only. On a connection behind the second wall."""

import asyncio
from datetime import date

from dashboards.releases.quarters import find_quarter
from dashboards.supervision.areas import list_parts
from dashboards.supervision.check_filters import check_filters, choose_quarter
from dashboards.supervision.comments import NOT_OFFERED, release_comments
from dashboards.supervision.figures import Area, Comments, Filters
from dashboards.supervision.periods import list_closed_weeks
from feedback.database import Connection
from feedback.tables.written_comments import select_reader, select_written_comments


async def read_comments(connection: Connection, area: Area, filters: Filters, day: date) -> Comments:
    """Up to the last week that closed before `day`, in an order that stays the same for one reader on one day.

    Not of the nation or a desk, nor of one procedure or rater kind. Raises UnusableFilterError.
    """
    quarter = choose_quarter(filters, day)
    check_filters(area, filters)
    weeks = list_closed_weeks(quarter, day)
    if area.kind in {"nation", "desk"} or filters.procedure or filters.rater:
        return NOT_OFFERED
    parts = [area] if area.kind == "unit" else await list_parts(connection, area)
    units = [part.unit_id for part in parts if filters.area_type in {"", part.area_type}]
    if not weeks:
        return Comments((), (), 0)
    written = await select_written_comments(connection, units, weeks[0].first, weeks[-1].last)
    seed = f"{await select_reader(connection)}/{day}/{area.code}/{quarter.code}"
    is_closed = quarter < find_quarter(day)
    return await asyncio.to_thread(release_comments, written, weeks, seed, is_closed=is_closed)
