"""Pilot sites of the service index (Notice 21-TB/VPTW 3(7)(iii)): which units, from when to when."""

from datetime import date

from feedback.database import Connection
from feedback.tables.area_views import UnitRow, select_units_by_code
from feedback.tables.pilot_units import end_pilot_unit, insert_pilot_unit
from surveys.errors import UnknownPlaceError


async def add_pilot(connection: Connection, code: str, first_day: date) -> bool:
    """False where the unit is a pilot already. Raises UnknownPlaceError."""
    return await insert_pilot_unit(connection, (await find_unit(connection, code)).unit_id, first_day)


async def end_pilot(connection: Connection, code: str, day: date) -> bool:
    """`day` is the first on which it is none any more; False where it is none. Raises UnknownPlaceError."""
    return await end_pilot_unit(connection, (await find_unit(connection, code)).unit_id, day)


async def find_unit(connection: Connection, code: str) -> UnitRow:
    units = await select_units_by_code(connection, [code])
    if not units:
        raise UnknownPlaceError
    return units[0]
