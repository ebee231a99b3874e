"""A supervisor's first screen: what is new, what is open, three figures of the own area. A minute must be enough."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from litestar import Response, get

from dashboards.periods import find_closed_weeks
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.alerts.evidence import Evidence
from dashboards.supervision.alerts.say_alert import say_certainty
from dashboards.supervision.area_pages import read_asked_language
from dashboards.supervision.areas import LONGEST_SEARCH, list_own_areas, search_areas
from dashboards.supervision.figures import Area, AreaFigures, Filters
from dashboards.supervision.reach_area import OBJECT_KIND, SUPERVISE, reach_area, recall_figures
from dashboards.supervision.sentences import Figure, Teller, compare_quarters, describe_headline, describe_period
from dashboards.supervision.view_names import OVERVIEW, address_view
from dashboards.supervision.views import ViewLink, link_views
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.overview_alerts import AlertLine, AlertTotals, count_alerts, select_alert_lines
from feedback.tables.releases import select_releases
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, enter, write_audit
from surveys.wording import Wording

MOST_LINES = 6
PARTS = ("trend", "procedures")
DAYS_OF_A_WEEK = 7


class News(msgspec.Struct, frozen=True):
    """What happened since the visit before; `since` is None on the first one. `released` are codes of quarters."""

    since: datetime | None
    totals: AlertTotals
    released: tuple[str, ...]
    weeks: int
    last_closed: date


class FirstScreen(msgspec.Struct, frozen=True):
    """`areas` are the own ones, `found` what was searched for."""

    areas: tuple[Area, ...]
    found: tuple[Area, ...]
    news: News
    alerts: tuple[AlertLine, ...]


class OwnArea(msgspec.Struct, frozen=True):
    """`parts` are views that the page fetches when they come into sight."""

    area: Area
    name: str
    address: str
    headline: tuple[Figure, ...]
    earlier: str
    period: str
    views: tuple[ViewLink, ...]
    parts: tuple[tuple[str, str], ...]


@get("/staff/overview", opt=SUPERVISE)
async def show_overview(request: Request) -> Response[bytes]:
    """?area= chooses one of several own areas; ?q= looks for a place by its name."""
    signed_in = await enter(request)
    reach = join_reaches(signed_in.appointments, "see_supervision")
    sought = read_sought(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        screen = await read_first_screen(connection, signed_in, reach, sought, request.app.state.read_day())
    chosen = await choose_area(request, signed_in, screen.areas)
    figures = None if chosen is None else await recall_figures(request, signed_in, chosen, Filters())
    if chosen is not None:
        await write_audit(request, signed_in, "see_supervision", "done", OBJECT_KIND, chosen.code)
    return draw_overview(request, signed_in, screen, figures, sought)


def read_sought(request: Request) -> str:
    """Nothing where it can be no name."""
    sought = request.query_params.get("q", "").strip()
    return sought if sought.isprintable() and len(sought) <= LONGEST_SEARCH else ""


async def read_first_screen(
    connection: Connection, signed_in: SignedIn, reach: Reach, sought: str, day: date
) -> FirstScreen:
    since = signed_in.account.last_visit_at
    areas = await list_own_areas(connection, reach)
    releases = await select_releases(connection)
    news = News(
        since=since,
        totals=await count_alerts(connection, since),
        released=tuple(release.code for release in releases if since is not None and release.made_at > since),
        weeks=count_closed_weeks(since, day),
        last_closed=find_closed_weeks(day).last,
    )
    lines = await select_alert_lines(connection, since, MOST_LINES)
    found = await search_areas(connection, sought, reach) if sought else ()
    return FirstScreen(areas, found, news, tuple(lines))


def count_closed_weeks(since: datetime | None, day: date) -> int:
    """Sundays that were over by `day` and not yet on the day of the last visit."""
    if since is None:
        return 0
    before = find_closed_weeks(read_local_day(since)[0]).last
    return (find_closed_weeks(day).last - before).days // DAYS_OF_A_WEEK


async def choose_area(request: Request, signed_in: SignedIn, areas: Sequence[Area]) -> Area | None:
    """The one asked for, else the first; None for whoever reaches no place that still exists."""
    asked = request.query_params.get("area", "")
    if not asked:
        return areas[0] if areas else None
    own = next((area for area in areas if area.code == asked), None)
    return own or (await reach_area(request, signed_in, asked))[0]


def draw_overview(
    request: Request, signed_in: SignedIn, screen: FirstScreen, figures: AreaFigures | None, sought: str
) -> Response[bytes]:
    wording = find_staff_wording(request, signed_in)
    teller, language, news = Teller(wording), read_asked_language(request), screen.news
    return render_staff(
        request,
        signed_in,
        "supervision_overview.html",
        wording=wording,
        screen=screen,
        alerts=[(alert, say_sureness(alert, wording)) for alert in screen.alerts],
        since=None if news.since is None else read_local_day(news.since)[0],
        released=[teller.quarter(code) for code in news.released],
        own=[(area.code, teller.area_name(area), address_own(area, language)) for area in screen.areas],
        found=[(teller.area_name(area), address_view(area, "", Filters(), language)) for area in screen.found],
        page=None if figures is None else describe_own(figures, teller, language),
        sought=sought,
        asked_language=language,
    )


def say_sureness(alert: AlertLine, wording: Wording) -> str:
    """How sure, by the frozen evidence; by the kind of alert where that is of another shape."""
    try:
        return say_certainty(msgspec.json.decode(alert.evidence, type=Evidence), wording)
    except msgspec.ValidationError:
        return wording.say(f"supervision.sure.{alert.kind}")


def describe_own(figures: AreaFigures, teller: Teller, language: str) -> OwnArea:
    area = figures.area
    return OwnArea(
        area=area,
        name=teller.area_name(area),
        address=address_view(area, "", Filters(), language),
        headline=describe_headline(figures.headline, teller),
        earlier=compare_quarters(figures.headline, teller),
        period=describe_period(figures, teller),
        views=link_views(area, "", Filters(), language),
        parts=tuple((view, address_view(area, view, Filters(), language)) for view in PARTS),
    )


def address_own(area: Area, language: str) -> str:
    return f"{OVERVIEW}?area={area.code}{f'&lang={language}' if language else ''}"


ROUTES = [show_overview]
