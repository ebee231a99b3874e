"""Puts updates as Telegram sends them into the inbox, stripped; what cannot be read becomes a dead letter."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from bots.telegram.updates import Unkept, strip_update
from feedback.database import Connection
from feedback.tables.bot_dead_letters import UNREADABLE, insert_dead_letter
from feedback.tables.bot_inbox import NewUpdate, insert_updates

log = structlog.get_logger()


async def store_updates(connection: Connection, bot_id: int, bodies: Sequence[bytes], now: datetime) -> None:
    """All in one transaction; one that is known already changes nothing."""
    read = [(body, strip_update(body)) for body in bodies]
    updates = {update.update_id: update for _, update in read if isinstance(update, NewUpdate)}
    malformed = [body for body, update in read if update is Unkept.MALFORMED]
    if not updates and not malformed:
        return
    async with connection.transaction():
        if updates:
            await insert_updates(connection, bot_id, list(updates.values()), now)
        for body in malformed:
            await insert_dead_letter(connection, bot_id, None, UNREADABLE, body, now)
    if malformed:
        log.warning("updates-unreadable", times=len(malformed))
