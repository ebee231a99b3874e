"""The methods of the Bot API that a bot of ours calls. Whatever is wrong with a call is a Refused, never a fault."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from bots.demo import refusals
from bots.demo.bot_api import BotApi, make_chat
from bots.demo.shapes import (
    AnswerCallbackQuery,
    Button,
    Command,
    GetUpdates,
    Keyboard,
    Message,
    Refused,
    SendMessage,
    SetAbout,
    SetWebhook,
    Webhook,
    WebhookInfo,
)

LONGEST_TEXT = 4096
LONGEST_NOTICE = 200
LONGEST_BUTTON_BYTES = 64
MOST_BUTTONS = 100
WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*")

Parameters = Mapping[str, str]
"""As a form brings them: whatever is no text is JSON."""
Wish = TypeVar("Wish")


async def call(api: BotApi, token: str, method: str, parameters: Parameters, now: datetime) -> object:
    """What the Bot API answers: a result, or Refused."""
    if token != api.token:
        return refusals.UNAUTHORIZED
    answer = METHODS.get(method.lower())
    if answer is None:
        return refusals.NO_SUCH_METHOD
    try:
        return await answer(api, parameters, now)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        return Refused(400, f"Bad Request: {error}")


def read(kind: type[Wish], parameters: Parameters) -> Wish:
    return msgspec.convert(parameters, kind, strict=False)


async def get_me(api: BotApi, _parameters: Parameters, _now: datetime) -> object:
    return api.me


async def get_updates(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    wish = read(GetUpdates, parameters)
    if api.webhook is not None:
        return refusals.WEBHOOK_IS_SET
    allow_updates(api, wish.allowed_updates)
    fetched = await api.updates.fetch(wish.offset, wish.limit, wish.timeout)
    return refusals.OTHER_FETCHER if fetched is None else [update.name_fields() for update in fetched]


def allow_updates(api: BotApi, names: str) -> None:
    if names:
        api.updates.allowed = msgspec.json.decode(names, type=list[str])


async def set_webhook(api: BotApi, parameters: Parameters, now: datetime) -> object:
    wish = read(SetWebhook, parameters)
    if not wish.url:
        return await delete_webhook(api, parameters, now)
    # Telegram wants https; a Bot API server of one's own takes http as well, and so does this one.
    if not WEB_ADDRESS.fullmatch(wish.url):
        return refusals.BAD_WEBHOOK
    allow_updates(api, wish.allowed_updates)
    forget_updates(api, wish)
    api.webhook, api.last_error = Webhook(wish.url, wish.secret_token, wish.max_connections), None
    api.news.tell()
    return True


async def delete_webhook(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    forget_updates(api, read(SetWebhook, parameters))
    api.webhook = None
    api.news.tell()
    return True


def forget_updates(api: BotApi, wish: SetWebhook) -> None:
    if wish.drop_pending_updates:
        api.updates.confirm(api.updates.next_id)


async def get_webhook_info(api: BotApi, _parameters: Parameters, _now: datetime) -> object:
    date, message = api.last_error or (None, None)
    return WebhookInfo(
        url=api.webhook.url if api.webhook else "",
        has_custom_certificate=False,
        pending_update_count=len(api.updates.waiting),
        last_error_date=date,
        last_error_message=message,
        max_connections=api.webhook.max_connections if api.webhook else None,
        allowed_updates=api.updates.allowed or None,
    )


async def send_message(api: BotApi, parameters: Parameters, now: datetime) -> object:
    wish = read(SendMessage, parameters)
    keyboard = msgspec.json.decode(wish.reply_markup, type=Keyboard) if wish.reply_markup else None
    refused = judge_text(wish.text) or judge_chat(api, wish.chat_id) or judge_keyboard(keyboard)
    if refused:
        return refused
    message = Message(
        message_id=next(api.message_ids),
        from_=api.me,
        chat=make_chat(wish.chat_id),
        date=int(now.timestamp()),
        text=wish.text,
        reply_markup=keyboard,
    )
    api.chats.open(wish.chat_id).add("bot", message)
    api.news.tell()
    return message


def judge_text(text: str) -> Refused | None:
    if not text.strip():
        return refusals.NO_TEXT
    return refusals.TEXT_TOO_LONG if len(text) > LONGEST_TEXT else None


def judge_chat(api: BotApi, chat_id: int) -> Refused | None:
    """A bot may write only to who wrote to it first."""
    if chat_id in api.blocked_by:
        return refusals.BLOCKED
    return refusals.CHAT_NOT_FOUND if api.chats.find(chat_id) is None else None


def judge_keyboard(keyboard: Keyboard | None) -> Refused | None:
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    if len(buttons) > MOST_BUTTONS:
        return refusals.TOO_MANY_BUTTONS
    return next((refused for button in buttons if (refused := judge_button(button))), None)


def judge_button(button: Button) -> Refused | None:
    if not button.text.strip():
        return refusals.NO_LABEL
    if button.url is not None:
        return None if WEB_ADDRESS.fullmatch(button.url) else refusals.BAD_BUTTON_LINK
    if button.callback_data is None:
        return refusals.BUTTON_WITHOUT_USE
    size = len(button.callback_data.encode("utf-8", "surrogatepass"))
    return None if 1 <= size <= LONGEST_BUTTON_BYTES else refusals.BAD_BUTTON_DATA


async def answer_callback_query(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    wish = read(AnswerCallbackQuery, parameters)
    if len(wish.text) > LONGEST_NOTICE:
        return refusals.NOTICE_TOO_LONG
    message = api.queries.pop(wish.callback_query_id, None)
    if message is None:
        return refusals.OLD_QUERY
    api.chats.open(message.chat.id).add_notice(message, wish.text, is_alert=wish.show_alert)
    api.news.tell()
    return True


async def set_my_commands(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    wish = read(SetAbout, parameters)
    api.commands[wish.language_code] = msgspec.json.decode(wish.commands, type=tuple[Command, ...])
    return True


async def get_my_commands(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    return api.commands.get(read(SetAbout, parameters).language_code, ())


async def set_my_description(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    wish = read(SetAbout, parameters)
    api.descriptions[wish.language_code] = wish.description
    return True


async def get_my_description(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    return {"description": api.descriptions.get(read(SetAbout, parameters).language_code, "")}


async def set_my_short_description(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    wish = read(SetAbout, parameters)
    api.short_descriptions[wish.language_code] = wish.short_description
    return True


async def get_my_short_description(api: BotApi, parameters: Parameters, _now: datetime) -> object:
    return {"short_description": api.short_descriptions.get(read(SetAbout, parameters).language_code, "")}


METHODS: Mapping[str, Callable[[BotApi, Parameters, datetime], Awaitable[object]]] = {
    function.__name__.replace("_", ""): function
    for function in (
        get_me,
        get_updates,
        set_webhook,
        delete_webhook,
        get_webhook_info,
        send_message,
        answer_callback_query,
        set_my_commands,
        get_my_commands,
        set_my_description,
        get_my_description,
        set_my_short_description,
        get_my_short_description,
    )
}
