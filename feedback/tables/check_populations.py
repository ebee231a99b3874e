"""What a round of cross-checks is drawn from: the desks of an area, and the dossiers completed there. Reads only."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.accounts.powers import Where
from feedback.database import Connection


class OpenDesk(msgspec.Struct, frozen=True):
    unit_id: int
    unit_code: str
    desk_id: int
    number: str


class UnitDossiers(msgspec.Struct, frozen=True):
    unit_id: int
    unit_code: str
    completed: int


class DossierCell(msgspec.Struct, frozen=True):
    """Dossiers of one procedure completed on one day; desk_id 0 where no system tells the desk."""

    unit_id: int
    desk_id: int
    desk_number: str
    procedure_id: int
    procedure_code: str
    day: date
    completed: int


IN_AREA = """
($1 = '' OR u.place_code = $1 OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = $1))
AND ($2 = '' OR u.place_code = $2) AND ($3 = '' OR u.code = $3)
"""
VALID = "{0}.valid_from <= $4 AND ({0}.valid_to IS NULL OR {0}.valid_to > $4)"
SELECT_DESKS = f"""
SELECT u.unit_id, u.code AS unit_code, d.desk_id, d.number FROM units AS u JOIN desks AS d USING (unit_id)
WHERE {IN_AREA} AND {VALID.format("u")} AND {VALID.format("d")}
"""
# The counts of a unit may hold more than its desks tell, as a workbook brings them without desks: which dossiers those
# are nobody knows, so that day of that procedure stands as a whole, without a desk. Else the desks tell them all.
CELLS = """
WITH desked AS (
    SELECT unit_id, desk_id, procedure_code, day, sum(completed)::integer AS completed FROM desk_dossier_counts
    WHERE unit_id = ANY ($1::integer[]) AND day BETWEEN $2 AND $3 GROUP BY unit_id, desk_id, procedure_code, day
), known AS (
    SELECT unit_id, procedure_code, day, sum(completed)::integer AS completed FROM desked
    GROUP BY unit_id, procedure_code, day
), whole AS (
    SELECT unit_id, procedure_code, day, completed FROM dossier_counts
    WHERE unit_id = ANY ($1::integer[]) AND day BETWEEN $2 AND $3
), cells AS (
    SELECT d.unit_id, d.desk_id, d.procedure_code, d.day, d.completed
    FROM desked AS d JOIN known AS k USING (unit_id, procedure_code, day)
    LEFT JOIN whole AS w USING (unit_id, procedure_code, day)
    WHERE d.completed > 0 AND k.completed >= coalesce(w.completed, 0)
    UNION ALL
    SELECT w.unit_id, 0, w.procedure_code, w.day, w.completed
    FROM whole AS w LEFT JOIN known AS k USING (unit_id, procedure_code, day)
    WHERE w.completed > coalesce(k.completed, 0)
)
"""
SELECT_UNITS = f"SELECT u.unit_id, u.code AS unit_code FROM units AS u WHERE {IN_AREA}"
SELECT_TOTALS = f"{CELLS} SELECT unit_id, sum(completed)::integer AS completed FROM cells GROUP BY unit_id"
SELECT_CELLS = f"""
{CELLS}
SELECT c.unit_id, c.desk_id, coalesce(d.number, '') AS desk_number, coalesce(p.procedure_id, 0) AS procedure_id,
       c.procedure_code, c.day, c.completed
FROM cells AS c LEFT JOIN desks AS d USING (desk_id)
LEFT JOIN (SELECT code, max(procedure_id) AS procedure_id FROM procedures GROUP BY code) AS p
    ON p.code = c.procedure_code
"""


def list_codes(where: Where) -> tuple[str, str, str]:
    return where.province, where.commune, where.unit


async def select_open_desks(connection: Connection, where: Where, day: date) -> list[OpenDesk]:
    rows = await connection.fetch(SELECT_DESKS, *list_codes(where), day)
    return [OpenDesk(**dict(row)) for row in rows]


async def select_dossier_totals(connection: Connection, where: Where, first: date, last: date) -> list[UnitDossiers]:
    """By unit, both days included; only units with any."""
    units = {row["unit_id"]: row["unit_code"] for row in await connection.fetch(SELECT_UNITS, *list_codes(where))}
    rows = await connection.fetch(SELECT_TOTALS, list(units), first, last)
    return [UnitDossiers(row["unit_id"], units[row["unit_id"]], row["completed"]) for row in rows]


async def select_dossier_cells(
    connection: Connection, unit_ids: Sequence[int], first: date, last: date
) -> list[DossierCell]:
    """Both days included. Their sums by unit are those of `select_dossier_totals`."""
    rows = await connection.fetch(SELECT_CELLS, list(unit_ids), first, last)
    return [DossierCell(**dict(row)) for row in rows]
