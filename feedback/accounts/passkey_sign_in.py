"""Signs in with a passkey: the proof, the session and what the audit log keeps of both."""

from collections.abc import Mapping
from datetime import date, datetime

from feedback.accounts.passkeys import RelyingParty, prove_passkey
from feedback.accounts.powers import Account
from feedback.accounts.sessions import begin_session
from feedback.accounts.sign_in_audit import find_open_account, write_sign_in
from feedback.database import Connection
from feedback.tables.accounts import select_account
from surveys.errors import PasskeyRefusedError

WAY = "passkey"


async def sign_in_with_passkey(
    connection: Connection,
    party: RelyingParty,
    shown: Mapping[str, str],
    now: datetime,
    day: date,
    *,
    earlier_id: str = "",
) -> str:
    """The id of a new session. Raises PasskeyRefusedError; the challenge is used up all the same."""
    try:
        passkey = await prove_passkey(connection, party, shown, now, day)
        account = await insist_open_account(connection, passkey.account_id)
    except PasskeyRefusedError as error:
        await write_refusal(connection, error, now)
        raise
    async with connection.transaction():
        await write_sign_in(connection, account, "done", now, way=WAY, passkey=passkey.name)
        return await begin_session(connection, account.account_id, WAY, now, earlier_id=earlier_id)


async def insist_open_account(connection: Connection, account_id: int) -> Account:
    account = await find_open_account(connection, account_id)
    if account is None:
        raise PasskeyRefusedError(reason="disabled", account_id=account_id)
    return account


async def write_refusal(connection: Connection, error: PasskeyRefusedError, now: datetime) -> None:
    account = await select_account(connection, int(error.details.get("account_id", 0)))
    await write_sign_in(connection, account, "failed", now, way=WAY, reason=str(error.details["reason"]))
