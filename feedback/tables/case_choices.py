"""What a case about a unit may be about besides: its desks and procedures. Reads only."""

from collections.abc import Collection
from datetime import date

import msgspec

from feedback.database import Connection

SELECT_DESKS = """
SELECT desk_id AS id, number, name FROM desks
WHERE unit_id = $1 AND (valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) OR desk_id = ANY ($3::integer[]))
ORDER BY length(number), number, desk_id
"""
# Of the versions of a procedure the one that is chosen already, else the newest.
SELECT_PROCEDURES = """
SELECT DISTINCT ON (p.code) p.procedure_id AS id, p.code AS number, p.name
FROM procedures AS p
WHERE p.procedure_id = ANY ($3::integer[]) OR p.valid_from <= $2::date AND p.code IN (
    SELECT s.procedure_code FROM desks AS d JOIN desk_procedures AS s USING (desk_id) WHERE d.unit_id = $1)
ORDER BY p.code, p.procedure_id = ANY ($3::integer[]) DESC, p.valid_from DESC
"""


class Choice(msgspec.Struct, frozen=True):
    """`number` is the code that people know it by."""

    id: int
    number: str
    name: str


async def select_desk_choices(connection: Connection, unit_id: int, day: date, chosen: Collection[int]) -> list[Choice]:
    """Those of the day, and the `chosen` ones of the unit, whatever became of them."""
    return [Choice(**dict(row)) for row in await connection.fetch(SELECT_DESKS, unit_id, day, list(chosen))]


async def select_procedure_choices(
    connection: Connection, unit_id: int, day: date, chosen: Collection[int]
) -> list[Choice]:
    """Each code once, under its name of the day, and the `chosen` ones, whatever became of them."""
    return [Choice(**dict(row)) for row in await connection.fetch(SELECT_PROCEDURES, unit_id, day, list(chosen))]
