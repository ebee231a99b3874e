"""What the catalogue says of desks, officials and procedures of any day, for dossier counts. Reads only."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection


class CountedDesk(msgspec.Struct, frozen=True):
    """`province_code` is that of the unit's commune, or the unit's own place."""

    unit_code: str
    number: str
    unit_id: int
    desk_id: int
    place_code: str
    province_code: str
    valid_from: date
    valid_to: date | None

    def stands_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


async def select_counted_desks(connection: Connection, unit_codes: Sequence[str]) -> dict[tuple[str, str], CountedDesk]:
    """By unit code and number."""
    rows = await connection.fetch(
        "SELECT u.code AS unit_code, d.number, u.unit_id, d.desk_id, u.place_code,"
        " coalesce((SELECT p.province_code FROM places AS p WHERE p.code = u.place_code"
        " ORDER BY p.valid_from DESC LIMIT 1), u.place_code) AS province_code, d.valid_from, d.valid_to"
        " FROM units AS u JOIN desks AS d USING (unit_id) WHERE u.code = ANY ($1::text[])",
        list(unit_codes),
    )
    return {(row["unit_code"], row["number"]): CountedDesk(**dict(row)) for row in rows}


async def select_official_ids(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    rows = await connection.fetch("SELECT code, official_id FROM officials WHERE code = ANY ($1::text[])", list(codes))
    return {row["code"]: row["official_id"] for row in rows}


async def select_procedure_codes(connection: Connection, codes: Sequence[str]) -> set[str]:
    rows = await connection.fetch("SELECT DISTINCT code FROM procedures WHERE code = ANY ($1::text[])", list(codes))
    return {row["code"] for row in rows}
