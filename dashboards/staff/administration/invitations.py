"""New accounts and the links with which their people take them. A link is shown once, to whoever made it."""

import re
from collections.abc import Mapping

import asyncpg
from litestar import Response, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import read_number, refuse, show_account_page
from dashboards.staff.administration.accounts import ADMINISTER, LIST, show_accounts
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording
from feedback.accounts.appoint import hold_account, note_account
from feedback.accounts.invitations import invite, make_invitation_address
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.database import Connection
from feedback.tables.accounts import insert_account
from feedback.tables.administered_accounts import has_device, has_signed_in
from feedback.tables.appointments import select_appointments_of
from feedback.tables.dossier_desks import select_official_ids
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows
from surveys.errors import AppointmentRefusedError, OldProofError, UnknownPageError
from surveys.wording import LANGUAGES

REFUSED, STORED = 422, 201
SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
LONGEST_NAME, LONGEST_EMAIL = 100, 254
EMPTY_PERSON: Mapping[str, str] = {"sign_in_name": "", "display_name": "", "email": "", "official": "", "language": ""}


@post(LIST, opt=ADMINISTER)
async def invite_person(request: Request) -> Response[bytes]:
    """A new account without any role, and its link; what cannot be taken comes back as it was filled in."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        form = {name: take_text(fields, name) for name in EMPTY_PERSON}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        try:
            insist_recent_proof(signed_in, request.app.state.read_now())
            async with borrow_staff_rows(request, signed_in) as connection:
                account_id = await open_account(connection, signed_in, form, request)
                link = await make_link(connection, signed_in, account_id, request)
        except (AppointmentRefusedError, OldProofError) as error:
            problem = wording.error(error)
            return await show_accounts(
                request, signed_in, status=REFUSED, language=language, problem=problem, form=form
            )
        notice = wording.say("administration.done.invited")
        return await show_account_page(
            request, signed_in, account_id, status=STORED, language=language, notice=notice, link=link
        )

    return await answer_form(request, answer)


@post(f"{LIST}/{{account:str}}/invitation", opt=ADMINISTER)
async def invite_again(request: Request, account: FromPath[str]) -> Response[bytes]:
    """A new link; those before it open nothing any more."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        account_id = await read_number(request, signed_in, "account", account)
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        try:
            insist_recent_proof(signed_in, request.app.state.read_now())
            async with borrow_staff_rows(request, signed_in) as connection:
                link = await make_link(connection, signed_in, account_id, request)
        except (AppointmentRefusedError, OldProofError) as error:
            return await show_account_page(
                request, signed_in, account_id, status=REFUSED, language=language, problem=wording.error(error)
            )
        except UnknownPageError:
            await refuse(request, signed_in, "account", account_id)
        notice = wording.say("administration.done.invited")
        return await show_account_page(
            request, signed_in, account_id, status=STORED, language=language, notice=notice, link=link
        )

    return await answer_form(request, answer)


async def open_account(connection: Connection, signed_in: SignedIn, form: Mapping[str, str], request: Request) -> int:
    """The new account_id. Raises AppointmentRefusedError."""
    check_person_fields(form)
    official_id = None
    if form["official"]:
        official_id = (await select_official_ids(connection, [form["official"]])).get(form["official"])
        if official_id is None:
            raise AppointmentRefusedError(reason="account-official", code=form["official"])
    now = request.app.state.read_now()
    try:
        account_id = await insert_account(
            connection,
            form["sign_in_name"],
            form["display_name"],
            now,
            language=form["language"] if form["language"] in LANGUAGES else LANGUAGES[0],
            official_id=official_id,
            email=form["email"] or None,
        )
    except asyncpg.UniqueViolationError:
        raise AppointmentRefusedError(reason="account-name-taken") from None
    await note_account(connection, signed_in.account, now, "account-made", await hold_account(connection, account_id))
    return account_id


def check_person_fields(form: Mapping[str, str]) -> None:
    """Raises AppointmentRefusedError."""
    if not SIGN_IN_NAME.fullmatch(form["sign_in_name"]):
        raise AppointmentRefusedError(reason="account-name")
    if not form["display_name"].isprintable() or not 1 <= len(form["display_name"]) <= LONGEST_NAME:
        raise AppointmentRefusedError(reason="account-display-name", longest=LONGEST_NAME)
    email = form["email"]
    if email and not ("@" in email[1:-1] and email.isprintable() and " " not in email and len(email) <= LONGEST_EMAIL):
        raise AppointmentRefusedError(reason="account-email")


async def make_link(connection: Connection, signed_in: SignedIn, account_id: int, request: Request) -> str:
    """The address to hand over. Raises UnknownPageError and AppointmentRefusedError.

    Whoever has powers and no code device, yet or any more, gets no link from one administrator, who could use it as
    that person.
    """
    account = await hold_account(connection, account_id)
    if account.disabled_at is not None:
        raise AppointmentRefusedError(reason="appointment-disabled")
    holds = any(line.is_in_force for line in await select_appointments_of(connection, account_id))
    is_proved = await has_signed_in(connection, account_id) and await has_device(connection, account_id)
    if holds and not is_proved:
        raise AppointmentRefusedError(reason="account-link-with-powers")
    now = request.app.state.read_now()
    token = await invite(connection, account_id, signed_in.account.account_id, now)
    await note_account(connection, signed_in.account, now, "account-invited", account)
    return make_invitation_address(request.app.state.settings.base_url, token)


ROUTES = [invite_person, invite_again]
