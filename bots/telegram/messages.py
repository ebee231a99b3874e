"""What follows from a turn, as messages for the outbox. Plain text, no link previews; sends nothing."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from bots.conversation import Button, Reply, Turn
from bots.telegram.buttons import write_button
from feedback.tables.bot_outbox import Lane, NewMessage

SEND = "sendMessage"
ANSWER = "answerCallbackQuery"


class OutgoingButton(msgspec.Struct, frozen=True, omit_defaults=True):
    text: str
    callback_data: str | None = None
    url: str | None = None


class OutgoingMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    text: str
    buttons: tuple[tuple[OutgoingButton, ...], ...] = ()


class OutgoingAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The short answer to a press; without one the button would seem to wait for ever."""

    query_id: str
    text: str = ""


encoder = msgspec.json.Encoder()


def list_messages(
    turn: Turn, chat_id: int, query_id: str | None, button_key: bytes, now: datetime
) -> Iterator[NewMessage]:
    """In the order in which they are to be sent; `query_id` is of the press that is answered, if it was one."""
    if query_id is not None:
        answer = encoder.encode(OutgoingAnswer(query_id, turn.notice))
        yield NewMessage(chat_id, Lane.ANSWERS, ANSWER, answer, now)
    for reply in turn.replies:
        yield NewMessage(chat_id, Lane.ANSWERS, SEND, write_reply(reply, chat_id, button_key), now)
    if turn.reminder is not None:
        payload = write_reply(turn.reminder.reply, chat_id, button_key)
        yield NewMessage(chat_id, Lane.REMINDERS, SEND, payload, turn.reminder.at)


def write_reply(reply: Reply, chat_id: int, button_key: bytes) -> bytes:
    rows = tuple(tuple(draw_button(button, reply.turn, chat_id, button_key) for button in row) for row in reply.buttons)
    return encoder.encode(OutgoingMessage(reply.text, rows))


def draw_button(button: Button, turn: int, chat_id: int, button_key: bytes) -> OutgoingButton:
    if button.link is not None:
        return OutgoingButton(button.label, url=button.link)
    return OutgoingButton(button.label, write_button(button_key, chat_id, turn, button.action))
