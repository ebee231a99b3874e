"""Calls Telegram through python-telegram-bot: how long it may take, and which calls are held to a pace."""

from collections.abc import Awaitable, Callable

import msgspec
from httpx import Response
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bots.telegram.messages import ANSWER, OutgoingAnswer, OutgoingMessage
from feedback.tables.bot_outbox import Lane, WaitingMessage

CONNECT_SECONDS = 5
READ_SECONDS = 15
MOST_CONNECTIONS = 64
REMINDERS_A_SECOND = 25
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


Hook = Callable[[Response], Awaitable[None]]


def make_request(read_seconds: float = READ_SECONDS, hook: Hook | None = None) -> HTTPXRequest:
    """`hook` is handed every answer as it came."""
    return HTTPXRequest(
        connection_pool_size=MOST_CONNECTIONS,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        write_timeout=read_seconds,
        pool_timeout=read_seconds,
        httpx_kwargs={"event_hooks": {"response": [hook] if hook else []}},
    )


class Calls:
    """Bulk reminders keep to a pace; answers to people do not wait behind them."""

    def __init__(self, token: str, api: str, read_seconds: float = READ_SECONDS) -> None:
        pace = AIORateLimiter(overall_max_rate=REMINDERS_A_SECOND, overall_time_period=1, max_retries=0)
        base_url = f"{api}/bot"
        self.request = request = make_request(read_seconds)
        self.answers = Bot(token, base_url=base_url, request=request, get_updates_request=request)
        self.reminders = ExtBot[int](
            token, base_url=base_url, request=request, get_updates_request=request, rate_limiter=pace
        )

    async def close(self) -> None:
        await self.request.shutdown()

    async def call(self, message: WaitingMessage) -> None:
        """Raises TelegramError of many kinds, and others where the answer is not one of Telegram's."""
        bot = self.reminders if message.lane == Lane.REMINDERS else self.answers
        if message.method == ANSWER:
            answer = msgspec.json.decode(message.payload, type=OutgoingAnswer)
            await bot.answer_callback_query(answer.query_id, answer.text or None)
        else:
            text = msgspec.json.decode(message.payload, type=OutgoingMessage)
            await bot.send_message(
                message.chat_id, text.text, reply_markup=draw_keyboard(text), link_preview_options=NO_PREVIEW
            )


def draw_keyboard(message: OutgoingMessage) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(button.text, url=button.url, callback_data=button.callback_data) for button in row]
        for row in message.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None
