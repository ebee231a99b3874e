"""The table `desk_dossier_counts`: dossiers by desk and official; keeps `dossier_counts` at their sums."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns

DOSSIERS_LOCK = 0x6C6E6468


class DeskDossierCount(msgspec.Struct, frozen=True):
    """`official_id` 0: not stated. `late` and `complained` are among the `completed`."""

    unit_id: int
    day: date
    desk_id: int
    procedure_code: str
    official_id: int
    completed: int
    late: int
    complained: int


KEY = ("unit_id", "day", "desk_id", "procedure_code")
COLUMNS = DeskDossierCount.__struct_fields__


async def lock_dossiers(connection: Connection) -> None:
    """Held until the transaction ends: one at a time replaces counts and adds them up."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", DOSSIERS_LOCK)


async def delete_desk_dossiers(connection: Connection, counts: Sequence[DeskDossierCount]) -> None:
    """All that stands for the desks, days and procedures of `counts`, whoever the official is."""
    await connection.execute(
        "DELETE FROM desk_dossier_counts AS stored"
        " USING unnest($1::integer[], $2::date[], $3::integer[], $4::text[])"
        " AS given (unit_id, day, desk_id, procedure_code)"
        " WHERE stored.unit_id = given.unit_id AND stored.day = given.day AND stored.desk_id = given.desk_id"
        " AND stored.procedure_code = given.procedure_code",
        *list_columns(counts, *KEY),
    )


async def insert_desk_dossiers(connection: Connection, counts: Sequence[DeskDossierCount]) -> None:
    await connection.execute(
        f"INSERT INTO desk_dossier_counts ({', '.join(COLUMNS)}) SELECT * FROM unnest($1::integer[], $2::date[],"
        " $3::integer[], $4::text[], $5::integer[], $6::integer[], $7::integer[], $8::integer[])",
        *list_columns(counts, *COLUMNS),
    )


async def add_up_dossiers(connection: Connection, counts: Sequence[DeskDossierCount]) -> None:
    """Bring `dossier_counts` to the sums over all desks, for the units, days and procedures of `counts`."""
    await connection.execute(
        "INSERT INTO dossier_counts (unit_id, day, procedure_code, completed, late, complained)"
        " SELECT unit_id, day, procedure_code, sum(completed), sum(late), sum(complained)"
        " FROM desk_dossier_counts JOIN (SELECT DISTINCT * FROM unnest($1::integer[], $2::date[], $3::text[])"
        " AS given (unit_id, day, procedure_code)) AS given USING (unit_id, day, procedure_code)"
        " GROUP BY unit_id, day, procedure_code"
        " ON CONFLICT (unit_id, day, procedure_code) DO UPDATE SET completed = excluded.completed,"
        " late = excluded.late, complained = excluded.complained",
        *list_columns(counts, "unit_id", "day", "procedure_code"),
    )


async def select_desk_dossiers(
    connection: Connection, unit_ids: Sequence[int], first_day: date, last_day: date
) -> list[DeskDossierCount]:
    """Both days included."""
    rows = await connection.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM desk_dossier_counts"
        " WHERE unit_id = ANY ($1::integer[]) AND day BETWEEN $2 AND $3"
        " ORDER BY unit_id, day, desk_id, procedure_code, official_id",
        list(unit_ids),
        first_day,
        last_day,
    )
    return [DeskDossierCount(**dict(row)) for row in rows]


async def count_desk_ratings(
    connection: Connection, counts: Sequence[DeskDossierCount]
) -> dict[tuple[int, date, str], int]:
    """Ratings that were not set aside, by desk, day and procedure code, for the units and days of `counts`."""
    rows = await connection.fetch(
        "SELECT c.desk_id, c.day, p.code, sum(c.n1 + c.n2 + c.n3 + c.n4 + c.n5) AS ratings FROM daily_counts AS c"
        " JOIN (SELECT DISTINCT * FROM unnest($1::integer[], $2::date[]) AS given (unit_id, day)) AS given"
        " USING (unit_id, day) JOIN procedures AS p USING (procedure_id)"
        " WHERE c.proof_class <> 'X'::\"char\" GROUP BY c.desk_id, c.day, p.code",
        *list_columns(counts, "unit_id", "day"),
    )
    return {(row["desk_id"], row["day"], row["code"]): int(row["ratings"]) for row in rows}
