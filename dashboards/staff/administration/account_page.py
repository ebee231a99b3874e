"""The page of one account: who the person is, every appointment there ever was, and the form for another one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NoReturn

import msgspec
from litestar import Response

from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.appoint import WITHOUT_REACH
from feedback.accounts.powers import ROLES, SignedIn, join_codes
from feedback.accounts.sessions import IDLE
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.record_response import LOCAL_TIME
from feedback.tables.administered_accounts import AccountLine, select_account_line
from feedback.tables.appointments import AppointmentLine, select_appointments_of, select_names_in_reach
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny
from surveys.errors import UnknownPageError
from surveys.wording import Wording

MOST_DIGITS = 9  # fits an integer
EMPTY_FORM: Mapping[str, str] = {"role": "", "everywhere": "", "provinces": "", "communes": "", "units": ""}


class AccountFigures(msgspec.Struct, frozen=True):
    """`names` are those of places and units, by "place <code>" and "unit <code>"."""

    line: AccountLine
    appointments: list[AppointmentLine]
    names: Mapping[str, str]


async def read_number(request: Request, signed_in: SignedIn, kind: str, text: str) -> int:
    """Raises UnknownPageError for what can be no number of an object; the attempt is kept."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        await refuse(request, signed_in, kind, make_readable(text))
    return int(text)


async def refuse(request: Request, signed_in: SignedIn, kind: str, code: object) -> NoReturn:
    """Raises UnknownPageError; the attempt is kept."""
    await deny(request, signed_in, kind, str(code))
    raise UnknownPageError


def make_readable(text: str) -> str:
    """What a database takes as text."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


async def show_account_page(
    request: Request,
    signed_in: SignedIn,
    account_id: int,
    *,
    status: int = 200,
    language: str = "",
    notice: str | None = None,
    problem: str | None = None,
    form: Mapping[str, str] = EMPTY_FORM,
    link: str | None = None,
) -> Response[bytes]:
    """Raises UnknownPageError where there is no such account. `link` is an invitation, shown this once."""
    async with borrow_staff_rows(request, signed_in) as connection:
        figures = await read_account(connection, account_id, request.app.state.read_now())
    if figures is None:
        await refuse(request, signed_in, "account", account_id)
    wording = find_staff_wording(request, signed_in, language)
    return render_staff(
        request,
        signed_in,
        "administration_account.html",
        status=status,
        wording=wording,
        local_day=partial(name_day, wording),
        here=f"/staff/accounts/{account_id}",
        figures=figures,
        roles=ROLES,
        without_reach=WITHOUT_REACH,
        notice=notice,
        problem=problem,
        form=form,
        link=link,
        own=signed_in.account.account_id,
    )


def name_day(wording: Wording, moment: datetime) -> str:
    return wording.date(moment.astimezone(LOCAL_TIME).date())


async def read_account(connection: Connection, account_id: int, now: datetime) -> AccountFigures | None:
    line = await select_account_line(connection, now - IDLE, account_id)
    if line is None:
        return None
    appointments = await select_appointments_of(connection, account_id)
    return AccountFigures(line, appointments, await name_places(connection, appointments))


async def name_places(connection: Connection, lines: Sequence[AppointmentLine]) -> dict[str, str]:
    named = Reach(
        provinces=join_codes(line.reach.provinces for line in lines),
        communes=join_codes(line.reach.communes for line in lines),
        units=join_codes(line.reach.units for line in lines),
    )
    return await select_names_in_reach(connection, named)
