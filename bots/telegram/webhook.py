"""The address to which Telegram sends updates. 200 means: it lies in the inbox, or there is nothing to keep."""

import asyncio
import hmac
from datetime import UTC, datetime

import structlog
from litestar import post
from litestar.params import FromPath
from litestar.types import ASGIApp

from bots.telegram.store_updates import store_updates
from feedback.database import TEMPORARY_FAILURES
from feedback.settings import Settings
from feedback.web.bodies import Request, read_body, read_header
from feedback.web.replies import Reply
from surveys.errors import StoreUnavailableError, UnknownPageError, WrongSecretError

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
LONGEST_WAIT_SECONDS = 5

log = structlog.get_logger()


def make_webhook_secret(secret: str, bot_id: int) -> str:
    """What Telegram has to send with each update; another for each bot."""
    return hmac.digest(secret.encode(), f"telegram webhook {bot_id}".encode(), "sha256").hex()


@post("/telegram/{bot:int}", opt={"access": "telegram", "limit": "by secret"}, status_code=200)
async def take_update(request: Request, bot: FromPath[int]) -> ASGIApp:
    check_secret(request, bot)
    body = await read_body(request)
    try:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS), request.app.state.pool.acquire() as connection:
            await store_updates(connection, bot, [body], datetime.now(UTC))
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None
    return Reply(b"", b"text/plain", 200)


def check_secret(request: Request, bot: int) -> None:
    settings: Settings = request.app.state.settings
    # An empty secret is one that everybody can guess.
    if bot != settings.bot_id or not settings.telegram_token or not settings.secret:
        raise UnknownPageError
    given = read_header(request, SECRET_HEADER).encode("latin-1")
    if not hmac.compare_digest(given, make_webhook_secret(settings.secret, bot).encode()):
        raise WrongSecretError


ROUTES = [take_update]
