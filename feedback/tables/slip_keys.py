"""The table `slip_keys`: one half of the key of each desk's slips, and which epoch of it holds."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection


class SlipKey(msgspec.Struct, frozen=True):
    desk_id: int
    epoch: int
    salt: bytes


async def insert_slip_keys(connection: Connection, keys: Sequence[SlipKey], day: date) -> None:
    """Does nothing where the desk has its key."""
    await connection.execute(
        "INSERT INTO slip_keys (desk_id, epoch, salt, made_on)"
        " SELECT *, $4::date FROM unnest($1::integer[], $2::integer[], $3::bytea[])"
        " ORDER BY 1 ON CONFLICT DO NOTHING",
        [key.desk_id for key in keys],
        [key.epoch for key in keys],
        [key.salt for key in keys],
        day,
    )


async def select_slip_keys(connection: Connection, desk_ids: Sequence[int]) -> dict[int, SlipKey]:
    rows = await connection.fetch(
        "SELECT desk_id, epoch, salt FROM slip_keys WHERE desk_id = ANY ($1::integer[])", list(desk_ids)
    )
    return {row["desk_id"]: SlipKey(**dict(row)) for row in rows}


async def update_slip_key(connection: Connection, desk_id: int, salt: bytes, day: date) -> int | None:
    """The new epoch; None where the desk never had slips."""
    return await connection.fetchval(
        "UPDATE slip_keys SET epoch = epoch + 1, salt = $2, made_on = $3 WHERE desk_id = $1 RETURNING epoch",
        desk_id,
        salt,
        day,
    )
