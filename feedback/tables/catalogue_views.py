"""The catalogue as pages show it: lists that can be searched, and one unit with its desks. Reads only."""

import hashlib
from datetime import date, datetime
from typing import Literal

import msgspec

from feedback.database import Connection

PAGE = 50
Kind = Literal["units", "desks", "officials", "procedures", "assignments"]


class CatalogueLine(msgspec.Struct, frozen=True):
    """`key` orders the list and begins the next page; `unit` is the code of the unit to go to, empty where none is.

    Of an assignment, `desk` is the number of the desk, and `what` says who or what is there: official or procedure.
    """

    key: str
    code: str
    name: str
    detail: str
    unit: str
    valid_from: date
    valid_to: date | None
    desk: str = ""
    what: str = ""


class UnitHead(msgspec.Struct, frozen=True):
    unit_id: int
    code: str
    name: str
    place_code: str
    place_name: str
    area_type: str
    valid_from: date
    valid_to: date | None


class KeptDesk(msgspec.Struct, frozen=True):
    desk_id: int
    number: str
    name: str
    valid_from: date
    valid_to: date | None


class KeptCode(msgspec.Struct, frozen=True):
    desk_id: int
    code: str
    valid_from: date
    valid_to: date | None


class PlacedOfficial(msgspec.Struct, frozen=True):
    """`title` is that of the day asked about, empty where none is known."""

    desk_id: int
    code: str
    display_name: str
    title: str
    valid_from: date
    valid_to: date | None


class OfferedProcedure(msgspec.Struct, frozen=True):
    """`name` is the last that the code carried; `deciding_unit` a code, empty where the unit decides itself."""

    desk_id: int
    code: str
    name: str
    deciding_unit: str
    valid_from: date
    valid_to: date | None


class UnitPlan(msgspec.Struct, frozen=True):
    """A unit and everything at its desks, past and future too, in the order in which they are shown."""

    unit: UnitHead
    desks: tuple[KeptDesk, ...]
    codes: tuple[KeptCode, ...]
    officials: tuple[PlacedOfficial, ...]
    procedures: tuple[OfferedProcedure, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex): another one says that something here was changed."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    def find_desk(self, number: str) -> KeptDesk | None:
        return next((desk for desk in self.desks if desk.number == number), None)

    def find_code_in_use(self, desk: KeptDesk) -> KeptCode | None:
        """The latest of those that have not ended."""
        open_codes = [code for code in self.codes if code.desk_id == desk.desk_id and code.valid_to is None]
        return open_codes[-1] if open_codes else None


class UnitChange(msgspec.Struct, frozen=True):
    """A line of the audit log about the desks of a unit, or about an import."""

    at: datetime
    actor: str
    action: str
    object_code: str


LISTS: dict[Kind, str] = {
    "units": """
SELECT u.code AS key, u.code, u.name, coalesce(p.name, u.place_code) AS detail, u.code AS unit, u.valid_from, u.valid_to
FROM units AS u LEFT JOIN LATERAL (
    SELECT name FROM places WHERE code = u.place_code ORDER BY valid_from DESC LIMIT 1) AS p ON true""",
    "desks": """
SELECT u.code || ' ' || d.number AS key, d.number AS code, d.name, u.name AS detail, u.code AS unit,
       d.valid_from, d.valid_to
FROM desks AS d JOIN units AS u USING (unit_id)""",
    "officials": """
SELECT o.code AS key, o.code, o.display_name AS name, coalesce(t.name, '') AS detail, coalesce(w.unit, '') AS unit,
       o.valid_from, o.valid_to
FROM officials AS o
LEFT JOIN LATERAL (SELECT titles.name FROM official_titles AS h JOIN titles USING (title_id)
    WHERE h.official_id = o.official_id ORDER BY h.valid_from DESC LIMIT 1) AS t ON true
LEFT JOIN LATERAL (
    SELECT u.code AS unit FROM desk_officials AS a JOIN desks USING (desk_id) JOIN units AS u USING (unit_id)
    WHERE a.official_id = o.official_id ORDER BY a.valid_from DESC, u.code LIMIT 1) AS w ON true""",
    "procedures": """
SELECT p.code || ' ' || p.valid_from AS key, p.code, p.name, p.field AS detail, '' AS unit, p.valid_from, p.valid_to
FROM procedures AS p""",
    "assignments": """
SELECT u.code || ' ' || d.number || ' ' || a.what || ' ' || a.code || ' ' || a.valid_from AS key, a.code, a.name,
       u.name AS detail, u.code AS unit, a.valid_from, a.valid_to, d.number AS desk, a.what
FROM (
    SELECT s.desk_id, 'official' AS what, o.code, o.display_name AS name, s.valid_from, s.valid_to
    FROM desk_officials AS s JOIN officials AS o USING (official_id)
    UNION ALL
    SELECT s.desk_id, 'procedure', s.procedure_code, coalesce(p.name, ''), s.valid_from, s.valid_to
    FROM desk_procedures AS s LEFT JOIN LATERAL (
        SELECT name FROM procedures WHERE code = s.procedure_code ORDER BY valid_from DESC LIMIT 1) AS p ON true) AS a
JOIN desks AS d USING (desk_id) JOIN units AS u USING (unit_id)""",
}
# What is looked for may hold any sign: nothing in it is a pattern.
SEARCHED = f"""
SELECT * FROM ({{list}}) AS line
WHERE key > $2 AND ($1 = '' OR unit = $1 OR strpos(lower(code), lower($1)) > 0 OR strpos(lower(name), lower($1)) > 0)
ORDER BY key LIMIT {PAGE + 1}
"""
SELECT_UNIT = """
SELECT u.unit_id, u.code, u.name, u.place_code, coalesce(p.name, u.place_code) AS place_name, u.area_type,
       u.valid_from, u.valid_to
FROM units AS u LEFT JOIN LATERAL (
    SELECT name FROM places WHERE code = u.place_code ORDER BY valid_from DESC LIMIT 1) AS p ON true
WHERE u.code = $1
"""
SELECT_DESKS = """
SELECT desk_id, number, name, valid_from, valid_to FROM desks WHERE unit_id = $1 ORDER BY length(number), number
"""
SELECT_CODES = """
SELECT c.desk_id, c.code, c.valid_from, c.valid_to FROM desk_codes AS c JOIN desks USING (desk_id)
WHERE unit_id = $1 ORDER BY c.desk_id, c.valid_from, c.code
"""
SELECT_OFFICIALS = """
SELECT a.desk_id, o.code, o.display_name, coalesce(t.name, '') AS title, a.valid_from, a.valid_to
FROM desk_officials AS a JOIN desks USING (desk_id) JOIN officials AS o USING (official_id)
LEFT JOIN official_titles AS h ON h.official_id = o.official_id
    AND h.valid_from <= $2 AND (h.valid_to IS NULL OR h.valid_to > $2)
LEFT JOIN titles AS t USING (title_id)
WHERE unit_id = $1 ORDER BY a.desk_id, a.valid_to IS NOT NULL, o.code, a.valid_from
"""
SELECT_PROCEDURES = """
SELECT a.desk_id, a.procedure_code AS code, coalesce(p.name, '') AS name, coalesce(v.code, '') AS deciding_unit,
       a.valid_from, a.valid_to
FROM desk_procedures AS a JOIN desks AS d USING (desk_id)
LEFT JOIN LATERAL (
    SELECT name FROM procedures WHERE code = a.procedure_code ORDER BY valid_from DESC LIMIT 1) AS p ON true
LEFT JOIN units AS v ON v.unit_id = a.deciding_unit_id
WHERE d.unit_id = $1 ORDER BY a.desk_id, a.valid_to IS NOT NULL, a.procedure_code, a.valid_from
"""
SELECT_CHANGES = """
SELECT at, actor, action, object_code FROM audit_log
WHERE at >= $2 AND outcome = 'done' AND (unit_id = $1 AND object_kind = 'desk' OR action = 'catalogue-imported')
ORDER BY entry_id DESC LIMIT 20
"""


async def select_catalogue_lines(connection: Connection, kind: Kind, text: str, after: str) -> list[CatalogueLine]:
    """Those of the unit `text`, or in whose code or name it stands, after the key `after`: PAGE and one at most."""
    rows = await connection.fetch(SEARCHED.format(list=LISTS[kind]), text, after)
    return [CatalogueLine(**dict(row)) for row in rows]


async def select_unit_plan(connection: Connection, code: str, day: date) -> UnitPlan | None:
    row = await connection.fetchrow(SELECT_UNIT, code)
    if row is None:
        return None
    unit = UnitHead(**dict(row))
    return UnitPlan(
        unit=unit,
        desks=tuple(KeptDesk(**dict(one)) for one in await connection.fetch(SELECT_DESKS, unit.unit_id)),
        codes=tuple(KeptCode(**dict(one)) for one in await connection.fetch(SELECT_CODES, unit.unit_id)),
        officials=tuple(
            PlacedOfficial(**dict(one)) for one in await connection.fetch(SELECT_OFFICIALS, unit.unit_id, day)
        ),
        procedures=tuple(
            OfferedProcedure(**dict(one)) for one in await connection.fetch(SELECT_PROCEDURES, unit.unit_id)
        ),
    )


async def select_unit_changes(connection: Connection, unit_id: int, since: datetime) -> list[UnitChange]:
    """Of its desks, and imports, latest first."""
    return [UnitChange(**dict(row)) for row in await connection.fetch(SELECT_CHANGES, unit_id, since)]
