"""Where a tour of all staff pages stops: every address that shows one, found from the routes, and pages without one."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping

import msgspec
from litestar.handlers import HTTPRouteHandler
from playwright.async_api import Page

from dashboards.supervision.view_names import VIEWS
from feedback.accounts.powers import Where, may
from tests.house_rules.power_parts import WORDS
from tests.house_rules.power_stage import PARAMETER
from tests.house_rules.power_world import Person
from tests.journeys.staff_case_refusals import REFUSALS as CASE_REFUSALS
from tests.journeys.staff_refusals import REFUSALS
from tests.journeys.staff_sites import Site
from tests.wired import list_handlers

# What answers a file, or leads elsewhere at once.
NO_PAGE = ("{file}", ".svg", ".xlsx", ".csv", ".pdf", "/posters")
STATUS: Mapping[str, int] = {
    # The identity provider is away here, and nobody came back from there.
    "/staff/outside": 503,
    "/staff/outside/back": 403,
    "/staff/outside/link/begin": 503,
}
# Pages to which a question in the address makes a difference.
ASKED: Mapping[str, tuple[str, ...]] = {
    "/staff/overview": ("q=Trung", "q=nobody"),
    "/staff/alerts": ("state=dismissed", "kind=drop&state=all"),
    "/staff/audit": ("person=nobody", "day=2026-11-20", "day=yesterday"),
    "/staff/scores": ("role=unit", "search=nobody"),
    "/staff/cases": ("show=closed", "show=overdue"),
    "/staff/cases/new": ("q=tan", "q=nowhere", "area=u-32041"),
    "/staff/checks": ("area=c32041",),
    "/staff/forms/batches": ("q=tan", "unit=32041"),
    "/staff/catalogue": ("kind=desks", "kind=assignments", "kind=officials&q=1", "kind=procedures&q=nothing"),
    "/staff/surveys": ("from=citizen@1&to=business@1", "from=citizen@1&to=citizen@1"),
    "/staff/calendar": ("count=15&after=2026-11-20", "count=x&after="),
    "/staff/reports": ("q=tan",),
    "/staff/sign-in": ("after=sign-out", "after=invitation", "to=/staff/alerts?state=all"),
}
HOMES: Mapping[str, int] = {"several": 200, "nothing held": 403}
FIGURES = "quarter=2026-Q3"
# With an object and a question at once, or what a page that is usually a file says.
MORE = (
    ("front_supervisor", "/staff/cases/new?alert={alert}", 200),
    ("front_supervisor", "/staff/cases/new?round={check}&place=1", 200),
    ("front_volunteer", "/staff/forms/{batch}?desk=1&rater=business&number=3", 200),
    ("front_volunteer", "/staff/forms/{batch}?desk=2&number={waiting form}&done=saved&form=3", 200),
    ("head_of_unit", "/staff/desks/32041?desk=1&find=sinh", 200),
    ("head_of_unit", "/staff/desks/32041?desk=9", 200),
    ("administrator", "/staff/catalogue/26734/posters", 422),
)
NOT_THERE = {"/staff/nowhere": "inspector", "/staff/unit/26734": "head_of_unit", "/staff/alerts/999999": "inspector"}


# Whose pages are toured in which file, so that the files take about as long as each other.
PARTS: Mapping[str, frozenset[str]] = {
    "front": frozenset({"front_supervisor", "front_volunteer", "inspector"}),
    "unit": frozenset({"head_of_unit", "unit_manager", "official", "personnel", "several", "own", "nothing held", ""}),
    "administration": frozenset({"administrator"}),
    "cases": frozenset(),
}
OF_CASES = ("/staff/cases", "/staff/checks", "/staff/forms", "/staff/reports")


class Stop(msgspec.Struct, frozen=True):
    """`path` as `who` opens it at `site`; then `act`, which leads to what is looked at."""

    site: str
    who: str
    path: str
    status: int = 200
    act: Callable[[Page, Site, str], Awaitable[int]] | None = None
    name: str = ""


def list_pages() -> list[tuple[str, HTTPRouteHandler]]:
    """Every GET route of staff, and the demo's page of its people, but for files."""
    return [
        (path, handler)
        for path, handler in list_handlers()
        if "GET" in handler.http_methods
        and (path == "/staff" or path.startswith("/staff/") or path == "/demo/codes")
        and not path.endswith(NO_PAGE)
    ]


def make_pattern(path: str) -> re.Pattern[str]:
    """Of the addresses at which the page of a route stands."""
    return re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", path))))


def list_stops(sites: Mapping[str, Site]) -> Iterator[Stop]:
    for path, handler in list_pages():
        yield from list_stops_of(path, handler, sites)
    for who, status in HOMES.items():
        yield Stop("full", who, "/staff", status)
    for path, who in NOT_THERE.items():
        yield Stop("full", who, path, 404)
    yield Stop("full", "official", "/staff/accounts", 403)
    yield Stop("full", "", "/staff/sign-out", 405)
    yield Stop("full", "", "/staff/invitation/x", 404)
    yield Stop("full", "inspector", "/staff/area/p96/trend?quarter=never", 400)
    yield Stop("full", "inspector", f"/staff/alerts/{sites['full'].words['alert']}")
    for view in VIEWS:
        yield Stop("province", "inspector", f"/staff/area/p96/{view}?{FIGURES}")
    yield Stop("province", "inspector", f"/staff/area/u-demo-2~1/trend?{FIGURES}&procedure=1.000001")
    yield Stop("province", "inspector", "/staff/area/VN/places?area_type=urban")
    for who, path, status in MORE:
        yield Stop("full", who, path.format_map(sites["full"].words), status)
    for refusal in (*REFUSALS, *CASE_REFUSALS):
        path = refusal.path.format_map(sites["full"].words)
        yield Stop("full", refusal.who, path, refusal.status, refusal.act, refusal.name)


def list_stops_of_part(sites: Mapping[str, Site], part: str) -> list[Stop]:
    return [stop for stop in list_stops(sites) if find_part(stop) == part]


def find_part(stop: Stop) -> str:
    """Raises KeyError for somebody whose pages no file tours."""
    if stop.path.startswith(OF_CASES):
        return "cases"
    return {who: part for part, people in PARTS.items() for who in people}[stop.who]


def list_stops_of(path: str, handler: HTTPRouteHandler, sites: Mapping[str, Site]) -> Iterator[Stop]:
    """Of the first installation with each object in reach; of the other where the address names none."""
    if path == "/staff":
        return  # leads on to the first page of whoever has one role
    status = STATUS.get(path, 200)
    for name, site in sites.items():
        if name != "full" and PARAMETER.search(path):
            continue
        for address, where in dict.fromkeys(list_addresses(path, site)):
            who = find_person(handler, site, where)
            yield Stop(name, who, address, status)
    site = sites["full"]
    for question in ASKED.get(path, ()):
        yield Stop("full", find_person(handler, site, None), f"{path}?{question}", status)


def list_addresses(path: str, site: Site) -> Iterator[tuple[str, Where | None]]:
    """Each object in reach in its turn, while the others are the first of theirs."""
    names, parts = PARAMETER.findall(path), site.find_parts(path)
    words = {name: word for name, word in WORDS.get(path, {}).items() if name not in site.parts.get(path, {})}
    usual = {**site.words, **{name: part.here[0].text for name, part in parts.items()}, **words}
    objects = [name for name in names if name in parts and name not in words]
    if not objects:
        yield path.format_map(usual), None
    for name in objects:
        for value in parts[name].here:
            yield path.format_map({**usual, name: value.text}), value.where


def find_person(handler: HTTPRouteHandler, site: Site, where: Where | None) -> str:
    """The first who may; nobody where everybody may."""
    action = handler.opt.get("action")
    return "" if action is None else next(name for name, one in site.people.items() if can(one, action, where))


def can(person: Person, action: str, where: Where | None) -> bool:
    return person.name != "disabled" and may(person.appointments, action, where)  # pyright: ignore[reportArgumentType] (a name from the route)
