"""What the pages of alerts show: the list, one alert with its evidence and history, and its files. Reads only."""

import asyncio
from typing import NoReturn

import msgspec
from litestar import Response

from dashboards.charts.alert_trend import HEIGHT, draw_alert_png, draw_alert_trend
from dashboards.charts.drawing import NARROW, WIDE
from dashboards.phrases import Phrases
from dashboards.routes import SVG
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.alerts.evidence import Evidence, read_evidence
from dashboards.supervision.alerts.say_alert import explain, make_chart, make_table, name_place
from dashboards.supervision.alerts.work_on_alerts import LONGEST_REASON, TAKEN_FROM, Step, is_number
from dashboards.supervision.tables import write_table_csv, write_table_xlsx
from dashboards.supervision.view_names import make_address
from feedback.accounts.powers import NATION, SignedIn, Where, may
from feedback.database import Connection
from feedback.tables.alert_places import ListedAlert, select_listed_alerts
from feedback.tables.supervision_alerts import (
    AlertEvent,
    SupervisionAlert,
    select_alert_events,
    select_supervision_alert,
    select_where,
)
from feedback.web.bodies import Request
from feedback.web.replies import reply_compressed
from feedback.web.staff_access import deny, insist
from surveys.errors import UnknownPageError
from surveys.wording import Wording

SIZES = {"wide": (WIDE, HEIGHT), "narrow": (NARROW, HEIGHT)}
FILES = {
    "chart.png": "image/png",
    "table.csv": "text/csv; charset=utf-8",
    "table.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_OTHERS = 50


class ShownAlert(msgspec.Struct, frozen=True):
    """`others` are what it could be merged into."""

    alert: SupervisionAlert
    evidence: Evidence
    events: list[AlertEvent]
    others: list[ListedAlert]


async def reach_alert(connection: Connection, text: str) -> tuple[SupervisionAlert, Where] | None:
    """None for what is no number, is not there, or lies behind the second wall."""
    alert = await select_supervision_alert(connection, int(text)) if is_number(text) else None
    where = None if alert is None else await select_where(connection, alert.unit_id)
    return None if alert is None or where is None else (alert, where)


async def insist_on_alert(
    request: Request, signed_in: SignedIn, found: tuple[SupervisionAlert, Where] | None, text: str
) -> SupervisionAlert:
    """Raises UnknownPageError, and keeps that somebody asked."""
    if found is None:
        await refuse(request, signed_in, text)
    alert, where = found
    await insist(request, signed_in, where, "alert", str(alert.alert_id))
    return alert


async def refuse(request: Request, signed_in: SignedIn, text: str) -> NoReturn:
    await deny(request, signed_in, "alert", "".join(letter for letter in text if letter.isprintable()))
    raise UnknownPageError


async def read_shown(connection: Connection, alert: SupervisionAlert) -> ShownAlert:
    open_alerts = await select_listed_alerts(connection, state="open", kind="", where=NATION, limit=MOST_OTHERS)
    return ShownAlert(
        alert,
        read_evidence(alert.evidence),
        await select_alert_events(connection, alert.alert_id),
        [other for other in open_alerts if other.alert_id != alert.alert_id],
    )


def render_alert(
    request: Request,
    signed_in: SignedIn,
    shown: ShownAlert,
    *,
    status: int = 200,
    problem: str = "",
    typed: Step | None = None,
    language: str = "",
) -> Response[bytes]:
    """`problem` is why a step was not taken, `typed` what it was; the forms then hold it."""
    wording = find_staff_wording(request, signed_in, language)
    alert, evidence = shown.alert, shown.evidence
    address = f"/staff/alerts/{alert.alert_id}"
    can_work = may(signed_in.appointments, "work_on_alerts")
    return render_staff(
        request,
        signed_in,
        "alert_shown.html",
        status=status,
        wording=wording,
        here=address,
        alert=alert,
        evidence=evidence,
        events=shown.events,
        others=shown.others,
        place=name_place(evidence.place, wording),
        sentences=explain(evidence, wording),
        chart=make_chart(evidence, wording),
        table=make_table(evidence, wording),
        phrases=Phrases(wording),
        sizes=SIZES,
        address=address,
        area=make_area_links(evidence, wording),
        verbs=[verb for verb, states in TAKEN_FROM.items() if can_work and alert.state in states],
        opens_cases=may(signed_in.appointments, "work_on_cases"),
        longest=LONGEST_REASON,
        problem=problem,
        typed=typed or Step("", "", "", "", ""),
    )


def make_area_links(evidence: Evidence, wording: Wording) -> dict[str, str]:
    """Addresses of weeks, by procedure code; "" for all of the desk, or of the unit.

    A procedure is shown of the whole unit: of a desk alone it may be told only once the quarter has closed.
    """
    place, language = evidence.place, wording.language
    unit = f"u-{place.unit}"
    area = f"{unit}~{place.desk}" if place.desk else unit
    links = {row.code: make_address(unit, "trend", procedure=row.code, lang=language) for row in evidence.procedures}
    return {"": make_address(area, "trend", lang=language), **links}


async def reply_file(request: Request, signed_in: SignedIn, alert: SupervisionAlert, file: str) -> Response[bytes]:
    """chart.svg (with ?width=narrow for a phone), chart.png, table.csv, table.xlsx. Raises UnknownPageError."""
    wording, evidence = find_staff_wording(request, signed_in), read_evidence(alert.evidence)
    if file == "chart.svg":
        is_narrow = request.query_params.get("width") == "narrow"
        svg = await asyncio.to_thread(draw_svg_file, evidence, wording, is_narrow=is_narrow)
        return reply_compressed(request, svg, SVG, headers={})
    if file not in FILES:
        raise UnknownPageError
    content = await asyncio.to_thread(write_file, evidence, wording, file)
    headers = {"content-disposition": f'attachment; filename="langnghe-alert-{alert.alert_id}-{file}"'}
    return Response(content, media_type=FILES[file], headers=headers)


def draw_svg_file(evidence: Evidence, wording: Wording, *, is_narrow: bool) -> bytes:
    chart = make_chart(evidence, wording)
    if chart is None:
        raise UnknownPageError
    return draw_alert_trend(chart, is_narrow=is_narrow).encode()


def write_file(evidence: Evidence, wording: Wording, file: str) -> bytes:
    if file == "chart.png":
        chart = make_chart(evidence, wording)
        if chart is None:
            raise UnknownPageError
        return draw_alert_png(chart)
    table = make_table(evidence, wording)
    if file == "table.csv":
        return write_table_csv(table, wording)
    heading = (wording.say(f"alert.kind.{evidence.kind}"), name_place(evidence.place, wording))
    return write_table_xlsx(table, wording, (*heading, *explain(evidence, wording)))
