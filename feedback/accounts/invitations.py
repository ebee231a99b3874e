"""Links with which a person takes an account: a password of one's own, and a code device that has shown it works.

A link never skips the second factor: who has a device already shows its code.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec

from feedback.accounts.passwords import check_password, hash_password
from feedback.accounts.powers import Account
from feedback.accounts.sign_in import WAITING_SECONDS, read_device
from feedback.accounts.totp import derive_invited_secret, find_step, seal_secret
from feedback.database import Connection, Pool
from feedback.tables.account_invitations import (
    Invitation,
    insert_invitation,
    select_invitation,
    use_invitation,
    withdraw_invitations,
)
from feedback.tables.accounts import (
    Proof,
    select_account,
    select_proof,
    update_password,
    update_totp_secret,
    use_totp_step,
)
from feedback.tables.audit_log import AuditEntry, Outcome, insert_audit_entry
from feedback.tables.staff_sessions import end_sessions_of
from surveys.errors import UnknownInvitationError, WrongCodeError

TOKEN_BYTES = 32
LIFE = timedelta(hours=72)
LONGEST_TOKEN = 100


class Invited(msgspec.Struct, frozen=True):
    """Who takes the account. `new_device` is the secret to enrol; None where the person has a device already."""

    account: Account
    proof: Proof
    token_hash: bytes
    new_device: bytes | None


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def make_invitation_address(base_url: str, token: str) -> str:
    return f"{base_url}/staff/invitation/{token}"


async def invite(connection: Connection, account_id: int, made_by: int | None, now: datetime) -> str:
    """The token of a new link, which is shown once; earlier links of the person open nothing any more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await withdraw_invitations(connection, account_id, now)
    await insert_invitation(connection, Invitation(hash_token(token), account_id, made_by, now + LIFE))
    return token


async def open_invitation(connection: Connection, secret: str, token: str, browser: str, now: datetime) -> Invited:
    """`browser` is random and kept by it. Raises UnknownInvitationError: used, withdrawn, too old or never was."""
    invitation = await select_invitation(connection, hash_token(token)) if len(token) <= LONGEST_TOKEN else None
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= now:
        raise UnknownInvitationError
    account = await select_account(connection, invitation.account_id)
    proof = await select_proof(connection, account.sign_in_name) if account else None
    if account is None or proof is None or account.disabled_at is not None:
        raise UnknownInvitationError
    new_device = derive_invited_secret(secret, token, browser) if proof.totp_secret is None else None
    return Invited(account, proof, invitation.token_hash, new_device)


async def accept_invitation(
    pool: Pool, secret: str, token: str, browser: str, password: str, code: str, now: datetime
) -> Account:
    """Sets the password and, for who has none, the device; every session of the person ends.

    Raises UnknownInvitationError, PasswordRefusedError, WrongCodeError; nothing is changed then.
    """
    async with pool.acquire(timeout=WAITING_SECONDS) as connection:
        invited = await open_invitation(connection, secret, token, browser, now)
    check_password(password, invited.account.sign_in_name)
    device = invited.new_device or read_device(secret, invited.proof)
    step = find_step(device, code, now) if device else None
    if step is None:
        await write_acceptance(pool, invited, "failed", now)
        raise WrongCodeError
    password_hash = await hash_password(password)
    async with pool.acquire(timeout=WAITING_SECONDS) as connection, connection.transaction():
        await take_account(connection, secret, invited, password_hash, step, now)
        await insert_audit_entry(connection, make_acceptance(invited, "done", now))
    return invited.account


async def take_account(
    connection: Connection, secret: str, invited: Invited, password_hash: str, step: int, now: datetime
) -> None:
    """All of it or, by an error, nothing."""
    account_id = invited.account.account_id
    if not await use_invitation(connection, invited.token_hash, now):
        raise UnknownInvitationError
    if invited.new_device is not None:
        await update_totp_secret(connection, account_id, seal_secret(secret, account_id, invited.new_device))
    if not await use_totp_step(connection, account_id, step):
        raise WrongCodeError
    await update_password(connection, account_id, password_hash)
    await end_sessions_of(connection, account_id, now)


async def write_acceptance(pool: Pool, invited: Invited, outcome: Outcome, now: datetime) -> None:
    async with pool.acquire(timeout=WAITING_SECONDS) as connection:
        await insert_audit_entry(connection, make_acceptance(invited, outcome, now))


def make_acceptance(invited: Invited, outcome: Outcome, now: datetime) -> AuditEntry:
    account = invited.account
    return AuditEntry(
        at=now,
        account_id=account.account_id,
        actor=account.display_name,
        action="take-account",
        outcome=outcome,
        object_kind="account",
        object_code=account.sign_in_name,
    )


async def give_proof(
    connection: Connection, secret: str, account_id: int, password_hash: str, totp_secret: bytes
) -> None:
    """For the demo and for tests: an account as if an invitation had been accepted."""
    await update_password(connection, account_id, password_hash)
    await update_totp_secret(connection, account_id, seal_secret(secret, account_id, totp_secret))
