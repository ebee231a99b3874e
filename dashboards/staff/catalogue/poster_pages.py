"""Posters of one unit, to be printed: a card for each desk, an exit poster, sheets of cards. Drawn in a thread."""

import asyncio
from collections.abc import Mapping
from typing import get_args

from litestar import Response, get
from litestar.params import FromPath

from dashboards.staff.catalogue.list_pages import ADMINISTER, CATALOGUE, find_plan, name_plainly
from dashboards.staff.catalogue.reach_unit import DESKS, KEEP, reach_unit
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.powers import SignedIn
from feedback.posters.draw import DeskPoster, PosterForm, draw_posters
from feedback.tables.desk_views import select_desk_labels
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, enter
from surveys.errors import NoPostersError, UnknownPageError, UnprintableAddressError

PDF = "application/pdf"
FORMS: Mapping[str, PosterForm] = {form: form for form in get_args(PosterForm)}
REFUSED = 422


@get(f"{CATALOGUE}/{{unit:str}}/posters", opt=ADMINISTER)
async def send_catalogue_posters(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """?form= card, exit or sheet."""
    signed_in = await enter(request)
    plan = await find_plan(request, signed_in, unit)
    return await send_posters(request, signed_in, plan.unit.code, f"{CATALOGUE}/{plan.unit.code}")


@get(f"{DESKS}/{{unit:str}}/posters", opt=KEEP)
async def send_own_posters(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """?form= card, exit or sheet."""
    signed_in = await enter(request)
    found = await reach_unit(request, signed_in, unit)
    return await send_posters(request, signed_in, found.code, f"{DESKS}/{found.code}")


async def send_posters(request: Request, signed_in: SignedIn, unit: str, back: str) -> Response[bytes]:
    """Raises UnknownPageError for another form. Where nothing can be printed, a page says why."""
    form = FORMS.get(request.query_params.get("form", "card"))
    if form is None:
        raise UnknownPageError
    async with borrow_staff_rows(request, signed_in) as connection:
        labels = await select_desk_labels(connection, unit, None, request.app.state.read_day())
    desks = [
        DeskPoster(label["unit_name"], label["desk_number"], label["desk_name"], label["code"]) for label in labels
    ]
    base_url: str = request.app.state.settings.base_url
    try:
        content = await asyncio.to_thread(draw_posters, desks, form, base_url)
    except (NoPostersError, UnprintableAddressError) as error:
        sentence = find_staff_wording(request, signed_in).error(error)
        return render_staff(
            request, signed_in, "catalogue_no_posters.html", status=REFUSED, sentence=sentence, back=back
        )
    headers = {"content-disposition": f'attachment; filename="langnghe-{form}-{name_plainly(unit)}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


ROUTES = [send_catalogue_posters, send_own_posters]
