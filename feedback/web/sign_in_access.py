"""What every way to sign in shares: the cookie, slower and slower after wrong attempts, password and code once more."""

from litestar import Response

from feedback.accounts.delays import Delays
from feedback.accounts.powers import SignedIn
from feedback.accounts.sign_in import prove_again
from feedback.database import TEMPORARY_FAILURES
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.limits import Limits
from feedback.web.staff_access import COOKIE
from surveys.errors import StaffPagesUnavailableError

# The prefix binds the cookie to this host, https and every path; no other site's page sends it.
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"


def give_cookie(reply: Response[bytes], session_id: str) -> Response[bytes]:
    reply.headers["set-cookie"] = f"{COOKIE}={session_id}; {ATTRIBUTES}"
    return reply


def take_cookie(reply: Response[bytes]) -> Response[bytes]:
    reply.headers["set-cookie"] = f"{COOKIE}=; {ATTRIBUTES}; Max-Age=0"
    return reply


def count_attempt(request: Request, name: str, *, any_caller: bool = False) -> str:
    """The key to `forget_attempts` with, where the attempt was right. Raises SignInTooSoonError.

    `any_caller` only for a name that is itself a secret: nobody is to be shut out by name alone.
    """
    limits: Limits = request.app.state.limits
    address = "" if any_caller else limits.read_address(request)
    key = limits.hash_caller(f"{name}\0{address}", request.app.state.read_day())
    delays: Delays = request.app.state.delays
    delays.count_attempt(key, request.app.state.read_now())
    return key


def forget_attempts(request: Request, key: str) -> None:
    delays: Delays = request.app.state.delays
    delays.forget(key)


async def prove_in_form(request: Request, signed_in: SignedIn, fields: Fields) -> None:
    """Before something weighty: the fields `password` and `code` are the person's own, once more.

    Raises SignInTooSoonError (429), SignInFailedError (403), StaffPagesUnavailableError (503).
    """
    key = count_attempt(request, signed_in.account.sign_in_name)
    state = request.app.state
    password, code = take_secret(fields, "password"), take_text(fields, "code")
    try:
        await prove_again(state.pool, state.settings.secret, signed_in, password, code, state.read_now())
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None
    forget_attempts(request, key)


def take_secret(fields: Fields, name: str) -> str:
    """A field as it was typed: spaces around a password belong to it."""
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""
