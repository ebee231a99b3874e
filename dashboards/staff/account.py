"""One's own account: where one is signed in, language and e-mail, another password. Nobody else's is reached here."""

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.plain_rows import borrow_plain_rows
from feedback.accounts.passwords import LONGEST, SHORTEST, check_new_password, hash_password
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import is_proof_recent
from feedback.accounts.sessions import begin_session
from feedback.accounts.sign_out import list_own_sessions, make_account_entry
from feedback.record_response import LOCAL_TIME
from feedback.settings import is_mail_address
from feedback.tables.accounts import select_account, update_contact, update_password
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.staff_sessions import end_other_sessions, end_session, end_sessions_of
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.sign_in_access import give_cookie, prove_in_form, take_secret
from feedback.web.staff_access import enter
from feedback.web.statuses import STATUS
from surveys.errors import (
    LangNgheError,
    MailAddressRefusedError,
    OldProofError,
    PasswordRefusedError,
    SignInFailedError,
    SignInTooSoonError,
)
from surveys.wording import LANGUAGES

OWN_PAGE = "/staff/account"
PAGE = {"access": "staff", "limit": "by account", "action": "see_self"}
SHOWN_DIGITS = 16  # of a session's hash, of which nobody can make the id in the cookie


@get(OWN_PAGE, opt=PAGE)
async def show_own_account(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    return await render_account(request, signed_in)


@post(f"{OWN_PAGE}/contact", opt=PAGE)
async def change_contact(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    signed_in = await enter(request)
    language, email = take_text(fields, "language"), take_text(fields, "email")
    if email and not is_mail_address(email):
        return await render_account(request, signed_in, fields, error=MailAddressRefusedError())
    language = language if language in LANGUAGES else signed_in.account.language
    now = request.app.state.read_now()
    if (email or None) != signed_in.account.email and not is_proof_recent(signed_in, now):
        return await render_account(request, signed_in, fields, error=OldProofError())
    async with borrow_plain_rows(request) as connection, connection.transaction():
        await update_contact(connection, signed_in.account.account_id, language, email or None)
        await insert_audit_entry(connection, make_account_entry(signed_in.account, "change-contact", now))
    return await render_account(request, signed_in, notice="account.contact-changed", language=language)


@post(f"{OWN_PAGE}/password", opt=PAGE)
async def change_password(request: Request) -> Response[bytes]:
    """With the present password and a code; every session ends, this one goes on under a new id."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    account, now = signed_in.account, request.app.state.read_now()
    password = take_secret(fields, "new_password")
    try:
        check_new_password(password, take_secret(fields, "repeated"), account.sign_in_name)
        await prove_in_form(request, signed_in, fields)
    except (PasswordRefusedError, SignInFailedError, SignInTooSoonError) as error:
        return await render_account(request, signed_in, fields, error=error)
    password_hash = await hash_password(password)
    async with borrow_plain_rows(request) as connection, connection.transaction():
        await update_password(connection, account.account_id, password_hash)
        await end_sessions_of(connection, account.account_id, now)
        session_id = await begin_session(connection, account.account_id, "code", now)
        await insert_audit_entry(connection, make_account_entry(account, "change-password", now))
    reply = await render_account(
        request, signed_in, notice="account.password-changed", language=take_text(fields, "lang")
    )
    return give_cookie(reply, session_id)


@post(f"{OWN_PAGE}/sessions", opt=PAGE)
async def end_others(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    signed_in = await enter(request)
    now = request.app.state.read_now()
    async with borrow_plain_rows(request) as connection, connection.transaction():
        await end_other_sessions(connection, signed_in.account.account_id, signed_in.session_hash, now)
        await insert_audit_entry(connection, make_account_entry(signed_in.account, "end-session", now))
    return await render_account(request, signed_in, notice="account.others-ended", language=take_text(fields, "lang"))


@post(f"{OWN_PAGE}/sessions/{{session:str}}", opt=PAGE)
async def end_one(request: Request, session: FromPath[str]) -> Response[bytes]:
    """One that ended meanwhile is as well as ended now; the one that asks is ended by signing out."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    now, account_id = request.app.state.read_now(), signed_in.account.account_id
    async with borrow_plain_rows(request) as connection, connection.transaction():
        for own in await list_own_sessions(connection, account_id, now):
            if own.id_hash.hex()[:SHOWN_DIGITS] == session and own.id_hash != signed_in.session_hash:
                await end_session(connection, own.id_hash, now)
                await insert_audit_entry(connection, make_account_entry(signed_in.account, "end-session", now))
    return await render_account(request, signed_in, notice="account.ended", language=take_text(fields, "lang"))


async def render_account(
    request: Request,
    signed_in: SignedIn,
    fields: Fields | None = None,
    *,
    error: LangNgheError | None = None,
    notice: str | None = None,
    language: str = "",
) -> Response[bytes]:
    """As it stands now; with an error, the form as it was filled in, without what proves a person."""
    fields = fields or {}
    wording = find_staff_wording(request, signed_in, language or take_text(fields, "lang"))
    async with borrow_plain_rows(request) as connection:
        account = await select_account(connection, signed_in.account.account_id) or signed_in.account
        sessions = await list_own_sessions(connection, account.account_id, request.app.state.read_now())
    reply = render_staff(
        request,
        signed_in,
        "staff_account.html",
        status=STATUS[type(error)] if error else 200,
        wording=wording,
        here=OWN_PAGE,
        account=account,
        email=take_text(fields, "email") if isinstance(error, MailAddressRefusedError) else account.email or "",
        sessions=sessions,
        own_session=signed_in.session_hash,
        digits=SHOWN_DIGITS,
        local_time=LOCAL_TIME,
        has_outside=request.app.state.settings.oidc_issuer is not None,
        notice=notice,
        sentence=wording.error(error) if error else None,
        wrong_mail=isinstance(error, MailAddressRefusedError),
        shortest=SHORTEST,
        longest=LONGEST,
    )
    if isinstance(error, SignInTooSoonError):
        reply.headers["retry-after"] = str(error.details["seconds"])
    return reply


ROUTES = [show_own_account, change_contact, change_password, end_others, end_one]
