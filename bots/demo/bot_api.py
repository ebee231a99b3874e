"""A stand-in for Telegram, in memory: it imitates the world outside, so nothing of it is kept.

Here is its state and what people do in it; what the bot calls is in methods.py. No input, no output: routes.py
answers for it over HTTP, webhook.py delivers for it.
"""

import re
import secrets
from datetime import datetime
from itertools import count

from bots.demo.chats import ChatLog, Chats
from bots.demo.shapes import CallbackQuery, Chat, Command, Entity, Message, User, Webhook
from bots.demo.updates import News, UpdateQueue

MOST_QUERIES = 10_000
COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}")


class BotApi:
    def __init__(self, token: str, *, name: str = "Lắng Nghe (mẫu)", username: str = "langnghe_demo_bot") -> None:
        """`token` as @BotFather would give it, `<bot id>:<random>`."""
        self.token = token
        self.me = User(int(token.partition(":")[0]), is_bot=True, first_name=name, username=username)
        self.news = News()
        """Told of whatever happens here."""
        self.updates = UpdateQueue(secrets.randbelow(10**9) + 1, self.news)
        self.chats = Chats()
        self.blocked_by: set[int] = set()
        self.webhook: Webhook | None = None
        self.last_error: tuple[int, str] | None = None
        """When (seconds since 1970) and how the webhook last failed."""
        self.commands: dict[str, tuple[Command, ...]] = {}
        """By language; "" is for those that have none of their own. The next two likewise."""
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self.queries: dict[str, Message] = {}
        """Presses not yet answered, and the message pressed."""
        self.message_ids = count(1)
        self.query_ids = count(secrets.randbelow(10**15))

    def say(self, chat_id: int, text: str, now: datetime, language: str = "vi") -> Message:
        """A person writes to the bot; a person who had blocked it comes back by that."""
        self.blocked_by.discard(chat_id)
        message = Message(
            message_id=next(self.message_ids),
            from_=make_person(chat_id, language),
            chat=make_chat(chat_id),
            date=int(now.timestamp()),
            text=text,
            entities=tuple(find_commands(text)),
        )
        self.chats.open(chat_id).add("person", message)
        self.updates.add("message", chat_id, message)
        return message

    def press(self, chat_id: int, message_id: int, data: str, language: str = "vi") -> CallbackQuery | None:
        """A person presses a button under a message of the bot; None: there is no such message.

        A person's own program can send any data, so whether that button is there is not asked.
        """
        message = self.open_log(chat_id).find_message(message_id)
        if message is None:
            return None
        query = CallbackQuery(
            id=str(next(self.query_ids)),
            from_=make_person(chat_id, language),
            message=message,
            chat_instance=str(chat_id),
            data=data,
        )
        self.queries[query.id] = message
        if len(self.queries) > MOST_QUERIES:
            self.queries.pop(next(iter(self.queries)))
        self.updates.add("callback_query", chat_id, query)
        return query

    def block(self, chat_id: int, now: datetime) -> None:
        """A person stops the bot in Telegram's own menu."""
        self.blocked_by.add(chat_id)
        member = {"user": self.me}
        change = {
            "chat": make_chat(chat_id),
            "from": make_person(chat_id, "vi"),
            "date": int(now.timestamp()),
            "old_chat_member": {**member, "status": "member"},
            "new_chat_member": {**member, "status": "kicked", "until_date": 0},
        }
        self.updates.add("my_chat_member", chat_id, change)

    def open_log(self, chat_id: int) -> ChatLog:
        return self.chats.find(chat_id) or ChatLog()

    def note_failure(self, now: datetime, what: str) -> None:
        self.last_error = (int(now.timestamp()), what)


def make_person(chat_id: int, language: str) -> User:
    return User(chat_id, is_bot=False, first_name="Demo", language_code=language)


def make_chat(chat_id: int) -> Chat:
    return Chat(chat_id, first_name="Demo", type="private")


def find_commands(text: str) -> list[Entity]:
    """Where commands stand, counted in UTF-16 as Telegram counts."""
    return [
        Entity("bot_command", len(text[: found.start()].encode("utf-16-le")) // 2, len(found[0]))
        for found in COMMAND.finditer(text)
        if found.start() == 0 or text[found.start() - 1].isspace()
    ]
