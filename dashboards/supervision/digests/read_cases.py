"""The cases that a digest tells of: of a Front that holds them, or of a unit's head who owes an answer. No names."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Literal

import msgspec

from dashboards.cases.due_dates import WAITING
from dashboards.cases.hold_case import find_place
from feedback.accounts.powers import SignedIn, Where, may
from feedback.accounts.rows import borrow_rows
from feedback.database import Pool
from feedback.tables.digest_cases import DigestCase, select_digest_cases
from feedback.tables.supervision_cases import CaseDeed

Side = Literal["front", "unit"]
OF_FRONT: tuple[CaseDeed, ...] = ("answered", "overdue", "escalated")
OF_UNIT: tuple[CaseDeed, ...] = (
    "sent", "reopened", "not_accepted", "escalated", "extended", "reminded", "overdue",
)  # fmt: skip


class CaseNote(msgspec.Struct, frozen=True):
    """One line: what to do about which case. `kind` is part of the sentence's key."""

    case_id: int
    kind: str
    unit_name: str
    due_on: date
    is_new: bool


class CaseNotes(msgspec.Struct, frozen=True):
    """New ones first, then by due date."""

    side: Side = "front"
    notes: tuple[CaseNote, ...] = ()

    @property
    def new(self) -> int:
        return sum(note.is_new for note in self.notes)


NO_CASES = CaseNotes()


async def read_case_notes(pool: Pool, reader: SignedIn, since: datetime | None, today: date) -> CaseNotes:
    """Nothing for whoever neither holds nor answers cases. New is what was done after `since`."""
    if may(reader.appointments, "work_on_cases"):
        async with borrow_rows(pool, reader, "work_on_cases") as connection:
            found = await select_digest_cases(connection, ("answered", *WAITING), OF_FRONT)
        held = [case for case in found if is_held(reader, case)]
        return make_notes("front", held, partial(name_for_front, today=today), since)
    if may(reader.appointments, "answer_cases"):
        async with borrow_rows(pool, reader, "answer_cases") as connection:
            found = await select_digest_cases(connection, tuple(WAITING), OF_UNIT)
        return make_notes("unit", found, partial(name_for_unit, today=today), since)
    return NO_CASES


def is_held(reader: SignedIn, case: DigestCase) -> bool:
    """A case passed on to a higher level is told there, and no longer below."""
    where = Where(case.province_code, case.commune_code, case.unit_code)
    return may(reader.appointments, "work_on_cases", find_place(case.level, where))


def make_notes(
    side: Side, cases: Sequence[DigestCase], name: Callable[[DigestCase], str], since: datetime | None
) -> CaseNotes:
    notes = [
        CaseNote(case.case_id, kind, case.unit_name, case.due_on, since is None or case.at > since)
        for case in cases
        if (kind := name(case))
    ]
    return CaseNotes(side, tuple(sorted(notes, key=lambda note: (not note.is_new, note.due_on, note.case_id))))


def name_for_front(case: DigestCase, today: date) -> str:
    """Empty where there is nothing to do but wait."""
    if case.state == "answered":
        return "answered"
    if case.due_on < today:
        return "overdue"
    return "escalated" if case.state == "escalated" and case.last == "escalated" else ""


def name_for_unit(case: DigestCase, today: date) -> str:
    if case.due_on < today:
        return "overdue"
    if case.last == "reminded" and case.told_due_on == case.due_on:
        return "due-soon"
    return {"sent": "new", "not_accepted": "not-accepted", "escalated": "passed-on"}.get(case.state, "")
