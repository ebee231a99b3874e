"""The table `account_passkeys`: public keys that accounts sign in with. Nothing in it is secret."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from feedback.database import Connection


class Passkey(msgspec.Struct, frozen=True):
    """`sign_count` is 0 for authenticators that do not count; `last_used_on` is a local day."""

    credential_id: bytes
    account_id: int
    name: str
    public_key: bytes
    sign_count: int
    made_at: datetime
    last_used_on: date | None = None


PASSKEY = ", ".join(Passkey.__struct_fields__)


async def insert_passkey(connection: Connection, passkey: Passkey) -> bool:
    """False where the credential is known already, of this account or of another."""
    inserted = await connection.execute(
        f"INSERT INTO account_passkeys ({PASSKEY}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        *msgspec.structs.astuple(passkey),
    )
    return inserted == "INSERT 0 1"


async def select_passkey(connection: Connection, credential_id: bytes) -> Passkey | None:
    row = await connection.fetchrow(f"SELECT {PASSKEY} FROM account_passkeys WHERE credential_id = $1", credential_id)
    return None if row is None else Passkey(**dict(row))


async def select_passkeys(connection: Connection, account_id: int) -> Sequence[Passkey]:
    """Oldest first."""
    rows = await connection.fetch(
        f"SELECT {PASSKEY} FROM account_passkeys WHERE account_id = $1 ORDER BY made_at, credential_id", account_id
    )
    return [Passkey(**dict(row)) for row in rows]


async def update_passkey_used(connection: Connection, credential_id: bytes, sign_count: int, day: date) -> bool:
    """False where the count does not rise: one of two copies of the authenticator was used before (or it was removed).

    Counts that stay 0 are those of authenticators that do not count.
    """
    updated = await connection.execute(
        "UPDATE account_passkeys SET sign_count = $2, last_used_on = $3"
        " WHERE credential_id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))",
        *(credential_id, sign_count, day),
    )
    return updated == "UPDATE 1"


async def update_passkey_name(connection: Connection, account_id: int, credential_id: bytes, name: str) -> bool:
    updated = await connection.execute(
        "UPDATE account_passkeys SET name = $3 WHERE account_id = $1 AND credential_id = $2",
        *(account_id, credential_id, name),
    )
    return updated == "UPDATE 1"


async def delete_passkey(connection: Connection, account_id: int, credential_id: bytes) -> str | None:
    """The name it had; None where the account has no such passkey."""
    return await connection.fetchval(
        "DELETE FROM account_passkeys WHERE account_id = $1 AND credential_id = $2 RETURNING name",
        *(account_id, credential_id),
    )
