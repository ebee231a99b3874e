"""The table `form_batches`: numbered paper forms of one unit and day. A batch is made, and closed once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import asyncpg
import msgspec

from feedback.database import Connection

FormWay = Literal["paper", "home_visit", "reception_day"]


class FormBatch(msgspec.Struct, frozen=True):
    """`double_share` is in percent; the seed says which numbers are entered twice."""

    batch_id: int
    unit_id: int
    way: FormWay
    held_on: date
    place: str
    first_number: int
    last_number: int
    seed: bytes
    double_share: int
    made_by: int
    made_at: datetime
    closed_at: datetime | None = None

    @property
    def size(self) -> int:
        return self.last_number - self.first_number + 1


class ListedBatch(msgspec.Struct, frozen=True):
    batch: FormBatch
    unit_code: str
    unit_name: str


BATCH = FormBatch.__struct_fields__
NEW_BATCH = BATCH[1:-1]
SELECT = f"""
SELECT {", ".join(f"b.{name}" for name in BATCH)}, u.code AS unit_code, u.name AS unit_name
FROM form_batches AS b JOIN units AS u USING (unit_id)
"""


async def insert_batch(connection: Connection, batch: FormBatch) -> int | None:
    """The new batch_id; that of `batch` is not read. None where another of this unit and day holds such a number."""
    try:
        async with connection.transaction():
            return await connection.fetchval(
                f"INSERT INTO form_batches ({', '.join(NEW_BATCH)})"
                f" VALUES ({', '.join(f'${place}' for place in range(1, len(NEW_BATCH) + 1))}) RETURNING batch_id",
                *(getattr(batch, name) for name in NEW_BATCH),
            )
    except asyncpg.ExclusionViolationError:
        return None


async def select_overlapping(connection: Connection, batch: FormBatch) -> tuple[int, int, int] | None:
    """Id, first and last number of the batch of this unit and day that holds a number of `batch`."""
    row = await connection.fetchrow(
        "SELECT batch_id, first_number, last_number FROM form_batches WHERE unit_id = $1 AND held_on = $2"
        " AND int4range(first_number, last_number, '[]') && int4range($3, $4, '[]') ORDER BY batch_id LIMIT 1",
        *(batch.unit_id, batch.held_on, batch.first_number, batch.last_number),
    )
    return None if row is None else (row["batch_id"], row["first_number"], row["last_number"])


async def select_unit_of_batch(connection: Connection, batch_id: int) -> int | None:
    """None where the connection may not see it."""
    return await connection.fetchval("SELECT unit_id FROM form_batches WHERE batch_id = $1", batch_id)


async def select_batch_ids(connection: Connection, limit: int, *, only_open: bool) -> list[int]:
    """Those that the connection may see: open ones first, then the latest."""
    rows = await connection.fetch(
        "SELECT batch_id FROM form_batches WHERE closed_at IS NULL OR NOT $2::boolean"
        " ORDER BY closed_at IS NOT NULL, held_on DESC, batch_id DESC LIMIT $1",
        limit,
        only_open,
    )
    return [row["batch_id"] for row in rows]


async def select_batches(connection: Connection, batch_ids: Sequence[int]) -> list[ListedBatch]:
    """As the program, in the order of `batch_ids`."""
    statement = f"{SELECT} WHERE b.batch_id = ANY ($1::integer[]) ORDER BY array_position($1::integer[], b.batch_id)"
    return read_rows(await connection.fetch(statement, list(batch_ids)))


async def lock_batch(connection: Connection, batch_id: int) -> FormBatch | None:
    """As the program. Held until the transaction ends: no entry slips in while a batch closes."""
    rows = await connection.fetch(
        f"SELECT {', '.join(BATCH)} FROM form_batches WHERE batch_id = $1 FOR UPDATE", batch_id
    )
    return FormBatch(**dict(rows[0])) if rows else None


async def close_batch(connection: Connection, batch_id: int, closed_at: datetime) -> bool:
    """False where it was closed before."""
    updated = await connection.execute(
        "UPDATE form_batches SET closed_at = $2 WHERE batch_id = $1 AND closed_at IS NULL", batch_id, closed_at
    )
    return updated == "UPDATE 1"


async def select_serves_unit(connection: Connection, official_id: int, unit_id: int) -> bool:
    """Whether the official serves at a desk of the unit, or ever did."""
    found = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM desk_officials JOIN desks USING (desk_id) WHERE official_id = $1 AND unit_id = $2)",
        official_id,
        unit_id,
    )
    return bool(found)


def read_rows(rows: Sequence[dict[str, object]]) -> list[ListedBatch]:
    return [
        ListedBatch(
            FormBatch(**{name: row[name] for name in BATCH}),  # pyright: ignore[reportArgumentType] (columns of the table)
            str(row["unit_code"]),
            str(row["unit_name"]),
        )
        for row in rows
    ]
