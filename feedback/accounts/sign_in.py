"""Judges name, password and code together: one answer, and the same work, whichever of them was wrong.

Every attempt is an entry of the audit log, without the password and without a name that does not exist.
"""

from datetime import datetime

import msgspec
import structlog

from feedback.accounts.passwords import verify_password
from feedback.accounts.powers import SignedIn
from feedback.accounts.sessions import begin_session
from feedback.accounts.sign_in_audit import write_sign_in
from feedback.accounts.totp import find_step, open_secret
from feedback.database import Connection, Pool
from feedback.tables.accounts import Proof, select_account, select_proof, use_totp_step
from feedback.tables.audit_log import Outcome
from feedback.tables.staff_sessions import note_session_proved
from surveys.errors import SignInFailedError

WAITING_SECONDS = 3
NOBODYS_SECRET = bytes(20)

log = structlog.get_logger()


class Typed(msgspec.Struct, frozen=True):
    """What a person shows."""

    name: str
    password: str
    code: str


def read_name(text: str) -> str:
    """A sign-in name as it is stored: small letters, no spaces around."""
    return text.strip().casefold()


async def sign_in(pool: Pool, secret: str, typed: Typed, now: datetime, *, earlier_id: str = "") -> str:
    """The id of a new session. Raises SignInFailedError."""
    proof, step = await judge(pool, secret, typed, now)
    async with pool.acquire(timeout=WAITING_SECONDS) as connection, connection.transaction():
        is_right = await use_up(connection, proof, step)
        await write_attempt(connection, proof, "sign-in", "done" if is_right else "failed", now)
        if is_right and proof is not None:
            return await begin_session(connection, proof.account_id, "code", now, earlier_id=earlier_id)
    raise SignInFailedError


async def prove_again(pool: Pool, secret: str, signed_in: SignedIn, password: str, code: str, now: datetime) -> None:
    """Before something weighty: password and code once more; the session then counts as proved now.

    Raises SignInFailedError.
    """
    typed = Typed(signed_in.account.sign_in_name, password, code)
    proof, step = await judge(pool, secret, typed, now)
    async with pool.acquire(timeout=WAITING_SECONDS) as connection, connection.transaction():
        is_right = await use_up(connection, proof, step)
        await write_attempt(connection, proof, "prove-again", "done" if is_right else "failed", now)
        if is_right:
            await note_session_proved(connection, signed_in.session_hash, now)
            return
    raise SignInFailedError


async def judge(pool: Pool, secret: str, typed: Typed, now: datetime) -> tuple[Proof | None, int | None]:
    """Whom the name is of, and the time step of the code where all three are right.

    No connection is held while Argon2 works.
    """
    async with pool.acquire(timeout=WAITING_SECONDS) as connection:
        proof = await select_proof(connection, typed.name)
    is_right = await verify_password(proof.password_hash if proof else None, typed.password)
    device = read_device(secret, proof)
    step = find_step(device or NOBODYS_SECRET, typed.code, now)
    can_sign_in = proof is not None and device is not None and proof.disabled_at is None
    return proof, step if is_right and can_sign_in else None


def read_device(secret: str, proof: Proof | None) -> bytes | None:
    """The secret of the person's device; None where there is none, or none that can be opened."""
    if proof is None or proof.totp_secret is None:
        return None
    opened = open_secret(secret, proof.account_id, proof.totp_secret)
    if opened is None:
        log.error("a code device was sealed with another LANGNGHE_SECRET", account=proof.account_id)
    return opened


async def use_up(connection: Connection, proof: Proof | None, step: int | None) -> bool:
    return proof is not None and step is not None and await use_totp_step(connection, proof.account_id, step)


async def write_attempt(
    connection: Connection, proof: Proof | None, action: str, outcome: Outcome, now: datetime
) -> None:
    account = None if proof is None else await select_account(connection, proof.account_id)
    await write_sign_in(connection, account, outcome, now, action=action, way="code")
