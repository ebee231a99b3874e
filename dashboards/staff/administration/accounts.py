"""Who can sign in: the list, the search, one account, and what one administrator may do at once: take access away."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import read_number, refuse, show_account_page
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.appoint import close_sessions, disable, enable
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.accounts.sessions import IDLE
from feedback.database import Connection
from feedback.tables.administered_accounts import PAGE, select_account_lines
from feedback.tables.appointments import select_open_proposals
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter
from surveys.errors import AppointmentRefusedError, OldProofError, UnknownPageError

ADMINISTER = {"access": "staff", "limit": "by account", "action": "administer_accounts"}
LIST = "/staff/accounts"
LONGEST_SEARCH = 100


@get(LIST, opt=ADMINISTER)
async def list_accounts(request: Request) -> Response[bytes]:
    """Fifty a page; with ?q= those in whose name, e-mail or official's code it stands."""
    return await show_accounts(request, await enter(request))


@get(f"{LIST}/{{account:str}}", opt=ADMINISTER)
async def show_account(request: Request, account: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await show_account_page(request, signed_in, await read_number(request, signed_in, "account", account))


@post(f"{LIST}/{{account:str}}/access", opt=ADMINISTER)
async def change_access(request: Request, account: FromPath[str]) -> Response[bytes]:
    """`deed`: disable, enable or end-sessions."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        account_id = await read_number(request, signed_in, "account", account)
        language, deed = take_text(fields, "lang"), take_text(fields, "deed")
        wording = find_staff_wording(request, signed_in, language)
        try:
            async with borrow_staff_rows(request, signed_in) as connection:
                await do_deed(connection, signed_in, account_id, deed, request)
        except UnknownPageError:
            await refuse(request, signed_in, "account", account_id)
        except (AppointmentRefusedError, OldProofError) as error:
            return await show_account_page(
                request, signed_in, account_id, status=422, language=language, problem=wording.error(error)
            )
        notice = wording.say(f"administration.done.{deed}")
        return await show_account_page(request, signed_in, account_id, language=language, notice=notice)

    return await answer_form(request, answer)


async def do_deed(connection: Connection, signed_in: SignedIn, account_id: int, deed: str, request: Request) -> None:
    """Raises UnknownPageError and AppointmentRefusedError."""
    now, by = request.app.state.read_now(), signed_in.account
    match deed:
        case "disable":
            if account_id == by.account_id:
                raise AppointmentRefusedError(reason="account-own")
            await disable(connection, by, account_id, now)
        case "enable":
            insist_recent_proof(signed_in, now)
            await enable(connection, by, account_id, now)
        case "end-sessions":
            await close_sessions(connection, by, account_id, now)
        case _:
            raise AppointmentRefusedError(reason="account-deed")


async def show_accounts(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = 200,
    language: str = "",
    problem: str | None = None,
    form: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """`form` is that of a new person, as it was filled in."""
    text, after = (read_query(request, name) for name in ("q", "after"))
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_account_lines(connection, request.app.state.read_now() - IDLE, text, after)
        proposals = await select_open_proposals(connection)
    return render_staff(
        request,
        signed_in,
        "administration_accounts.html",
        status=status,
        wording=find_staff_wording(request, signed_in, language),
        here=LIST,
        lines=lines[:PAGE],
        more=lines[PAGE - 1].sign_in_name if len(lines) > PAGE else None,
        text=text,
        after=after,
        proposals=len(proposals),
        problem=problem,
        form=form,
    )


def read_query(request: Request, name: str) -> str:
    """What can stand in no name finds nothing: a NUL would be refused by the database."""
    return "".join(letter for letter in request.query_params.get(name, "")[:LONGEST_SEARCH] if letter.isprintable())


ROUTES = [list_accounts, show_account, change_access]
