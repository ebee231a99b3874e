"""Draws a round of cross-checks: what was asked for is judged, the sample drawn and kept, and that it was drawn."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import get_args

import msgspec

from dashboards.checks.draw_sample import draw_numbers, find_drawn
from dashboards.checks.levels import runs_checks
from dashboards.indicators.parameters import Parameter
from dashboards.supervision.figures import Area
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.check_populations import (
    DossierCell,
    UnitDossiers,
    select_dossier_cells,
    select_dossier_totals,
    select_open_desks,
)
from feedback.tables.check_rounds import CheckRound, DrawnItem, Way, insert_round
from feedback.web.staff_access import make_entry
from surveys.case_errors import CheckRefusedError

MOST_DRAWN = Parameter(
    200, "Own choice: more items than a round of visits can look at", date(2026, 1, 1), is_placeholder=True
)
LONGEST_SPAN = Parameter(
    366, "Own choice: ratings of more than a year are not compared in one round", date(2026, 1, 1), is_placeholder=True
)
NAME_LENGTHS = (3, 120)
MOST_DIGITS = 9  # fits an integer


class RoundForm(msgspec.Struct, frozen=True):
    """As it was typed."""

    name: str
    way: str
    size: str
    first: str
    last: str


class RoundWish(msgspec.Struct, frozen=True):
    name: str
    way: Way
    size: int
    first: date
    last: date


def judge_wish(form: RoundForm, today: date) -> RoundWish:
    """Raises CheckRefusedError with the reason."""
    name = " ".join(form.name.split())
    if not NAME_LENGTHS[0] <= len(name) <= NAME_LENGTHS[1] or not name.isprintable():
        raise CheckRefusedError(reason="check-name", shortest=NAME_LENGTHS[0], longest=NAME_LENGTHS[1])
    ways: Mapping[str, Way] = {way: way for way in get_args(Way)}
    if form.way not in ways:
        raise CheckRefusedError(reason="check-way")
    size = int(form.size) if is_number(form.size) else 0
    if not 1 <= size <= MOST_DRAWN.value:
        raise CheckRefusedError(reason="check-size", most=MOST_DRAWN.value)
    first, last = read_day(form.first), read_day(form.last)
    if first is None or last is None or not first <= last < today or last - first >= longest_span():
        raise CheckRefusedError(reason="check-days", longest=LONGEST_SPAN.value)
    if not has_whole_week(first, last):
        raise CheckRefusedError(reason="check-week")
    return RoundWish(name, ways[form.way], size, first, last)


def has_whole_week(first: date, last: date) -> bool:
    """Ratings come by weeks, from Monday to Sunday: days that hold none can never be compared."""
    return first + timedelta(days=-first.weekday() % 7 + 6) <= last


def longest_span() -> timedelta:
    return timedelta(days=LONGEST_SPAN.value)


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


async def draw_round(
    connection: Connection, signed_in: SignedIn, area: Area, wish: RoundWish, seed: bytes, now: datetime
) -> int:
    """The number of the new round. Raises CheckRefusedError where there are fewer than were asked for.

    And for who was given single units only: that is no check by a higher level.

    The round, its items and the audit entry are one transaction: no draw is without a trace.
    """
    if not runs_checks(signed_in, area):
        raise CheckRefusedError(reason="check-level")
    drawn_from, items = await draw_items(connection, area, wish, seed, read_local_day(now)[0])
    new = CheckRound(
        round_id=0,
        name=wish.name,
        area=area.code,
        way=wish.way,
        seed=seed,
        drawn_from=drawn_from,
        first_day=wish.first,
        last_day=wish.last,
        drawn_by=signed_in.account.account_id,
        drawn_at=now,
    )
    round_id = await insert_round(connection, new, items)
    entry = make_entry(signed_in, now, "check-drawn", "done", "check", str(round_id), unit_id=area.unit_id)
    await insert_audit_entry(connection, entry)
    return round_id


async def draw_items(
    connection: Connection, area: Area, wish: RoundWish, seed: bytes, today: date
) -> tuple[int, list[DrawnItem]]:
    """How many they were drawn from, and the items in the order drawn."""
    if wish.way == "desks":
        return await draw_desks(connection, area, wish, seed, today)
    return await draw_dossiers(connection, area, wish, seed)


async def draw_desks(
    connection: Connection, area: Area, wish: RoundWish, seed: bytes, today: date
) -> tuple[int, list[DrawnItem]]:
    """From the desks in use on the day of drawing, by code of the unit, then number."""
    found = await select_open_desks(connection, area.where, today)
    desks = sorted(found, key=lambda desk: (desk.unit_code, desk.number, desk.desk_id))
    numbers = draw(seed, len(desks), wish.size)
    chosen = [desks[number - 1] for number in numbers]
    return len(desks), [DrawnItem(place, desk.unit_id, desk.desk_id) for place, desk in enumerate(chosen, 1)]


async def draw_dossiers(
    connection: Connection, area: Area, wish: RoundWish, seed: bytes
) -> tuple[int, list[DrawnItem]]:
    """Each dossier is as likely as any other. They are counted through by unit, desk number, procedure code and day.

    Units first, then the days of the drawn ones alone: of a whole nation nobody reads every cell.
    """
    found = await select_dossier_totals(connection, area.where, wish.first, wish.last)
    units = sorted(found, key=lambda unit: unit.unit_code)
    population = sum(unit.completed for unit in units)
    in_units = find_drawn(draw(seed, population, wish.size), [unit.completed for unit in units])
    drawn_units = [units[drawn.index].unit_id for drawn in in_units]
    cells = group_cells(await select_dossier_cells(connection, drawn_units, wish.first, wish.last))
    require_same({units[drawn.index] for drawn in in_units}, cells)
    return population, [
        pick_dossier(place, cells[unit_id], drawn.ordinal)
        for place, (unit_id, drawn) in enumerate(zip(drawn_units, in_units, strict=True), 1)
    ]


def draw(seed: bytes, population: int, size: int) -> tuple[int, ...]:
    if population < size:
        raise CheckRefusedError(reason="check-too-few", population=population, size=size)
    return draw_numbers(seed, population, size)


def group_cells(cells: Sequence[DossierCell]) -> dict[int, list[DossierCell]]:
    grouped: dict[int, list[DossierCell]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.desk_number, cell.procedure_code, cell.day)):
        grouped.setdefault(cell.unit_id, []).append(cell)
    return grouped


def require_same(units: Iterable[UnitDossiers], cells: Mapping[int, Sequence[DossierCell]]) -> None:
    """Counts may come in between the two questions: what a number then leads to would not be what was drawn."""
    if any(sum(cell.completed for cell in cells.get(unit.unit_id, ())) != unit.completed for unit in units):
        raise CheckRefusedError(reason="check-counts-moved")


def pick_dossier(place: int, cells: Sequence[DossierCell], number: int) -> DrawnItem:
    [drawn] = find_drawn([number], [cell.completed for cell in cells])
    cell = cells[drawn.index]
    return DrawnItem(place, cell.unit_id, cell.desk_id, cell.procedure_id, cell.day, drawn.ordinal)
