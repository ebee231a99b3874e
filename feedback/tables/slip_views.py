"""What a visit slip opens: the visit with the names a citizen knows it by, and what its proof needs. Reads only."""

from datetime import date

import msgspec

from feedback.database import Connection


class SlipView(msgspec.Struct, frozen=True):
    """`desk_code` is empty where the desk has no code in use; names are empty where the slip states nobody, or nothing.

    A slip of an epoch other than `desk_epoch` was withdrawn. `nonce` is None once the slip is closed.
    """

    slip_id: int
    unit_id: int
    desk_id: int
    official_id: int
    title_id: int
    procedure_id: int
    deciding_unit_id: int
    epoch: int
    desk_epoch: int
    salt: bytes
    nonce: bytes | None
    issued_on: date
    valid_to: date
    spent_on: date | None
    unit_code: str
    unit_name: str
    desk_number: str
    desk_name: str
    desk_code: str
    official_name: str
    procedure_name: str


SELECT = """
SELECT s.slip_id, s.unit_id, s.desk_id, s.official_id, s.title_id, s.procedure_id, s.deciding_unit_id, s.epoch,
       k.epoch AS desk_epoch, k.salt, s.nonce, s.issued_on, s.valid_to, s.spent_on,
       u.code AS unit_code, u.name AS unit_name, d.number AS desk_number, d.name AS desk_name,
       coalesce((SELECT c.code FROM desk_codes AS c WHERE c.desk_id = s.desk_id AND c.valid_from <= $2
                 AND (c.valid_to IS NULL OR c.valid_to > $2) ORDER BY c.valid_from DESC, c.code LIMIT 1), '')
           AS desk_code,
       coalesce(o.display_name, '') AS official_name, coalesce(p.name, '') AS procedure_name
FROM visit_slips AS s
JOIN slip_keys AS k USING (desk_id)
JOIN desks AS d USING (desk_id)
JOIN units AS u ON u.unit_id = s.unit_id
LEFT JOIN officials AS o ON o.official_id = s.official_id
LEFT JOIN procedures AS p ON p.procedure_id = s.procedure_id
WHERE s.slip_id = $1
"""


async def select_slip_view(connection: Connection, slip_id: int, day: date) -> SlipView | None:
    """None when there is no such slip. `day` chooses the desk's code of today."""
    row = await connection.fetchrow(SELECT, slip_id, day)
    return None if row is None else SlipView(**dict(row))
