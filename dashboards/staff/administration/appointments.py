"""Roles in the browser: one administrator proposes, another decides; one alone ends them."""

from collections.abc import Mapping
from functools import partial

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import (
    EMPTY_FORM,
    name_day,
    name_places,
    read_number,
    refuse,
    show_account_page,
)
from dashboards.staff.administration.accounts import ADMINISTER, LIST
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.appoint import decide, end, propose
from feedback.accounts.powers import SignedIn, join_codes
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.api_keys import Reach
from feedback.tables.appointments import select_appointment_line, select_open_proposals
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter, write_audit
from surveys.errors import AppointmentRefusedError, OldProofError, UnknownPageError

PROPOSALS = f"{LIST}/proposals"
DONE, REFUSED, STORED = 200, 422, 201


@get(PROPOSALS, opt=ADMINISTER)
async def list_proposals(request: Request) -> Response[bytes]:
    return await show_proposals(request, await enter(request))


@post(f"{LIST}/{{account:str}}/appointments", opt=ADMINISTER)
async def propose_role(request: Request, account: FromPath[str]) -> Response[bytes]:
    """A form that cannot be taken comes back as it was filled in."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        account_id = await read_number(request, signed_in, "account", account)
        form = {name: take_text(fields, name) for name in EMPTY_FORM}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        try:
            async with borrow_staff_rows(request, signed_in) as connection:
                now = request.app.state.read_now()
                insist_recent_proof(signed_in, now)
                await propose(connection, signed_in.account, account_id, form["role"], read_reach(form), now)
        except (AppointmentRefusedError, OldProofError) as error:
            return await show_account_page(
                request,
                signed_in,
                account_id,
                status=REFUSED,
                language=language,
                problem=wording.error(error),
                form=form,
            )
        except UnknownPageError:
            await refuse(request, signed_in, "account", account_id)
        notice = wording.say("administration.done.proposed")
        return await show_account_page(request, signed_in, account_id, status=STORED, language=language, notice=notice)

    return await answer_form(request, answer)


@post(f"{PROPOSALS}/{{appointment:str}}", opt=ADMINISTER)
async def decide_proposal(request: Request, appointment: FromPath[str]) -> Response[bytes]:
    """`verdict`: approved or refused. What is refused to the administrator is kept in the audit log."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        appointment_id = await read_number(request, signed_in, "appointment", appointment)
        language, verdict = take_text(fields, "lang"), take_text(fields, "verdict")
        wording = find_staff_wording(request, signed_in, language)
        try:
            async with borrow_staff_rows(request, signed_in) as connection:
                now = request.app.state.read_now()
                insist_recent_proof(signed_in, now)
                await decide(connection, signed_in.account, appointment_id, verdict, now)
        except (AppointmentRefusedError, OldProofError) as error:
            await write_audit(request, signed_in, "appointment-decided", "denied", "appointment", str(appointment_id))
            return await show_proposals(
                request, signed_in, status=REFUSED, language=language, problem=wording.error(error)
            )
        except UnknownPageError:
            await refuse(request, signed_in, "appointment", appointment_id)
        notice = wording.say(f"administration.done.{verdict}")
        return await show_proposals(request, signed_in, language=language, notice=notice)

    return await answer_form(request, answer)


@post(f"{LIST}/appointments/{{appointment:str}}/end", opt=ADMINISTER)
async def end_role(request: Request, appointment: FromPath[str]) -> Response[bytes]:
    """The page of the person whose it was."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        appointment_id = await read_number(request, signed_in, "appointment", appointment)
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        problem = None
        account_id = await find_person(request, signed_in, appointment_id)
        try:
            async with borrow_staff_rows(request, signed_in) as connection:
                await end(connection, signed_in.account, appointment_id, request.app.state.read_now())
        except AppointmentRefusedError as error:
            problem = wording.error(error)
        return await show_account_page(
            request,
            signed_in,
            account_id,
            status=REFUSED if problem else DONE,
            language=language,
            notice=None if problem else wording.say("administration.done.ended"),
            problem=problem,
        )

    return await answer_form(request, answer)


async def find_person(request: Request, signed_in: SignedIn, appointment_id: int) -> int:
    """Whose the appointment is. Raises UnknownPageError; the attempt is kept."""
    async with borrow_staff_rows(request, signed_in) as connection:
        line = await select_appointment_line(connection, appointment_id)
    if line is None:
        await refuse(request, signed_in, "appointment", appointment_id)
    return line.account_id


async def show_proposals(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = DONE,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
) -> Response[bytes]:
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_open_proposals(connection)
        names = await name_places(connection, lines)
    wording = find_staff_wording(request, signed_in, language)
    return render_staff(
        request,
        signed_in,
        "administration_proposals.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        here=PROPOSALS,
        lines=lines,
        names=names,
        own=signed_in.account.account_id,
        notice=notice,
        problem=problem,
    )


def read_reach(form: Mapping[str, str]) -> Reach:
    """Codes with commas, semicolons, spaces or lines between."""
    return Reach(
        everywhere=form["everywhere"] == "yes",
        provinces=read_codes(form["provinces"]),
        communes=read_codes(form["communes"]),
        units=read_codes(form["units"]),
    )


def read_codes(text: str) -> tuple[str, ...]:
    return join_codes([tuple(text.replace(",", " ").replace(";", " ").split())])


ROUTES = [list_proposals, propose_role, decide_proposal, end_role]
