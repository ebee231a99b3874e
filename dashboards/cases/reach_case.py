"""Finds the case that an address names, for one side, or says that it is not there; keeps who saw whose case."""

from typing import NoReturn

import msgspec

from dashboards.supervision.alerts.work_on_alerts import is_number
from feedback.accounts.powers import SignedIn, Where, may
from feedback.database import Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.supervision_alerts import select_where
from feedback.tables.supervision_cases import Side, SupervisionCase, select_case
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, insist, make_entry, read_action

ADDRESSES: dict[Side, str] = {"front": "/staff/cases", "unit": "/staff/unit-cases"}


class ReachedCase(msgspec.Struct, frozen=True):
    """`where` is the unit's."""

    case: SupervisionCase
    where: Where
    side: Side

    @property
    def address(self) -> str:
        return f"{ADDRESSES[self.side]}/{self.case.case_id}"


async def reach_case(request: Request, signed_in: SignedIn, text: str, side: Side) -> ReachedCase:
    """Raises UnknownPageError for what is no number, is not there or out of reach, and keeps that somebody asked.

    A draft is behind the second wall for a unit.
    """
    found = None
    if is_number(text):
        async with borrow_staff_rows(request, signed_in) as connection:
            found = await select_reached(connection, int(text), side)
    if found is None:
        await refuse(request, signed_in, text)
    await insist(request, signed_in, found.where, "case", str(found.case.case_id))
    return found


async def select_reached(connection: Connection, case_id: int, side: Side) -> ReachedCase | None:
    case = await select_case(connection, case_id)
    where = None if case is None else await select_where(connection, case.unit_id)
    return None if case is None or where is None else ReachedCase(case, where, side)


async def refuse(request: Request, signed_in: SignedIn, text: str) -> NoReturn:
    await deny(request, signed_in, "case", "".join(letter for letter in text if letter.isprintable()))


def may_answer(signed_in: SignedIn, where: Where) -> bool:
    return may(signed_in.appointments, "answer_cases", where)


async def note_case_sight(
    connection: Connection, request: Request, signed_in: SignedIn, case: SupervisionCase, *, file: str = ""
) -> None:
    """A case about an official, and every file that is fetched; in the transaction that read it."""
    if not case.official_id and not file:
        return
    entry = make_entry(
        signed_in,
        request.app.state.read_now(),
        read_action(request),
        "done",
        "case-file" if file else "case",
        f"{case.case_id}/{file}" if file else str(case.case_id),
        unit_id=case.unit_id,
        official_id=case.official_id,
    )
    await insert_audit_entry(connection, entry)
