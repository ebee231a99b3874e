"""An official's own page: what got better, how each score was made, and the right to have ratings reviewed.

Figures are read behind the second wall; the reviews asked for, which it holds back, on the plain pool afterwards.
"""

import asyncio
from datetime import date
from functools import partial

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.charts.drawing import NARROW, WIDE
from dashboards.charts.scores import HEIGHT, draw_scores
from dashboards.explain.quarter_names import name_quarter, shorten_quarter
from dashboards.explain.raters import name_raters
from dashboards.explain.read_explanation import Explanation
from dashboards.phrases import Phrases
from dashboards.routes import SVG
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.history import Quarter, list_quarters, list_strengths, make_trend
from dashboards.staff.lost_forms import NOT_NOW
from dashboards.staff.show_explanation import draw_explanation, read_official_figures, show_explanations
from dashboards.staff.sights import note_deed, note_sight
from dashboards.staff.store import borrow_store, find_peers
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.score_reviews import LONGEST_REASON, ask_review
from feedback.tables.releases import Release, select_entity_scores, select_releases
from feedback.tables.score_reviews import ScoreReview, select_reviews
from feedback.tables.staff_views import (
    OfficialName,
    ProcedureName,
    select_officials_by_id,
    select_served_procedures,
)
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render_unsent, reply_compressed
from feedback.web.staff_access import borrow_staff_rows, enter
from surveys.errors import ReviewRefusedError, UnknownPageError
from surveys.wording import Wording

PAGE = {"access": "staff", "limit": "by account", "action": "see_own_figures"}
OWN_PAGE = "/staff/me"
EMPTY_FORM = {"first_day": "", "last_day": "", "procedure": "", "reason": ""}
REFUSED, STORED = 422, 201


class OwnFigures(msgspec.Struct, frozen=True):
    official: OfficialName
    releases: list[Release]
    quarters: tuple[Quarter, ...]
    reviews: list[ScoreReview]
    procedures: list[ProcedureName]


@get(OWN_PAGE, opt=PAGE)
async def show_me(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    figures = await read_own_page(request, signed_in)
    return render_me(request, signed_in, figures, find_staff_wording(request, signed_in))


@get(f"{OWN_PAGE}/trend.svg", opt=PAGE)
async def show_own_trend(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    figures = await read_own_page(request, signed_in)
    trend = make_trend(figures.releases, figures.quarters, find_staff_wording(request, signed_in))
    if trend is None:
        raise UnknownPageError
    is_narrow = request.query_params.get("width") == "narrow"
    svg = await asyncio.to_thread(draw_scores, trend, is_narrow=is_narrow)
    return reply_compressed(request, svg.encode(), SVG, headers={})


@post(f"{OWN_PAGE}/reviews", opt=PAGE)
async def ask_for_review(request: Request) -> Response[bytes]:
    """Whatever is wrong with it: the form comes back as it was filled in."""
    fields = await read_fields(request)
    language = take_text(fields, "lang")
    try:
        signed_in = await enter(request)
        wording = find_staff_wording(request, signed_in, language)
        problem = await try_to_ask(request, signed_in, fields)
        figures = await read_own_page(request, signed_in)
    except NOT_NOW as error:
        return render_unsent(request, fields, error, find_wording(request, language))
    if problem is None:
        notice = wording.say("staff.review.asked")
        return render_me(request, signed_in, figures, wording, status=STORED, notice=notice)
    form = {name: take_text(fields, name) for name in EMPTY_FORM}
    return render_me(request, signed_in, figures, wording, status=REFUSED, problem=wording.error(problem), form=form)


@get(f"{OWN_PAGE}/{{release:str}}", opt=PAGE)
async def explain_me(request: Request, release: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        official = await find_own_official(connection, signed_in)
        found = await read_own_official_figures(connection, release, official)
        await note_sight(connection, request, signed_in, official)
    found = await find_peers(request, found)
    address = f"{OWN_PAGE}/{found[0].release.code}"
    return show_explanations(request, signed_in, found, official, back=OWN_PAGE, address=address)


@get(f"{OWN_PAGE}/{{release:str}}/funnel.svg", opt=PAGE)
async def draw_my_funnel(request: Request, release: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        official = await find_own_official(connection, signed_in)
        found = await read_own_official_figures(connection, release, official)
        await note_sight(connection, request, signed_in, official)
    return await draw_explanation(request, signed_in, await find_peers(request, found))


async def read_own_official_figures(connection: Connection, release: str, official: OfficialName) -> list[Explanation]:
    """Raises UnknownPageError where there is nothing to explain."""
    found = await read_official_figures(connection, release, official)
    if not found:
        raise UnknownPageError
    return found


async def find_own_official(connection: Connection, signed_in: SignedIn) -> OfficialName:
    """Raises UnknownPageError where the account is of nobody who is rated."""
    official_id = signed_in.account.official_id
    if official_id is None:
        raise UnknownPageError
    return (await select_officials_by_id(connection, [official_id]))[official_id]


async def read_own_page(request: Request, signed_in: SignedIn) -> OwnFigures:
    """Raises UnknownPageError and StaffPagesUnavailableError."""
    async with borrow_staff_rows(request, signed_in) as connection:
        official = await find_own_official(connection, signed_in)
        figures = await read_own_figures(connection, official)
        await note_sight(connection, request, signed_in, official)
    async with borrow_store(request) as connection:
        reviews = await select_reviews(connection, official_id=official.official_id)
    return msgspec.structs.replace(figures, reviews=reviews)


async def read_own_figures(connection: Connection, official: OfficialName) -> OwnFigures:
    """Without the reviews."""
    releases = await select_releases(connection)
    rows = await select_entity_scores(connection, "official", official.official_id)
    return OwnFigures(
        official=official,
        releases=releases,
        quarters=list_quarters(releases, rows),
        reviews=[],
        procedures=await select_served_procedures(connection, official.official_id),
    )


def render_me(
    request: Request,
    signed_in: SignedIn,
    figures: OwnFigures,
    wording: Wording,
    *,
    status: int = 200,
    notice: str | None = None,
    problem: str | None = None,
    form: dict[str, str] = EMPTY_FORM,
) -> Response[bytes]:
    return render_staff(
        request,
        signed_in,
        "staff_me.html",
        status=status,
        wording=wording,
        here=OWN_PAGE,
        official=figures.official,
        quarters=figures.quarters,
        strengths=list_strengths(figures.quarters, wording),
        trend=make_trend(figures.releases, figures.quarters, wording),
        sizes={"wide": (WIDE, HEIGHT), "narrow": (NARROW, HEIGHT)},
        reviews=figures.reviews,
        procedures=figures.procedures,
        phrases=Phrases(wording),
        name_quarter=partial(name_quarter, wording=wording),
        name_raters=partial(name_raters, wording=wording),
        shorten_quarter=partial(shorten_quarter, wording=wording),
        notice=notice,
        problem=problem,
        form=form,
        longest=LONGEST_REASON,
    )


async def try_to_ask(request: Request, signed_in: SignedIn, fields: Fields) -> ReviewRefusedError | None:
    """Raises UnknownPageError where the account is of nobody who is rated."""
    async with borrow_store(request) as connection:
        official = await find_own_official(connection, signed_in)
        try:
            review = read_review(fields, official.official_id, request.app.state.read_day())
            review_id = await ask_review(connection, review)
        except ReviewRefusedError as error:
            return error
        await note_deed(
            connection,
            request,
            signed_in,
            "ask_review",
            "review",
            str(review_id),
            official_id=official.official_id,
        )
    return None


def read_review(fields: Fields, official_id: int, today: date) -> ScoreReview:
    """Raises ReviewRefusedError."""
    return ScoreReview(
        official_id=official_id,
        first_day=read_date(take_text(fields, "first_day")),
        last_day=read_date(take_text(fields, "last_day")),
        procedure_code=take_text(fields, "procedure"),
        reason=take_text(fields, "reason"),
        asked_on=today,
    )


def read_date(text: str) -> date:
    """As a browser sends it. Raises ReviewRefusedError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReviewRefusedError(reason="review-no-such-day") from None


ROUTES = [show_me, show_own_trend, ask_for_review, explain_me, draw_my_funnel]
