"""A person who chats with the bot through the demo's Bot API server, over HTTP on the bot's side."""

from datetime import UTC, datetime

from bots.demo.bot_api import BotApi
from bots.demo.shapes import Message
from tests.journeys.phone import RECEIPT
from tests.world import QUIET_DESK


class Person:
    def __init__(self, api: BotApi, chat_id: int, language: str = "vi") -> None:
        self.api = api
        self.chat_id = chat_id
        self.language = language
        self.heard = api.open_log(chat_id).last

    async def hear(self) -> Message:
        """The next message of the bot."""
        while True:
            news = self.api.news.event
            said = [entry for entry in self.api.open_log(self.chat_id).list_after(self.heard) if entry.who == "bot"]
            if said:
                self.heard = said[0].number
                return said[0].message
            await news.wait()

    async def say(self, text: str) -> Message:
        self.api.say(self.chat_id, text, datetime.now(UTC), self.language)
        return await self.hear()

    async def press(self, message: Message, number: int) -> Message:
        assert message.reply_markup
        button = [button for row in message.reply_markup.inline_keyboard for button in row][number]
        assert self.api.press(self.chat_id, message.message_id, button.callback_data or "", self.language)
        return await self.hear()

    async def rate(self, score: int) -> str:
        confirm = await self.say(f"/start {QUIET_DESK}")
        thanks = await self.press(await self.press(confirm, 0), score - 1)
        receipt = RECEIPT.search(thanks.text)
        assert receipt
        return receipt[0]
