"""Taking an account by its link: an own password, and a code device that has shown one right code."""

import secrets

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.invitations import Invited, accept_invitation, open_invitation
from feedback.accounts.passwords import LONGEST, SHORTEST, check_new_password
from feedback.accounts.totp import make_enrolment_address, print_secret
from feedback.database import TEMPORARY_FAILURES
from feedback.posters.square import draw_screen_square
from feedback.web.bodies import Request, read_fields, take_text
from feedback.web.replies import reply_compressed
from feedback.web.reply_session_over import SIGN_IN
from feedback.web.sign_in_access import count_attempt, forget_attempts, take_secret
from feedback.web.staff_access import check_same_site
from feedback.web.statuses import STATUS
from surveys.errors import (
    LangNgheError,
    PasswordRefusedError,
    SignInTooSoonError,
    StaffPagesUnavailableError,
    UnknownInvitationError,
    WrongCodeError,
)
from surveys.wording import LANGUAGES

INVITATION = "/staff/invitation/{token:str}"
PAGE = {"access": "public", "limit": "30/minute"}
SVG = "image/svg+xml"
SEE_OTHER = 303
# Lax: the link comes in a letter or a message, and is perhaps opened from there again.
DEVICE_COOKIE = "__Host-langnghe-device"
DEVICE_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=259200"


@get(INVITATION, opt=PAGE)
async def show_invitation(request: Request, token: FromPath[str]) -> Response[bytes]:
    browser = read_browser(request) or secrets.token_urlsafe(32)
    invited = await find_invited(request, token, browser)
    reply = render_invitation(request, token, invited)
    if invited.new_device is not None:
        reply.headers["set-cookie"] = f"{DEVICE_COOKIE}={browser}; {DEVICE_ATTRIBUTES}"
    return reply


def read_browser(request: Request) -> str:
    """Empty for one that has not opened the link; what it shows there is no code of any device it was given."""
    return request.cookies.get(DEVICE_COOKIE, "")


@get(f"{INVITATION}/square.svg", opt=PAGE)
async def draw_device_square(request: Request, token: FromPath[str]) -> Response[bytes]:
    """What a code device reads with its camera. Raises UnknownInvitationError for who has a device already."""
    invited = await find_invited(request, token, read_browser(request))
    if invited.new_device is None:
        raise UnknownInvitationError
    address = make_enrolment_address(invited.new_device, invited.account.sign_in_name)
    return reply_compressed(request, draw_screen_square(address).encode(), SVG, headers={})


@post(INVITATION, opt=PAGE)
async def take_account(request: Request, token: FromPath[str]) -> Response[bytes]:
    """Whatever is wrong: the form again, and the link stays good. A password is typed again, never sent back."""
    fields = await read_fields(request)
    check_same_site(request)
    browser = read_browser(request)
    invited = await find_invited(request, token, browser)
    state, language = request.app.state, take_text(fields, "lang")
    password, code = take_secret(fields, "new_password"), take_text(fields, "code")
    try:
        check_new_password(password, take_secret(fields, "repeated"), invited.account.sign_in_name)
        # By the link alone, whoever calls: only the person invited knows it, so nobody else is shut out.
        key = count_attempt(request, token, any_caller=True)
        await accept_invitation(state.pool, state.settings.secret, token, browser, password, code, state.read_now())
    except TEMPORARY_FAILURES:
        return render_invitation(request, token, invited, StaffPagesUnavailableError(), language)
    except (PasswordRefusedError, WrongCodeError, SignInTooSoonError) as error:
        return render_invitation(request, token, invited, error, language)
    forget_attempts(request, key)
    address = f"{SIGN_IN}?after=invitation" + (f"&lang={language}" if language in LANGUAGES else "")
    return Response(b"", status_code=SEE_OTHER, headers={"location": address})


async def find_invited(request: Request, token: str, browser: str) -> Invited:
    """Raises UnknownInvitationError and StaffPagesUnavailableError."""
    state = request.app.state
    try:
        async with state.pool.acquire(timeout=3) as connection:
            return await open_invitation(connection, state.settings.secret, token, browser, state.read_now())
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


def render_invitation(
    request: Request, token: str, invited: Invited, error: LangNgheError | None = None, language: str = ""
) -> Response[bytes]:
    wording = find_staff_wording(request, None, language)
    reply = render_staff(
        request,
        None,
        "staff_invitation.html",
        status=STATUS[type(error)] if error else 200,
        wording=wording,
        here=f"/staff/invitation/{token}",
        token=token,
        account=invited.account,
        secret=print_secret(invited.new_device) if invited.new_device else None,
        sentence=wording.error(error) if error else None,
        shortest=SHORTEST,
        longest=LONGEST,
    )
    if isinstance(error, SignInTooSoonError):
        reply.headers["retry-after"] = str(error.details["seconds"])
    return reply


ROUTES = [show_invitation, draw_device_square, take_account]
