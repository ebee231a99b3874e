"""Linking one's own account with the organisation's own, and ending that. Asks for a sign-in of the last minutes."""

import asyncpg
from litestar import Response, get, post

from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.outside import TOLD, lead_outside, show_problem
from dashboards.staff.plain_rows import borrow_plain_rows
from feedback.accounts.outside_sign_in import LinkFound, take_back_step
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import insist_recent_proof, is_proof_recent
from feedback.database import Connection
from feedback.tables.audit_log import Outcome, insert_audit_entry
from feedback.tables.outside_ids import select_outside_id, update_outside_id
from feedback.web.bodies import Request, read_fields, take_text
from feedback.web.staff_access import enter, make_entry
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError, OldProofError, OutsideRefusedError, OutsideTakenError
from surveys.wording import Wording

PAGE = {"access": "staff", "limit": "by account", "action": "see_self"}
LINK = "/staff/outside/link"
REFUSALS = (OldProofError, OutsideRefusedError, OutsideTakenError)


@get(LINK, opt=PAGE)
async def show_link(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    return await render_link(request, signed_in, find_staff_wording(request, signed_in))


@get(f"{LINK}/begin", opt=PAGE)
async def begin_link(request: Request) -> Response[bytes]:
    """Changes nothing yet; and the session cookie comes along only from our own pages."""
    signed_in = await enter(request)
    wording = find_staff_wording(request, signed_in)
    try:
        insist_recent_proof(signed_in, request.app.state.read_now())
        return await lead_outside(request, wording, LINK, signed_in.account.account_id)
    except OldProofError as error:
        return await render_link(request, signed_in, wording, problem=error)
    except TOLD as error:
        return show_problem(request, wording, error)


@post(LINK, opt=PAGE)
async def keep_link(request: Request) -> Response[bytes]:
    """The person said that it is the right one."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    wording = find_staff_wording(request, signed_in, take_text(fields, "lang"))
    now = request.app.state.read_now()
    name = signed_in.account.sign_in_name
    async with borrow_plain_rows(request) as connection, connection.transaction():
        problem = await try_to_link(connection, signed_in, take_text(fields, "token"), request)
        outcome: Outcome = "failed" if problem else "done"
        await insert_audit_entry(connection, make_entry(signed_in, now, "link-outside", outcome, "account", name))
    notice = None if problem else wording.say("outside.linked")
    return await render_link(request, signed_in, wording, problem=problem, notice=notice)


@post("/staff/outside/unlink", opt=PAGE)
async def end_link(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    signed_in = await enter(request)
    wording = find_staff_wording(request, signed_in, take_text(fields, "lang"))
    now = request.app.state.read_now()
    if not is_proof_recent(signed_in, now):
        return await render_link(request, signed_in, wording, problem=OldProofError())
    async with borrow_plain_rows(request) as connection, connection.transaction():
        await update_outside_id(connection, signed_in.account.account_id, None)
        name = signed_in.account.sign_in_name
        await insert_audit_entry(connection, make_entry(signed_in, now, "unlink-outside", "done", "account", name))
    return await render_link(request, signed_in, wording, notice=wording.say("outside.unlinked"))


async def try_to_link(
    connection: Connection, signed_in: SignedIn, token: str, request: Request
) -> LangNgheError | None:
    """What was wrong; the step is used up all the same."""
    now, account_id = request.app.state.read_now(), signed_in.account.account_id
    try:
        insist_recent_proof(signed_in, now)
        found = await take_back_step(connection, token, LinkFound, now, account_id)
        await link(connection, account_id, found.outside_id)
    except REFUSALS as error:
        return error
    return None


async def link(connection: Connection, account_id: int, outside_id: str) -> None:
    """Raises OutsideTakenError."""
    try:
        async with connection.transaction():
            await update_outside_id(connection, account_id, outside_id)
    except asyncpg.UniqueViolationError:
        raise OutsideTakenError from None


async def render_link(
    request: Request,
    signed_in: SignedIn,
    wording: Wording,
    *,
    problem: LangNgheError | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    async with borrow_plain_rows(request) as connection:
        outside_id = await select_outside_id(connection, signed_in.account.account_id)
    return render_staff(
        request,
        signed_in,
        "staff_outside_link.html",
        status=STATUS[type(problem)] if problem else 200,
        wording=wording,
        here=LINK,
        issuer=request.app.state.settings.oidc_issuer,
        subject=None if outside_id is None else outside_id.partition(" ")[2],
        is_recent=is_proof_recent(signed_in, request.app.state.read_now()),
        problem=wording.error(problem) if problem else None,
        notice=notice,
    )


ROUTES = [show_link, begin_link, keep_link, end_link]
