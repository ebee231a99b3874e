"""What the pages of cross-checks show: one round with its gap, one item, all items as a file. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

import msgspec
from litestar import Response

from dashboards.checks.draw_round import MOST_DRAWN, RoundForm, is_number
from dashboards.checks.gaps import read_gap
from dashboards.checks.levels import runs_checks, sees_whole
from dashboards.checks.record_item import LONGEST_NOTE, FindingForm
from dashboards.phrases import Phrases
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.areas import find_area
from dashboards.supervision.figures import Area
from dashboards.supervision.tables import Column, Table
from feedback.accounts.powers import SignedIn, Where, may
from feedback.database import TEMPORARY_FAILURES
from feedback.record_response import read_local_day
from feedback.tables.check_rounds import CheckItem, CheckRound, select_items, select_people, select_round
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, read_action
from surveys.errors import StaffPagesUnavailableError, UnknownPageError
from surveys.survey import Question
from surveys.wording import Wording

OBJECT_KIND = "check"
NO_FORM = RoundForm("", "desks", "", "", "")


class ShownRound(msgspec.Struct, frozen=True):
    """`items` are those in reach; `area` is None where the place is no longer in the catalogue."""

    drawn: CheckRound
    area: Area | None
    items: tuple[CheckItem, ...]
    people: Mapping[int, str]

    @property
    def drawer(self) -> str:
        return self.people[self.drawn.drawn_by]


async def reach_round(request: Request, signed_in: SignedIn, text: str) -> ShownRound:
    """A round of an area in reach, or with items in reach. Raises UnknownPageError, and keeps that somebody asked."""
    async with borrow_staff_rows(request, signed_in) as connection:
        drawn = await select_round(connection, int(text)) if is_number(text) else None
        area = await find_area(connection, drawn.area) if drawn else None
        items = await select_items(connection, drawn.round_id) if drawn else []
    if drawn is None:
        await refuse(request, signed_in, text)
    reached = tuple(item for item in items if reaches(request, signed_in, item))
    if not reached and (area is None or not may(signed_in.appointments, read_action(request), area.where)):
        await refuse(request, signed_in, text)
    return ShownRound(drawn, area, reached, await name_people(request, drawn, reached))


def reaches(request: Request, signed_in: SignedIn, item: CheckItem) -> bool:
    """The first wall, besides the second that has read the item."""
    where = Where(item.province_code, item.commune_code, item.unit_code)
    return may(signed_in.appointments, read_action(request), where)


async def name_people(request: Request, drawn: CheckRound, items: Sequence[CheckItem]) -> Mapping[int, str]:
    """As the program: staff may not read accounts, but who checked is no secret among those who check."""
    ids = {drawn.drawn_by, *(item.found_by for item in items if item.found_by is not None)}
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return await select_people(connection, sorted(ids))
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


async def reach_item(request: Request, signed_in: SignedIn, text: str, place: str) -> tuple[ShownRound, CheckItem]:
    """Raises UnknownPageError, and keeps that somebody asked."""
    shown = await reach_round(request, signed_in, text)
    found = next((item for item in shown.items if place == str(item.place)), None)
    if found is None:
        await refuse(request, signed_in, f"{text}/{place}")
    return shown, found


async def refuse(request: Request, signed_in: SignedIn, text: str) -> NoReturn:
    await deny(request, signed_in, OBJECT_KIND, "".join(letter for letter in text if letter.isprintable()))
    raise UnknownPageError


def render_round(
    request: Request,
    signed_in: SignedIn,
    shown: ShownRound,
    *,
    status: int = 200,
    problem: str = "",
    language: str = "",
) -> Response[bytes]:
    drawn = shown.drawn
    wording = find_staff_wording(request, signed_in, language)
    sees_gap = sees_whole(signed_in, shown.area)
    return render_staff(
        request,
        signed_in,
        "check_round.html",
        status=status,
        wording=wording,
        here=f"/staff/checks/{drawn.round_id}",
        shown=shown,
        drawn=drawn,
        drawn_on=read_local_day(drawn.drawn_at)[0],
        closed_on=read_local_day(drawn.closed_at)[0] if drawn.closed_at else None,
        gap=read_gap(drawn.gap) if drawn.gap and sees_gap else None,
        sees_gap=sees_gap,
        done=sum(item.found_at is not None for item in shown.items),
        runs=runs_checks(signed_in, shown.area),
        can_open_case=may(signed_in.appointments, "work_on_cases"),
        phrases=Phrases(wording),
        problem=problem,
    )


def render_item(
    request: Request,
    signed_in: SignedIn,
    shown: ShownRound,
    item: CheckItem,
    question: Question,
    *,
    status: int = 200,
    problem: str = "",
    typed: FindingForm | None = None,
    language: str = "",
) -> Response[bytes]:
    """`problem` is why nothing was kept, `typed` what was sent; the form then holds it, or stands beneath."""
    return render_staff(
        request,
        signed_in,
        "check_item.html",
        status=status,
        wording=find_staff_wording(request, signed_in, language),
        here=f"/staff/checks/{shown.drawn.round_id}/items/{item.place}",
        shown=shown,
        item=item,
        found_on=read_local_day(item.found_at)[0] if item.found_at else None,
        is_open=item.found_at is None and shown.drawn.closed_at is None,
        runs=runs_checks(signed_in, shown.area),
        can_open_case=may(signed_in.appointments, "work_on_cases"),
        question=question,
        longest=LONGEST_NOTE,
        problem=problem,
        typed=typed or FindingForm(),
    )


def make_item_table(shown: ShownRound, wording: Wording) -> Table:
    names = (
        "place",
        "unit",
        "desk",
        "procedure",
        "day",
        "ordinal",
        "score",
        "late",
        "possible",
        "note",
        "by",
        "found-on",
    )
    kinds = {"place": "number", "ordinal": "number", "score": "number", "day": "date", "found-on": "date"}
    columns = tuple(Column(wording.say(f"check.column.{name}"), kinds.get(name, "text")) for name in names)  # pyright: ignore[reportArgumentType] (a plain text of the four kinds)
    return Table(columns, tuple(make_item_row(item, shown.people, wording) for item in shown.items))


def make_item_row(item: CheckItem, people: Mapping[int, str], wording: Wording) -> tuple[str | int | date | None, ...]:
    late = "unknown" if item.was_late is None else "yes" if item.was_late else "no"
    return (
        item.place,
        f"{item.unit_code} {item.unit_name}",
        f"{item.desk_number} {item.desk_name}".strip(),
        f"{item.procedure_code} {item.procedure_name}".strip(),
        item.day,
        item.ordinal or None,
        item.found_score,
        wording.say(f"check.late.{late}") if item.found_score is not None else "",
        wording.say("check.not-possible") if item.not_possible else "",
        item.note or "",
        people[item.found_by] if item.found_by is not None else "",
        read_local_day(item.found_at)[0] if item.found_at else None,
    )


def list_limits() -> Mapping[str, int]:
    return {"most": MOST_DRAWN.value}
