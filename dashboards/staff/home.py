"""Where a person begins: the first page of the one role held, or a page of links for several roles, or for none."""

from collections.abc import Mapping

from litestar import Response, get
from litestar.response import Redirect

from dashboards.staff.frame import HOME, SECTIONS, find_staff_wording, render_staff
from feedback.accounts.powers import Role, SignedIn
from feedback.web.bodies import Request
from feedback.web.staff_access import enter, find_who_asks
from surveys.errors import PowerMissingError

PAGE = {"access": "staff", "limit": "by account", "action": "see_self"}
SEE_OTHER, FORBIDDEN = 303, 403
FIRST_PAGES: Mapping[Role, str] = {
    "front_supervisor": "overview",
    "front_volunteer": "forms",
    "inspector": "overview",
    "head_of_unit": "unit",
    "unit_manager": "unit",
    "official": "me",
    "personnel": "scores",
    "administrator": "accounts",
}


@get(HOME, opt=PAGE)
async def open_home(request: Request) -> Response[bytes] | Redirect:
    """Whoever holds no role gets 403 as everywhere, with a page that says what to do."""
    try:
        signed_in = await enter(request)
    except PowerMissingError:
        signed_in = await find_who_asks(request)
        return render_staff(request, signed_in, "staff_home.html", status=FORBIDDEN)
    first = list_first_addresses(signed_in)
    if len(first) != 1:
        return render_staff(request, signed_in, "staff_home.html")
    language = find_staff_wording(request, signed_in).language
    return Redirect(f"{first[0]}?lang={language}", status_code=SEE_OTHER)


def list_first_addresses(signed_in: SignedIn) -> list[str]:
    """One of each kind of work the person does, in the order of the links."""
    names = {FIRST_PAGES[role] for role in signed_in.roles}
    return [section.address for section in SECTIONS if section.name in names]


ROUTES = [open_home]
