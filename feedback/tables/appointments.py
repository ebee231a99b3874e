"""The table `appointments`: which roles a person holds, and where. In force once approved, until ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from feedback.accounts.powers import Appointment, Role
from feedback.api_keys import Reach
from feedback.database import Connection

REACH = "everywhere, province_codes, commune_codes, unit_codes"


class AppointmentLine(msgspec.Struct, frozen=True):
    """An appointment with its history, for those who decide about it. Names are as they stand today.

    `proposed_by` is None for the operator; so are the other two, where `decided_at` and `ended_at` are set.
    """

    appointment_id: int
    account_id: int
    sign_in_name: str
    display_name: str
    role: Role
    reach: Reach
    proposed_by: int | None
    proposer: str | None
    proposed_at: datetime
    verdict: str | None
    decider: str | None
    decided_at: datetime | None
    ender: str | None
    ended_at: datetime | None

    @property
    def is_in_force(self) -> bool:
        return self.verdict == "approved" and self.ended_at is None


LINE = f"""
    SELECT h.appointment_id, h.account_id, a.sign_in_name, a.display_name, h.role, {REACH}, h.proposed_by,
           p.display_name AS proposer, h.proposed_at, h.verdict, d.display_name AS decider, h.decided_at,
           e.display_name AS ender, h.ended_at
    FROM appointments AS h JOIN accounts AS a USING (account_id)
    LEFT JOIN accounts AS p ON p.account_id = h.proposed_by
    LEFT JOIN accounts AS d ON d.account_id = h.decided_by
    LEFT JOIN accounts AS e ON e.account_id = h.ended_by
"""
MOST_PROPOSALS = 200


def read_reach(row: Mapping[str, Any]) -> Reach:
    return Reach(
        everywhere=row["everywhere"],
        provinces=tuple(row["province_codes"]),
        communes=tuple(row["commune_codes"]),
        units=tuple(row["unit_codes"]),
    )


async def insert_appointment(
    connection: Connection, account_id: int, role: Role, reach: Reach, proposed_by: int | None, now: datetime
) -> int:
    """A proposal; it allows nothing until it is approved."""
    new = await connection.fetchval(
        f"INSERT INTO appointments (account_id, role, {REACH}, proposed_by, proposed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING appointment_id",
        *(account_id, role, reach.everywhere, list(reach.provinces), list(reach.communes), list(reach.units)),
        *(proposed_by, now),
    )
    return int(new or 0)


async def select_appointments_in_force(connection: Connection, account_id: int) -> tuple[Appointment, ...]:
    rows = await connection.fetch(
        f"SELECT appointment_id, role, {REACH} FROM appointments"
        " WHERE account_id = $1 AND verdict = 'approved' AND ended_at IS NULL ORDER BY appointment_id",
        account_id,
    )
    return tuple(Appointment(row["appointment_id"], row["role"], read_reach(row)) for row in rows)


async def decide_appointment(
    connection: Connection, appointment_id: int, verdict: str, decided_by: int | None, now: datetime
) -> bool:
    """`verdict`: approved or refused. False where there is no open proposal of this number."""
    updated = await connection.execute(
        "UPDATE appointments SET verdict = $2, decided_by = $3, decided_at = $4"
        " WHERE appointment_id = $1 AND verdict IS NULL",
        *(appointment_id, verdict, decided_by, now),
    )
    return updated == "UPDATE 1"


def read_line(row: Mapping[str, Any]) -> AppointmentLine:
    known = {name: row[name] for name in AppointmentLine.__struct_fields__ if name != "reach"}
    return AppointmentLine(**known, reach=read_reach(row))


async def select_appointment_line(connection: Connection, appointment_id: int) -> AppointmentLine | None:
    row = await connection.fetchrow(f"{LINE} WHERE h.appointment_id = $1", appointment_id)
    return None if row is None else read_line(row)


async def select_appointments_of(connection: Connection, account_id: int) -> list[AppointmentLine]:
    """All that a person ever held or was proposed for, latest first."""
    rows = await connection.fetch(f"{LINE} WHERE h.account_id = $1 ORDER BY h.appointment_id DESC", account_id)
    return [read_line(row) for row in rows]


async def select_open_proposals(connection: Connection) -> list[AppointmentLine]:
    """Oldest first, MOST_PROPOSALS at most."""
    rows = await connection.fetch(f"{LINE} WHERE h.verdict IS NULL ORDER BY h.appointment_id LIMIT {MOST_PROPOSALS}")
    return [read_line(row) for row in rows]


async def end_appointment(connection: Connection, appointment_id: int, ended_by: int | None, now: datetime) -> bool:
    """False where none of this number is in force."""
    updated = await connection.execute(
        "UPDATE appointments SET ended_by = $2, ended_at = $3"
        " WHERE appointment_id = $1 AND verdict = 'approved' AND ended_at IS NULL",
        *(appointment_id, ended_by, now),
    )
    return updated == "UPDATE 1"


async def end_appointments_of(
    connection: Connection, account_id: int, ended_by: int | None, now: datetime
) -> list[int]:
    """Whatever the person holds; the numbers of what ended."""
    rows = await connection.fetch(
        "UPDATE appointments SET ended_by = $2, ended_at = $3"
        " WHERE account_id = $1 AND verdict = 'approved' AND ended_at IS NULL RETURNING appointment_id",
        *(account_id, ended_by, now),
    )
    return sorted(row["appointment_id"] for row in rows)


async def select_names_in_reach(connection: Connection, reach: Reach) -> dict[str, str]:
    """Today's names by "place <code>" and "unit <code>"; codes that the catalogue does not know are missing.

    A commune's code under provinces is not known, nor the other way round; a unit may have the code of its place.
    """
    rows = await connection.fetch(
        "SELECT DISTINCT ON (code) code, name FROM places"
        " WHERE (province_code IS NULL AND code = ANY ($1::text[]))"
        " OR (province_code IS NOT NULL AND code = ANY ($2::text[])) ORDER BY code, valid_from DESC",
        *(list(reach.provinces), list(reach.communes)),
    )
    units = await connection.fetch("SELECT code, name FROM units WHERE code = ANY ($1::text[])", list(reach.units))
    return {f"place {row['code']}": row["name"] for row in rows} | {f"unit {row['code']}": row["name"] for row in units}
