"""The small changes that a unit makes at its own desks, each written as the rows of a workbook.

So the rules are those of the import; what stands here is only what a workbook may do and such a form may not.
"""

from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from feedback.catalogue.desk_code_plan import draw_code
from feedback.catalogue.import_workbook import import_workbook
from feedback.catalogue.workbook import make_workbook
from feedback.database import Connection
from feedback.tables.catalogue_views import KeptDesk, UnitPlan, select_unit_plan
from feedback.tables.desk_codes import select_desk_codes
from feedback.tables.staff_views import select_official
from feedback.tables.units import lock_catalogue
from surveys.case_errors import CatalogueChangedError, DeskChangeRefusedError

Row = dict[str, str]
Rows = dict[str, list[Row]]


class DeskChange(msgspec.Struct, frozen=True):
    """One change as it was typed. `desk` is a number, `start` the first day of a row, `day` the day of the change."""

    deed: str
    desk: str = ""
    name: str = ""
    official: str = ""
    title: str = ""
    procedure: str = ""
    deciding_unit: str = ""
    start: str = ""
    day: str = ""


async def change_desks(connection: Connection, unit: str, change: DeskChange, seen: str, today: date) -> UnitPlan:
    """The unit as it is afterwards.

    Changes nothing where it raises CatalogueChangedError (the unit is not what `seen`, a digest, was),
    DeskChangeRefusedError, or RefusedWorkbookError with the cells that the rules of the import do not take.
    """
    async with connection.transaction():
        await lock_catalogue(connection)
        plan = await select_unit_plan(connection, unit, today)
        if plan is None or plan.digest != seen:
            raise CatalogueChangedError
        rows = await _write_rows(connection, plan, change, today)
        await import_workbook(connection, make_workbook(rows))
        changed = await select_unit_plan(connection, unit, today)
    return changed or plan


async def _write_rows(connection: Connection, plan: UnitPlan, change: DeskChange, today: date) -> Rows:
    if change.deed == "new-official" and await select_official(connection, change.official) is not None:
        raise DeskChangeRefusedError(reason="official-code-taken", code=change.official)
    if change.deed == "new-code":
        return _replace_code(plan, change, {code.code for code in await select_desk_codes(connection)}, today)
    write = DEEDS.get(change.deed)
    if write is None:
        raise DeskChangeRefusedError(reason="desk-deed")
    return write(plan, change)


def _add_desk(plan: UnitPlan, change: DeskChange) -> Rows:
    if plan.find_desk(change.desk) is not None:
        raise DeskChangeRefusedError(reason="desk-number-taken", number=change.desk)
    return {"desks": [_name_desk(plan, change.desk, "number") | {"name": change.name, "valid_from": change.day}]}


def _rename_desk(plan: UnitPlan, change: DeskChange) -> Rows:
    desk = _find_desk(plan, change)
    return {"desks": [_repeat_desk(plan, desk) | {"name": change.name}]}


def _end_desk(plan: UnitPlan, change: DeskChange) -> Rows:
    """Of a desk that has an end already, another day moves that end, and none takes it away."""
    desk = _find_desk(plan, change)
    if desk.valid_to is None:
        _insist_day(change)
    return {"desks": [_repeat_desk(plan, desk) | {"valid_to": change.day}]}


def _place_official(plan: UnitPlan, change: DeskChange) -> Rows:
    desk = _find_desk(plan, change)
    begun = {one.valid_from for one in plan.officials if (one.desk_id, one.code) == (desk.desk_id, change.official)}
    _refuse_same_start(begun, change)
    return {"desk_officials": [_name_desk(plan, desk.number) | {"official": change.official, "valid_from": change.day}]}


def _end_place(plan: UnitPlan, change: DeskChange) -> Rows:
    _insist_day(change)
    desk = _find_desk(plan, change)
    if not any(
        (one.desk_id, one.code, str(one.valid_from)) == (desk.desk_id, change.official, change.start)
        for one in plan.officials
    ):
        raise DeskChangeRefusedError(reason="desk-row-gone")
    row = {"official": change.official, "valid_from": change.start, "valid_to": change.day}
    return {"desk_officials": [_name_desk(plan, desk.number) | row]}


def _offer_procedure(plan: UnitPlan, change: DeskChange) -> Rows:
    desk = _find_desk(plan, change)
    begun = {one.valid_from for one in plan.procedures if (one.desk_id, one.code) == (desk.desk_id, change.procedure)}
    _refuse_same_start(begun, change)
    row = {"procedure": change.procedure, "deciding_unit": change.deciding_unit, "valid_from": change.day}
    return {"desk_procedures": [_name_desk(plan, desk.number) | row]}


def _end_procedure(plan: UnitPlan, change: DeskChange) -> Rows:
    _insist_day(change)
    desk = _find_desk(plan, change)
    for one in plan.procedures:
        if (one.desk_id, one.code, str(one.valid_from)) == (desk.desk_id, change.procedure, change.start):
            row = {"procedure": one.code, "deciding_unit": one.deciding_unit, "valid_from": change.start}
            return {"desk_procedures": [_name_desk(plan, desk.number) | row | {"valid_to": change.day}]}
    raise DeskChangeRefusedError(reason="desk-row-gone")


def _add_official(plan: UnitPlan, change: DeskChange) -> Rows:
    """A person nobody has yet in the catalogue, with a title and a place at the desk, all from the same day."""
    desk, start = _find_desk(plan, change), {"valid_from": change.day}
    return {
        "officials": [{"code": change.official, "display_name": change.name} | start],
        "official_titles": [{"official": change.official, "title": change.title} | start],
        "desk_officials": [_name_desk(plan, desk.number) | {"official": change.official} | start],
    }


def _replace_code(plan: UnitPlan, change: DeskChange, taken: set[str], today: date) -> Rows:
    """The old code says from then on that it was replaced; a code that is not in use yet never will be."""
    desk = _find_desk(plan, change)
    old = plan.find_code_in_use(desk)
    day = max(today, old.valid_from) if old else max(today, desk.valid_from)
    named = _name_desk(plan, desk.number)
    ended = [named | {"code": old.code, "valid_from": f"{old.valid_from}", "valid_to": f"{day}"}] if old else []
    return {"desk_codes": [*ended, named | {"code": draw_code(taken), "valid_from": f"{day}"}]}


DEEDS: Mapping[str, Callable[[UnitPlan, DeskChange], Rows]] = {
    "add-desk": _add_desk,
    "rename-desk": _rename_desk,
    "end-desk": _end_desk,
    "place-official": _place_official,
    "end-place": _end_place,
    "offer-procedure": _offer_procedure,
    "end-procedure": _end_procedure,
    "new-official": _add_official,
}


def _find_desk(plan: UnitPlan, change: DeskChange) -> KeptDesk:
    desk = plan.find_desk(change.desk)
    if desk is None:
        raise DeskChangeRefusedError(reason="desk-gone", number=change.desk)
    return desk


def _insist_day(change: DeskChange) -> None:
    """An empty end would take an end away, which is another change."""
    if not change.day:
        raise DeskChangeRefusedError(reason="desk-day-missing")


def _refuse_same_start(begun: set[date], change: DeskChange) -> None:
    """The import would take the row for a correction of the one that is there."""
    if change.day in {form for day in begun for form in (f"{day}", f"{day:%d/%m/%Y}")}:
        raise DeskChangeRefusedError(reason="desk-row-there")


def _name_desk(plan: UnitPlan, number: str, column: str = "desk") -> Row:
    return {"unit": plan.unit.code, column: number}


def _repeat_desk(plan: UnitPlan, desk: KeptDesk) -> Row:
    end = "" if desk.valid_to is None else f"{desk.valid_to}"
    days = {"valid_from": f"{desk.valid_from}", "valid_to": end}
    return _name_desk(plan, desk.number, "number") | {"name": desk.name} | days
