"""The table `sign_in_challenges`: handed out once, taken back once; found by SHA-256, never by the challenge."""

from datetime import datetime
from typing import Literal

import msgspec

from feedback.database import Connection

Purpose = Literal["passkey-made", "passkey-shown", "outside", "chat"]


class SignInChallenge(msgspec.Struct, frozen=True):
    """`account_id` is None before anybody is known; `content` is the purpose's own."""

    challenge_hash: bytes
    account_id: int | None
    purpose: Purpose
    content: bytes
    expires_at: datetime


CHALLENGE = ", ".join(SignInChallenge.__struct_fields__)


async def insert_challenge(connection: Connection, challenge: SignInChallenge) -> None:
    await connection.execute(
        f"INSERT INTO sign_in_challenges ({CHALLENGE}) VALUES ($1, $2, $3, $4, $5)", *msgspec.structs.astuple(challenge)
    )


async def delete_challenge(
    connection: Connection, challenge_hash: bytes, purpose: Purpose, account_id: int | None
) -> SignInChallenge | None:
    """Takes it back, also when it has run out; None where it is not, or no longer, handed out to this account."""
    row = await connection.fetchrow(
        "DELETE FROM sign_in_challenges"
        " WHERE challenge_hash = $1 AND purpose = $2 AND account_id IS NOT DISTINCT FROM $3"
        f" RETURNING {CHALLENGE}",
        *(challenge_hash, purpose, account_id),
    )
    return None if row is None else SignInChallenge(**dict(row))


async def select_challenge(
    connection: Connection, challenge_hash: bytes, purpose: Purpose, now: datetime
) -> SignInChallenge | None:
    """Looks without taking it back; None also where it has run out."""
    row = await connection.fetchrow(
        f"SELECT {CHALLENGE} FROM sign_in_challenges WHERE challenge_hash = $1 AND purpose = $2 AND expires_at > $3",
        *(challenge_hash, purpose, now),
    )
    return None if row is None else SignInChallenge(**dict(row))


async def delete_expired_challenges(connection: Connection, now: datetime) -> None:
    """Skips what another request is just taking back."""
    await connection.execute(
        "DELETE FROM sign_in_challenges WHERE challenge_hash IN"
        " (SELECT challenge_hash FROM sign_in_challenges WHERE expires_at <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        now,
    )
