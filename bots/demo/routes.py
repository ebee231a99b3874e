"""The demo's own addresses: the Bot API over HTTP for the bot, and a chat page with its JSON for a person.

The Bot API answers only callers on this machine; a phone that reaches the demo may chat.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import FromPath

from bots.demo.bot_api import BotApi
from bots.demo.chats import Entry
from bots.demo.methods import LONGEST_BUTTON_BYTES, LONGEST_TEXT, call
from bots.demo.refusals import NO_SUCH_METHOD
from bots.demo.shapes import LARGEST_ID, Granted, Refused
from bots.demo.updates import LONGEST_WAIT_SECONDS
from feedback.web.bodies import (
    Fields,
    Request,
    clean,
    read_body,
    read_content_type,
    read_fields,
    read_form,
    reads_json,
    take_text,
)
from feedback.web.replies import find_wording, read_language, render
from feedback.web.routes.health import LOOPBACK
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError, UnreadableBodyError, WrongContentTypeError
from surveys.wording import LANGUAGES

JSON = "application/json"
BOT = {"access": "demo", "limit": "600000/minute"}
PAGE = {"access": "demo", "limit": "6000/minute"}
START = re.compile(r"[A-Za-z0-9_-]{1,64}")
FORWARDED = ("x-real-ip", "x-forwarded-for", "forwarded")


def admit_this_machine(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard: who comes through a proxy is not on this machine."""
    direct = connection.client.host if connection.client else ""
    own = (connection.scope.get("server") or ("",))[0]
    if direct not in {*LOOPBACK, own} or any(name in connection.headers for name in FORWARDED):
        raise NotFoundException


def make_demo_routes(api: BotApi) -> list[HTTPRouteHandler]:
    @post("/demo/telegram/{bot:str}/{method:str}", opt=BOT, guards=[admit_this_machine])
    async def answer_bot(request: Request, bot: FromPath[str], method: FromPath[str]) -> Response[bytes]:
        return reply_as_telegram(await answer_call(api, request, bot, method))

    @get("/demo/chat", opt=PAGE)
    async def open_chat(request: Request) -> Response[bytes]:
        return render_chat(api, request)

    @post("/demo/chat/messages", opt=PAGE)
    async def await_messages(request: Request) -> Response[bytes]:
        return reply_json(await list_entries(api, await read_fields(request)))

    @post("/demo/chat/say", opt=PAGE)
    async def say(request: Request) -> Response[bytes]:
        return reply_json(say_text(api, await read_fields(request), datetime.now(UTC)))

    @post("/demo/chat/press", opt=PAGE)
    async def press(request: Request) -> Response[bytes]:
        return reply_json(press_button(api, await read_fields(request)))

    return [answer_bot, open_chat, await_messages, say, press]


async def answer_call(api: BotApi, request: Request, bot: str, method: str) -> Granted | Refused:
    if not bot.startswith("bot"):
        return NO_SUCH_METHOD
    try:
        parameters = await read_parameters(request)
    except LangNgheError as error:
        return Refused(STATUS[type(error)], f"Bad Request: {error}")
    result = await call(api, bot.removeprefix("bot"), method, parameters, datetime.now(UTC))
    return result if isinstance(result, Refused) else Granted(result)


async def read_parameters(request: Request) -> dict[str, str]:
    """A form, or a JSON object whose values become what they would be in a form."""
    body = await read_body(request)
    if reads_json(request):
        return read_json_parameters(body)
    if body and read_content_type(request) != "application/x-www-form-urlencoded":
        raise WrongContentTypeError
    return {name: str(value) for name, value in read_form(body).items()}


def read_json_parameters(body: bytes) -> dict[str, str]:
    try:
        parameters = msgspec.json.decode(body, type=dict[str, object])
        texts = {name: write_parameter(value) for name, value in parameters.items()}
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError):
        raise UnreadableBodyError from None
    return {clean(name): clean(text) for name, text in texts.items()}


def write_parameter(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def reply_as_telegram(answer: Granted | Refused) -> Response[bytes]:
    status = answer.error_code if isinstance(answer, Refused) else 200
    return Response(msgspec.json.encode(answer), status_code=status, media_type=JSON)


def reply_json(content: Mapping[str, object]) -> Response[bytes]:
    return Response(msgspec.json.encode(content), status_code=200, media_type=JSON)


def render_chat(api: BotApi, request: Request) -> Response[bytes]:
    language = read_language(request)
    start = request.query_params.get("start", "")
    return render(
        request,
        "chat.html",
        wording=find_wording(request, language),
        start=start if START.fullmatch(start) else "",
        description=api.descriptions.get(language) or api.descriptions.get("", ""),
        commands=api.commands.get(language) or api.commands.get("", ()),
        longest=LONGEST_TEXT,
    )


async def list_entries(api: BotApi, fields: Fields) -> dict[str, object]:
    """What stands in a chat after entry number `after`, awaited for a while when there is nothing yet."""
    chat_id, after = take_number(fields, "chat"), take_number(fields, "after", least=0)
    await api.news.wait_until(lambda: api.open_log(chat_id).last != after, LONGEST_WAIT_SECONDS)
    log = api.open_log(chat_id)
    return {"last": log.last, "entries": [describe_entry(entry) for entry in log.list_after(after)]}


def describe_entry(entry: Entry) -> dict[str, object]:
    if entry.who == "notice":
        return {"who": "notice", "message": entry.message.message_id, "text": entry.notice, "alert": entry.is_alert}
    keyboard = entry.message.reply_markup
    return {
        "who": entry.who,
        "message": entry.message.message_id,
        "text": entry.message.text,
        "buttons": keyboard.inline_keyboard if keyboard else (),
    }


def say_text(api: BotApi, fields: Fields, now: datetime) -> dict[str, object]:
    text = take_text(fields, "text")
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise UnreadableBodyError
    message = api.say(take_number(fields, "chat"), text, now, take_language(fields))
    return {"message": message.message_id}


def press_button(api: BotApi, fields: Fields) -> dict[str, object]:
    chat_id, message_id, data = take_number(fields, "chat"), take_number(fields, "message"), take_text(fields, "data")
    if not 1 <= len(data.encode()) <= LONGEST_BUTTON_BYTES:
        raise UnreadableBodyError
    query = api.press(chat_id, message_id, data, take_language(fields))
    if query is None:
        raise UnreadableBodyError
    return {"query": query.id}


def take_language(fields: Fields) -> str:
    language = take_text(fields, "lang")
    return language if language in LANGUAGES else "vi"


def take_number(fields: Fields, name: str, *, least: int = 1) -> int:
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(LARGEST_ID)):
        value = int(value)
    if type(value) is not int or not least <= value <= LARGEST_ID:
        raise UnreadableBodyError
    return value
