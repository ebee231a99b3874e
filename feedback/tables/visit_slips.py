"""The table `visit_slips`: which visits may still be rated with a slip. Rows close soon after use, then go."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class VisitSlip(msgspec.Struct, frozen=True):
    """`nonce` is None once the slip is closed: then only desk and dates are known. `valid_to` is its first day past."""

    slip_id: int
    unit_id: int
    desk_id: int
    official_id: int
    title_id: int
    procedure_id: int
    deciding_unit_id: int
    epoch: int
    issued_on: date
    valid_to: date
    nonce: bytes | None
    spent_on: date | None = None
    first_form: bytes | None = None


class SlipUse(msgspec.Struct, frozen=True):
    """The slip was spent on `day` by the form whose token hash is `first_form`."""

    slip_id: int
    day: date
    first_form: bytes


COLUMNS = VisitSlip.__struct_fields__
COLUMN_LIST = ", ".join(COLUMNS)
INSERTED = COLUMNS[: COLUMNS.index("spent_on")]
TYPES = {"slip_id": "bigint", "issued_on": "date", "valid_to": "date", "nonce": "bytea"}
INSERT = (
    f"INSERT INTO visit_slips ({', '.join(INSERTED)}) SELECT * FROM unnest("
    + ", ".join(f"${place}::{TYPES.get(column, 'integer')}[]" for place, column in enumerate(INSERTED, 1))
    + ")"
)


async def insert_slips(connection: Connection, slips: Sequence[VisitSlip]) -> None:
    """The caller has drawn ids that `select_taken_ids` does not know."""
    await connection.execute(INSERT, *list_columns(slips, *INSERTED))


async def select_taken_ids(connection: Connection, slip_ids: Sequence[int]) -> set[int]:
    rows = await connection.fetch("SELECT slip_id FROM visit_slips WHERE slip_id = ANY ($1::bigint[])", list(slip_ids))
    return {row["slip_id"] for row in rows}


async def select_slips(connection: Connection, slip_ids: Sequence[int]) -> dict[int, VisitSlip]:
    rows = await connection.fetch(
        f"SELECT {COLUMN_LIST} FROM visit_slips WHERE slip_id = ANY ($1::bigint[])", list(slip_ids)
    )
    return {row["slip_id"]: VisitSlip(**dict(row)) for row in rows}


async def spend_slips(connection: Connection, uses: Sequence[SlipUse]) -> None:
    """In the transaction that stores their ratings."""
    if not uses:
        return
    await connection.execute(
        "UPDATE visit_slips AS slip SET spent_on = use.day, first_form = use.first_form"
        " FROM unnest($1::bigint[], $2::date[], $3::bytea[]) AS use (slip_id, day, first_form)"
        " WHERE slip.slip_id = use.slip_id AND slip.nonce IS NOT NULL",
        *list_columns(uses, "slip_id", "day", "first_form"),
    )


async def select_first_form(connection: Connection, slip_id: int) -> bytes | None:
    return await connection.fetchval("SELECT first_form FROM visit_slips WHERE slip_id = $1", slip_id)


async def take_pin_try(connection: Connection, slip_id: int, most: int) -> int | None:
    """Which try this is, from 1 on; None when there is none left. Committed before the PIN is compared."""
    return await connection.fetchval(
        "UPDATE visit_slips SET wrong_pins = wrong_pins + 1 WHERE slip_id = $1 AND wrong_pins < $2"
        " RETURNING wrong_pins",
        slip_id,
        most,
    )


async def give_pin_try_back(connection: Connection, slip_id: int) -> None:
    await connection.execute(
        "UPDATE visit_slips SET wrong_pins = wrong_pins - 1 WHERE slip_id = $1 AND wrong_pins > 0", slip_id
    )


async def close_slips(connection: Connection, spent_until: date, ended_until: date) -> int:
    """Empty the slips spent on or before the one day, and those unspent that ended on or before the other."""
    status = await connection.execute(
        "UPDATE visit_slips SET official_id = 0, title_id = 0, procedure_id = 0, deciding_unit_id = 0, nonce = NULL,"
        " wrong_pins = 0, spent_on = NULL, first_form = NULL"
        " WHERE nonce IS NOT NULL AND (spent_on <= $1 OR (spent_on IS NULL AND valid_to <= $2))",
        spent_until,
        ended_until,
    )
    return int(status.rpartition(" ")[2])


async def delete_slips(connection: Connection, ended_until: date) -> int:
    """Closed slips alone: an open one is still tied to its rating's changes."""
    status = await connection.execute("DELETE FROM visit_slips WHERE nonce IS NULL AND valid_to <= $1", ended_until)
    return int(status.rpartition(" ")[2])
