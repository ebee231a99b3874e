"""The table `account_invitations`: links with which a person takes an account, each good once; kept by hash only."""

from datetime import datetime

import msgspec

from feedback.database import Connection


class Invitation(msgspec.Struct, frozen=True):
    """`made_by` is None for the operator at the command line."""

    token_hash: bytes
    account_id: int
    made_by: int | None
    expires_at: datetime
    used_at: datetime | None = None


INVITATION = ", ".join(Invitation.__struct_fields__)


async def insert_invitation(connection: Connection, invitation: Invitation) -> None:
    await connection.execute(
        f"INSERT INTO account_invitations ({INVITATION}) VALUES ($1, $2, $3, $4, $5)",
        *msgspec.structs.astuple(invitation),
    )


async def select_invitation(connection: Connection, token_hash: bytes) -> Invitation | None:
    row = await connection.fetchrow(f"SELECT {INVITATION} FROM account_invitations WHERE token_hash = $1", token_hash)
    return None if row is None else Invitation(**dict(row))


async def use_invitation(connection: Connection, token_hash: bytes, now: datetime) -> bool:
    """False where it was used, withdrawn or is too old."""
    updated = await connection.execute(
        "UPDATE account_invitations SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        *(token_hash, now),
    )
    return updated == "UPDATE 1"


async def withdraw_invitations(connection: Connection, account_id: int, now: datetime) -> None:
    """A newer one takes the place of all before it."""
    await connection.execute(
        "UPDATE account_invitations SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL", account_id, now
    )
