"""What stands in the chats: messages of people and of the bot, and the short notices that answer a press."""

from collections import deque
from typing import Literal

import msgspec

from bots.demo.shapes import Message

MOST_CHATS = 10_000
MOST_ENTRIES = 1_000


class Entry(msgspec.Struct, frozen=True):
    number: int
    """Counts up within the chat, from 1."""
    who: Literal["person", "bot", "notice"]
    message: Message
    """What was said; of a notice, the message whose button was pressed."""
    notice: str = ""
    is_alert: bool = False


class ChatLog:
    def __init__(self) -> None:
        self.last = 0
        self.entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)

    def add(self, who: Literal["person", "bot"], message: Message) -> None:
        self.last += 1
        self.entries.append(Entry(self.last, who, message))

    def add_notice(self, message: Message, notice: str, *, is_alert: bool) -> None:
        self.last += 1
        self.entries.append(Entry(self.last, "notice", message, notice, is_alert))

    def find_message(self, message_id: int) -> Message | None:
        """A message of the bot."""
        said = (entry.message for entry in self.entries if entry.who == "bot")
        return next((message for message in said if message.message_id == message_id), None)

    def list_after(self, number: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.number > number]


class Chats:
    """All chats by id; the oldest is forgotten when there are too many."""

    def __init__(self) -> None:
        self.logs: dict[int, ChatLog] = {}

    def find(self, chat_id: int) -> ChatLog | None:
        return self.logs.get(chat_id)

    def open(self, chat_id: int) -> ChatLog:
        log = self.logs.setdefault(chat_id, ChatLog())
        if len(self.logs) > MOST_CHATS:
            self.logs.pop(next(iter(self.logs)))
        return log
