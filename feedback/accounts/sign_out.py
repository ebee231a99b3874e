"""Lists and ends a person's own sessions; an end is an entry of the audit log."""

from datetime import datetime

from feedback.accounts.powers import Account
from feedback.accounts.sessions import IDLE, LONGEST, find_signed_in, hash_session_id
from feedback.accounts.sign_in import WAITING_SECONDS
from feedback.database import Connection, Pool
from feedback.tables.audit_log import AuditEntry, insert_audit_entry
from feedback.tables.staff_sessions import StaffSession, end_session, select_sessions_of


async def sign_out(pool: Pool, session_id: str, now: datetime) -> None:
    """Nothing where the session is over already."""
    if not session_id:
        return
    async with pool.acquire(timeout=WAITING_SECONDS) as connection, connection.transaction():
        signed_in = await find_signed_in(connection, session_id, now)
        await end_session(connection, hash_session_id(session_id), now)
        if signed_in is not None:
            await insert_audit_entry(connection, make_account_entry(signed_in.account, "sign-out", now))


async def list_own_sessions(connection: Connection, account_id: int, now: datetime) -> list[StaffSession]:
    return await select_sessions_of(connection, account_id, now - LONGEST, now - IDLE)


def make_account_entry(account: Account, deed: str, now: datetime) -> AuditEntry:
    """What a person did with the own account."""
    return AuditEntry(
        at=now,
        account_id=account.account_id,
        actor=account.display_name,
        action=deed,
        outcome="done",
        object_kind="account",
        object_code=account.sign_in_name,
    )
