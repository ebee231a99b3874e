"""The addresses of alerts: the list, one alert, its files, and the four steps that a supervisor takes."""

from typing import get_args

import structlog
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.frame import render_staff
from dashboards.supervision.alerts.acknowledge_causes import acknowledge_cause
from dashboards.supervision.alerts.causes import find_about
from dashboards.supervision.alerts.pages import insist_on_alert, reach_alert, read_shown, render_alert, reply_file
from dashboards.supervision.alerts.work_on_alerts import STATES, Step, take_step
from dashboards.supervision.areas import find_area
from dashboards.supervision.figures import Area
from feedback.accounts.powers import NATION, SignedIn
from feedback.database import TEMPORARY_FAILURES, Connection
from feedback.tables.alert_places import select_listed_alerts
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.supervision_alerts import AlertKind, AlertState, SupervisionAlert
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.staff_access import borrow_staff_rows, deny, enter, insist, make_entry
from feedback.web.statuses import STATUS
from surveys.errors import (
    AlertChangedError,
    AlertStepRefusedError,
    LangNgheError,
    UnknownPageError,
)

SEE = {"access": "staff", "limit": "by account", "action": "see_alerts"}
WORK = {"access": "staff", "limit": "by account", "action": "work_on_alerts"}
MOST_LISTED = 200
SEE_OTHER = 303
ALL = "all"

log = structlog.get_logger()


@get("/staff/alerts", opt=SEE)
async def list_alerts(request: Request) -> Response[bytes]:
    """Open ones, heaviest first; ?state=, ?kind= and ?area= choose others."""
    signed_in = await enter(request)
    state, kind = request.query_params.get("state", "open"), request.query_params.get("kind", "")
    state = state if state in {ALL, *get_args(AlertState)} else "open"
    kind = kind if kind in get_args(AlertKind) else ""
    area = await reach_asked_area(request, signed_in, request.query_params.get("area", ""))
    where = NATION if area is None else area.where
    async with borrow_staff_rows(request, signed_in) as connection:
        alerts = await select_listed_alerts(
            connection, state="" if state == ALL else state, kind=kind, where=where, limit=MOST_LISTED
        )
    return render_staff(
        request,
        signed_in,
        "alert_list.html",
        alerts=alerts,
        chosen={"state": state, "kind": kind},
        area=area,
        states=(*get_args(AlertState), ALL),
        kinds=get_args(AlertKind),
        since=signed_in.account.last_visit_at,
        most=MOST_LISTED,
    )


async def reach_asked_area(request: Request, signed_in: SignedIn, code: str) -> Area | None:
    """None where the address names none. Raises UnknownPageError where it is out of reach."""
    if not code:
        return None
    async with borrow_staff_rows(request, signed_in) as connection:
        area = await find_area(connection, code) if code.isprintable() else None
    if area is None:
        await deny(request, signed_in, "area", "".join(letter for letter in code if letter.isprintable()))
        raise UnknownPageError
    await insist(request, signed_in, area.where, "area", area.code)
    return area


@get("/staff/alerts/{alert:str}", opt=SEE)
async def show_alert(request: Request, alert: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    found = await find_alert(request, signed_in, alert)
    async with borrow_staff_rows(request, signed_in) as connection:
        shown = await read_shown(connection, found)
        await note_sight(connection, request, signed_in, found)
    return render_alert(request, signed_in, shown)


async def note_sight(connection: Connection, request: Request, signed_in: SignedIn, alert: SupervisionAlert) -> None:
    """Where it is about an official, in the transaction that read it."""
    if alert.official_id:
        now = request.app.state.read_now()
        ids = {"unit_id": alert.unit_id, "official_id": alert.official_id}
        entry = make_entry(signed_in, now, "see_alerts", "done", "alert", str(alert.alert_id), **ids)
        await insert_audit_entry(connection, entry)


@get("/staff/alerts/{alert:str}/{file:str}", opt=SEE)
async def show_alert_file(request: Request, alert: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """Figures of a unit or desk only: whom an alert is about stands in none of them but the spreadsheet's head."""
    signed_in = await enter(request)
    found = await find_alert(request, signed_in, alert)
    if found.official_id and file.endswith(".xlsx"):
        async with borrow_staff_rows(request, signed_in) as connection:
            await note_sight(connection, request, signed_in, found)
    return await reply_file(request, signed_in, found, file)


@post("/staff/alerts/{alert:str}/{verb:str}", opt=WORK)
async def work_on_alert(request: Request, alert: FromPath[str], verb: FromPath[str]) -> Response[bytes]:
    """A step that cannot be taken brings the alert back as it is now, with what was typed."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    found = await find_alert(request, signed_in, alert)
    if verb not in STATES:
        raise UnknownPageError
    step = read_step(verb, fields)
    now = request.app.state.read_now()
    try:
        async with borrow_staff_rows(request, signed_in) as connection:
            await take_step(connection, signed_in, found, step, now)
    except (AlertChangedError, AlertStepRefusedError) as error:
        return await show_refusal(request, signed_in, alert, step, error, take_text(fields, "lang"))
    if verb == "dismiss":
        await tell_drop_watch(request, signed_in, found)
    language = "?lang=en" if take_text(fields, "lang") == "en" else "?lang=vi"
    return Response(
        b"", status_code=SEE_OTHER, headers={"location": f"/staff/alerts/{found.alert_id}{language}#history"}
    )


def read_step(verb: str, fields: Fields) -> Step:
    return Step(verb, *(take_text(fields, name) for name in ("reason", "until", "into", "changed_at")))


async def find_alert(request: Request, signed_in: SignedIn, text: str) -> SupervisionAlert:
    """Raises UnknownPageError, also where the alert lies out of reach."""
    async with borrow_staff_rows(request, signed_in) as connection:
        found = await reach_alert(connection, text)
    return await insist_on_alert(request, signed_in, found, text)


async def show_refusal(
    request: Request, signed_in: SignedIn, text: str, step: Step, error: LangNgheError, language: str
) -> Response[bytes]:
    found = await find_alert(request, signed_in, text)
    async with borrow_staff_rows(request, signed_in) as connection:
        shown = await read_shown(connection, found)
        await note_sight(connection, request, signed_in, found)
    wording = request.app.state.wordings.get(language) or request.app.state.wordings[signed_in.account.language]
    problem, status = wording.error(error), STATUS[type(error)]
    return render_alert(request, signed_in, shown, status=status, problem=problem, typed=step, language=language)


async def tell_drop_watch(request: Request, signed_in: SignedIn, alert: SupervisionAlert) -> None:
    """As the program, whose tables these are. What fails here, the job makes up for."""
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            day = request.app.state.read_day()
            await acknowledge_cause(connection, find_about(alert), signed_in.account.display_name, day)
    except TEMPORARY_FAILURES:
        log.warning("drop-watch-not-told", alert=alert.alert_id)


ROUTES = [list_alerts, show_alert, show_alert_file, work_on_alert]
