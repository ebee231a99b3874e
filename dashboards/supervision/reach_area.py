"""From an address to an area that the asker may see, and to its figures: reach first, memory behind it."""

import msgspec

from dashboards.short_memory import ShortMemory
from dashboards.supervision.areas import find_area
from dashboards.supervision.figures import Area, AreaFigures, Filters
from dashboards.supervision.read_figures import read_area_figures
from feedback.accounts.powers import SignedIn, may
from feedback.database import Connection
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, insist, read_action

SUPERVISE = {"access": "staff", "limit": "by account", "action": "see_supervision"}
READ_COMMENTS = {"access": "staff", "limit": "by account", "action": "read_comments"}
# Figures are of closed weeks; what is open among alerts may be this old beside them.
FRESH_SECONDS = 60.0
OBJECT_KIND = "area"


class Crumb(msgspec.Struct, frozen=True):
    """A node above the area, or it itself; only those in reach lead somewhere."""

    area: Area
    is_reached: bool


async def reach_area(request: Request, signed_in: SignedIn, code: str) -> tuple[Area, tuple[Crumb, ...]]:
    """The area, and the way to it from the nation down.

    Raises UnknownPageError, as well for what is out of reach; the attempt is kept.
    """
    async with borrow_staff_rows(request, signed_in) as connection:
        area = await find_area(connection, code) if code.isprintable() else None
        above = await list_above(connection, area) if area else ()
    if area is None:
        await deny(request, signed_in, OBJECT_KIND, "".join(letter for letter in code if letter.isprintable()))
        raise AssertionError  # deny has raised
    await insist(request, signed_in, area.where, OBJECT_KIND, area.code)
    action = read_action(request)
    crumbs = [Crumb(node, may(signed_in.appointments, action, node.where)) for node in (*above, area)]
    return area, tuple(crumbs)


async def list_above(connection: Connection, area: Area) -> tuple[Area, ...]:
    """From the nation down; a code that leads nowhere ends the way."""
    above: list[Area] = []
    code = area.parent
    while code and (node := await find_area(connection, code)):
        above.append(node)
        code = node.parent
    return tuple(reversed(above))


async def recall_figures(request: Request, signed_in: SignedIn, area: Area, filters: Filters) -> AreaFigures:
    """Only behind `reach_area`: whoever reaches all of an area gets the same figures of it."""
    memory: ShortMemory[AreaFigures] = request.app.state.setdefault("area_figures", ShortMemory(FRESH_SECONDS))
    day = request.app.state.read_day()

    async def read() -> AreaFigures:
        async with borrow_staff_rows(request, signed_in) as connection:
            return await read_area_figures(connection, area, filters, day)

    return await memory.recall(msgspec.json.encode([area.code, filters, day]).decode(), read)


async def recall_filtered(request: Request, signed_in: SignedIn, area: Area, filters: Filters) -> AreaFigures:
    """With the procedures of the whole area to choose from, which the figures of one procedure no longer hold."""
    figures = await recall_figures(request, signed_in, area, filters)
    if not (filters.procedure or filters.rater):
        return figures
    whole = await recall_figures(request, signed_in, area, msgspec.structs.replace(filters, procedure="", rater=""))
    return msgspec.structs.replace(figures, procedures=whole.procedures)
