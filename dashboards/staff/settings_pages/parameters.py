"""Parameters with a date and a basis: what is in force, what is proposed, who decides; beside them those in code."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import make_readable, name_day, read_number, refuse
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.settings_pages.code_parameters import list_code_parameters, word_code_basis
from dashboards.staff.settings_pages.fields import read_day, read_whole
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.database import Connection
from feedback.parameters import NO_DEADLINE_FOUND, OWN_CHOICE, SETTINGS, SetParameter, Setting, read_parameter
from feedback.set_parameters import Draft, decide_value, propose_value
from feedback.tables.parameter_values import ParameterLine, select_parameter_lines
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter, write_audit
from surveys.case_errors import SettingRefusedError
from surveys.errors import OldProofError, UnknownPageError
from surveys.wording import Wording

ADMINISTER = {"access": "staff", "limit": "by account", "action": "administer_parameters"}
LIST = "/staff/parameters"
PROPOSALS = f"{LIST}/proposals"
STORED, REFUSED = 201, 422
SHIPPED_BASES = {OWN_CHOICE: "parameters.placeholder-own", NO_DEADLINE_FOUND: "parameters.placeholder-deadline"}
FORM = ("value", "valid_from", "basis", "confirmed")


class ShownParameter(msgspec.Struct, frozen=True):
    """`to_come` are approved values of later days, the nearest first; `history` all that were ever proposed."""

    name: str
    setting: Setting
    in_force: SetParameter
    to_come: tuple[ParameterLine, ...]
    open: tuple[ParameterLine, ...]
    history: tuple[ParameterLine, ...]


@get(LIST, opt=ADMINISTER)
async def list_parameters(request: Request) -> Response[bytes]:
    return await show_parameters(request, await enter(request))


@get(f"{LIST}/{{name:str}}", opt=ADMINISTER)
async def open_parameter(request: Request, name: FromPath[str]) -> Response[bytes]:
    return await show_parameter(request, await enter(request), name)


@post(f"{LIST}/{{name:str}}", opt=ADMINISTER)
async def propose_parameter(request: Request, name: FromPath[str]) -> Response[bytes]:
    """What cannot be taken comes back as it was filled in."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        form = {field: take_text(fields, field) for field in FORM}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        now, today = request.app.state.read_now(), request.app.state.read_day()
        show = partial(show_parameter, request, signed_in, name, language=language)
        try:
            insist_recent_proof(signed_in, now)
            async with borrow_staff_rows(request, signed_in) as connection:
                await propose_value(connection, signed_in.account, name, read_draft(name, form), today, now)
        except UnknownPageError:
            await refuse(request, signed_in, "parameter", make_readable(name))
        except (SettingRefusedError, OldProofError) as error:
            return await show(status=REFUSED, problem=wording.error(error), form=form)
        return await show(status=STORED, notice=wording.say("parameters.proposed"))

    return await answer_form(request, answer)


@post(f"{PROPOSALS}/{{proposal:str}}", opt=ADMINISTER)
async def decide_parameter(request: Request, proposal: FromPath[str]) -> Response[bytes]:
    """`verdict`: approved or refused. What is refused to the administrator is kept in the log."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        number = await read_number(request, signed_in, "proposal", proposal)
        language, verdict = take_text(fields, "lang"), take_text(fields, "verdict")
        wording = find_staff_wording(request, signed_in, language)
        now, today = request.app.state.read_now(), request.app.state.read_day()
        try:
            insist_recent_proof(signed_in, now)
            async with borrow_staff_rows(request, signed_in) as connection:
                await decide_value(connection, signed_in.account, number, verdict, today, now)
        except UnknownPageError:
            await refuse(request, signed_in, "proposal", number)
        except (SettingRefusedError, OldProofError) as error:
            await write_audit(request, signed_in, "parameter-decided", "denied", "proposal", str(number))
            problem = wording.error(error)
            return await show_parameters(request, signed_in, status=REFUSED, language=language, problem=problem)
        notice = wording.say(f"parameters.done.{verdict}")
        return await show_parameters(request, signed_in, language=language, notice=notice)

    return await answer_form(request, answer)


def read_draft(name: str, form: Mapping[str, str]) -> Draft:
    """Raises UnknownPageError and SettingRefusedError."""
    setting = SETTINGS.get(name)
    if setting is None:
        raise UnknownPageError
    return Draft(
        value=read_whole(form["value"], "parameter-value", setting.smallest, setting.largest),
        valid_from=read_day(form["valid_from"]),
        basis=form["basis"],
        is_placeholder=form["confirmed"] != "yes",
    )


def word_basis(wording: Wording, basis: str) -> str:
    """What an administrator wrote stands as it is; what ships with the program has words in each language."""
    key = SHIPPED_BASES.get(basis)
    return basis if key is None else wording.say(key)


async def read_shown(connection: Connection, name: str, day: date) -> ShownParameter:
    lines = await select_parameter_lines(connection, name)
    approved = [line for line in lines if line.value.verdict == "approved" and line.value.valid_from > day]
    return ShownParameter(
        name=name,
        setting=SETTINGS[name],
        in_force=await read_parameter(connection, name, day),
        to_come=tuple(reversed(approved)),
        open=tuple(line for line in lines if line.value.verdict is None),
        history=tuple(lines),
    )


async def show_parameters(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = 200,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
) -> Response[bytes]:
    today = request.app.state.read_day()
    async with borrow_staff_rows(request, signed_in) as connection:
        shown = [await read_shown(connection, name, today) for name in SETTINGS]
    wording = find_staff_wording(request, signed_in, language)
    return render_staff(
        request,
        signed_in,
        "parameter_list.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        word_basis=partial(word_basis, wording),
        here=LIST,
        parameters=shown,
        proposals=[line for parameter in shown for line in parameter.open],
        groups=list_code_parameters(today),
        word_code_basis=word_code_basis,
        own=signed_in.account.account_id,
        today=today,
        notice=notice,
        problem=problem,
    )


async def show_parameter(
    request: Request,
    signed_in: SignedIn,
    name: str,
    *,
    status: int = 200,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
    form: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """Raises UnknownPageError for a name that no setting has."""
    if name not in SETTINGS:
        await refuse(request, signed_in, "parameter", make_readable(name))
    today = request.app.state.read_day()
    async with borrow_staff_rows(request, signed_in) as connection:
        shown = await read_shown(connection, name, today)
    wording = find_staff_wording(request, signed_in, language)
    tomorrow = (today + timedelta(days=1)).isoformat()
    return render_staff(
        request,
        signed_in,
        "parameter_shown.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        word_basis=partial(word_basis, wording),
        here=f"{LIST}/{name}",
        shown=shown,
        form=form or {"value": str(shown.in_force.value), "valid_from": tomorrow, "basis": "", "confirmed": ""},
        today=today.isoformat(),
        notice=notice,
        problem=problem,
    )


ROUTES = [list_parameters, open_parameter, propose_parameter, decide_parameter]
