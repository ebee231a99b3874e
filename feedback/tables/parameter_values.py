"""The tables `parameter_values` and `calendar_corrections`: what a decision says, from which day on, and why."""

from datetime import date, datetime

import msgspec

from feedback.database import Connection


class ParameterValue(msgspec.Struct, frozen=True):
    """A value that was proposed; in force from `valid_from` on once `verdict` is approved."""

    parameter_value_id: int
    name: str
    valid_from: date
    value: int
    basis: str
    is_placeholder: bool
    proposed_by: int | None
    proposed_at: datetime
    verdict: str | None
    decided_by: int | None
    decided_at: datetime | None


VALUE = ", ".join(ParameterValue.__struct_fields__)


async def select_value_in_force(connection: Connection, name: str, day: date) -> ParameterValue | None:
    row = await connection.fetchrow(
        f"SELECT {VALUE} FROM parameter_values WHERE name = $1 AND verdict = 'approved' AND valid_from <= $2"
        " ORDER BY valid_from DESC LIMIT 1",
        name,
        day,
    )
    return None if row is None else ParameterValue(**dict(row))


async def select_calendar_corrections(connection: Connection, first: date, last: date) -> dict[date, bool]:
    """Whether each corrected day is a working day."""
    rows = await connection.fetch(
        "SELECT day, is_working FROM calendar_corrections WHERE day BETWEEN $1 AND $2", first, last
    )
    return {row["day"]: row["is_working"] for row in rows}


class ParameterLine(msgspec.Struct, frozen=True):
    """A value with the names of who proposed and decided it; None where that was the operator."""

    value: ParameterValue
    proposer: str | None
    decider: str | None


class CalendarCorrection(msgspec.Struct, frozen=True):
    """`setter` is the name of who set it."""

    day: date
    is_working: bool
    basis: str
    setter: str | None
    set_at: datetime


async def select_parameter_lines(connection: Connection, name: str | None = None) -> list[ParameterLine]:
    """Every value of `name`, or of all, that was ever proposed: latest day first, then latest proposal."""
    rows = await connection.fetch(
        f"SELECT {', '.join('v.' + column for column in ParameterValue.__struct_fields__)},"
        " p.display_name AS proposer, d.display_name AS decider FROM parameter_values AS v"
        " LEFT JOIN accounts AS p ON p.account_id = v.proposed_by"
        " LEFT JOIN accounts AS d ON d.account_id = v.decided_by"
        " WHERE $1::text IS NULL OR v.name = $1 ORDER BY v.valid_from DESC, v.parameter_value_id DESC",
        name,
    )
    return [
        ParameterLine(
            ParameterValue(**{column: row[column] for column in ParameterValue.__struct_fields__}),
            row["proposer"],
            row["decider"],
        )
        for row in rows
    ]


async def select_parameter_value(connection: Connection, parameter_value_id: int) -> ParameterValue | None:
    row = await connection.fetchrow(
        f"SELECT {VALUE} FROM parameter_values WHERE parameter_value_id = $1", parameter_value_id
    )
    return None if row is None else ParameterValue(**dict(row))


async def insert_parameter_value(
    connection: Connection,
    name: str,
    value: int,
    valid_from: date,
    basis: str,
    proposed_by: int | None,
    proposed_at: datetime,
    *,
    is_placeholder: bool,
) -> int:
    """A proposal that waits for somebody else; its id."""
    new = await connection.fetchval(
        "INSERT INTO parameter_values (name, value, valid_from, basis, is_placeholder, proposed_by, proposed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING parameter_value_id",
        *(name, value, valid_from, basis, is_placeholder, proposed_by, proposed_at),
    )
    return int(new or 0)


async def decide_parameter_value(
    connection: Connection, parameter_value_id: int, verdict: str, decided_by: int | None, decided_at: datetime
) -> bool:
    """False where it was decided before. Raises asyncpg.UniqueViolationError: a value of that day is in force."""
    status = await connection.execute(
        "UPDATE parameter_values SET verdict = $2, decided_by = $3, decided_at = $4"
        " WHERE parameter_value_id = $1 AND verdict IS NULL",
        *(parameter_value_id, verdict, decided_by, decided_at),
    )
    return status == "UPDATE 1"


async def select_corrections_from(connection: Connection, first: date) -> list[CalendarCorrection]:
    rows = await connection.fetch(
        "SELECT c.day, c.is_working, c.basis, a.display_name AS setter, c.set_at FROM calendar_corrections AS c"
        " LEFT JOIN accounts AS a ON a.account_id = c.set_by WHERE c.day >= $1 ORDER BY c.day",
        first,
    )
    return [CalendarCorrection(**dict(row)) for row in rows]


async def upsert_correction(
    connection: Connection, day: date, basis: str, set_by: int | None, set_at: datetime, *, is_working: bool
) -> None:
    await connection.execute(
        "INSERT INTO calendar_corrections (day, is_working, basis, set_by, set_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (day) DO UPDATE SET is_working = excluded.is_working, basis = excluded.basis,"
        " set_by = excluded.set_by, set_at = excluded.set_at",
        *(day, is_working, basis, set_by, set_at),
    )


async def delete_correction(connection: Connection, day: date) -> bool:
    """False when that day was not corrected."""
    return await connection.execute("DELETE FROM calendar_corrections WHERE day = $1", day) == "DELETE 1"
