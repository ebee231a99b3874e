"""What surrounds every staff page: the person's name, links to what the person may open, the language. Reads nothing.

Staff pages are drawn by `render_staff`; before sign-in, with nobody.
"""

from collections.abc import Mapping

import msgspec
from litestar import Response

from feedback.accounts.powers import Action, SignedIn, may
from feedback.web.bodies import Request
from feedback.web.replies import list_languages, read_language, render
from surveys.wording import LANGUAGES, Wording

HOME = "/staff"


class Section(msgspec.Struct, frozen=True):
    """Pages under one link: `name` is the last part of its wording, `also` are addresses that belong to it too."""

    name: str
    address: str
    action: Action
    also: tuple[str, ...] = ()


SECTIONS = (
    Section("overview", "/staff/overview", "see_supervision", ("/staff/area",)),
    Section("alerts", "/staff/alerts", "see_alerts"),
    Section("cases", "/staff/cases", "see_cases"),
    Section("checks", "/staff/checks", "run_checks"),
    Section("batches", "/staff/forms/batches", "oversee_forms"),
    Section("reports", "/staff/reports", "make_reports"),
    Section("forms", "/staff/forms", "enter_forms"),
    Section("unit", "/staff/unit", "see_unit_figures"),
    Section("unit-cases", "/staff/unit-cases", "see_unit_cases"),
    Section("desks", "/staff/desks", "keep_desks"),
    Section("scores", "/staff/scores", "see_scores"),
    Section("reviews", "/staff/reviews", "decide_reviews"),
    Section("me", "/staff/me", "see_own_figures"),
    Section("accounts", "/staff/accounts", "administer_accounts"),
    Section("catalogue", "/staff/catalogue", "administer_catalogue", ("/staff/catalogue-file",)),
    Section("surveys", "/staff/surveys", "administer_catalogue"),
    Section("kiosks", "/staff/kiosks", "administer_kiosks"),
    Section("keys", "/staff/keys", "administer_keys"),
    Section("parameters", "/staff/parameters", "administer_parameters", ("/staff/calendar",)),
    Section("audit", "/staff/audit", "read_audit_log"),
    Section("account", "/staff/account", "see_self", ("/staff/passkeys", "/staff/digests", "/staff/outside")),
)


class Link(msgspec.Struct, frozen=True):
    """`current` is for aria-current: page for the page itself, true for its section, else empty."""

    name: str
    address: str
    current: str


class StaffFrame(msgspec.Struct, frozen=True):
    """`languages` are the addresses of this page in each language; empty where the page answers a form."""

    person: str
    links: tuple[Link, ...]
    languages: Mapping[str, str]


def render_staff(
    request: Request,
    signed_in: SignedIn | None,
    template: str,
    *,
    status: int = 200,
    wording: Wording | None = None,
    here: str = "",
    **values: object,
) -> Response[bytes]:
    """A page that extends staff_frame.html. `here` is its own address, where that is not the one asked for."""
    wording = wording or find_staff_wording(request, signed_in)
    staff = describe_staff(request, signed_in, here)
    return render(request, template, status=status, wording=wording, staff=staff, **values)


def find_staff_wording(request: Request, signed_in: SignedIn | None, language: str = "") -> Wording:
    """The language that a form or the address names, else the account's, else the browser's."""
    asked = next((name for name in (language, request.query_params.get("lang", "")) if name in LANGUAGES), None)
    own = signed_in.account.language if signed_in else read_language(request)
    return request.app.state.wordings[asked or own]


def describe_staff(request: Request, signed_in: SignedIn | None, here: str = "") -> StaffFrame:
    address = here or request.url.path
    links = list_links(signed_in, address) if signed_in else ()
    person = signed_in.account.display_name if signed_in else ""
    return StaffFrame(person, links, {} if request.method == "POST" and not here else list_languages(request, address))


def list_links(signed_in: SignedIn, address: str) -> tuple[Link, ...]:
    """Of the sections in which the person may open something."""
    return tuple(
        Link(section.name, section.address, name_current(section, address))
        for section in SECTIONS
        if may(signed_in.appointments, section.action)
    )


def name_current(section: Section, address: str) -> str:
    if address == section.address:
        return "page"
    under = any(address.startswith(f"{start}/") or address == start for start in (section.address, *section.also))
    return "true" if under else ""
