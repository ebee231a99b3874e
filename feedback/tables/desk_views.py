"""What a desk code opens: the desk, its unit, who serves there and which procedures, on one day. Reads only."""

from datetime import date

import msgspec

from feedback.database import Connection

VALID = "{0}.valid_from <= $2 AND ({0}.valid_to IS NULL OR {0}.valid_to > $2)"


class OfficialChoice(msgspec.Struct, frozen=True):
    official_id: int
    code: str
    display_name: str
    title_id: int
    title: str


class ProcedureChoice(msgspec.Struct, frozen=True):
    procedure_id: int
    code: str
    name: str
    deciding_unit_id: int


class DeskView(msgspec.Struct, frozen=True):
    code: str
    desk_id: int
    number: str
    name: str
    unit_id: int
    unit_code: str
    unit_name: str
    officials: tuple[OfficialChoice, ...] = ()
    procedures: tuple[ProcedureChoice, ...] = ()


async def select_desk_view(connection: Connection, code: str, day: date) -> DeskView | None:
    """None when the code is unknown, revoked, or its desk or unit does not exist on that day."""
    row = await connection.fetchrow(
        "SELECT c.code, d.desk_id, d.number, d.name, u.unit_id, u.code AS unit_code, u.name AS unit_name"
        " FROM desk_codes AS c JOIN desks AS d USING (desk_id) JOIN units AS u USING (unit_id)"
        f" WHERE c.code = $1 AND {VALID.format('c')} AND {VALID.format('d')} AND {VALID.format('u')}",
        code,
        day,
    )
    if row is None:
        return None
    return DeskView(
        **dict(row),
        officials=await select_official_choices(connection, row["desk_id"], day),
        procedures=await select_procedure_choices(connection, row["desk_id"], day),
    )


async def select_official_choices(connection: Connection, desk_id: int, day: date) -> tuple[OfficialChoice, ...]:
    rows = await connection.fetch(
        "SELECT o.official_id, o.code, o.display_name,"
        " coalesce(t.title_id, 0) AS title_id, coalesce(t.name, '') AS title"
        " FROM desk_officials AS a JOIN officials AS o USING (official_id)"
        f" LEFT JOIN official_titles AS h ON h.official_id = o.official_id AND {VALID.format('h')}"
        " LEFT JOIN titles AS t USING (title_id)"
        f" WHERE a.desk_id = $1 AND {VALID.format('a')} AND {VALID.format('o')}"
        " ORDER BY o.display_name, o.code",
        desk_id,
        day,
    )
    return tuple(OfficialChoice(**dict(row)) for row in rows)


async def select_procedure_choices(connection: Connection, desk_id: int, day: date) -> tuple[ProcedureChoice, ...]:
    rows = await connection.fetch(
        "SELECT p.procedure_id, p.code, p.name, coalesce(a.deciding_unit_id, 0) AS deciding_unit_id"
        " FROM desk_procedures AS a JOIN procedures AS p ON p.code = a.procedure_code"
        f" WHERE a.desk_id = $1 AND {VALID.format('a')} AND {VALID.format('p')} ORDER BY p.name, p.code",
        desk_id,
        day,
    )
    return tuple(ProcedureChoice(**dict(row)) for row in rows)


async def select_nearest_code(connection: Connection, typed: str, day: date) -> str | None:
    """The one code in use that differs from `typed` in a single symbol; None when none or several do."""
    patterns = [f"{typed[:place]}_{typed[place + 1 :]}" for place in range(len(typed))]
    rows = await connection.fetch(
        f"SELECT c.code FROM desk_codes AS c WHERE c.code LIKE ANY ($1) AND {VALID.format('c')} LIMIT 2",
        patterns,
        day,
    )
    return rows[0]["code"] if len(rows) == 1 else None


async def select_desk_labels(
    connection: Connection, unit_code: str | None, province_code: str | None, day: date
) -> list[dict[str, str]]:
    """unit_code, unit_name, desk_number, desk_name and code of every desk in use; of one unit or province if given."""
    rows = await connection.fetch(
        "SELECT u.code AS unit_code, u.name AS unit_name, d.number AS desk_number, d.name AS desk_name, c.code"
        " FROM desk_codes AS c JOIN desks AS d USING (desk_id) JOIN units AS u USING (unit_id)"
        f" WHERE {VALID.format('c')} AND {VALID.format('d')} AND {VALID.format('u')}"
        " AND ($1::text IS NULL OR u.code = $1) AND ($3::text IS NULL OR EXISTS (SELECT FROM places AS p"
        " WHERE p.code = u.place_code AND coalesce(p.province_code, p.code) = $3))"
        " ORDER BY u.code, length(d.number), d.number",
        unit_code,
        day,
        province_code,
    )
    return [dict(row) for row in rows]
