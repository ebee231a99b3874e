"""The demo's addresses as the chat page uses them, and as nobody should."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup

from bots.demo.bot_api import BotApi
from tests.bots.bot_api import TOKEN, make_bot, run_bot_api
from tests.house_rules.test_hostile_input import EXAMPLES, bodies, content_types

ANN, BINH = 4_000_001, 4_000_002
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
CHAT_PATHS = ("/demo/chat/messages", "/demo/chat/say", "/demo/chat/press")

NEVER_SENT: list[tuple[str, dict[str, object]]] = [
    *((path, {}) for path in CHAT_PATHS),
    *((path, {"chat": chat, "after": 0, "text": "x"}) for path in CHAT_PATHS for chat in (0, -1, 2**52, "x", "٣")),
    ("/demo/chat/messages", {"chat": ANN, "after": -1}),
    ("/demo/chat/messages", {"chat": ANN, "after": True}),
    ("/demo/chat/say", {"chat": ANN, "text": ""}),
    ("/demo/chat/say", {"chat": ANN, "text": "x" * 4097}),
    ("/demo/chat/say", {"chat": ANN, "text": "a\0b"}),
    ("/demo/chat/say", {"chat": ANN, "text": 5}),
    ("/demo/chat/press", {"chat": ANN, "message": 1, "data": "x"}),
    ("/demo/chat/press", {"chat": ANN, "message": 2, "data": ""}),
    ("/demo/chat/press", {"chat": ANN, "message": 2, "data": "đ" * 33}),
    ("/demo/chat/press", {"chat": BINH, "message": 2, "data": "x"}),
]
HOSTILE = [
    (b"[" * 60_000, "application/json", 400),
    (b'{"chat_id":' * 5_000, "application/json", 400),
    (b'{"chat_id": "1", "text": "\xff"}', "application/json", 400),
    (b'{"chat_id": {"\x80": null}}', "application/json", 400),
    (b'{"chat_id": ' + b"9" * 400 + b"}", "application/json", 400),
    (b'{"chat_id": "1", "text": "\\u0000"}', "application/json", 400),
    (b'{"chat_id": "1", "text": "\\ud800"}', "application/json", 400),
    (b"[]", "application/json", 400),
    (b"chat_id=1&text=%ff", "application/x-www-form-urlencoded", 400),
    (b"chat_id=1&chat_id=2", "application/x-www-form-urlencoded", 400),
    (b"chat_id=1&text=x&reply_markup=" + b"[" * 50_000, "application/x-www-form-urlencoded", 400),
    (b"chat_id=1&text=x&reply_markup={%22inline_keyboard%22:5}", "application/x-www-form-urlencoded", 400),
    (b"chat_id=" + b"9" * 5_000 + b"&text=x", "application/x-www-form-urlencoded", 400),
    (b"chat_id=@channel&text=x", "application/x-www-form-urlencoded", 400),
    (b"chat_id=1&text=x", "text/plain", 415),
    (b"x" * 70_000, "application/x-www-form-urlencoded", 413),
]


@pytest.fixture
def api() -> BotApi:
    return BotApi(TOKEN)


@pytest.fixture
async def page(api: BotApi) -> AsyncIterator[httpx.AsyncClient]:
    """What the script of the chat page does."""
    async with run_bot_api(api) as address, httpx.AsyncClient(base_url=address) as client:
        yield client


@pytest.fixture
async def bot(page: httpx.AsyncClient) -> AsyncIterator[Bot]:
    async with make_bot(str(page.base_url)) as bot:
        yield bot


async def test_the_page_says_presses_and_shows(api: BotApi, bot: Bot, page: httpx.AsyncClient) -> None:
    said = await page.post("/demo/chat/say", json={"chat": ANN, "text": "/start"})
    assert said.status_code == 200
    link = InlineKeyboardButton("Mở", url="https://example.gov.vn/U/1")
    await bot.send_message(ANN, "Chào", reply_markup=InlineKeyboardMarkup([[link]]))
    shown = (await page.post("/demo/chat/messages", data={"chat": str(ANN), "after": "0"})).json()
    assert shown["last"] == 2
    mine, answer = shown["entries"]
    assert (mine["who"], mine["text"], mine["buttons"]) == ("person", "/start", [])
    assert answer["buttons"] == [[{"text": "Mở", "url": "https://example.gov.vn/U/1"}]]
    waiting = asyncio.create_task(page.post("/demo/chat/messages", json={"chat": ANN, "after": 2}))
    await bot.send_message(ANN, "Nữa")
    assert [entry["text"] for entry in (await waiting).json()["entries"]] == ["Nữa"]
    assert api.open_log(BINH).last == 0


async def test_what_the_page_would_never_send_is_refused(api: BotApi, bot: Bot, page: httpx.AsyncClient) -> None:
    api.say(ANN, "/start", NOW)
    sent = await bot.send_message(ANN, "x")
    assert sent.message_id == 2
    for path, fields in NEVER_SENT:
        answer = await page.post(path, json=fields)
        assert answer.status_code == 400, (path, fields, answer.text)
    assert len(await bot.get_updates()) == 1


@pytest.mark.parametrize("method", ["sendMessage", "getUpdates", "setMyCommands", "setWebhook", "answerCallbackQuery"])
async def test_a_hostile_call_is_refused_in_the_bot_apis_own_form(page: httpx.AsyncClient, method: str) -> None:
    for body, kind, status in HOSTILE:
        answer = await page.post(f"/demo/telegram/bot{TOKEN}/{method}", content=body, headers={"content-type": kind})
        assert answer.status_code == status or (method != "sendMessage" and answer.status_code == 200), body[:60]
        assert answer.json()["ok"] is (answer.status_code == 200)


@pytest.mark.parametrize("path", [*CHAT_PATHS, f"/demo/telegram/bot{TOKEN}/sendMessage"])
@EXAMPLES
@given(body=bodies, content_type=content_types)
async def test_no_body_brings_a_fault(page: httpx.AsyncClient, path: str, body: bytes, content_type: str) -> None:
    """With nobody's proxy in between: the house rule's own search has one, which the Bot API does not let in."""
    answer = await page.post(path, content=body, headers={"content-type": content_type})
    assert 400 <= answer.status_code < 500, answer.text


async def test_json_is_taken_as_a_form_is(api: BotApi, page: httpx.AsyncClient) -> None:
    api.say(ANN, "/start", NOW)
    keyboard = {"inline_keyboard": [[{"text": "Có", "callback_data": "yes"}]]}
    body = {"chat_id": ANN, "text": "Đúng không?", "reply_markup": keyboard, "disable_notification": True}
    answer = await page.post(f"/demo/telegram/bot{TOKEN}/sendMessage", json=body)
    assert answer.json()["result"]["reply_markup"] == keyboard
    assert answer.json()["result"]["text"] == "Đúng không?"


@pytest.mark.parametrize("header", ["x-real-ip", "x-forwarded-for", "forwarded"])
async def test_a_phone_may_chat_but_the_bot_api_is_for_this_machine(page: httpx.AsyncClient, header: str) -> None:
    assert (await page.get("/demo/chat", headers={header: "203.0.113.5"})).status_code == 200
    told = await page.post(f"/demo/telegram/bot{TOKEN}/getMe", headers={header: "203.0.113.5"})
    assert told.status_code == 404


async def test_a_start_that_is_no_code_is_left_out(page: httpx.AsyncClient) -> None:
    assert 'data-start="7K3MQ9XWC"' in (await page.get("/demo/chat?start=7K3MQ9XWC")).text
    for start in ('"><script>', "x" * 65, "a b", "đ"):
        answer = await page.get("/demo/chat", params={"start": start})
        assert 'data-start=""' in answer.text


async def test_the_bot_tells_about_itself_in_both_languages(bot: Bot, page: httpx.AsyncClient) -> None:
    for language, said in ((None, "Xin chào Ông/Bà"), ("en", "Welcome <b>")):
        await bot.set_my_description(said, language_code=language)
        await bot.set_my_short_description(said, language_code=language)
        await bot.set_my_commands([BotCommand("help", said)], language_code=language)
    assert (await bot.get_my_description("en")).description == "Welcome <b>"
    assert (await bot.get_my_short_description()).short_description == "Xin chào Ông/Bà"
    assert await bot.get_my_commands(language_code="en") == (BotCommand("help", "Welcome <b>"),)
    assert "Xin chào Ông/Bà</p>" in (await page.get("/demo/chat")).text
    english = (await page.get("/demo/chat?lang=en")).text
    assert "Welcome &lt;b&gt;</p>" in english
    assert '<option value="/help">' in english
