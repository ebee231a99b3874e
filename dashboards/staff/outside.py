"""Signing in with the organisation's own account (OpenID Connect), there and back again.

The way back comes from another site: the browser brings no session cookie along, only the one of the way, which
binds the whole way to the browser that began it.
"""

from collections.abc import Mapping
from datetime import datetime

from litestar import Response, get, post

from dashboards.staff.frame import StaffFrame, find_staff_wording
from dashboards.staff.outside_provider import ask_who_came_back, find_way_out, insist_issuer
from dashboards.staff.plain_rows import borrow_plain_rows
from feedback.accounts.id_tokens import OutsidePerson
from feedback.accounts.outside import Secrets
from feedback.accounts.outside_sign_in import (
    LIFETIME,
    WAY,
    CodeAsked,
    LinkFound,
    WayOut,
    begin_way,
    hand_out_step,
    insist_browser,
    insist_device,
    look_at_code_asked,
    make_browser_secret,
    open_session,
    prove_code,
    take_back_step,
)
from feedback.accounts.powers import Account
from feedback.accounts.sessions import hash_session_id
from feedback.accounts.sign_in_audit import find_open_account, write_sign_in
from feedback.database import Connection
from feedback.tables.outside_ids import select_account_id_by_outside_id
from feedback.web.bodies import Request, read_fields, take_text
from feedback.web.own_paths import read_own_path
from feedback.web.replies import render
from feedback.web.sign_in_access import count_attempt, forget_attempts, give_cookie
from feedback.web.staff_access import COOKIE, check_same_site
from feedback.web.statuses import STATUS
from surveys.errors import (
    CodeDeviceMissingError,
    LangNgheError,
    OutsideAwayError,
    OutsideOffError,
    OutsideRefusedError,
    OutsideUnknownError,
    SignInTooSoonError,
    StaffPagesUnavailableError,
    WrongCodeError,
)
from surveys.wording import Wording

# Of one caller: an office may stand behind one address.
PAGE = {"access": "public", "limit": "60/minute"}
START = "/staff/outside"
NOBODY = StaffFrame("", (), {})
WAY_COOKIE = "__Host-langnghe-way"
SEE_OTHER = 303
TOLD = (
    CodeDeviceMissingError,
    OutsideAwayError,
    OutsideOffError,
    OutsideRefusedError,
    OutsideUnknownError,
    StaffPagesUnavailableError,
)
REASONS: Mapping[type[LangNgheError], str] = {
    OutsideUnknownError: "not-linked",
    CodeDeviceMissingError: "no-code-device",
}


@get(START, opt=PAGE)
async def go_outside(request: Request) -> Response[bytes]:
    """To the provider, and from there to `to`."""
    wording = find_staff_wording(request, None)
    to = read_own_path(request.query_params.get("to", ""))
    try:
        return await lead_outside(request, wording, to)
    except TOLD as error:
        return show_problem(request, wording, error)


async def lead_outside(request: Request, wording: Wording, to: str, account_id: int | None = None) -> Response[bytes]:
    """With `account_id`: to link that account."""
    insist_issuer(request.app.state.settings)
    browser, now = make_browser_secret(), request.app.state.read_now()
    session_id = request.cookies.get(COOKIE, "")
    earlier = hash_session_id(session_id) if session_id else b""
    async with borrow_plain_rows(request) as connection:
        secrets = await begin_way(
            connection, browser, to, wording.language, now, earlier=earlier, account_id=account_id
        )
    address = await find_way_out(request, secrets, wording.language)
    # Lax, not strict: the provider is another site, and sends the person back from there.
    attributes = f"Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={int(LIFETIME.total_seconds())}"
    headers = {"location": address, "set-cookie": f"{WAY_COOKIE}={browser}; {attributes}"}
    return Response(b"", status_code=SEE_OTHER, headers=headers)


@get(f"{START}/back", opt=PAGE)
async def come_back(request: Request) -> Response[bytes]:
    wording, now = find_staff_wording(request, None), request.app.state.read_now()
    try:
        async with borrow_plain_rows(request) as connection:
            way = await take_way(request, connection, now)
        wording = find_staff_wording(request, None, way.language)
        person = await find_person(request, way)
        async with borrow_plain_rows(request) as connection:
            if way.account_id is not None:
                return await ask_whether_right(request, connection, wording, way.account_id, person)
            return await let_in(request, connection, wording, way, person)
    except TOLD as error:
        await keep_refusal(request, error, now)
        return show_problem(request, wording, error)


async def take_way(request: Request, connection: Connection, now: datetime) -> WayOut:
    """Raises OutsideRefusedError where nobody, or another browser, went out with this state."""
    way = await take_back_step(connection, request.query_params.get("state", ""), WayOut, now)
    insist_browser(way, request.cookies.get(WAY_COOKIE, ""))
    return way


async def find_person(request: Request, way: WayOut) -> OutsidePerson:
    query = request.query_params
    if query.get("error") or not query.get("code"):
        raise OutsideRefusedError(reason="provider-refused")
    secrets = Secrets(query["state"], way.nonce, way.verifier)
    return await ask_who_came_back(request, query["code"], query.get("iss", ""), secrets)


async def let_in(
    request: Request, connection: Connection, wording: Wording, way: WayOut, person: OutsidePerson
) -> Response[bytes]:
    """Where the provider saw one factor only, the code of the person's own device comes first."""
    account, now = await insist_linked(connection, person), request.app.state.read_now()
    if person.has_two_factors:
        session_id = await open_session(connection, account, way, now, "provider")
        return give_cookie(show(request, wording, "staff_sign_in_follow.html", to=way.to), session_id)
    await insist_device(connection, request.app.state.settings.secret, account)
    asked = CodeAsked(account.account_id, way.browser, way.to, way.earlier)
    token = await hand_out_step(connection, asked, now)
    return show(request, wording, "staff_outside_code.html", token=token, sentence=None)


async def insist_linked(connection: Connection, person: OutsidePerson) -> Account:
    """Raises OutsideUnknownError, also where the account is disabled."""
    account_id = await select_account_id_by_outside_id(connection, person.outside_id)
    account = None if account_id is None else await find_open_account(connection, account_id)
    if account is None:
        raise OutsideUnknownError
    return account


async def ask_whether_right(
    request: Request, connection: Connection, wording: Wording, account_id: int, person: OutsidePerson
) -> Response[bytes]:
    """Whoever was signed in at the provider before is not linked without the person seeing who that is."""
    found = LinkFound(person.outside_id, person.name)
    token = await hand_out_step(connection, found, request.app.state.read_now(), account_id)
    issuer = request.app.state.settings.oidc_issuer
    return show(request, wording, "staff_outside_found.html", token=token, name=person.name, issuer=issuer)


@post(f"{START}/code", opt=PAGE)
async def show_code(request: Request) -> Response[bytes]:
    """The code of the person's own device, where the provider asked for one factor only."""
    fields = await read_fields(request)
    check_same_site(request)
    wording = find_staff_wording(request, None, take_text(fields, "lang"))
    token, now = take_text(fields, "token"), request.app.state.read_now()
    try:
        async with borrow_plain_rows(request) as connection:
            asked = await look_at_code_asked(connection, token, now)
            insist_browser(asked, request.cookies.get(WAY_COOKIE, ""))
            session_id = await try_code(request, connection, asked, token, take_text(fields, "code"))
    except (WrongCodeError, SignInTooSoonError) as error:
        return ask_code_again(request, wording, token, error)
    except TOLD as error:
        await keep_refusal(request, error, now)
        return show_problem(request, wording, error)
    return give_cookie(Response(b"", status_code=SEE_OTHER, headers={"location": asked.to}), session_id)


async def try_code(request: Request, connection: Connection, asked: CodeAsked, token: str, code: str) -> str:
    """The id of a new session. Slower and slower after wrong codes, together with wrong passwords."""
    account = await find_open_account(connection, asked.account_id)
    if account is None:
        raise OutsideUnknownError
    key = count_attempt(request, account.sign_in_name)
    state = request.app.state
    session_id = await prove_code(connection, state.settings.secret, account, token, code, state.read_now())
    forget_attempts(request, key)
    return session_id


def ask_code_again(
    request: Request, wording: Wording, token: str, error: WrongCodeError | SignInTooSoonError
) -> Response[bytes]:
    status, sentence = STATUS[type(error)], wording.error(error)
    reply = show(request, wording, "staff_outside_code.html", status, token=token, sentence=sentence)
    if isinstance(error, SignInTooSoonError):
        reply.headers["retry-after"] = str(error.details["seconds"])
    return reply


async def keep_refusal(request: Request, error: LangNgheError, now: datetime) -> None:
    """In the audit log; not that the provider or the database is away."""
    reason = REASONS.get(type(error))
    if isinstance(error, OutsideRefusedError):
        reason = str(error.details["reason"])
    if reason is not None:
        async with borrow_plain_rows(request) as connection:
            await write_sign_in(connection, None, "failed", now, way=WAY, reason=reason)


def show_problem(request: Request, wording: Wording, error: LangNgheError) -> Response[bytes]:
    status, sentence = STATUS[type(error)], wording.error(error)
    return show(request, wording, "staff_outside_problem.html", status, sentence=sentence)


def show(request: Request, wording: Wording, template: str, status: int = 200, **values: object) -> Response[bytes]:
    """Without links to the same page in the other language: each of these is shown once."""
    return render(request, template, status=status, wording=wording, staff=NOBODY, **values)


ROUTES = [go_outside, come_back, show_code]
