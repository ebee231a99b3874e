"""A manager's page of one unit: released figures, officials at the level of coaching, open alerts. No ranks."""

from collections.abc import Mapping
from functools import partial

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.explain.quarter_names import name_quarter
from dashboards.explain.raters import name_raters
from dashboards.explain.read_explanation import Explanation, read_explanations, read_score
from dashboards.phrases import Phrases
from dashboards.routes import LONGEST_CODE, borrow_connection
from dashboards.staff.show_explanation import describe, draw_explanation, show_explanations
from feedback.api_keys import ApiKey
from feedback.database import Connection
from feedback.tables.releases import Release, select_releases
from feedback.tables.staff_views import (
    OfficialName,
    OpenAlert,
    UnitName,
    select_official,
    select_officials_by_id,
    select_open_alerts,
    select_procedure_names,
    select_unit_name,
    select_unit_officials,
)
from feedback.web.api_access import authorize
from feedback.web.bodies import Request
from feedback.web.replies import find_wording, render
from surveys.errors import NothingToExplainError, UnknownPageError, UnknownReleaseError

PAGE = {"access": "key", "limit": "by key"}
UNIT_PAGE = "/staff/unit/{unit:str}"
OFFICIAL_PAGE = f"{UNIT_PAGE}/officials/{{official:str}}/{{release:str}}"


class CoachedOfficial(msgspec.Struct, frozen=True):
    official: OfficialName
    score: ReleasedScore
    pool: str


class UnitFigures(msgspec.Struct, frozen=True):
    """`release` is None before the first release; `own` are the explanations of the unit's own score."""

    unit: UnitName
    releases: list[Release]
    release: Release | None
    own: list[Explanation]
    officials: list[CoachedOfficial]
    alerts: list[OpenAlert]
    procedure_names: Mapping[str, str]


@get(UNIT_PAGE, opt=PAGE)
async def show_managed_unit(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """Of the latest release; of an earlier one with ?release=."""
    key = await authorize(request, "manage")
    async with borrow_connection(request) as connection:
        found = await find_unit(connection, key, unit)
        figures = await read_unit_figures(connection, found, request.query_params.get("release"))
    wording = find_wording(request)
    own = figures.own[0] if figures.own else None
    return render(
        request,
        "staff_unit.html",
        wording=wording,
        figures=figures,
        headline=None if own is None else own.score.headline,
        own=[describe(figure, wording) for figure in figures.own],
        phrases=Phrases(wording),
        name_quarter=partial(name_quarter, wording=wording),
        name_raters=partial(name_raters, wording=wording),
    )


@get(OFFICIAL_PAGE, opt=PAGE)
async def explain_official(
    request: Request, unit: FromPath[str], official: FromPath[str], release: FromPath[str]
) -> Response[bytes]:
    key = await authorize(request, "manage")
    async with borrow_connection(request) as connection:
        found_unit = await find_unit(connection, key, unit)
        found_official = await find_official(connection, official)
        found = await read_coached(connection, found_unit, found_official, release)
    back = f"/staff/unit/{found_unit.code}"
    address = f"{back}/officials/{found_official.code}/{found[0].release.code}"
    return show_explanations(request, found, found_official, back=back, address=address)


@get(f"{OFFICIAL_PAGE}/funnel.svg", opt=PAGE)
async def draw_official(
    request: Request, unit: FromPath[str], official: FromPath[str], release: FromPath[str]
) -> Response[bytes]:
    key = await authorize(request, "manage")
    async with borrow_connection(request) as connection:
        found_unit = await find_unit(connection, key, unit)
        found_official = await find_official(connection, official)
        found = await read_coached(connection, found_unit, found_official, release)
    return await draw_explanation(request, found)


async def find_unit(connection: Connection, key: ApiKey, code: str) -> UnitName:
    """Raises UnknownPageError, also where the unit lies out of the key's reach: nobody learns that it exists."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        raise UnknownPageError
    unit = await select_unit_name(connection, code)
    if unit is None or not key.reach.covers(unit.code, unit.place_code, unit.province_code):
        raise UnknownPageError
    return unit


async def find_official(connection: Connection, code: str) -> OfficialName:
    if not code.isprintable() or len(code) > LONGEST_CODE:
        raise UnknownPageError
    official = await select_official(connection, code)
    if official is None:
        raise UnknownPageError
    return official


async def read_coached(
    connection: Connection, unit: UnitName, official: OfficialName, release: str
) -> list[Explanation]:
    """The official's figures that were mostly earned at this unit; raises UnknownPageError where there are none."""
    try:
        found = await read_explanations(connection, release, "official", official.official_id, official.code)
    except (UnknownReleaseError, NothingToExplainError):
        raise UnknownPageError from None
    of_unit = [figure for figure in found if figure.row.unit_id == unit.unit_id and figure.row.grade != "none"]
    if not of_unit:
        raise UnknownPageError
    return of_unit


async def read_unit_figures(connection: Connection, unit: UnitName, asked: str | None) -> UnitFigures:
    """Raises UnknownPageError where no release has the code `asked`."""
    releases = await select_releases(connection)
    chosen = [release for release in releases if release.code == asked] if asked else releases[-1:]
    if asked and not chosen:
        raise UnknownPageError
    release = chosen[0] if chosen else None
    own = await read_own_score(connection, unit, release)
    headline = own[0].score.headline if own else None
    names = await select_procedure_names(connection, [row.code for row in headline.procedures] if headline else [])
    return UnitFigures(
        unit=unit,
        releases=releases,
        release=release,
        own=own,
        officials=await read_coached_officials(connection, unit, release),
        alerts=await select_open_alerts(connection, unit.unit_id),
        procedure_names={procedure.code: procedure.name for procedure in names},
    )


async def read_own_score(connection: Connection, unit: UnitName, release: Release | None) -> list[Explanation]:
    if release is None:
        return []
    try:
        return await read_explanations(connection, release.code, "unit", unit.unit_id, unit.code)
    except NothingToExplainError:
        return []


async def read_coached_officials(
    connection: Connection, unit: UnitName, release: Release | None
) -> list[CoachedOfficial]:
    """By code: an order that says nothing about anybody."""
    if release is None:
        return []
    rows = await select_unit_officials(connection, release.release_id, unit.unit_id)
    names = await select_officials_by_id(connection, [row.entity_id for row in rows])
    return [CoachedOfficial(names[row.entity_id], read_score(row), row.pool) for row in rows]


ROUTES = [show_managed_unit, explain_official, draw_official]
