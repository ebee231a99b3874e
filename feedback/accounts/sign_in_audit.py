"""What the audit log keeps of signing in by passkey or identity provider: who, how, and why it was refused."""

from datetime import datetime

import msgspec

from feedback.accounts.powers import Account
from feedback.database import Connection
from feedback.tables.accounts import select_account
from feedback.tables.audit_log import AuditEntry, Outcome, insert_audit_entry

NOBODY = "unknown"


async def write_sign_in(
    connection: Connection,
    account: Account | None,
    outcome: Outcome,
    now: datetime,
    *,
    action: str = "sign-in",
    **details: str,
) -> None:
    """`details` hold the way and, of a refusal, the reason; nothing that came from outside."""
    entry = AuditEntry(
        at=now,
        account_id=account.account_id if account else None,
        actor=account.display_name if account else NOBODY,
        action=action,
        outcome=outcome,
        object_kind="account",
        object_code=account.sign_in_name if account else "",
        details=msgspec.json.encode(details).decode(),
    )
    await insert_audit_entry(connection, entry)


async def find_open_account(connection: Connection, account_id: int) -> Account | None:
    """None where it is disabled."""
    account = await select_account(connection, account_id)
    return None if account is None or account.disabled_at is not None else account
