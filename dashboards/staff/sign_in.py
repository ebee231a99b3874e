"""Signing in with name, password and code, and out again. What was typed before a session ended is kept in the page."""

from litestar import Response, get, post

from dashboards.staff.frame import HOME, find_staff_wording, render_staff
from dashboards.staff.invitation import ROUTES as INVITATION_ROUTES
from feedback.accounts.sign_in import Typed, read_name, sign_in
from feedback.accounts.sign_out import sign_out
from feedback.database import TEMPORARY_FAILURES
from feedback.web.bodies import LARGEST_BODY, Fields, Request, read_fields, take_text
from feedback.web.own_paths import read_own_path
from feedback.web.reply_session_over import SIGN_IN, read_kept, write_kept
from feedback.web.sign_in_access import count_attempt, forget_attempts, give_cookie, take_cookie, take_secret
from feedback.web.staff_access import COOKIE, check_same_site
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError, SignInFailedError, SignInTooSoonError, StaffPagesUnavailableError
from surveys.wording import LANGUAGES

# Of one caller: an office may stand behind one address. Wrong attempts are slowed down by account and caller.
PAGE = {"access": "public", "limit": "120/minute"}
SEE_OTHER = 303
# A kept form comes wrapped in this one.
LARGEST_FORM = 3 * LARGEST_BODY
CROSS_SITE = {"cross-site", "same-site"}


@get(SIGN_IN, opt=PAGE)
async def show_sign_in(request: Request) -> Response[bytes]:
    """From a link on another site the browser sends no cookie: the page then asks once more by itself."""
    to = read_own_path(request.query_params.get("to", ""))
    if to != HOME and request.headers.get("sec-fetch-site") in CROSS_SITE:
        return render_staff(request, None, "staff_sign_in_follow.html", to=to)
    notice = "sign-in.signed-out" if request.query_params.get("after") == "sign-out" else None
    if request.query_params.get("after") == "invitation":
        notice = "sign-in.taken"
    return show_form(request, "staff_sign_in.html", {"to": to}, notice=notice)


@post(SIGN_IN, opt=PAGE, request_max_body_size=LARGEST_FORM)
async def try_to_sign_in(request: Request) -> Response[bytes]:
    fields = await read_fields(request, LARGEST_FORM)
    check_same_site(request)
    try:
        session_id = await open_session(request, fields)
    except (SignInFailedError, SignInTooSoonError, StaffPagesUnavailableError) as error:
        return refuse(request, fields, error)
    return give_cookie(lead_on(request, fields), session_id)


async def open_session(request: Request, fields: Fields) -> str:
    """Raises SignInFailedError, SignInTooSoonError and StaffPagesUnavailableError."""
    typed = Typed(read_name(take_text(fields, "name")), take_secret(fields, "password"), take_text(fields, "code"))
    key = count_attempt(request, typed.name)
    state, earlier_id = request.app.state, request.cookies.get(COOKIE, "")
    try:
        session_id = await sign_in(state.pool, state.settings.secret, typed, state.read_now(), earlier_id=earlier_id)
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None
    forget_attempts(request, key)
    return session_id


def refuse(request: Request, fields: Fields, error: LangNgheError) -> Response[bytes]:
    """The form again, with everything in it but password and code."""
    wording = find_staff_wording(request, None, take_text(fields, "lang"))
    template = "staff_sign_in.html" if read_kept(take_text(fields, "kept")) is None else "staff_sign_in_again.html"
    reply = show_form(request, template, fields, status=STATUS[type(error)], sentence=wording.error(error))
    if isinstance(error, SignInTooSoonError):
        reply.headers["retry-after"] = str(error.details["seconds"])
    return reply


def show_form(
    request: Request,
    template: str,
    fields: Fields,
    *,
    status: int = 200,
    notice: str | None = None,
    sentence: str | None = None,
) -> Response[bytes]:
    kept = read_kept(take_text(fields, "kept"))
    return render_staff(
        request,
        None,
        template,
        status=status,
        wording=find_staff_wording(request, None, take_text(fields, "lang")),
        to=read_own_path(take_text(fields, "to")),
        kept="" if kept is None else write_kept(kept),
        name=take_text(fields, "name")[:64],
        notice=notice,
        sentence=sentence,
    )


def lead_on(request: Request, fields: Fields) -> Response[bytes]:
    """To where the person wanted to go; a kept form is shown first, and sent on at a press."""
    to, kept = read_own_path(take_text(fields, "to")), read_kept(take_text(fields, "kept"))
    language = take_text(fields, "lang")
    if kept is None:
        asked = f"{to}?lang={language}" if language in LANGUAGES and to == HOME else to
        return Response(b"", status_code=SEE_OTHER, headers={"location": asked})
    wording = find_staff_wording(request, None, language)
    return render_staff(request, None, "staff_kept.html", wording=wording, to=to, fields=kept)


@post("/staff/sign-out", opt=PAGE)
async def leave(request: Request) -> Response[bytes]:
    """Whether or not the session is still open: afterwards there is none."""
    fields = await read_fields(request)
    check_same_site(request)
    state = request.app.state
    try:
        await sign_out(state.pool, request.cookies.get(COOKIE, ""), state.read_now())
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None
    language = take_text(fields, "lang")
    address = f"{SIGN_IN}?after=sign-out" + (f"&lang={language}" if language in LANGUAGES else "")
    return take_cookie(Response(b"", status_code=SEE_OTHER, headers={"location": address}))


ROUTES = [show_sign_in, try_to_sign_in, leave, *INVITATION_ROUTES]
