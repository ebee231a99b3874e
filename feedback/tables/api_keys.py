"""The table `api_keys`: which programs are let in, to what. Of a key's secret only the SHA-256 is here."""

from datetime import date, datetime

import asyncpg

from feedback.api_keys import ApiKey, Reach
from feedback.database import Connection

HOLDER_LOCK = 0x6C6E6B6B
COLUMNS = (
    "key_id, holder, secret_hash, scopes, everywhere, province_codes, commune_codes, unit_codes, networks, quota,"
    " made_on, expires_on, revoked_on, last_used_on, proposed_by, approved_by, approved_at"
)


async def lock_holders(connection: Connection) -> None:
    """Held until the transaction ends: one at a time counts a holder's keys and adds to them."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", HOLDER_LOCK)


async def insert_api_key(connection: Connection, key: ApiKey) -> None:
    await connection.execute(
        f"INSERT INTO api_keys ({COLUMNS})"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        key.key_id,
        key.holder,
        key.secret_hash,
        key.scopes,
        key.reach.everywhere,
        key.reach.provinces,
        key.reach.communes,
        key.reach.units,
        key.networks,
        key.quota,
        key.made_on,
        key.expires_on,
        key.revoked_on,
        key.last_used_on,
        key.proposed_by,
        key.approved_by,
        key.approved_at,
    )


async def select_api_key(connection: Connection, key_id: str) -> ApiKey | None:
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM api_keys WHERE key_id = $1", key_id)
    return None if row is None else read_row(row)


async def select_api_keys(connection: Connection) -> list[ApiKey]:
    """All that were ever made, by holder, oldest first."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM api_keys ORDER BY holder, made_on, key_id")
    return [read_row(row) for row in rows]


async def count_active_keys(connection: Connection, holder: str, day: date) -> int:
    count = await connection.fetchval(
        "SELECT count(*) FROM api_keys WHERE holder = $1 AND expires_on > $2 AND revoked_on IS NULL", holder, day
    )
    return int(count or 0)


async def revoke_api_key(connection: Connection, key_id: str, day: date) -> bool:
    """False when there is no such key, or it was revoked before."""
    status = await connection.execute(
        "UPDATE api_keys SET revoked_on = $2 WHERE key_id = $1 AND revoked_on IS NULL", key_id, day
    )
    return status == "UPDATE 1"


async def approve_api_key(connection: Connection, key_id: str, approved_by: int, approved_at: datetime) -> bool:
    """False where it does not wait for anybody, or was revoked."""
    status = await connection.execute(
        "UPDATE api_keys SET approved_by = $2, approved_at = $3"
        " WHERE key_id = $1 AND proposed_by IS NOT NULL AND approved_at IS NULL AND revoked_on IS NULL",
        *(key_id, approved_by, approved_at),
    )
    return status == "UPDATE 1"


async def note_key_used(connection: Connection, key_id: str, day: date) -> None:
    await connection.execute(
        "UPDATE api_keys SET last_used_on = $2 WHERE key_id = $1 AND last_used_on IS DISTINCT FROM $2", key_id, day
    )


async def select_covered_units(connection: Connection, reach: Reach, day: date) -> list[int]:
    """The units that serve on `day` and lie within `reach`, by id."""
    rows = await connection.fetch(
        "SELECT u.unit_id FROM units AS u WHERE u.valid_from <= $1 AND (u.valid_to IS NULL OR u.valid_to > $1)"
        " AND ($2 OR u.code = ANY ($5::text[]) OR u.place_code = ANY ($4::text[]) OR u.place_code = ANY ($3::text[])"
        " OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY ($3::text[])))"
        " ORDER BY u.unit_id",
        day,
        reach.everywhere,
        reach.provinces,
        reach.communes,
        reach.units,
    )
    return [row["unit_id"] for row in rows]


async def select_known_codes(connection: Connection, reach: Reach) -> set[str]:
    """Those of the codes in `reach` that name a place or a unit."""
    rows = await connection.fetch(
        "SELECT code FROM places WHERE code = ANY ($1::text[]) UNION SELECT code FROM units"
        " WHERE code = ANY ($2::text[])",
        (*reach.provinces, *reach.communes),
        reach.units,
    )
    return {row["code"] for row in rows}


def read_row(row: asyncpg.Record) -> ApiKey:
    return ApiKey(
        key_id=row["key_id"],
        holder=row["holder"],
        secret_hash=row["secret_hash"],
        scopes=tuple(row["scopes"]),
        reach=Reach(
            row["everywhere"],
            tuple(row["province_codes"]),
            tuple(row["commune_codes"]),
            tuple(row["unit_codes"]),
        ),
        networks=tuple(row["networks"]),
        quota=row["quota"],
        made_on=row["made_on"],
        expires_on=row["expires_on"],
        revoked_on=row["revoked_on"],
        last_used_on=row["last_used_on"],
        proposed_by=row["proposed_by"],
        approved_by=row["approved_by"],
        approved_at=row["approved_at"],
    )
