"""The sender of webhooks as a part of the running program. Puts together, decides nothing."""

import logging
from datetime import UTC, datetime
from random import SystemRandom

from dashboards.webhooks.post import Poster, make_tls
from dashboards.webhooks.sender import Sender
from dashboards.webhooks.signatures import read_root
from feedback.database import open_pool
from feedback.settings import Settings

_LIBRARIES = ("httpx", "httpcore")


async def run_webhooks(settings: Settings, database_url: str) -> None:
    """Work until cancelled, beside any number of others; the database may be away.

    Raises ValueError when `settings` holds no secret.
    """
    read_root(settings.secret)
    quiet_libraries()
    pool = await open_pool(database_url, largest=2)
    try:
        async with Poster(make_tls()) as poster:
            draw = SystemRandom().random
            await Sender(pool, settings.secret, settings.base_url, poster, read_clock=read_clock, draw=draw).run()
    finally:
        await pool.close()


def read_clock() -> datetime:
    return datetime.now(UTC)


def quiet_libraries() -> None:
    """They would log whole addresses at some level, and there may be a receiver's secret in one."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
