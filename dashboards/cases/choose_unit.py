"""The way to the unit that a new case is about: by name, or down the tree of places. Reads only."""

from litestar import Response

from dashboards.staff.frame import render_staff
from dashboards.supervision.areas import list_own_areas, list_parts, search_areas
from dashboards.supervision.figures import Area
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, read_action


async def show_choice(request: Request, signed_in: SignedIn, area: Area | None) -> Response[bytes]:
    """Of units: by name, or down the tree from where the person's role holds."""
    reach, sought = join_reaches(signed_in.appointments, read_action(request)), request.query_params.get("q", "")
    async with borrow_staff_rows(request, signed_in) as connection:
        found = await search_areas(connection, sought, reach)
        own = await list_own_areas(connection, reach)
        if area is None and len(own) == 1:
            area = own[0]
        parts = own if area is None else await list_parts(connection, area)
    return render_staff(
        request,
        signed_in,
        "case_choose.html",
        area=area,
        parts=parts,
        found=found,
        sought=sought if sought.isprintable() else "",
    )
