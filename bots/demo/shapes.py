"""What the Bot API sends and takes, as far as this bot uses it, under Telegram's own names.

Shapes only: https://core.telegram.org/bots/api says what they mean.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

LARGEST_ID = 2**52 - 1

Id = Annotated[int, Meta(ge=-LARGEST_ID, le=LARGEST_ID)]


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    is_bot: bool
    first_name: str
    username: str | None = None
    language_code: str | None = None


class Chat(msgspec.Struct, frozen=True):
    id: int
    first_name: str
    type: str


class Entity(msgspec.Struct, frozen=True):
    type: str
    offset: int
    length: int


class Button(msgspec.Struct, frozen=True, omit_defaults=True):
    text: str
    callback_data: str | None = None
    url: str | None = None


class Keyboard(msgspec.Struct, frozen=True):
    inline_keyboard: tuple[tuple[Button, ...], ...]


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    message_id: int
    from_: User = msgspec.field(name="from")
    chat: Chat
    date: int
    text: str
    entities: tuple[Entity, ...] = ()
    reply_markup: Keyboard | None = None


class CallbackQuery(msgspec.Struct, frozen=True):
    id: str
    from_: User = msgspec.field(name="from")
    message: Message
    chat_instance: str
    data: str


class Command(msgspec.Struct, frozen=True):
    command: Annotated[str, Meta(pattern="^[a-z0-9_]{1,32}$")]
    description: Annotated[str, Meta(min_length=1, max_length=256)]


class Webhook(msgspec.Struct, frozen=True):
    url: str
    secret_token: str
    max_connections: int


class WebhookInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    url: str
    has_custom_certificate: bool
    pending_update_count: int
    last_error_date: int | None = None
    last_error_message: str | None = None
    max_connections: int | None = None
    allowed_updates: list[str] | None = None


class Refused(msgspec.Struct, frozen=True):
    """What the server answers instead of a result."""

    error_code: int
    description: str
    ok: bool = False


class Granted(msgspec.Struct, frozen=True):
    result: object
    ok: bool = True


class SendMessage(msgspec.Struct, frozen=True):
    chat_id: Id
    text: str = ""
    reply_markup: str = ""
    """A Keyboard as JSON."""


class AnswerCallbackQuery(msgspec.Struct, frozen=True):
    callback_query_id: str
    text: str = ""
    show_alert: bool = False


class GetUpdates(msgspec.Struct, frozen=True):
    offset: Id = 0
    limit: Annotated[int, Meta(ge=1, le=100)] = 100
    timeout: Annotated[int, Meta(ge=0, le=100_000)] = 0
    allowed_updates: str = ""
    """Names as a JSON list; empty: as before."""


class SetWebhook(msgspec.Struct, frozen=True):
    url: Annotated[str, Meta(max_length=2048)] = ""
    secret_token: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{0,256}$")] = ""
    max_connections: Annotated[int, Meta(ge=1, le=100)] = 40
    allowed_updates: str = ""
    drop_pending_updates: bool = False


class SetAbout(msgspec.Struct, frozen=True):
    """Commands (a JSON list), description or short description in one language; "" is the usual one."""

    commands: str = "[]"
    description: Annotated[str, Meta(max_length=512)] = ""
    short_description: Annotated[str, Meta(max_length=120)] = ""
    language_code: Annotated[str, Meta(pattern="^([a-z]{2})?$")] = ""
