"""The table `slip_references`: keyed hashes of what issuers call a dossier, so that one gets one slip."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class SlipReference(msgspec.Struct, frozen=True):
    """`slip_id` is None once the slip is closed."""

    unit_id: int
    reference_hash: bytes
    slip_id: int | None


async def insert_slip_references(
    connection: Connection, references: Sequence[SlipReference], expires_on: date
) -> set[bytes]:
    """The hashes of those that are new. Waits for whoever is storing the same reference just now."""
    rows = await connection.fetch(
        "INSERT INTO slip_references (unit_id, reference_hash, slip_id, expires_on)"
        " SELECT given.*, $4::date FROM unnest($1::integer[], $2::bytea[], $3::bigint[])"
        " AS given (unit_id, reference_hash, slip_id) ORDER BY 1, 2"
        " ON CONFLICT DO NOTHING RETURNING reference_hash",
        *list_columns(references, "unit_id", "reference_hash", "slip_id"),
        expires_on,
    )
    return {row["reference_hash"] for row in rows}


async def select_slip_references(
    connection: Connection, references: Sequence[SlipReference]
) -> dict[bytes, SlipReference]:
    """What is stored under the units and hashes of `references`, by hash."""
    rows = await connection.fetch(
        "SELECT unit_id, reference_hash, slip_id FROM slip_references JOIN"
        " unnest($1::integer[], $2::bytea[]) AS given (unit_id, reference_hash) USING (unit_id, reference_hash)",
        *list_columns(references, "unit_id", "reference_hash"),
    )
    return {row["reference_hash"]: SlipReference(**dict(row)) for row in rows}


async def untie_slip_references(connection: Connection) -> int:
    """Forget which slip a reference got, where that slip is closed or gone."""
    status = await connection.execute(
        "UPDATE slip_references AS reference SET slip_id = NULL WHERE slip_id IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM visit_slips AS slip WHERE slip.slip_id = reference.slip_id AND slip.nonce IS NOT NULL)"
    )
    return int(status.rpartition(" ")[2])


async def delete_slip_references(connection: Connection, until: date) -> int:
    status = await connection.execute("DELETE FROM slip_references WHERE expires_on <= $1", until)
    return int(status.rpartition(" ")[2])
