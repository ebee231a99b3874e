"""What the catalogue says of desks named by unit code and number, on one day: for issuers. Reads only."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection

VALID = "{0}.valid_from <= {1} AND ({0}.valid_to IS NULL OR {0}.valid_to > {1})"


class IssuingDesk(msgspec.Struct, frozen=True):
    """`province_code` is that of the unit's commune, or the unit's own place."""

    unit_code: str
    number: str
    name: str
    unit_name: str
    unit_id: int
    desk_id: int
    place_code: str
    province_code: str


class Offer(msgspec.Struct, frozen=True):
    desk_id: int
    code: str
    procedure_id: int
    deciding_unit_id: int
    name: str


class Server(msgspec.Struct, frozen=True):
    """An official as serving at a desk; `title_id` is 0 when no title is known."""

    desk_id: int
    code: str
    official_id: int
    title_id: int


async def select_issuing_desks(
    connection: Connection, unit_codes: Sequence[str], day: date
) -> dict[tuple[str, str], IssuingDesk]:
    """Every desk that these units have on that day, by unit code and number."""
    rows = await connection.fetch(
        "SELECT u.code AS unit_code, d.number, d.name, u.name AS unit_name, u.unit_id, d.desk_id, u.place_code,"
        " coalesce((SELECT p.province_code FROM places AS p WHERE p.code = u.place_code"
        " ORDER BY p.valid_from DESC LIMIT 1), u.place_code) AS province_code"
        " FROM units AS u JOIN desks AS d USING (unit_id)"
        f" WHERE u.code = ANY ($1::text[]) AND {VALID.format('u', '$2')} AND {VALID.format('d', '$2')}",
        list(unit_codes),
        day,
    )
    return {(row["unit_code"], row["number"]): IssuingDesk(**dict(row)) for row in rows}


async def select_offers(connection: Connection, desk_ids: Sequence[int], day: date) -> dict[tuple[int, str], Offer]:
    rows = await connection.fetch(
        "SELECT a.desk_id, p.code, p.procedure_id, coalesce(a.deciding_unit_id, 0) AS deciding_unit_id, p.name"
        " FROM desk_procedures AS a JOIN procedures AS p ON p.code = a.procedure_code"
        f" WHERE a.desk_id = ANY ($1::integer[]) AND {VALID.format('a', '$2')} AND {VALID.format('p', '$2')}",
        list(desk_ids),
        day,
    )
    return {(row["desk_id"], row["code"]): Offer(**dict(row)) for row in rows}


async def select_servers(connection: Connection, desk_ids: Sequence[int], day: date) -> dict[int, dict[str, Server]]:
    """By desk, then by the official's code."""
    rows = await connection.fetch(
        "SELECT a.desk_id, o.code, o.official_id, coalesce(h.title_id, 0) AS title_id"
        " FROM desk_officials AS a JOIN officials AS o USING (official_id)"
        f" LEFT JOIN official_titles AS h ON h.official_id = o.official_id AND {VALID.format('h', '$2')}"
        f" WHERE a.desk_id = ANY ($1::integer[]) AND {VALID.format('a', '$2')} AND {VALID.format('o', '$2')}",
        list(desk_ids),
        day,
    )
    servers: dict[int, dict[str, Server]] = {}
    for row in rows:
        servers.setdefault(row["desk_id"], {})[row["code"]] = Server(**dict(row))
    return servers
