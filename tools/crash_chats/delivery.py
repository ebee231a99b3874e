"""Delivers updates as Telegram does: each until it is acknowledged, some again, chats mixed, order kept within each."""

import asyncio
import random
from collections.abc import Callable, Sequence

import httpx
import msgspec

from bots.telegram.webhook import make_webhook_secret
from feedback.settings import Settings
from tools.crash_chats.script import ChatPlan

LANES = 20  # as many connections as the webhook is told to allow
MOST_DELIVERIES = 4
ACKNOWLEDGED = 200
PAUSE_SECONDS = 0.05


class Delivery:
    def __init__(self, settings: Settings, on_acknowledged: Callable[[], None]) -> None:
        self.address = f"http://127.0.0.1:{settings.port}/telegram/{settings.bot_id}"
        self.headers = {
            "x-telegram-bot-api-secret-token": make_webhook_secret(settings.secret, settings.bot_id),
            "content-type": "application/json",
        }
        self.on_acknowledged = on_acknowledged
        self.client = httpx.AsyncClient(timeout=5, limits=httpx.Limits(max_connections=LANES))
        self.posts = 0
        self.failures = 0
        self.acknowledged = 0

    async def deliver(self, body: bytes) -> None:
        """Until it is acknowledged."""
        while True:
            self.posts += 1
            try:
                answer = await self.client.post(self.address, content=body, headers=self.headers)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code == ACKNOWLEDGED:
                self.acknowledged += 1
                self.on_acknowledged()
                return
            self.failures += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def deliver_all(self, plans: Sequence[ChatPlan], chance: random.Random) -> None:
        lanes = [mix_chats(plans[lane::LANES], chance) for lane in range(LANES)]
        await asyncio.gather(*(self.deliver_lane(lane) for lane in lanes))
        await self.client.aclose()

    async def deliver_lane(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            await self.deliver(body)


class Waiting(msgspec.Struct):
    """What is left of a chat, and which of its updates will come again."""

    left: list[bytes]
    again: list[bytes]


def mix_chats(plans: Sequence[ChatPlan], chance: random.Random) -> list[bytes]:
    """Each update one to four times: the first deliveries of a chat in order, the others anywhere after them."""
    waiting = [Waiting(list(reversed(plan.bodies)), []) for plan in plans]
    mixed: list[bytes] = []
    while waiting:
        chat = chance.choice(waiting)
        if chat.again and (not chat.left or chance.random() < 0.5):  # noqa: PLR2004 (as likely as a new one)
            mixed.append(chat.again.pop(chance.randrange(len(chat.again))))
        else:
            body = chat.left.pop()
            mixed.append(body)
            chat.again += [body] * chance.randrange(MOST_DELIVERIES)
        if not chat.left and not chat.again:
            waiting.remove(chat)
    return mixed
