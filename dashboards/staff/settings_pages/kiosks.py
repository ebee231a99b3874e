"""Tablets at exits: a new one, whose address is shown once, the list of them, and their end."""

import secrets
from collections.abc import Mapping
from functools import partial

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from dashboards.staff.administration.account_page import name_day, read_number, refuse
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.powers import SignedIn
from feedback.accounts.recent_proof import insist_recent_proof
from feedback.database import Connection
from feedback.kiosks import SECRET_BYTES, hash_kiosk_secret, make_kiosk_address, make_kiosk_secret
from feedback.posters.square import draw_screen_square
from feedback.set_parameters import note
from feedback.tables.kiosks import end_kiosk, insert_kiosk, select_kiosk, select_kiosk_lines, select_unit_in_use
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter
from surveys.case_errors import SettingRefusedError
from surveys.errors import OldProofError

ADMINISTER = {"access": "staff", "limit": "by account", "action": "administer_kiosks"}
LIST = "/staff/kiosks"
STORED, REFUSED = 201, 422
LONGEST_NAME, LONGEST_CODE = 60, 100
EMPTY: Mapping[str, str] = {"unit": "", "name": ""}


@get(LIST, opt=ADMINISTER)
async def list_kiosks(request: Request) -> Response[bytes]:
    return await show_kiosks(request, await enter(request))


@post(LIST, opt=ADMINISTER)
async def register_kiosk(request: Request) -> Response[bytes]:
    """The new tablet's address stands on the answer, this once; what cannot be taken comes back as it was filled in."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        form = {name: take_text(fields, name) for name in EMPTY}
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        secret = make_kiosk_secret(secrets.token_bytes(SECRET_BYTES))
        try:
            insist_recent_proof(signed_in, request.app.state.read_now())
            async with borrow_staff_rows(request, signed_in) as connection:
                await store_kiosk(connection, request, signed_in, form, secret)
        except (SettingRefusedError, OldProofError) as error:
            problem = wording.error(error)
            return await show_kiosks(request, signed_in, status=REFUSED, language=language, problem=problem, form=form)
        address = make_kiosk_address(request.app.state.settings.base_url, secret)
        return await show_kiosks(request, signed_in, status=STORED, language=language, address=address)

    return await answer_form(request, answer)


@post(f"{LIST}/{{kiosk:str}}/end", opt=ADMINISTER)
async def end_use(request: Request, kiosk: FromPath[str]) -> Response[bytes]:
    """From now on the tablet says that it is not in use; what it kept from before is taken for two days."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        kiosk_id = await read_number(request, signed_in, "kiosk", kiosk)
        language = take_text(fields, "lang")
        wording = find_staff_wording(request, signed_in, language)
        async with borrow_staff_rows(request, signed_in) as connection:
            found = await select_kiosk(connection, kiosk_id)
            now = request.app.state.read_now()
            is_ended = await end_kiosk(connection, kiosk_id, now)
            if is_ended:
                await note(connection, signed_in.account, now, "kiosk-ended", "kiosk", str(kiosk_id))
        if found is None:
            await refuse(request, signed_in, "kiosk", kiosk_id)
        if not is_ended:
            problem = wording.error(SettingRefusedError(reason="kiosk-ended"))
            return await show_kiosks(request, signed_in, status=REFUSED, language=language, problem=problem)
        notice = wording.say("kiosks.ended", name=found.name)
        return await show_kiosks(request, signed_in, language=language, notice=notice)

    return await answer_form(request, answer)


async def store_kiosk(
    connection: Connection, request: Request, signed_in: SignedIn, form: Mapping[str, str], secret: str
) -> None:
    """Raises SettingRefusedError."""
    name = " ".join(form["name"].split())
    if not (name.isprintable() and 1 <= len(name) <= LONGEST_NAME):
        raise SettingRefusedError(reason="kiosk-name", longest=str(LONGEST_NAME))
    now, today = request.app.state.read_now(), request.app.state.read_day()
    unit_id = await select_unit_in_use(connection, form["unit"][:LONGEST_CODE], today)
    if unit_id is None:
        raise SettingRefusedError(reason="kiosk-unit")
    by = signed_in.account
    kiosk_id = await insert_kiosk(connection, unit_id, name, hash_kiosk_secret(secret), by.account_id, today)
    details = {"unit": form["unit"], "name": name}
    await note(connection, by, now, "kiosk-registered", "kiosk", str(kiosk_id), **details)


async def show_kiosks(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = 200,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
    form: Mapping[str, str] = EMPTY,
    address: str | None = None,
) -> Response[bytes]:
    """`address` is that of a new tablet, with its secret, shown this once."""
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_kiosk_lines(connection)
    wording = find_staff_wording(request, signed_in, language)
    return render_staff(
        request,
        signed_in,
        "kiosk_list.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        here=LIST,
        lines=lines,
        notice=notice,
        problem=problem,
        form=form,
        address=address,
        # Drawn by our own program from an address of our own.
        square=Markup(draw_screen_square(address)) if address else None,  # noqa: S704 (as above)
    )


ROUTES = [list_kiosks, register_kiosk, end_use]
