"""The account behind a person of an identity provider: found by issuer and subject, never by e-mail or name.

Each step is handed out to one browser and taken back once; what a step is for stands in its content.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from feedback.accounts.challenges import hand_out_challenge, hash_challenge, take_back_challenge
from feedback.accounts.outside import Secrets
from feedback.accounts.powers import Account
from feedback.accounts.sessions import begin_session
from feedback.accounts.sign_in import read_device
from feedback.accounts.sign_in_audit import write_sign_in
from feedback.accounts.totp import find_step
from feedback.database import Connection
from feedback.tables.accounts import select_proof, use_totp_step
from feedback.tables.sign_in_challenges import select_challenge
from feedback.tables.staff_sessions import end_session
from surveys.errors import CodeDeviceMissingError, OutsideRefusedError, WrongCodeError

LIFETIME = timedelta(minutes=10)
WAY = "outside"
PURPOSE = "outside"


class WayOut(msgspec.Struct, frozen=True, tag="way"):
    """Somebody went to the provider. `account_id` is set where an account is to be linked."""

    nonce: str
    verifier: str
    browser: str
    to: str
    language: str
    earlier: str = ""
    account_id: int | None = None


class CodeAsked(msgspec.Struct, frozen=True, tag="code"):
    """The provider knows the person; the code of the own device is still to come."""

    account_id: int
    browser: str
    to: str
    earlier: str = ""


class LinkFound(msgspec.Struct, frozen=True, tag="link"):
    """Whom the provider knows, before the person says that it is the right one."""

    outside_id: str
    name: str


Step = TypeVar("Step", WayOut, CodeAsked, LinkFound)


def make_browser_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_browser(browser: str) -> str:
    return hashlib.sha256(browser.encode("utf-8", "surrogatepass")).hexdigest()


def insist_browser(step: WayOut | CodeAsked, browser: str) -> None:
    """Raises OutsideRefusedError where another browser began it."""
    if not hmac.compare_digest(step.browser, hash_browser(browser)):
        raise OutsideRefusedError(reason="browser")


async def hand_out_step(
    connection: Connection, step: WayOut | CodeAsked | LinkFound, now: datetime, account_id: int | None = None
) -> str:
    content = msgspec.json.encode(step)
    challenge = await hand_out_challenge(connection, PURPOSE, now, LIFETIME, account_id=account_id, content=content)
    return urlsafe_b64encode(challenge).decode().rstrip("=")


async def take_back_step(
    connection: Connection, token: str, kind: type[Step], now: datetime, account_id: int | None = None
) -> Step:
    """Raises OutsideRefusedError."""
    found = await take_back_challenge(connection, decode_token(token), PURPOSE, now, account_id=account_id)
    return read_step(None if found is None else found.content, kind)


async def look_at_code_asked(connection: Connection, token: str, now: datetime) -> CodeAsked:
    """It stays handed out, so that a mistyped code can be typed again. Raises OutsideRefusedError."""
    found = await select_challenge(connection, hash_challenge(decode_token(token)), PURPOSE, now)
    return read_step(None if found is None else found.content, CodeAsked)


def decode_token(token: str) -> bytes:
    try:
        return urlsafe_b64decode(token.encode("ascii") + b"==")
    except ValueError:
        raise OutsideRefusedError(reason="state") from None


def read_step(content: bytes | None, kind: type[Step]) -> Step:
    try:
        return msgspec.json.decode(content or b"", type=kind)
    except msgspec.DecodeError:
        raise OutsideRefusedError(reason="state") from None


async def begin_way(
    connection: Connection,
    browser: str,
    to: str,
    language: str,
    now: datetime,
    *,
    earlier: bytes = b"",
    account_id: int | None = None,
) -> Secrets:
    """`earlier` is the hash of a session that this browser has: it ends when the new one begins."""
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    way = WayOut(nonce, verifier, hash_browser(browser), to, language, earlier.hex(), account_id)
    return Secrets(await hand_out_step(connection, way, now), nonce, verifier)


async def open_session(
    connection: Connection, account: Account, step: WayOut | CodeAsked, now: datetime, factor: str
) -> str:
    """The id of a new session. `factor`: who saw the second factor."""
    async with connection.transaction():
        if step.earlier:
            await end_session(connection, bytes.fromhex(step.earlier), now)
        await write_sign_in(connection, account, "done", now, way=WAY, second_factor=factor)
        return await begin_session(connection, account.account_id, WAY, now)


async def insist_device(connection: Connection, secret: str, account: Account) -> bytes:
    """Raises CodeDeviceMissingError."""
    device = read_device(secret, await select_proof(connection, account.sign_in_name))
    if device is None:
        raise CodeDeviceMissingError
    return device


async def prove_code(
    connection: Connection, secret: str, account: Account, token: str, code: str, now: datetime
) -> str:
    """The id of a new session. Raises WrongCodeError, CodeDeviceMissingError and OutsideRefusedError."""
    device = await insist_device(connection, secret, account)
    step = find_step(device, code, now)
    if step is None or not await use_totp_step(connection, account.account_id, step):
        await write_sign_in(connection, account, "failed", now, way=WAY, reason="code")
        raise WrongCodeError
    asked = await take_back_step(connection, token, CodeAsked, now)
    return await open_session(connection, account, asked, now, "device")
