"""Which unit somebody keeps the desks of: found by its code, and only within reach."""

from dashboards.routes import LONGEST_CODE
from dashboards.staff.catalogue.list_pages import refuse_unit
from dashboards.staff.unit import find_place
from feedback.accounts.powers import SignedIn
from feedback.tables.staff_views import UnitName, select_unit_name
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, insist

DESKS = "/staff/desks"
KEEP = {"access": "staff", "limit": "by account", "action": "keep_desks"}


async def reach_unit(request: Request, signed_in: SignedIn, code: str) -> UnitName:
    """Raises UnknownPageError, also where the unit lies out of reach; the attempt is kept."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        await refuse_unit(request, signed_in, code)
    async with borrow_staff_rows(request, signed_in) as connection:
        unit = await select_unit_name(connection, code)
    if unit is None:
        await refuse_unit(request, signed_in, code)
    await insist(request, signed_in, find_place(unit), "unit", code)
    return unit
