"""The table `form_entries`: who entered which form, first or second, and what was typed while it must be compared."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedback.database import Connection


class FormEntry(msgspec.Struct, frozen=True):
    """`typed` is JSON (dashboards/forms/double_entry.py); `agrees`, of turn 2: null while a difference is open."""

    batch_id: int
    form_number: int
    unit_id: int
    turn: int
    entered_by: int
    entered_at: datetime
    typed: str | None = None
    agrees: bool | None = None


class EntryLine(msgspec.Struct, frozen=True):
    """What may be known of an entry by those who neither typed nor compare it."""

    batch_id: int
    form_number: int
    turn: int
    entered_by: int
    agrees: bool | None


ENTRY = FormEntry.__struct_fields__
LINE = EntryLine.__struct_fields__


async def insert_entry(connection: Connection, entry: FormEntry) -> bool:
    """False where this turn of the form is taken."""
    inserted = await connection.execute(
        f"INSERT INTO form_entries ({', '.join(ENTRY)}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (batch_id, form_number, turn) DO NOTHING",
        *msgspec.structs.astuple(entry),
    )
    return inserted == "INSERT 0 1"


async def select_entries(connection: Connection, batch_id: int, form_number: int) -> list[FormEntry]:
    """As the program, which alone may read what was typed. Turn 1 first."""
    rows = await connection.fetch(
        f"SELECT {', '.join(ENTRY)} FROM form_entries WHERE batch_id = $1 AND form_number = $2 ORDER BY turn",
        batch_id,
        form_number,
    )
    return [FormEntry(**dict(row)) for row in rows]


async def select_entry_lines(connection: Connection, batch_ids: Sequence[int]) -> list[EntryLine]:
    """Of these batches, by number and turn, those that the connection may see."""
    rows = await connection.fetch(
        f"SELECT {', '.join(LINE)} FROM form_entries WHERE batch_id = ANY ($1::integer[])"
        " ORDER BY batch_id, form_number, turn",
        list(batch_ids),
    )
    return [EntryLine(**dict(row)) for row in rows]


async def settle_entry(connection: Connection, batch_id: int, form_number: int, *, agrees: bool) -> bool:
    """What was typed goes, whether the second entry agrees stays. False where that was known before."""
    updated = await connection.execute(
        "UPDATE form_entries SET agrees = $3 WHERE batch_id = $1 AND form_number = $2 AND turn = 2 AND agrees IS NULL",
        batch_id,
        form_number,
        agrees,
    )
    await erase_typed(connection, batch_id, form_number)
    return updated == "UPDATE 1"


async def erase_typed(connection: Connection, batch_id: int, form_number: int | None = None) -> None:
    """Of one form, or of the whole batch."""
    await connection.execute(
        "UPDATE form_entries SET typed = NULL WHERE batch_id = $1 AND ($2::integer IS NULL OR form_number = $2)"
        " AND typed IS NOT NULL",
        batch_id,
        form_number,
    )


async def end_open_differences(connection: Connection, batch_id: int) -> None:
    """Where nobody looked at the paper again before the batch closed, the two differ, and the first stands."""
    await connection.execute(
        "UPDATE form_entries SET agrees = false WHERE batch_id = $1 AND turn = 2 AND agrees IS NULL", batch_id
    )
