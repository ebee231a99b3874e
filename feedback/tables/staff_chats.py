"""What links a chat to an account: one-time codes in `sign_in_challenges`, the sealed chat in `accounts`."""

from datetime import datetime

import msgspec

from feedback.database import Connection


class LinkedAccount(msgspec.Struct, frozen=True):
    account_id: int
    sign_in_name: str
    display_name: str
    language: str


LINKED = ", ".join(LinkedAccount.__struct_fields__)


async def replace_link_code(connection: Connection, account_id: int, code_hash: bytes, expires_at: datetime) -> None:
    """The person's only code: an earlier one ends. Inside a transaction."""
    await connection.execute("DELETE FROM sign_in_challenges WHERE account_id = $1 AND purpose = 'chat'", account_id)
    await connection.execute(
        "INSERT INTO sign_in_challenges (challenge_hash, account_id, purpose, content, expires_at)"
        " VALUES ($1, $2, 'chat', '', $3)",
        *(code_hash, account_id, expires_at),
    )


async def take_link_code(connection: Connection, code_hash: bytes, now: datetime) -> int | None:
    """Whose code it is, and used up with that; None where it is unknown, used or too old."""
    row = await connection.fetchrow(
        "DELETE FROM sign_in_challenges WHERE challenge_hash = $1 AND purpose = 'chat'"
        " RETURNING account_id, expires_at",
        code_hash,
    )
    return int(row["account_id"]) if row is not None and now < row["expires_at"] else None


async def link_chat(connection: Connection, account_id: int, sealed_chat: bytes) -> LinkedAccount | None:
    """In place of any earlier chat, and digests come there from now on; None for an account that is disabled."""
    row = await connection.fetchrow(
        "UPDATE accounts SET chat = $2, digest_by = array_append(array_remove(digest_by, 'bot'), 'bot')"
        f" WHERE account_id = $1 AND disabled_at IS NULL RETURNING {LINKED}",
        *(account_id, sealed_chat),
    )
    return None if row is None else LinkedAccount(**dict(row))


async def unlink_chat(connection: Connection, sealed_chat: bytes) -> list[LinkedAccount]:
    """Every account that this chat was linked to."""
    rows = await connection.fetch(
        "UPDATE accounts SET chat = NULL, digest_by = array_remove(digest_by, 'bot')"
        f" WHERE chat = $1 RETURNING {LINKED}",
        sealed_chat,
    )
    return [LinkedAccount(**dict(row)) for row in rows]


async def unlink_account(connection: Connection, account_id: int) -> bool:
    """False where no chat was linked."""
    updated = await connection.execute(
        "UPDATE accounts SET chat = NULL, digest_by = array_remove(digest_by, 'bot')"
        " WHERE account_id = $1 AND chat IS NOT NULL",
        account_id,
    )
    return updated == "UPDATE 1"
