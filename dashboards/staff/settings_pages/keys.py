"""Keys of other programs: who holds one, for what and where; a new one, shown once; its approval and its end."""

import re
import secrets
from collections.abc import Mapping
from functools import partial

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import make_readable, name_day, refuse
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.settings_pages.key_form import EMPTY, read_key
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.api_keys import LONGEST_LIFE, LONGEST_WAIT, SCOPES, ApiKey, make_key_text
from feedback.command_line.keys import KEY_BYTES
from feedback.keep_keys import approve_key, propose_key
from feedback.set_parameters import note
from feedback.tables.administered_keys import select_key_line, select_key_lines
from feedback.tables.api_keys import revoke_api_key
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter, write_audit
from surveys.case_errors import SettingRefusedError
from surveys.errors import KeyCoversNothingError, OldProofError, TooManyKeysError, UnknownPlaceError
from surveys.wording import Wording

ADMINISTER = {"access": "staff", "limit": "by account", "action": "administer_keys"}
LIST = "/staff/keys"
STORED, REFUSED = 201, 422
KEY_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{10}")
NOT_TAKEN = (SettingRefusedError, OldProofError, KeyCoversNothingError, UnknownPlaceError, TooManyKeysError)


@get(LIST, opt=ADMINISTER)
async def list_keys(request: Request) -> Response[bytes]:
    return await show_keys(request, await enter(request))


@post(LIST, opt=ADMINISTER)
async def make_key(request: Request) -> Response[bytes]:
    """The new key stands on the answer, this once; what cannot be taken comes back as it was filled in."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        form = {name: take_text(fields, name) for name in EMPTY}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        text = make_key_text(secrets.token_bytes(KEY_BYTES))
        try:
            now = request.app.state.read_now()
            insist_recent_proof(signed_in, now)
            key = read_key(form, text, request.app.state.read_day())
            async with borrow_staff_rows(request, signed_in) as connection:
                stored = await propose_key(connection, signed_in.account, key, now)
        except NOT_TAKEN as error:
            problem = wording.error(error)
            return await show_keys(request, signed_in, status=REFUSED, language=language, problem=problem, form=form)
        notice = name_notice(wording, stored)
        return await show_keys(request, signed_in, status=STORED, language=language, notice=notice, secret=text)

    return await answer_form(request, answer)


@post(f"{LIST}/{{key:str}}/approve", opt=ADMINISTER)
async def let_key_read_scores(request: Request, key: FromPath[str]) -> Response[bytes]:
    """By another administrator than the one who made it. What is refused to the administrator is kept in the log."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        now, today = request.app.state.read_now(), request.app.state.read_day()
        line = None
        try:
            insist_recent_proof(signed_in, now)
            async with borrow_staff_rows(request, signed_in) as connection:
                line = await select_key_line(connection, key) if KEY_ID.fullmatch(key) else None
                if line is not None:
                    await approve_key(connection, signed_in.account, line, today, now)
        except (SettingRefusedError, OldProofError) as error:
            await write_audit(request, signed_in, "key-approved", "denied", "key", make_readable(key))
            problem = wording.error(error)
            return await show_keys(request, signed_in, status=REFUSED, language=language, problem=problem)
        if line is None:
            await refuse(request, signed_in, "key", make_readable(key))
        notice = wording.say("keys.approved", key=f"lnk_{key}")
        return await show_keys(request, signed_in, language=language, notice=notice)

    return await answer_form(request, answer)


@post(f"{LIST}/{{key:str}}/revoke", opt=ADMINISTER)
async def revoke_key(request: Request, key: FromPath[str]) -> Response[bytes]:
    """At once, and for good."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        line = None
        is_revoked = False
        if KEY_ID.fullmatch(key):
            async with borrow_staff_rows(request, signed_in) as connection:
                line = await select_key_line(connection, key)
                is_revoked = await revoke_api_key(connection, key, request.app.state.read_day())
                if is_revoked:
                    now = request.app.state.read_now()
                    await note(connection, signed_in.account, now, "key-revoked", "key", f"lnk_{key}")
        if line is None:
            await refuse(request, signed_in, "key", make_readable(key))
        if not is_revoked:
            problem = wording.error(SettingRefusedError(reason="key-revoked"))
            return await show_keys(request, signed_in, status=REFUSED, language=language, problem=problem)
        notice = wording.say("keys.revoked", key=f"lnk_{key}")
        return await show_keys(request, signed_in, language=language, notice=notice)

    return await answer_form(request, answer)


async def show_keys(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = 200,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
    form: Mapping[str, str] = EMPTY,
    secret: str | None = None,
) -> Response[bytes]:
    """`secret` is a whole key, shown this once; no page is kept by a browser."""
    today = request.app.state.read_day()
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_key_lines(connection)
    wording = find_staff_wording(request, signed_in, language)
    return render_staff(
        request,
        signed_in,
        "key_list.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        here=LIST,
        lines=[(line, line.name_state(today)) for line in lines],
        own=signed_in.account.account_id,
        notice=notice,
        problem=problem,
        form=form,
        scopes=SCOPES,
        secret=secret,
        longest_life=LONGEST_LIFE.days,
        longest_wait=LONGEST_WAIT.days,
    )


def name_notice(wording: Wording, key: ApiKey) -> str | None:
    return wording.say("keys.proposed") if key.is_waiting else None


ROUTES = [list_keys, make_key, let_key_read_scores, revoke_key]
