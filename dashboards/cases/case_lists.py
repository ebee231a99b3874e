"""The lists of cases: the Front's with what is theirs to do first, and the unit's. Reads only."""

from collections.abc import Sequence
from datetime import date

import msgspec
from litestar import Response

from dashboards.cases.case_pages import say_due
from dashboards.cases.due_dates import WAITING, name_standing
from dashboards.cases.hold_case import find_place
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.alerts.routes import reach_asked_area
from dashboards.supervision.alerts.work_on_alerts import is_number
from dashboards.supervision.areas import list_own_areas, make_unit_area
from dashboards.supervision.figures import Area
from feedback.accounts.powers import NATION, SignedIn, Where, join_reaches, may
from feedback.database import Connection
from feedback.tables.area_views import select_units_by_code
from feedback.tables.case_views import ListedCase, select_listed_cases
from feedback.tables.supervision_cases import CaseState
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, read_action
from feedback.working_days import WorkingDays, read_working_days

MOST_LISTED = 100
# What ?show= may ask for, and the states behind it; without it: everything that is not over.
SHOWN: dict[str, frozenset[CaseState]] = {
    "open": frozenset({"draft", "answered", "accepted", *WAITING}),
    "overdue": WAITING,
    "answered": frozenset({"answered"}),
    "waiting": WAITING,
    "accepted": frozenset({"accepted"}),
    "draft": frozenset({"draft"}),
    "closed": frozenset({"closed"}),
    "discarded": frozenset({"discarded"}),
}
# What the Front looks at first: it waits for the unit, or the unit waits for it.
TO_ACT_ON: frozenset[CaseState] = frozenset({"answered", *WAITING})
GROUPS = ("act", "waiting", "draft", "accepted", "closed", "discarded")


class Wanted(msgspec.Struct, frozen=True):
    """What an address asks for; `first` are the states that come before all others."""

    show: str
    page: int
    first: frozenset[CaseState]


class Line(msgspec.Struct, frozen=True):
    """`due` says when the answer is due, or how late it is; empty where none is awaited."""

    case: ListedCase
    due: str
    is_overdue: bool
    is_held: bool

    @property
    def group(self) -> str:
        if self.is_held and (self.is_overdue or self.case.state == "answered"):
            return "act"
        if self.case.state in WAITING or self.case.state == "answered":
            return "waiting"
        return self.case.state


async def list_front_cases(request: Request, signed_in: SignedIn) -> Response[bytes]:
    """?show=, ?area= and ?page= choose; the addresses can be handed on."""
    asked = request.query_params.get("show", "open")
    asked = asked if asked in SHOWN else "open"
    area = await reach_asked_area(request, signed_in, request.query_params.get("area", ""))
    wanted, where = Wanted(asked, read_page(request), TO_ACT_ON), NATION if area is None else area.where
    async with borrow_staff_rows(request, signed_in) as connection:
        lines, has_next = await read_lines(connection, request, signed_in, wanted, where)
        areas = await list_choices(connection, request, signed_in, lines)
    return render_staff(
        request,
        signed_in,
        "case_list.html",
        groups=[(name, found) for name in GROUPS if (found := [line for line in lines if line.group == name])],
        shown=asked,
        choices=list(SHOWN),
        area=area,
        areas=areas,
        may_open=may(signed_in.appointments, "work_on_cases"),
        page=wanted.page,
        has_next=has_next,
    )


async def list_cases_of_units(request: Request, signed_in: SignedIn) -> Response[bytes]:
    """Those that wait for an answer first, soonest due first; ?page= goes on. Drafts are behind the second wall."""
    wanted = Wanted("", read_page(request), WAITING)
    async with borrow_staff_rows(request, signed_in) as connection:
        lines, has_next = await read_lines(connection, request, signed_in, wanted, NATION)
    waiting = [line for line in lines if line.case.state in WAITING]
    others = [line for line in lines if line.case.state not in WAITING]
    return render_staff(
        request,
        signed_in,
        "case_unit_list.html",
        groups=[(name, found) for name, found in (("answer", waiting), ("others", others)) if found],
        may_answer=may(signed_in.appointments, "answer_cases"),
        page=wanted.page,
        has_next=has_next,
    )


def read_page(request: Request) -> int:
    """1 for what is no page."""
    text = request.query_params.get("page", "")
    return max(1, int(text)) if is_number(text) else 1


async def read_lines(
    connection: Connection, request: Request, signed_in: SignedIn, wanted: Wanted, where: Where
) -> tuple[list[Line], bool]:
    """Of one page, and whether there is another after it."""
    today, wording = request.app.state.read_day(), find_staff_wording(request, signed_in)
    cases = await select_listed_cases(
        connection,
        states=SHOWN.get(wanted.show, frozenset()),
        level="",
        where=where,
        day=today,
        first=wanted.first,
        limit=MOST_LISTED + 1,
        skipped=(wanted.page - 1) * MOST_LISTED,
    )
    calendar = await read_working_days(connection, today)
    places = await find_places(connection, cases)
    lines = [
        Line(
            case,
            say_due(wording, case.due_on, name_due(case, today, calendar), count_days(calendar, case, today)),
            name_due(case, today, calendar) == "overdue",
            is_held(signed_in, case, places.get(case.unit)),
        )
        for case in cases
    ]
    if wanted.show == "overdue":  # they come before those that are still in time
        lines = [line for line in lines if line.is_overdue]
    return lines[:MOST_LISTED], len(lines) > MOST_LISTED


async def find_places(connection: Connection, cases: Sequence[ListedCase]) -> dict[str, Area]:
    units = await select_units_by_code(connection, sorted({case.unit for case in cases}))
    return {unit.code: make_unit_area(unit) for unit in units}


def is_held(signed_in: SignedIn, case: ListedCase, unit: Area | None) -> bool:
    return unit is not None and may(signed_in.appointments, "work_on_cases", find_place(case.level, unit.where))


def name_due(case: ListedCase, today: date, calendar: WorkingDays) -> str:
    return name_standing(case.due_on, case.state, today, calendar)


def count_days(calendar: WorkingDays, case: ListedCase, today: date) -> int:
    return 0 if case.due_on is None else calendar.count_between(today, case.due_on)


async def list_choices(
    connection: Connection, request: Request, signed_in: SignedIn, lines: Sequence[Line]
) -> list[Area]:
    """Where the person's appointments hold, and the units on the list, each once."""
    own = await list_own_areas(connection, join_reaches(signed_in.appointments, read_action(request)))
    places = await find_places(connection, [line.case for line in lines])
    own_codes = {area.code for area in own}
    units = [area for area in places.values() if area.code not in own_codes]
    return [*[area for area in own if area.kind != "nation"], *sorted(units, key=lambda area: area.name)]
