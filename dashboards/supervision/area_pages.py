"""The pages of an area: its three figures, and one view a page. No chart is drawn here; pictures have addresses."""

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.blocks import Block
from dashboards.supervision.figures import Area, AreaFigures, Comments, Filters
from dashboards.supervision.reach_area import (
    OBJECT_KIND,
    READ_COMMENTS,
    SUPERVISE,
    Crumb,
    reach_area,
    recall_figures,
    recall_filtered,
)
from dashboards.supervision.read_comments import read_comments
from dashboards.supervision.sentences import (
    Figure,
    Teller,
    awaits_quarter,
    compare_quarters,
    describe_filters,
    describe_headline,
    describe_period,
)
from dashboards.supervision.trend_view import AlertDay
from dashboards.supervision.view_names import VIEWS, View, address_view, list_filters, make_address, read_filters
from dashboards.supervision.views import (
    Field,
    Files,
    ViewLink,
    keep_filters,
    link_files,
    link_views,
    list_fields,
    tell_view,
)
from feedback.accounts.powers import SignedIn, may
from feedback.tables.overview_alerts import AlertPoint, select_alert_points
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, enter, write_audit
from surveys.errors import UnknownPageError
from surveys.wording import LANGUAGES, Wording

# Where so many alerts fired, weeks are told by how many there were.
MOST_NAMED = 12


class AreaPage(msgspec.Struct, frozen=True):
    """What a template shows of an area. `trail` are names and addresses, empty for what is out of reach."""

    area: Area
    name: str
    trail: tuple[tuple[str, str], ...]
    headline: tuple[Figure, ...]
    earlier: str
    period: str
    filtered: str
    view: str
    views: tuple[ViewLink, ...]
    address: str
    fields: tuple[Field, ...]
    language: str
    blocks: tuple[tuple[Block, Files], ...]
    comments: Comments | None
    procedure: str
    """The code that the filter names, empty where it names none."""
    opens_cases: bool


@get("/staff/area/{area:str}", opt=SUPERVISE)
async def show_area(request: Request, area: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    found, crumbs = await reach_area(request, signed_in, area)
    filters = keep_filters("", read_filters(request.query_params), found.kind)
    figures = await recall_figures(request, signed_in, found, filters)
    await keep_sight(request, signed_in, found, "")
    return draw_area(request, signed_in, "supervision_area.html", figures, crumbs)


@get("/staff/area/{area:str}/{view:str}", opt=SUPERVISE)
async def show_view(request: Request, area: FromPath[str], view: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    found, crumbs = await reach_area(request, signed_in, area)
    name = find_view(view)
    filters = keep_filters(name, read_filters(request.query_params), found.kind)
    figures = await recall_filtered(request, signed_in, found, filters)
    wording = find_staff_wording(request, signed_in)
    alerts = await read_alert_days(request, signed_in, figures, wording) if name == "trend" else ()
    await keep_sight(request, signed_in, found, name)
    blocks = tell_view(name, figures, wording, alerts=alerts, language=read_asked_language(request))
    return draw_area(request, signed_in, "supervision_view.html", figures, crumbs, view=name, blocks=blocks)


@get("/staff/area/{area:str}/comments", opt=READ_COMMENTS)
async def show_comments(request: Request, area: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    found, crumbs = await reach_area(request, signed_in, area)
    filters = Filters(quarter=read_filters(request.query_params).quarter)
    figures = await recall_figures(request, signed_in, found, filters)
    comments = await read_area_comments(request, signed_in, found, filters)
    await keep_sight(request, signed_in, found, "comments")
    blocks = tell_view("comments", figures, find_staff_wording(request, signed_in), comments=comments)
    return draw_area(
        request,
        signed_in,
        "supervision_comments.html",
        figures,
        crumbs,
        view="comments",
        blocks=blocks,
        texts=comments,
    )


def find_view(name: str) -> View:
    """Raises UnknownPageError."""
    for view in VIEWS:
        if view == name and view != "comments":
            return view
    raise UnknownPageError


async def read_area_comments(request: Request, signed_in: SignedIn, area: Area, filters: Filters) -> Comments:
    async with borrow_staff_rows(request, signed_in) as connection:
        return await read_comments(connection, area, filters, request.app.state.read_day())


async def read_alert_days(
    request: Request, signed_in: SignedIn, figures: AreaFigures, wording: Wording
) -> tuple[AlertDay, ...]:
    area, last = figures.area, figures.period.last
    first = figures.weeks[0].monday if figures.weeks else figures.period.first
    async with borrow_staff_rows(request, signed_in) as connection:
        points = await select_alert_points(connection, first, last, area.where, area.desk_id)
    return name_alert_days(points, figures, wording)


def name_alert_days(points: list[AlertPoint], figures: AreaFigures, wording: Wording) -> tuple[AlertDay, ...]:
    """Each by its kind and place; of many only how many, on the first day of their week."""
    if len(points) <= MOST_NAMED:
        return tuple(AlertDay(point.day, name_point(point, figures, wording)) for point in points)
    mondays = [
        max((week.monday for week in figures.weeks if week.monday <= point.day), default=point.day) for point in points
    ]
    return tuple(
        AlertDay(monday, wording.say("supervision.trend.count", n=wording.number(mondays.count(monday))))
        for monday in sorted(set(mondays))
    )


def name_point(point: AlertPoint, figures: AreaFigures, wording: Wording) -> str:
    kind = wording.say(f"alert.kind.{point.kind}")
    if figures.area.kind == "desk":
        return kind
    desk = wording.say("supervision.desk", number=point.desk_number) if point.desk_number else ""
    where = desk if figures.area.kind == "unit" else ", ".join(part for part in (point.unit_name, desk) if part)
    return f"{kind} ({where})" if where else kind


async def keep_sight(request: Request, signed_in: SignedIn, area: Area, view: str) -> None:
    """Rule P9: the Front's own looks at figures are kept too; of a file `view` is its own and the file's name."""
    name, _, file = view.partition("/")
    asked = make_address(area.code, name, file, **list_filters(read_filters(request.query_params)))
    await write_audit(request, signed_in, request.route_handler.opt["action"], "done", OBJECT_KIND, asked)


def read_asked_language(request: Request) -> str:
    """Empty where the address names none: then it opens in the language of whoever gets it."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else ""


def draw_area(
    request: Request,
    signed_in: SignedIn,
    template: str,
    figures: AreaFigures,
    crumbs: tuple[Crumb, ...],
    *,
    view: str = "",
    blocks: tuple[Block, ...] = (),
    texts: Comments | None = None,
) -> Response[bytes]:
    wording = find_staff_wording(request, signed_in)
    teller, language, filters = Teller(wording), read_asked_language(request), figures.filters
    above = Filters(quarter=filters.quarter)
    page = AreaPage(
        area=figures.area,
        name=teller.area_name(figures.area),
        trail=tuple(
            (teller.area_name(crumb.area), address_view(crumb.area, "", above, language) if crumb.is_reached else "")
            for crumb in crumbs
        ),
        headline=describe_headline(
            figures.headline, teller, is_awaited=bool(filters.procedure) and awaits_quarter(figures)
        ),
        earlier=compare_quarters(figures.headline, teller),
        period=describe_period(figures, teller),
        filtered=describe_filters(figures, teller),
        view=view,
        views=link_views(figures.area, view, filters, language),
        address=make_address(figures.area.code, view),
        fields=list_fields(view, figures, teller),
        language=language,
        blocks=tuple((block, link_files(figures.area, view, block, filters, language)) for block in blocks),
        comments=texts,
        procedure=filters.procedure,
        opens_cases=bool(figures.area.unit_id) and may(signed_in.appointments, "work_on_cases", figures.area.where),
    )
    return render_staff(request, signed_in, template, wording=wording, page=page, teller=teller)


ROUTES = [show_area, show_view, show_comments]
