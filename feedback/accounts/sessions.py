"""Sessions: an opaque id in a cookie, its SHA-256 in the database, half an hour idle, twelve hours in all."""

import hashlib
import secrets
from datetime import datetime, timedelta

from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.accounts import note_visit, select_account
from feedback.tables.appointments import select_appointments_in_force
from feedback.tables.staff_sessions import (
    StaffSession,
    end_session,
    insert_session,
    note_session_seen,
    select_session,
)

ID_BYTES = 32
# OWASP ASVS 5.0, 7.3: an idle and an absolute end.
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


def hash_session_id(session_id: str) -> bytes:
    """A fast hash does: nobody guesses 256 random bits."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).digest()


async def begin_session(
    connection: Connection, account_id: int, way: str, now: datetime, *, earlier_id: str = ""
) -> str:
    """A new id, never one that came from outside; an earlier session of the same browser ends."""
    if earlier_id:
        await end_session(connection, hash_session_id(earlier_id), now)
    session_id = secrets.token_urlsafe(ID_BYTES)
    await insert_session(
        connection, StaffSession(hash_session_id(session_id), account_id, way, now, seen_at=now, proved_at=now)
    )
    await note_visit(connection, account_id, now)
    return session_id


async def find_signed_in(connection: Connection, session_id: str, now: datetime) -> SignedIn | None:
    """Who the session is of, with the appointments as they stand this moment; None when it is over."""
    session = await select_session(connection, hash_session_id(session_id))
    if session is None or is_over(session, now):
        return None
    account = await select_account(connection, session.account_id)
    if account is None or account.disabled_at is not None:
        return None
    if now - session.seen_at >= SEEN_EVERY:
        await note_session_seen(connection, session.id_hash, now)
    appointments = await select_appointments_in_force(connection, account.account_id)
    return SignedIn(account, appointments, session.id_hash, session.proved_at)


def is_over(session: StaffSession, now: datetime) -> bool:
    return session.ended_at is not None or now - session.seen_at > IDLE or now - session.began_at > LONGEST
