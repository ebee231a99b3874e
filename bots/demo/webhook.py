"""Sends what waits to the bot's webhook: again until it is taken, one chat's updates in order, chats side by side."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import chain, repeat

import httpx
import msgspec

from bots.demo.bot_api import BotApi
from bots.demo.shapes import Webhook
from bots.demo.updates import Update

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2)
ANSWER_SECONDS = 30


class WebhookDelivery:
    def __init__(self, api: BotApi, read_clock: Callable[[], datetime]) -> None:
        self.api = api
        self.read_clock = read_clock
        self.busy: set[int] = set()
        """Chats of which an update is on its way."""

    async def run(self) -> None:
        """Until cancelled."""
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client, asyncio.TaskGroup() as tasks:
            while True:
                news = self.api.news.event
                for update in self.list_next():
                    self.busy.add(update.chat_id)
                    tasks.create_task(self.deliver(client, update))
                await news.wait()

    def list_next(self) -> list[Update]:
        """The first update of each chat that is not busy, as many as the webhook takes at once."""
        if self.api.webhook is None:
            return []
        first: dict[int, Update] = {}
        for update in self.api.updates.waiting.values():
            if update.chat_id not in self.busy:
                first.setdefault(update.chat_id, update)
            if len(first) + len(self.busy) >= self.api.webhook.max_connections:
                break
        return list(first.values())

    async def deliver(self, client: httpx.AsyncClient, update: Update) -> None:
        for pause in chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1])):
            webhook = self.api.webhook
            if webhook is None or update.update_id not in self.api.updates.waiting:
                break
            failure = await post_update(client, webhook, update)
            if failure is None:
                self.api.updates.waiting.pop(update.update_id, None)
                break
            self.api.note_failure(self.read_clock(), failure)
            await asyncio.sleep(pause)
        self.busy.discard(update.chat_id)
        self.api.news.tell()


async def post_update(client: httpx.AsyncClient, webhook: Webhook, update: Update) -> str | None:
    """None when it was taken, else why not."""
    headers = {"content-type": "application/json"}
    if webhook.secret_token:
        headers[SECRET_HEADER] = webhook.secret_token
    try:
        answer = await client.post(webhook.url, content=msgspec.json.encode(update.name_fields()), headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return f"Connection failed: {type(error).__name__}"
    if answer.is_success:
        return None
    return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
