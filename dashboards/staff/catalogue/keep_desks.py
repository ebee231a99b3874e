"""The desks that a unit keeps itself: small forms, one change each, with the day from which it holds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from dashboards.staff.administration.accounts import read_query
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.catalogue.reach_unit import DESKS, KEEP, reach_unit
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.store import borrow_store
from dashboards.staff.unit import MOST_UNITS
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.catalogue.desk_changes import DeskChange, change_desks
from feedback.catalogue.workbook import RefusedWorkbookError
from feedback.record_response import LOCAL_TIME
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.catalogue_views import (
    CatalogueLine,
    UnitChange,
    select_catalogue_lines,
    select_unit_changes,
    select_unit_plan,
)
from feedback.tables.staff_views import UnitName, select_units_within
from feedback.tables.titles import select_titles
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter, make_entry, read_action
from surveys.case_errors import CatalogueChangedError, DeskChangeRefusedError
from surveys.errors import LangNgheError, UnknownPageError
from surveys.wording import Wording

DONE, CONFLICT, REFUSED, SEE_OTHER = 200, 409, 422, 303
FIELDS = DeskChange.__struct_fields__


def make_empty_form() -> dict[str, str]:
    return dict.fromkeys(FIELDS, "")


class Outcome(msgspec.Struct, frozen=True):
    """What became of a form; `others` is what somebody else changed since the page was opened."""

    status: int = DONE
    notice: str | None = None
    problems: Sequence[str] = ()
    others: Sequence[UnitChange] = ()
    form: Mapping[str, str] = msgspec.field(default_factory=make_empty_form)
    desk: str = ""


@get(DESKS, opt=KEEP)
async def list_kept_units(request: Request) -> Response[bytes] | Redirect:
    """Whoever keeps one unit is taken to it."""
    signed_in = await enter(request)
    reach = join_reaches(signed_in.appointments, read_action(request))
    async with borrow_staff_rows(request, signed_in) as connection:
        units = await select_units_within(connection, reach, MOST_UNITS)
    if len(units) == 1:
        language = find_staff_wording(request, signed_in).language
        return Redirect(f"{DESKS}/{quote(units[0].code, safe='')}?lang={language}", status_code=SEE_OTHER)
    return render_staff(request, signed_in, "catalogue_kept_units.html", units=units)


@get(f"{DESKS}/{{unit:str}}", opt=KEEP)
async def show_desks(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """?desk= opens one desk with its forms, ?find= looks for the code of a procedure."""
    signed_in = await enter(request)
    found = await reach_unit(request, signed_in, unit)
    return await show_kept_desks(request, signed_in, found, Outcome(desk=request.query_params.get("desk", "")))


@post(f"{DESKS}/{{unit:str}}", opt=KEEP)
async def change_kept_desks(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """`deed` says which change; `seen` and `opened` are of the page on which the form stood."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        found = await reach_unit(request, signed_in, unit)
        form = {name: take_text(fields, name) for name in FIELDS}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        try:
            await make_change(request, signed_in, found, form, take_text(fields, "seen"))
        except CatalogueChangedError as error:
            outcome = await tell_others(request, found, wording, error, form, take_text(fields, "opened"))
        except (DeskChangeRefusedError, RefusedWorkbookError) as error:
            outcome = Outcome(REFUSED, problems=list_problems(wording, error), form=form, desk=form["desk"])
        else:
            notice = wording.say(f"desks-page.done.{name_deed(form)}")
            outcome = Outcome(notice=notice, desk=form["desk"])
        return await show_kept_desks(request, signed_in, found, outcome, language)

    return await answer_form(request, answer)


async def make_change(
    request: Request, signed_in: SignedIn, unit: UnitName, form: Mapping[str, str], seen: str
) -> None:
    """As the program, after `reach_unit`: people of a unit may write no table, and the rules look at every unit.

    Raises CatalogueChangedError, DeskChangeRefusedError and RefusedWorkbookError.
    """
    change, now = DeskChange(**form), request.app.state.read_now()
    async with borrow_store(request) as connection:
        await change_desks(connection, unit.code, change, seen, request.app.state.read_day())
        entry = make_entry(
            signed_in, now, name_deed(form), "done", "desk", f"{unit.code}/{change.desk}", unit_id=unit.unit_id
        )
        told = {name: form[name] for name in ("official", "procedure", "name", "day") if form[name]}
        entry = msgspec.structs.replace(entry, details=msgspec.json.encode(told).decode())
        await insert_audit_entry(connection, entry)


def name_deed(form: Mapping[str, str]) -> str:
    """What was done: an end without a day takes back the one that stood there."""
    return "reopen-desk" if form["deed"] == "end-desk" and not form["day"] else form["deed"]


async def tell_others(
    request: Request,
    unit: UnitName,
    wording: Wording,
    error: CatalogueChangedError,
    form: Mapping[str, str],
    opened: str,
) -> Outcome:
    """As the program: of the log, people of a unit see their own lines only; here, who changed their unit's desks."""
    since = read_moment(opened) or request.app.state.read_now()
    async with borrow_store(request) as connection:
        others = await select_unit_changes(connection, unit.unit_id, since)
    return Outcome(CONFLICT, problems=[wording.error(error)], others=others, form=form, desk=form["desk"])


def read_moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def list_problems(wording: Wording, error: LangNgheError) -> list[str]:
    """One sentence, or one for each cell that the rules of the import do not take."""
    if isinstance(error, RefusedWorkbookError):
        said = (wording.say(cell.reason, value=cell.value) for cell in error.bad_cells)
        return list(dict.fromkeys(said))
    return [wording.error(error)]


async def show_kept_desks(
    request: Request, signed_in: SignedIn, unit: UnitName, outcome: Outcome, language: str = ""
) -> Response[bytes]:
    wording, now = find_staff_wording(request, signed_in, language), request.app.state.read_now()
    today, looked_for = request.app.state.read_day(), read_query(request, "find")
    found: list[CatalogueLine] = []
    async with borrow_staff_rows(request, signed_in) as connection:
        plan = await select_unit_plan(connection, unit.code, today)
        titles = await select_titles(connection)
        if looked_for:
            found = await select_catalogue_lines(connection, "procedures", looked_for, "")
    if plan is None:
        raise UnknownPageError
    return render_staff(
        request,
        signed_in,
        "catalogue_keep_desks.html",
        status=outcome.status,
        wording=wording,
        here=f"{DESKS}/{unit.code}",
        plan=plan,
        chosen=plan.find_desk(outcome.desk),
        titles=titles,
        today=today,
        opened=now.isoformat(),
        outcome=outcome,
        name_time=name_time,
        looked_for=looked_for,
        found=[line for line in found if line.valid_to is None or line.valid_to > today],
    )


def name_time(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_TIME):%H:%M}"


ROUTES = [list_kept_units, show_desks, change_kept_desks]
