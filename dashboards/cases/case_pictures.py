"""What a case measures, for its page and its pictures: as it stands today, beside what was kept when it closed."""

import asyncio
from datetime import date

from litestar import Response

from dashboards.cases.indicators import CaseFigures, measure_case, read_figures
from dashboards.cases.outcome_chart import draw_outcome_png, draw_outcome_svg
from dashboards.cases.outcome_view import OutcomeView, view_outcome
from dashboards.cases.reach_case import ReachedCase
from dashboards.cases.read_case import ShownCase
from dashboards.cases.replies import read_replies
from dashboards.routes import SVG
from dashboards.staff.frame import find_staff_wording
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.supervision_cases import SupervisionCase
from feedback.web.bodies import Request
from feedback.web.replies import reply_compressed
from feedback.web.staff_access import borrow_staff_rows
from surveys.errors import UnknownPageError
from surveys.wording import Wording

PNG = "image/png"


async def read_outcome(connection: Connection, case: SupervisionCase, today: date) -> CaseFigures | None:
    """None for what was never sent. What was kept at closing stays, once it was the last figure."""
    if case.sent_at is None:
        return None
    kept = read_kept_outcome(case)
    if kept is not None and kept.is_final:
        return kept
    return await measure_case(connection, case, today)


def read_kept_outcome(case: SupervisionCase) -> CaseFigures | None:
    """As it was when the case closed; None while it is open."""
    return None if case.outcome is None else read_figures(case.outcome)


async def read_outcome_view(
    connection: Connection, shown: ShownCase, today: date, wording: Wording
) -> OutcomeView | None:
    """What citizens said when asked again is told to the Front alone."""
    case = shown.case
    figures = await read_outcome(connection, case, today)
    if figures is None:
        return None
    asks = shown.reached.side == "front" and case.state == "closed"
    replies = await read_replies(connection, case.case_id, today) if asks else None
    kept = read_kept_outcome(case)
    return view_outcome(figures, wording, replies, asks_replies=asks, kept=kept, findings=shown.figures)


async def send_picture(request: Request, signed_in: SignedIn, reached: ReachedCase, file: str) -> Response[bytes]:
    """chart.svg (with ?width=narrow for a phone) and chart.png. Raises UnknownPageError."""
    if file not in {"chart.svg", "chart.png"}:
        raise UnknownPageError
    async with borrow_staff_rows(request, signed_in) as connection:
        figures = await read_outcome(connection, reached.case, request.app.state.read_day())
    if figures is None:
        raise UnknownPageError
    wording = find_staff_wording(request, signed_in)
    if file == "chart.png":
        png = await asyncio.to_thread(draw_outcome_png, figures, wording)
        name = f'attachment; filename="langnghe-case-{reached.case.case_id}-chart.png"'
        return Response(insist_on_drawing(png), media_type=PNG, headers={"content-disposition": name})
    is_narrow = request.query_params.get("width") == "narrow"
    svg = await asyncio.to_thread(draw_outcome_svg, figures, wording, is_narrow=is_narrow)
    return reply_compressed(request, insist_on_drawing(svg), SVG, headers={})


def insist_on_drawing(drawn: bytes | None) -> bytes:
    if drawn is None:
        raise UnknownPageError
    return drawn
