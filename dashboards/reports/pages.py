"""What the page of reports shows: which areas and periods may be asked for, and how far one's own reports are."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from dashboards.reports.report_periods import list_report_periods, read_report_period
from dashboards.reports.tell_report import name_period
from dashboards.supervision.areas import (
    find_area,
    list_own_areas,
    list_parts,
    make_place_area,
    search_areas,
)
from dashboards.supervision.figures import Area
from dashboards.supervision.sentences import Teller
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.database import Connection
from feedback.record_response import LOCAL_TIME
from feedback.tables.area_views import select_places_by_code
from feedback.tables.reports import Report, select_own_reports
from surveys.wording import Wording

MOST_SHOWN = 30
MOST_PARTS = 3  # own areas whose parts stand in the list; of more, places are searched for


class AreaGroup(msgspec.Struct, frozen=True):
    """Areas under one heading of the list; `parent` is the area that they lie in, None for the person's own."""

    parent: Area | None
    areas: tuple[Area, ...]


class ReportLine(msgspec.Struct, frozen=True):
    """`is_open`: waiting or being made."""

    report_id: int
    area: str
    period: str
    language: str
    asked: str
    state: str
    said: str
    why: str
    progress: int
    is_made: bool
    is_open: bool


class ReportsPage(msgspec.Struct, frozen=True):
    own: tuple[AreaGroup, ...]
    found: tuple[Area, ...]
    reports: tuple[Report, ...]
    names: dict[str, str]


async def read_page(connection: Connection, signed_in: SignedIn, sought: str) -> ReportsPage:
    """Behind the second wall: areas the person reaches whole, the person's own reports."""
    reach = join_reaches(signed_in.appointments, "make_reports")
    own = await list_own_areas(connection, reach)
    groups = [AreaGroup(None, own)] if own else []
    for area in own[:MOST_PARTS]:
        parts = await list_places_within(connection, area)
        groups += [AreaGroup(area, parts)] if parts else []
    reports = tuple(await select_own_reports(connection, MOST_SHOWN))
    names = {code: area.name for code in {r.area for r in reports} if (area := await find_area(connection, code))}
    found = await search_areas(connection, sought, reach) if sought else ()
    return ReportsPage(tuple(groups), found, reports, names)


async def list_places_within(connection: Connection, area: Area) -> tuple[Area, ...]:
    """Provinces of the nation, communes of a province, units of a commune."""
    if area.kind in {"unit", "desk"}:
        return ()
    parts = await list_parts(connection, area)
    if area.kind != "province":
        return parts
    codes = {part.where.commune for part in parts if part.where.commune}
    return tuple(make_place_area(place) for place in await select_places_by_code(connection, sorted(codes)))


def tell_lines(page: ReportsPage, wording: Wording) -> tuple[ReportLine, ...]:
    teller = Teller(wording)
    return tuple(tell_line(report, page.names.get(report.area, report.area), teller) for report in page.reports)


def tell_line(report: Report, area: str, teller: Teller) -> ReportLine:
    said = {
        "progress": teller.wording.percent(report.progress / 100),
        "time": "" if report.made_at is None else write_moment(report.made_at, teller),
    }
    return ReportLine(
        report_id=report.report_id,
        area=teller.say("supervision.nation") if report.area == "VN" else area,
        period=name_period(read_report_period(report.period), teller),
        language=teller.say(f"report.ask.language.{report.language}"),
        asked=write_moment(report.asked_at, teller),
        state=report.state,
        said=teller.say(f"report.making.{report.state}", **said),
        why="" if report.failure is None else teller.say(f"report.failure.{report.failure}"),
        progress=report.progress,
        is_made=report.state == "made",
        is_open=report.state in {"waiting", "making"},
    )


def write_moment(moment: datetime, teller: Teller) -> str:
    local = moment.astimezone(LOCAL_TIME)
    return f"{local:%H:%M}, {teller.date(local.date())}"


def list_periods(day: date, wording: Wording) -> Sequence[tuple[str, str]]:
    """Codes and names, newest first."""
    teller = Teller(wording)
    return [(period.code, name_period(period, teller)) for period in list_report_periods(day)]


def name_areas(areas: Sequence[Area], wording: Wording) -> list[tuple[str, str]]:
    """Codes and names as a list shows them."""
    teller = Teller(wording)
    return [(area.code, teller.area_name(area)) for area in areas]
