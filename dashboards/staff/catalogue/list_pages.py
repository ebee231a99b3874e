"""What there is: units, desks, officials, procedures and who or what is at which desk; one unit with all of it."""

from collections.abc import Mapping
from typing import NoReturn, get_args

from litestar import Response, get
from litestar.params import FromPath

from dashboards.routes import LONGEST_CODE
from dashboards.staff.administration.account_page import make_readable
from dashboards.staff.administration.accounts import read_query
from dashboards.staff.frame import render_staff
from feedback.accounts.powers import SignedIn
from feedback.tables.catalogue_views import PAGE, Kind, UnitPlan, select_catalogue_lines, select_unit_plan
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, enter
from surveys.errors import UnknownPageError

CATALOGUE = "/staff/catalogue"
ADMINISTER = {"access": "staff", "limit": "by account", "action": "administer_catalogue"}
KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}


@get(CATALOGUE, opt=ADMINISTER)
async def list_catalogue(request: Request) -> Response[bytes]:
    """Fifty a page; ?kind= of what, with ?q= those of that unit, or in whose code or name it stands."""
    signed_in = await enter(request)
    kind = KINDS.get(request.query_params.get("kind", ""), "units")
    text, after = (read_query(request, name) for name in ("q", "after"))
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_catalogue_lines(connection, kind, text, after)
    return render_staff(
        request,
        signed_in,
        "catalogue_list.html",
        kinds=KINDS,
        kind=kind,
        lines=lines[:PAGE],
        more=lines[PAGE - 1].key if len(lines) > PAGE else None,
        text=text,
        after=after,
    )


@get(f"{CATALOGUE}/{{unit:str}}", opt=ADMINISTER)
async def show_catalogue_unit(request: Request, unit: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    plan = await find_plan(request, signed_in, unit)
    return render_staff(request, signed_in, "catalogue_unit.html", plan=plan)


def name_plainly(code: str) -> str:
    """For the name of a file: a header takes neither quotes nor letters beyond ASCII, and codes may hold both."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-._") else "_" for letter in code)


async def find_plan(request: Request, signed_in: SignedIn, code: str) -> UnitPlan:
    """Raises UnknownPageError where there is no such unit; the attempt is kept."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        await refuse_unit(request, signed_in, code)
    async with borrow_staff_rows(request, signed_in) as connection:
        plan = await select_unit_plan(connection, code, request.app.state.read_day())
    if plan is None:
        await refuse_unit(request, signed_in, code)
    return plan


async def refuse_unit(request: Request, signed_in: SignedIn, code: str) -> NoReturn:
    """Raises UnknownPageError; the attempt is kept."""
    await deny(request, signed_in, "unit", make_readable(code))
    raise UnknownPageError


ROUTES = [list_catalogue, show_catalogue_unit]
