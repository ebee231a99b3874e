"""What finding a desk by its place needs: every unit with a desk code in use, its place and province. Reads only."""

from datetime import date

import msgspec

from feedback.database import Connection


class UnitRow(msgspec.Struct, frozen=True):
    """`codes`, `numbers` and `desk_names` belong together, desk by desk, by number."""

    unit_id: int
    name: str
    place_name: str
    province_code: str
    province_name: str
    codes: list[str]
    numbers: list[str]
    desk_names: list[str]


# A place that lost its row of today keeps its last name. Of several codes of a desk the newest is the one printed.
SELECT_UNIT_ROWS = """
WITH valid_codes AS (
    SELECT DISTINCT ON (desk_id) desk_id, code FROM desk_codes
    WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
    ORDER BY desk_id, valid_from DESC, code
), named AS (
    SELECT DISTINCT ON (code) code, name, province_code FROM places
    WHERE valid_from <= $1 ORDER BY code, valid_from DESC
), served AS (
    SELECT desks.unit_id,
           array_agg(valid_codes.code ORDER BY length(desks.number), desks.number, desk_id) AS codes,
           array_agg(desks.number ORDER BY length(desks.number), desks.number, desk_id) AS numbers,
           array_agg(desks.name ORDER BY length(desks.number), desks.number, desk_id) AS desk_names
    FROM desks JOIN valid_codes USING (desk_id)
    WHERE desks.valid_from <= $1 AND (desks.valid_to IS NULL OR desks.valid_to > $1)
    GROUP BY desks.unit_id
)
SELECT units.unit_id, units.name, place.name AS place_name,
       province.code AS province_code, province.name AS province_name,
       served.codes, served.numbers, served.desk_names
FROM units
JOIN served USING (unit_id)
JOIN named AS place ON place.code = units.place_code
JOIN named AS province ON province.code = coalesce(place.province_code, place.code)
WHERE units.valid_from <= $1 AND (units.valid_to IS NULL OR units.valid_to > $1)
"""


async def select_unit_rows(connection: Connection, day: date) -> list[UnitRow]:
    """In no order."""
    return [UnitRow(**dict(row)) for row in await connection.fetch(SELECT_UNIT_ROWS, day)]
