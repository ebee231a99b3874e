"""An official's own page: what got better, how each score was made, and the right to have ratings reviewed."""

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
from dashboards.explain.read_explanation import read_explanations
from dashboards.phrases import Phrases
from dashboards.routes import SVG, borrow_connection
from dashboards.staff.history import Quarter, list_quarters, list_strengths, make_trend
from dashboards.staff.lost_forms import NOT_NOW
from dashboards.staff.show_explanation import draw_explanation, picture_explanations, show_explanations
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
from feedback.web.api_access import authorize
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render, render_unsent, reply_compressed
from surveys.errors import (
    NothingToExplainError,
    ReviewRefusedError,
    UnknownPageError,
    UnknownReleaseError,
)
from surveys.wording import Wording

PAGE = {"access": "key", "limit": "by key"}
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
    official_id = await find_own_official(request)
    async with borrow_connection(request) as connection:
        figures = await read_own_figures(connection, official_id)
    return render_me(request, figures, find_wording(request))


@get(f"{OWN_PAGE}/trend.svg", opt=PAGE)
async def show_own_trend(request: Request) -> Response[bytes]:
    official_id = await find_own_official(request)
    async with borrow_connection(request) as connection:
        figures = await read_own_figures(connection, official_id)
    trend = make_trend(figures.releases, figures.quarters, find_wording(request))
    if trend is None:
        raise UnknownPageError
    is_narrow = request.query_params.get("width") == "narrow"
    svg = await asyncio.to_thread(draw_scores, trend, is_narrow=is_narrow)
    return reply_compressed(request, svg.encode(), SVG, headers={})


@post(f"{OWN_PAGE}/reviews", opt=PAGE)
async def ask_for_review(request: Request) -> Response[bytes]:
    """Whatever is wrong with it: the form comes back as it was filled in."""
    fields = await read_fields(request)
    wording = find_wording(request, take_text(fields, "lang"))
    try:
        official_id = await find_own_official(request)
        async with borrow_connection(request) as connection:
            problem = await try_to_ask(connection, fields, official_id, request.app.state.read_day())
            figures = await read_own_figures(connection, official_id)
    except NOT_NOW as error:
        return render_unsent(request, fields, error, wording)
    if problem is None:
        return render_me(request, figures, wording, status=STORED, notice=wording.say("staff.review.asked"))
    form = {name: take_text(fields, name) for name in EMPTY_FORM}
    return render_me(request, figures, wording, status=REFUSED, problem=wording.error(problem), form=form)


@get(f"{OWN_PAGE}/{{release:str}}", opt=PAGE)
async def explain_me(request: Request, release: FromPath[str]) -> Response[bytes]:
    official_id = await find_own_official(request)
    async with borrow_connection(request) as connection:
        official = (await select_officials_by_id(connection, [official_id]))[official_id]
        try:
            found = await read_explanations(connection, release, "official", official_id, official.code)
        except (UnknownReleaseError, NothingToExplainError):
            raise UnknownPageError from None
    return show_explanations(request, found, official, back=OWN_PAGE, address=f"{OWN_PAGE}/{found[0].release.code}")


@get(f"{OWN_PAGE}/{{release:str}}/funnel.svg", opt=PAGE)
async def draw_my_funnel(request: Request, release: FromPath[str]) -> Response[bytes]:
    official_id = await find_own_official(request)
    async with borrow_connection(request) as connection:
        found = await picture_explanations(connection, release, official_id)
    return await draw_explanation(request, found)


async def find_own_official(request: Request) -> int:
    """Whose figures the key of this request opens."""
    key = await authorize(request, "own")
    if key.official_id is None:
        raise UnknownPageError
    return key.official_id


async def read_own_figures(connection: Connection, official_id: int) -> OwnFigures:
    releases = await select_releases(connection)
    rows = await select_entity_scores(connection, "official", official_id)
    return OwnFigures(
        official=(await select_officials_by_id(connection, [official_id]))[official_id],
        releases=releases,
        quarters=list_quarters(releases, rows),
        reviews=await select_reviews(connection, official_id=official_id),
        procedures=await select_served_procedures(connection, official_id),
    )


def render_me(
    request: Request,
    figures: OwnFigures,
    wording: Wording,
    *,
    status: int = 200,
    notice: str | None = None,
    problem: str | None = None,
    form: dict[str, str] = EMPTY_FORM,
) -> Response[bytes]:
    return render(
        request,
        "staff_me.html",
        status=status,
        wording=wording,
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


async def try_to_ask(
    connection: Connection, fields: Fields, official_id: int, today: date
) -> ReviewRefusedError | None:
    try:
        review = ScoreReview(
            official_id=official_id,
            first_day=read_date(take_text(fields, "first_day")),
            last_day=read_date(take_text(fields, "last_day")),
            procedure_code=take_text(fields, "procedure"),
            reason=take_text(fields, "reason"),
            asked_on=today,
        )
        await ask_review(connection, review)
    except ReviewRefusedError as error:
        return error
    return None


def read_date(text: str) -> date:
    """As a browser sends it. Raises ReviewRefusedError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReviewRefusedError(reason="review-no-such-day") from None


ROUTES = [show_me, show_own_trend, ask_for_review, explain_me, draw_my_funnel]
