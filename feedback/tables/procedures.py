"""The table `procedures`: administrative procedures, one row for as long as name and field stay the same."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class Procedure(msgspec.Struct, frozen=True):
    """`code` is the national code, such as 1.001193. `procedure_id` is given by the database."""

    procedure_id: int
    code: str
    name: str
    field: str
    valid_from: date
    valid_to: date | None


async def select_procedures(connection: Connection) -> list[Procedure]:
    rows = await connection.fetch(
        "SELECT procedure_id, code, name, field, valid_from, valid_to FROM procedures ORDER BY code, valid_from"
    )
    return [Procedure(**row) for row in rows]


async def upsert_procedures(connection: Connection, procedures: Sequence[Procedure]) -> None:
    """Add stretches of time, or change those that begin on the same day for the same code."""
    await connection.execute(
        "INSERT INTO procedures (code, name, field, valid_from, valid_to)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[])"
        " ON CONFLICT (code, valid_from) DO UPDATE SET name = excluded.name, field = excluded.field,"
        " valid_to = excluded.valid_to",
        *list_columns(procedures, "code", "name", "field", "valid_from", "valid_to"),
    )
