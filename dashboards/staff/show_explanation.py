"""The explanation of a released score as page and picture: the same for the official and for the supervisor."""

import asyncio
from collections.abc import Sequence

from litestar import Response

from dashboards.charts.drawing import NARROW, WIDE
from dashboards.charts.funnel import HEIGHT, draw_funnel
from dashboards.explain.funnel import count_places, make_funnel
from dashboards.explain.quarter_names import name_quarter
from dashboards.explain.raters import name_raters
from dashboards.explain.read_explanation import Explanation, read_figures
from dashboards.explain.steps import explain
from dashboards.routes import SVG
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.staff_views import OfficialName
from feedback.web.bodies import Request
from feedback.web.replies import reply_compressed
from surveys.errors import NothingToExplainError, UnknownPageError, UnknownReleaseError
from surveys.wording import Wording

SIZES = {"wide": (WIDE, HEIGHT), "narrow": (NARROW, HEIGHT)}


def describe(found: Explanation, wording: Wording) -> dict[str, object]:
    """What a template shows of one figure."""
    score, parameters = found.score, found.parameters
    funnel = make_funnel(score, found.peers, wording, parameters)
    return {
        "place": found.place,
        "area_type": found.row.area_type,
        "raters": name_raters(found.row.pool, wording),
        "level": None if found.pool is None else found.pool.level,
        "score": score,
        "steps": explain(score, found.pool, wording, parameters, found.role),
        "funnel": funnel,
        "dots": 0 if funnel is None else len(funnel.peers),
        "places": count_places(funnel, score.steps, parameters) if funnel and score.steps else (),
    }


def show_explanations(
    request: Request,
    signed_in: SignedIn,
    found: Sequence[Explanation],
    official: OfficialName,
    *,
    back: str,
    address: str,
) -> Response[bytes]:
    """`back` is where the reader came from; `address` is that of this page, under which its pictures lie."""
    wording = find_staff_wording(request, signed_in)
    return render_staff(
        request,
        signed_in,
        "staff_explanation.html",
        wording=wording,
        release=found[0].release,
        quarter=name_quarter(found[0].release.code, wording),
        official=official,
        figures=[describe(figure, wording) for figure in found],
        sizes=SIZES,
        back=back,
        address=address,
    )


async def read_official_figures(connection: Connection, release: str, official: OfficialName) -> list[Explanation]:
    """What the connection reaches of an official, without peers; may be nothing."""
    try:
        return await read_figures(connection, release, "official", official.official_id, official.code)
    except (UnknownReleaseError, NothingToExplainError):
        return []


async def draw_explanation(request: Request, signed_in: SignedIn, found: Sequence[Explanation]) -> Response[bytes]:
    """The funnel of the figure that ?figure= counts from 0; ?width=narrow for a phone."""
    place, wording = request.query_params.get("figure", "0"), find_staff_wording(request, signed_in)
    chosen = [figure for figure in found if str(figure.place) == place]
    chart = make_funnel(chosen[0].score, chosen[0].peers, wording, chosen[0].parameters) if chosen else None
    if chart is None:
        raise UnknownPageError
    is_narrow = request.query_params.get("width") == "narrow"
    svg = await asyncio.to_thread(draw_funnel, chart, is_narrow=is_narrow)
    return reply_compressed(request, svg.encode(), SVG, headers={})
