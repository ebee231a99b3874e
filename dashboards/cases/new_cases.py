"""Opening a case: what it is about is named by the address (an alert, a unit or desk, a place of a round), never typed.

A round's finding is read on the plain pool: its own policies let only the action of rounds see it; the unit it is
about must be in reach for work on cases.
"""

import msgspec
from litestar import Response, get, post

from dashboards.cases.case_forms import (
    LARGEST_FORM,
    LIMITS,
    Typed,
    keep_unsent,
    make_draft,
    read_choice,
    read_typed,
)
from dashboards.cases.choose_unit import show_choice
from dashboards.cases.open_case import CaseDraft, open_case
from dashboards.cases.reach_case import ReachedCase
from dashboards.cases.take_steps import lead_back
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.lost_forms import NOT_NOW
from dashboards.supervision.alerts.pages import insist_on_alert, reach_alert
from dashboards.supervision.alerts.routes import reach_asked_area
from dashboards.supervision.alerts.work_on_alerts import is_number
from dashboards.supervision.figures import Area
from feedback.accounts.powers import SignedIn, Where
from feedback.database import TEMPORARY_FAILURES, Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.case_choices import Choice, select_desk_choices, select_procedure_choices
from feedback.tables.case_views import CaseSubject, select_case_subject
from feedback.tables.check_rounds import select_item
from feedback.tables.supervision_alerts import select_where
from feedback.tables.supervision_cases import Origin
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.staff_access import borrow_staff_rows, deny, enter, insist, make_entry, read_action
from feedback.web.statuses import STATUS
from surveys.case_errors import CaseStepRefusedError
from surveys.errors import StaffPagesUnavailableError, UnknownPageError

WORK = {"access": "staff", "limit": "by account", "action": "work_on_cases"}
NEW = "/staff/cases/new"
NAMED = ("alert", "area", "round", "place", "procedure")
REFLECTIONS = "reflections"


class Start(msgspec.Struct, frozen=True):
    """What a case comes from, with the ids that it fixes; `asked` is how the address named it."""

    asked: dict[str, str]
    origin: Origin
    unit_id: int
    desk_id: int = 0
    official_id: int = 0
    procedure_id: int = 0
    alert_id: int | None = None
    round_id: int | None = None
    findings: str = ""


@get(NEW, opt=WORK)
async def show_new_case(request: Request) -> Response[bytes]:
    """?alert=, ?area= of a unit or desk, or ?round= with ?place=; without any of them, the way to a unit.

    With an area ?procedure= and ?origin=reflections choose beforehand what the form offers.
    """
    signed_in = await enter(request)
    asked = {name: request.query_params.get(name, "") for name in NAMED}
    found = await find_start(request, signed_in, asked)
    if not isinstance(found, Start):
        return await show_choice(request, signed_in, found)
    return await show_form(request, signed_in, found, propose(found, request.query_params.get("origin", "")))


def propose(start: Start, origin: str) -> Typed:
    return Typed(
        findings=start.findings,
        desk=str(start.desk_id or ""),
        procedure=str(start.procedure_id or ""),
        result=origin if origin == REFLECTIONS else "",
    )


@post(NEW, opt=WORK, request_max_body_size=LARGEST_FORM)
async def make_new_case(request: Request) -> Response[bytes]:
    fields = await read_fields(request, LARGEST_FORM)
    try:
        signed_in = await enter(request)
        found = await find_start(request, signed_in, {name: take_text(fields, name) for name in NAMED})
        if not isinstance(found, Start):
            raise UnknownPageError
        return await try_to_open(request, signed_in, found, fields)
    except NOT_NOW as error:
        return keep_unsent(request, fields, error)


async def try_to_open(request: Request, signed_in: SignedIn, start: Start, fields: Fields) -> Response[bytes]:
    typed, language = read_typed("open", fields), take_text(fields, "lang")
    now = request.app.state.read_now()
    try:
        async with borrow_staff_rows(request, signed_in) as connection:
            case = await open_case(connection, signed_in, write_draft(start, typed), now)
    except CaseStepRefusedError as error:
        return await show_form(request, signed_in, start, typed, error, language)
    return lead_back(ReachedCase(case, Where(), "front"), language, "main")


def write_draft(start: Start, typed: Typed) -> CaseDraft:
    """Desk and procedure may be chosen where nothing fixed them. Nobody chooses an official."""
    is_fixed = start.alert_id is not None or start.round_id is not None
    origin: Origin = REFLECTIONS if start.origin == "observation" and typed.result == REFLECTIONS else start.origin
    return make_draft(
        typed,
        start.unit_id,
        origin=origin,
        alert_id=start.alert_id,
        round_id=start.round_id,
        desk_id=start.desk_id if is_fixed else read_choice(typed.desk),
        official_id=start.official_id,
        procedure_id=start.procedure_id if is_fixed else read_choice(typed.procedure),
    )


async def find_start(request: Request, signed_in: SignedIn, asked: dict[str, str]) -> Start | Area | None:
    """An area that is no unit, or None, where a unit has still to be chosen. Raises UnknownPageError."""
    if asked["alert"]:
        return await start_from_alert(request, signed_in, asked["alert"])
    if asked["round"]:
        return await start_from_round(request, signed_in, asked)
    area = await reach_asked_area(request, signed_in, asked["area"])
    if area is None or not area.unit_id:
        return area
    procedure_id = await find_procedure(request, signed_in, area.unit_id, asked["procedure"])
    return Start({"area": area.code}, "observation", area.unit_id, area.desk_id, procedure_id=procedure_id)


async def find_procedure(request: Request, signed_in: SignedIn, unit_id: int, code: str) -> int:
    """0 where the unit offers none of that code."""
    if not code:
        return 0
    async with borrow_staff_rows(request, signed_in) as connection:
        choices = await select_procedure_choices(connection, unit_id, request.app.state.read_day(), ())
    return next((choice.id for choice in choices if choice.number == code), 0)


async def start_from_alert(request: Request, signed_in: SignedIn, text: str) -> Start:
    async with borrow_staff_rows(request, signed_in) as connection:
        reached = await reach_alert(connection, text)
    alert = await insist_on_alert(request, signed_in, reached, text)
    return Start(
        {"alert": text},
        "alert",
        alert.unit_id,
        alert.desk_id,
        alert.official_id,
        alert.procedure_id,
        alert_id=alert.alert_id,
    )


async def start_from_round(request: Request, signed_in: SignedIn, asked: dict[str, str]) -> Start:
    name = f"{asked['round']}/{asked['place']}"
    item = where = None
    if is_number(asked["round"]) and is_number(asked["place"]):
        try:
            async with request.app.state.pool.acquire(timeout=3) as connection:
                item = await select_item(connection, int(asked["round"]), int(asked["place"]))
                where = None if item is None else await select_where(connection, item.unit_id)
        except TEMPORARY_FAILURES:
            raise StaffPagesUnavailableError from None
    if item is None or where is None:
        await deny(request, signed_in, "check", "".join(letter for letter in name if letter.isprintable()))
    await insist(request, signed_in, where, "check", name)
    named = {"round": asked["round"], "place": asked["place"]}
    return Start(
        named,
        "round",
        item.unit_id,
        item.desk_id,
        0,
        item.procedure_id,
        round_id=item.round_id,
        findings=item.note or "",
    )


async def show_form(
    request: Request,
    signed_in: SignedIn,
    start: Start,
    typed: Typed,
    error: CaseStepRefusedError | None = None,
    language: str = "",
) -> Response[bytes]:
    wording = find_staff_wording(request, signed_in, language)
    async with borrow_staff_rows(request, signed_in) as connection:
        subject, desks, procedures = await read_choices(connection, request, signed_in, start, typed)
    return render_staff(
        request,
        signed_in,
        "case_new.html",
        status=200 if error is None else STATUS[type(error)],
        wording=wording,
        here=NEW,
        start=start,
        subject=subject,
        desks=desks,
        procedures=procedures,
        typed=typed,
        limits=LIMITS,
        problem="" if error is None else wording.error(error),
    )


async def read_choices(
    connection: Connection, request: Request, signed_in: SignedIn, start: Start, typed: Typed
) -> tuple[CaseSubject, list[Choice], list[Choice]]:
    """An official is shown by code and title, and that sight is kept."""
    today = request.app.state.read_day()
    about = (start.unit_id, start.desk_id, start.official_id, start.procedure_id)
    subject = await select_case_subject(connection, *about, today)
    if subject is None:
        raise UnknownPageError
    if start.official_id:
        ids = {"unit_id": start.unit_id, "official_id": start.official_id}
        now, code = request.app.state.read_now(), str(start.alert_id)
        entry = make_entry(signed_in, now, read_action(request), "done", "alert", code, **ids)
        await insert_audit_entry(connection, entry)
    if start.alert_id is not None or start.round_id is not None:
        return subject, [], []
    desks = await select_desk_choices(connection, start.unit_id, today, {read_choice(typed.desk)})
    procedures = await select_procedure_choices(connection, start.unit_id, today, {read_choice(typed.procedure)})
    return subject, desks, procedures


ROUTES = [show_new_case, make_new_case]
