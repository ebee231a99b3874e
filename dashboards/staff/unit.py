"""A manager's page of one unit: released figures, officials at the level of coaching, open alerts. No ranks.

Every official whose figures or alerts stand on a page is named in the audit log, so that each can ask who looked.
"""

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.explain.quarter_names import name_quarter
from dashboards.explain.raters import name_raters
from dashboards.explain.read_explanation import Explanation, read_figures, read_score
from dashboards.phrases import Phrases
from dashboards.routes import LONGEST_CODE
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.show_explanation import (
    describe,
    draw_explanation,
    read_official_figures,
    show_explanations,
)
from dashboards.staff.sights import note_sight
from dashboards.staff.store import find_peers
from feedback.accounts.powers import SignedIn, Where, join_reaches
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
    select_units_within,
)
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, enter, insist, read_action
from surveys.errors import NothingToExplainError, UnknownPageError

PAGE = {"access": "staff", "limit": "by account", "action": "see_unit_figures"}
OWN_UNITS = "/staff/unit"
UNIT_PAGE = f"{OWN_UNITS}/{{unit:str}}"
MOST_UNITS = 1_000
SEE_OTHER = 303
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


@get(OWN_UNITS, opt=PAGE)
async def list_own_units(request: Request) -> Response[bytes] | Redirect:
    """Whoever has one unit is taken to it."""
    signed_in = await enter(request)
    reach = join_reaches(signed_in.appointments, read_action(request))
    async with borrow_staff_rows(request, signed_in) as connection:
        units = await select_units_within(connection, reach, MOST_UNITS)
    if len(units) == 1:
        language = find_staff_wording(request, signed_in).language
        return Redirect(f"{OWN_UNITS}/{quote(units[0].code, safe='')}?lang={language}", status_code=SEE_OTHER)
    return render_staff(request, signed_in, "staff_units.html", units=units, most=MOST_UNITS)


@get(UNIT_PAGE, opt=PAGE)
async def show_managed_unit(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """Of the latest release; of an earlier one with ?release=."""
    signed_in = await enter(request)
    found = await find_unit(request, signed_in, unit)
    async with borrow_staff_rows(request, signed_in) as connection:
        figures = await read_unit_figures(connection, found, request.query_params.get("release"))
        for official in await list_shown_officials(connection, figures):
            await note_sight(connection, request, signed_in, official, found.unit_id)
    wording = find_staff_wording(request, signed_in)
    own = figures.own[0] if figures.own else None
    return render_staff(
        request,
        signed_in,
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
    signed_in = await enter(request)
    found_unit = await find_unit(request, signed_in, unit)
    found_official, found = await read_coached(request, signed_in, found_unit, official, release)
    back = f"{OWN_UNITS}/{found_unit.code}"
    address = f"{back}/officials/{found_official.code}/{found[0].release.code}"
    return show_explanations(request, signed_in, found, found_official, back=back, address=address)


@get(f"{OFFICIAL_PAGE}/funnel.svg", opt=PAGE)
async def draw_official(
    request: Request, unit: FromPath[str], official: FromPath[str], release: FromPath[str]
) -> Response[bytes]:
    signed_in = await enter(request)
    found_unit = await find_unit(request, signed_in, unit)
    _, found = await read_coached(request, signed_in, found_unit, official, release)
    return await draw_explanation(request, signed_in, found)


async def find_unit(request: Request, signed_in: SignedIn, code: str) -> UnitName:
    """Raises UnknownPageError, also where the unit lies out of reach: nobody learns that it exists."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        raise UnknownPageError
    async with borrow_staff_rows(request, signed_in) as connection:
        unit = await select_unit_name(connection, code)
    if unit is None:
        await deny(request, signed_in, "unit", code)
    await insist(request, signed_in, find_place(unit), "unit", code)
    return unit


def find_place(unit: UnitName) -> Where:
    """A unit of a province itself lies in no commune."""
    commune = "" if unit.place_code == unit.province_code else unit.place_code
    return Where(unit.province_code, commune, unit.code)


async def read_coached(
    request: Request, signed_in: SignedIn, unit: UnitName, code: str, release: str
) -> tuple[OfficialName, list[Explanation]]:
    """The official's figures that were mostly earned at this unit; raises UnknownPageError where there are none."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        raise UnknownPageError
    async with borrow_staff_rows(request, signed_in) as connection:
        official = await select_official(connection, code)
        figures = [] if official is None else await read_official_figures(connection, release, official)
        of_unit = [one for one in figures if one.row.unit_id == unit.unit_id and one.row.grade != "none"]
        if official is not None and of_unit:
            await note_sight(connection, request, signed_in, official, unit.unit_id)
    if official is None or not of_unit:
        await deny(request, signed_in, "official", code)
    return official, await find_peers(request, of_unit)


async def list_shown_officials(connection: Connection, figures: UnitFigures) -> list[OfficialName]:
    """Each once, whether by a figure or by an alert."""
    alerted = [alert.official_id for alert in figures.alerts if alert.official_id]
    shown = {row.official.official_id for row in figures.officials} | set(alerted)
    return list((await select_officials_by_id(connection, sorted(shown))).values())


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
        return await read_figures(connection, release.code, "unit", unit.unit_id, unit.code)
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


ROUTES = [list_own_units, show_managed_unit, explain_official, draw_official]
