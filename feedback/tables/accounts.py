"""The table `accounts`: who can sign in. What proves a person is read by its own functions only."""

from datetime import datetime

import msgspec

from feedback.accounts.powers import Account
from feedback.database import Connection

ACCOUNT = ", ".join(Account.__struct_fields__)


class Proof(msgspec.Struct, frozen=True):
    """What is compared at sign-in. None where the person has no password, or no code device, yet."""

    account_id: int
    password_hash: str | None
    totp_secret: bytes | None
    totp_step: int
    disabled_at: datetime | None


async def insert_account(
    connection: Connection,
    sign_in_name: str,
    display_name: str,
    made_at: datetime,
    *,
    language: str = "vi",
    official_id: int | None = None,
    email: str | None = None,
) -> int:
    """The new account_id; None is never given. Raises asyncpg.UniqueViolationError where the name is taken."""
    new = await connection.fetchval(
        "INSERT INTO accounts (sign_in_name, display_name, made_at, language, official_id, email)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING account_id",
        *(sign_in_name, display_name, made_at, language, official_id, email),
    )
    return int(new or 0)


async def select_account(connection: Connection, account_id: int) -> Account | None:
    row = await connection.fetchrow(f"SELECT {ACCOUNT} FROM accounts WHERE account_id = $1", account_id)
    return None if row is None else Account(**dict(row))


async def select_account_by_name(connection: Connection, sign_in_name: str) -> Account | None:
    row = await connection.fetchrow(f"SELECT {ACCOUNT} FROM accounts WHERE sign_in_name = $1", sign_in_name)
    return None if row is None else Account(**dict(row))


async def select_proof(connection: Connection, sign_in_name: str) -> Proof | None:
    row = await connection.fetchrow(
        f"SELECT {', '.join(Proof.__struct_fields__)} FROM accounts WHERE sign_in_name = $1", sign_in_name
    )
    return None if row is None else Proof(**dict(row))


async def update_password(connection: Connection, account_id: int, password_hash: str) -> None:
    await connection.execute("UPDATE accounts SET password_hash = $2 WHERE account_id = $1", account_id, password_hash)


async def update_totp_secret(connection: Connection, account_id: int, sealed: bytes) -> None:
    await connection.execute(
        "UPDATE accounts SET totp_secret = $2, totp_step = 0 WHERE account_id = $1", account_id, sealed
    )


async def forget_totp_secret(connection: Connection, account_id: int) -> None:
    """The next invitation enrols a new device; until then the person cannot sign in with a password."""
    await connection.execute("UPDATE accounts SET totp_secret = NULL WHERE account_id = $1", account_id)


async def use_totp_step(connection: Connection, account_id: int, step: int) -> bool:
    """Uses a time step up; False where it, or a later one, was used before."""
    updated = await connection.execute(
        "UPDATE accounts SET totp_step = $2 WHERE account_id = $1 AND totp_step < $2", account_id, step
    )
    return updated == "UPDATE 1"


async def note_visit(connection: Connection, account_id: int, now: datetime) -> None:
    """A new visit begins; what happened since the last one began is new to the person."""
    await connection.execute(
        "UPDATE accounts SET last_visit_at = visit_began_at, visit_began_at = $2 WHERE account_id = $1",
        account_id,
        now,
    )


async def update_contact(connection: Connection, account_id: int, language: str, email: str | None) -> None:
    await connection.execute(
        "UPDATE accounts SET language = $2, email = $3 WHERE account_id = $1", account_id, language, email
    )


async def count_administrators(connection: Connection) -> int:
    """Persons in whose name another could decide. Holds off other appointments until the transaction ends."""
    await connection.execute("LOCK TABLE appointments IN SHARE ROW EXCLUSIVE MODE")
    return int(
        await connection.fetchval(
            "SELECT count(DISTINCT account_id) FROM appointments JOIN accounts USING (account_id)"
            " WHERE role = 'administrator' AND verdict = 'approved' AND ended_at IS NULL AND disabled_at IS NULL"
        )
        or 0
    )
