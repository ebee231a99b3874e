"""What is handed out to somebody before a sign-in and taken back once: 256 random bits, of which only SHA-256 stays."""

import hashlib
import secrets
from datetime import datetime, timedelta

from feedback.database import Connection
from feedback.tables.sign_in_challenges import (
    Purpose,
    SignInChallenge,
    delete_challenge,
    delete_expired_challenges,
    insert_challenge,
)

CHALLENGE_BYTES = 32


def hash_challenge(challenge: bytes) -> bytes:
    return hashlib.sha256(challenge).digest()


async def hand_out_challenge(
    connection: Connection,
    purpose: Purpose,
    now: datetime,
    lifetime: timedelta,
    *,
    account_id: int | None = None,
    content: bytes = b"",
) -> bytes:
    """The challenge itself, which nobody can read out of the table again."""
    await delete_expired_challenges(connection, now)
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    kept = SignInChallenge(hash_challenge(challenge), account_id, purpose, content, now + lifetime)
    await insert_challenge(connection, kept)
    return challenge


async def take_back_challenge(
    connection: Connection, challenge: bytes, purpose: Purpose, now: datetime, *, account_id: int | None = None
) -> SignInChallenge | None:
    """None where it was never handed out so, was taken back before, or has run out."""
    found = await delete_challenge(connection, hash_challenge(challenge), purpose, account_id)
    return None if found is None or found.expires_at <= now else found
