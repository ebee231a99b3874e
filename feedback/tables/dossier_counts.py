"""The table `dossier_counts`: dossiers completed, late and complained about, by unit, day and procedure."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class DossierCount(msgspec.Struct, frozen=True):
    """`day` is the day of completion; `late` and `complained` are among the `completed`."""

    unit_id: int
    day: date
    procedure_code: str
    completed: int
    late: int
    complained: int


async def select_dossier_counts(
    connection: Connection, first_day: date, last_day: date, unit_ids: Sequence[int] | None = None
) -> list[DossierCount]:
    """Both days included; None for `unit_ids` means every unit."""
    rows = await connection.fetch(
        "SELECT unit_id, day, procedure_code, completed, late, complained FROM dossier_counts"
        " WHERE day BETWEEN $1 AND $2 AND ($3::integer[] IS NULL OR unit_id = ANY ($3))"
        " ORDER BY unit_id, day, procedure_code",
        first_day,
        last_day,
        unit_ids,
    )
    return [DossierCount(**row) for row in rows]


async def upsert_dossier_counts(connection: Connection, counts: Sequence[DossierCount]) -> None:
    """Add counts, or correct those of the same unit, day and procedure."""
    await connection.execute(
        "INSERT INTO dossier_counts (unit_id, day, procedure_code, completed, late, complained)"
        " SELECT * FROM unnest($1::integer[], $2::date[], $3::text[], $4::integer[], $5::integer[],"
        " $6::integer[])"
        " ON CONFLICT (unit_id, day, procedure_code) DO UPDATE SET completed = excluded.completed,"
        " late = excluded.late, complained = excluded.complained",
        *list_columns(counts, "unit_id", "day", "procedure_code", "completed", "late", "complained"),
    )
