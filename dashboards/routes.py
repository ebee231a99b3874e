"""The public pages of results: one unit, one province, the method. They show released results only."""

import asyncio
from contextlib import AbstractAsyncContextManager

from litestar import Response, get
from litestar.params import FromPath

from dashboards.disclosure.groups import SMALLEST_UNCODED
from dashboards.indicators.registry import INDICATORS, SMALLEST_GROUP, SMALLEST_HEADLINE
from dashboards.phrases import Phrases
from dashboards.read_results import borrow_from, read_province_results, read_public_cases, read_unit_results
from dashboards.results import ProvinceResults, UnitResults
from dashboards.short_memory import ShortMemory
from dashboards.unit_charts import (
    draw_unit_chart,
    make_answers_chart,
    make_procedures_chart,
    make_trend_chart,
    measure_charts,
)
from feedback.database import Connection
from feedback.tables.public_units import PublicUnit
from feedback.web.bodies import Request
from feedback.web.replies import find_wording, render, reply_compressed
from surveys.errors import UnknownPageError, UnknownPlaceError

PAGE = {"access": "public", "limit": "120/minute"}
CHART = {"access": "public", "limit": "360/minute"}
SVG = "image/svg+xml"
LONGEST_CODE = 64
PROVINCE_DIGITS = 2
# A province is hundreds of thousands of cells; a tap must show within two seconds all the same.
FRESH_SECONDS = 1.5
# Closed weeks rarely change; the answers are those of this very second.
KEEP, KEEP_NOT = "public, max-age=300", "no-cache"
LEAST = {"group": SMALLEST_GROUP, "headline": SMALLEST_HEADLINE, "uncoded": SMALLEST_UNCODED}


@get("/U/{unit:str}", opt=PAGE)
async def show_unit(request: Request, unit: FromPath[str]) -> Response[bytes]:
    found, results = await find_unit_results(request, unit)
    wording = find_wording(request)
    procedures = make_procedures_chart(results, wording)
    return render(
        request,
        "unit_results.html",
        wording=wording,
        unit=found,
        results=results,
        cases=await read_public_cases(request.app.state.pool, found.unit_id),
        phrases=Phrases(wording),
        answers=make_answers_chart(results, wording),
        trend=make_trend_chart(results, wording),
        procedures=procedures,
        sizes=measure_charts(procedures),
        least=LEAST,
    )


@get("/U/{unit:str}/{chart:str}", opt=CHART)
async def show_unit_chart(request: Request, unit: FromPath[str], chart: FromPath[str]) -> Response[bytes]:
    """trend.svg, answers.svg or procedures.svg; with ?width=narrow for a phone."""
    _, results = await find_unit_results(request, unit)
    is_narrow = request.query_params.get("width") == "narrow"
    svg = await asyncio.to_thread(draw_unit_chart, chart, results, find_wording(request), is_narrow=is_narrow)
    if svg is None:
        raise UnknownPageError
    headers = {"cache-control": KEEP_NOT if chart == "answers.svg" else KEEP}
    return reply_compressed(request, svg.encode(), SVG, headers=headers)


@get("/P/{province:str}", opt=PAGE)
async def show_province(request: Request, province: FromPath[str]) -> Response[bytes]:
    if not (province.isascii() and province.isdigit() and len(province) == PROVINCE_DIGITS):
        raise UnknownPlaceError
    memory: ShortMemory[ProvinceResults] = request.app.state.setdefault("province_results", ShortMemory(FRESH_SECONDS))
    pool, day = request.app.state.pool, request.app.state.read_day()
    results = await memory.recall(province, lambda: read_province_results(pool, province, day))
    wording = find_wording(request)
    return render(
        request,
        "province_results.html",
        wording=wording,
        results=results,
        phrases=Phrases(wording),
        least=LEAST,
    )


@get("/M", opt=PAGE)
async def show_method(request: Request) -> Response[bytes]:
    return render(request, "method.html", indicators=INDICATORS, least=LEAST)


async def find_unit_results(request: Request, code: str) -> tuple[PublicUnit, UnitResults]:
    """Raises UnknownPlaceError, also for what can be no code, and ResultsUnavailableError."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        raise UnknownPlaceError
    return await read_unit_results(request.app.state.pool, code, request.app.state.read_day())


def borrow_connection(request: Request) -> AbstractAsyncContextManager[Connection]:
    """Raises ResultsUnavailableError, also when the database goes away meanwhile."""
    return borrow_from(request.app.state.pool)


ROUTES = [show_unit, show_unit_chart, show_province, show_method]
