"""The page of one's own passkeys, and signing in with one. What a script sends is JSON; the page works without it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from litestar import Response, get, post

from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.plain_rows import borrow_plain_rows
from feedback.accounts.passkey_sign_in import sign_in_with_passkey
from feedback.accounts.passkeys import (
    LONGEST_NAME,
    MOST_PASSKEYS,
    RelyingParty,
    decode_bytes,
    encode_id,
    enrol_passkey,
    find_relying_party,
    insist_relying_party,
    offer_enrolment,
    offer_sign_in,
    tidy_name,
)
from feedback.accounts.powers import Role, SignedIn
from feedback.accounts.recent_proof import insist_recent_proof, is_proof_recent
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.account_passkeys import delete_passkey, select_passkeys, update_passkey_name
from feedback.tables.audit_log import Outcome, insert_audit_entry
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.sign_in_access import give_cookie
from feedback.web.staff_access import COOKIE, check_same_site, deny, enter, make_entry
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError, OldProofError, PasskeyRefusedError, TooManyPasskeysError
from surveys.wording import Wording

PAGE = {"access": "staff", "limit": "by account", "action": "see_self"}
# Of one caller: an office may stand behind one address. A sign-in is one of each.
BEFORE_SIGN_IN = {"access": "public", "limit": "60/minute"}
OWN_PAGE = "/staff/passkeys"
HOME = "/staff"
JSON = "application/json"
STORED = 201
ASKED_ROLES: frozenset[Role] = frozenset({"front_supervisor", "administrator"})
MADE = ("credential", "client_data", "attestation")
SHOWN = ("credential", "client_data", "authenticator_data", "signature", "user_handle")
LONGEST_SHOWN = 8192


@get(OWN_PAGE, opt=PAGE)
async def show_passkeys(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    return await render_passkeys(request, signed_in, find_staff_wording(request, signed_in))


@post(f"{OWN_PAGE}/begin", opt=PAGE, status_code=200)
async def begin_enrolment(request: Request) -> Response[str]:
    """What navigator.credentials.create() is asked."""
    await read_fields(request)
    signed_in = await enter(request)
    now = request.app.state.read_now()
    insist_recent_proof(signed_in, now)
    party = insist_relying_party(request.app.state.settings.base_url)
    async with borrow_plain_rows(request) as connection:
        return Response(await offer_enrolment(connection, party, signed_in.account, now), media_type=JSON)


@post(f"{OWN_PAGE}/keep", opt=PAGE, status_code=STORED)
async def keep_passkey(request: Request) -> Response[dict[str, str]]:
    """What navigator.credentials.create() answered, and a name for it."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    now = request.app.state.read_now()
    insist_recent_proof(signed_in, now)
    party = insist_relying_party(request.app.state.settings.base_url)
    shown = read_shown(fields, MADE)
    wording = find_staff_wording(request, signed_in)
    name = tidy_name(take_text(fields, "name"), wording.say("passkeys.usual-name"))
    async with borrow_plain_rows(request) as connection, connection.transaction():
        problem = await try_to_enrol(connection, party, signed_in, name, shown, now)
        outcome: Outcome = "failed" if problem else "done"
        await insert_audit_entry(connection, make_entry(signed_in, now, "add-passkey", outcome, "passkey", name))
    if problem is not None:
        raise problem
    return Response({"to": OWN_PAGE}, status_code=STORED, media_type=JSON)


@post(f"{OWN_PAGE}/rename", opt=PAGE)
async def rename_passkey(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    signed_in = await enter(request)
    wording = find_staff_wording(request, signed_in, take_text(fields, "lang"))
    credential_id = find_credential(fields)
    name = tidy_name(take_text(fields, "name"), wording.say("passkeys.usual-name"))
    entry = make_entry(signed_in, request.app.state.read_now(), "rename-passkey", "done", "passkey", name)
    async with borrow_plain_rows(request) as connection, connection.transaction():
        is_own = await update_passkey_name(connection, signed_in.account.account_id, credential_id, name)
        if is_own:
            await insert_audit_entry(connection, entry)
    if not is_own:
        await deny(request, signed_in, "passkey", "")
    return await render_passkeys(request, signed_in, wording, notice=wording.say("passkeys.renamed"))


@post(f"{OWN_PAGE}/remove", opt=PAGE)
async def remove_passkey(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    signed_in = await enter(request)
    wording = find_staff_wording(request, signed_in, take_text(fields, "lang"))
    now = request.app.state.read_now()
    if not is_proof_recent(signed_in, now):
        return await render_passkeys(request, signed_in, wording, problem=OldProofError())
    credential_id = find_credential(fields)
    async with borrow_plain_rows(request) as connection, connection.transaction():
        name = await delete_passkey(connection, signed_in.account.account_id, credential_id)
        if name is not None:
            entry = make_entry(signed_in, now, "remove-passkey", "done", "passkey", name)
            await insert_audit_entry(connection, entry)
    if name is None:
        await deny(request, signed_in, "passkey", "")
    return await render_passkeys(request, signed_in, wording, notice=wording.say("passkeys.removed"))


@post(f"{OWN_PAGE}/challenge", opt=BEFORE_SIGN_IN, status_code=200)
async def begin_sign_in(request: Request) -> Response[str]:
    """What navigator.credentials.get() is asked."""
    await read_fields(request)
    check_same_site(request)
    party = insist_relying_party(request.app.state.settings.base_url)
    async with borrow_plain_rows(request) as connection:
        options = await offer_sign_in(connection, party, request.app.state.read_now())
    return Response(options, media_type=JSON)


@post(f"{OWN_PAGE}/sign-in", opt=BEFORE_SIGN_IN, status_code=200)
async def show_passkey(request: Request) -> Response[bytes]:
    """What navigator.credentials.get() answered; begins a session."""
    fields = await read_fields(request)
    check_same_site(request)
    party = insist_relying_party(request.app.state.settings.base_url)
    shown = read_shown(fields, SHOWN)
    now, day = request.app.state.read_now(), request.app.state.read_day()
    async with borrow_plain_rows(request) as connection:
        earlier_id = request.cookies.get(COOKIE, "")
        session_id = await sign_in_with_passkey(connection, party, shown, now, day, earlier_id=earlier_id)
    return give_cookie(Response(msgspec.json.encode({"to": HOME}), media_type=JSON), session_id)


def read_shown(fields: Fields, names: Iterable[str]) -> Mapping[str, str]:
    """Raises PasskeyRefusedError."""
    shown = {name: take_text(fields, name) for name in names}
    if any(len(text) > LONGEST_SHOWN for text in shown.values()):
        raise PasskeyRefusedError(reason="unreadable")
    return shown


def find_credential(fields: Fields) -> bytes:
    """Empty for what can be no passkey."""
    try:
        return decode_bytes(take_text(fields, "passkey"))
    except PasskeyRefusedError:
        return b""


async def try_to_enrol(
    connection: Connection,
    party: RelyingParty,
    signed_in: SignedIn,
    name: str,
    shown: Mapping[str, str],
    now: datetime,
) -> PasskeyRefusedError | TooManyPasskeysError | None:
    """What was wrong; the challenge is used up all the same."""
    try:
        await enrol_passkey(connection, party, signed_in.account.account_id, name, shown, now)
    except (PasskeyRefusedError, TooManyPasskeysError) as error:
        return error
    return None


async def render_passkeys(
    request: Request,
    signed_in: SignedIn,
    wording: Wording,
    *,
    notice: str | None = None,
    problem: LangNgheError | None = None,
) -> Response[bytes]:
    async with borrow_plain_rows(request) as connection:
        passkeys = await select_passkeys(connection, signed_in.account.account_id)
    return render_staff(
        request,
        signed_in,
        "staff_passkeys.html",
        status=STATUS[type(problem)] if problem else 200,
        wording=wording,
        here=OWN_PAGE,
        passkeys=passkeys,
        encode_id=encode_id,
        read_local_day=read_local_day,
        is_possible=find_relying_party(request.app.state.settings.base_url) is not None,
        is_recent=is_proof_recent(signed_in, request.app.state.read_now()),
        is_asked=not passkeys and bool(signed_in.roles & ASKED_ROLES),
        has_room=len(passkeys) < MOST_PASSKEYS,
        longest=LONGEST_NAME,
        notice=notice,
        problem=wording.error(problem) if problem else None,
    )


ROUTES = [
    show_passkeys,
    begin_enrolment,
    keep_passkey,
    rename_passkey,
    remove_passkey,
    begin_sign_in,
    show_passkey,
]
