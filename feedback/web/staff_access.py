"""Lets staff in: who asks, by the session cookie; whether the route's action is theirs, and the place in reach.

Every staff route names its action in `opt`; its handler begins with `enter`, and asks `insist` for each object.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NoReturn
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute

from feedback.accounts.powers import Action, SignedIn, Where, may
from feedback.accounts.rows import borrow_rows
from feedback.accounts.sessions import find_signed_in
from feedback.database import TEMPORARY_FAILURES, Connection
from feedback.tables.audit_log import AuditEntry, Outcome, insert_audit_entry
from feedback.web.bodies import Request
from feedback.web.limits import Limits
from surveys.errors import (
    ForeignPageError,
    PowerMissingError,
    SessionNeededError,
    StaffPagesUnavailableError,
    TooManyRequestsError,
    UnknownPageError,
)

COOKIE = "__Host-langnghe"
REQUESTS_A_MINUTE = 600  # of one account
SAFE = {"GET", "HEAD"}


async def enter(request: Request) -> SignedIn:
    """Who asks, if signed in and allowed the action that the route names.

    Raises ForeignPageError (403), SessionNeededError (401), PowerMissingError (403), TooManyRequestsError (429),
    StaffPagesUnavailableError (503).
    """
    check_same_site(request)
    signed_in = await find_who_asks(request)
    limits: Limits = request.app.state.limits
    account_id = str(signed_in.account.account_id)
    if not await limits.limiter.hit(RateLimitItemPerMinute(REQUESTS_A_MINUTE), "account", account_id):
        raise TooManyRequestsError
    action = read_action(request)
    if not may(signed_in.appointments, action):
        await write_audit(request, signed_in, action, "denied", "page", request.url.path)
        raise PowerMissingError
    return signed_in


async def insist(request: Request, signed_in: SignedIn, where: Where, object_kind: str, object_code: str) -> None:
    """Raises UnknownPageError where the object is out of reach, as where it does not exist; the attempt is kept."""
    action = read_action(request)
    if not may(signed_in.appointments, action, where):
        await deny(request, signed_in, object_kind, object_code)


async def deny(request: Request, signed_in: SignedIn, object_kind: str, object_code: str) -> NoReturn:
    """Raises UnknownPageError, and keeps that somebody asked."""
    await write_audit(request, signed_in, read_action(request), "denied", object_kind, object_code)
    raise UnknownPageError


def read_action(request: Request) -> Action:
    return request.route_handler.opt["action"]


async def find_who_asks(request: Request) -> SignedIn:
    """Raises SessionNeededError and StaffPagesUnavailableError."""
    session_id = request.cookies.get(COOKIE, "")
    if not session_id:
        raise SessionNeededError
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            found = await find_signed_in(connection, session_id, request.app.state.read_now())
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None
    if found is None:
        raise SessionNeededError
    return found


@asynccontextmanager
async def borrow_staff_rows(request: Request, signed_in: SignedIn) -> AsyncGenerator[Connection]:
    """One transaction behind the second wall, for the route's action. Raises StaffPagesUnavailableError."""
    try:
        async with borrow_rows(request.app.state.pool, signed_in, read_action(request)) as connection:
            yield connection
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


def check_same_site(request: Request) -> None:
    """What changes something must come from our own pages (Fetch Metadata; without it, by the origin).

    Raises ForeignPageError.
    """
    if request.method in SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = {request.headers.get("host"), urlsplit(request.app.state.settings.base_url).netloc}
    is_own = origin is not None and urlsplit(origin).netloc in own
    if not (is_own if site is None else site == "same-origin" and (origin is None or is_own)):
        raise ForeignPageError


async def write_audit(
    request: Request,
    signed_in: SignedIn,
    action: str,
    outcome: Outcome,
    object_kind: str,
    object_code: str,
) -> None:
    """In a transaction of its own: what was refused is kept although nothing else happens."""
    entry = make_entry(signed_in, request.app.state.read_now(), action, outcome, object_kind, object_code)
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            await insert_audit_entry(connection, entry)
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


def make_entry(
    signed_in: SignedIn,
    now: datetime,
    action: str,
    outcome: Outcome,
    object_kind: str,
    object_code: str,
    *,
    unit_id: int = 0,
    official_id: int = 0,
) -> AuditEntry:
    """An entry to be inserted in the transaction that it is about."""
    account = signed_in.account
    return AuditEntry(
        at=now,
        account_id=account.account_id,
        actor=account.display_name,
        action=action,
        outcome=outcome,
        object_kind=object_kind,
        object_code=object_code[:200],
        unit_id=unit_id,
        official_id=official_id,
    )
