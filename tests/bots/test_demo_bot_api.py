"""The demo's Bot API server as python-telegram-bot meets it, and as a person's page meets it."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, post
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken

from bots.demo.bot_api import BotApi
from bots.demo.updates import LONGEST_WAIT_SECONDS
from bots.demo.webhook import SECRET_HEADER
from tests.bots.bot_api import TOKEN, make_bot, run_app, run_bot_api

ANN, BINH = 4_000_001, 4_000_002
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SECRET = "s" * 40


@pytest.fixture
def api() -> BotApi:
    return BotApi(TOKEN)


@pytest.fixture
async def address(api: BotApi) -> AsyncIterator[str]:
    async with run_bot_api(api) as address:
        yield address


@pytest.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    async with make_bot(address) as bot:
        yield bot


@pytest.fixture
async def page(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """What the script of the chat page does."""
    async with httpx.AsyncClient(base_url=address) as client:
        yield client


def choose(label: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)]])


def list_texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.effective_message.text if update.effective_message else None for update in updates]


async def test_the_bot_learns_who_it_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (1_000_001, True, "langnghe_demo_bot")


async def test_a_wrong_token_is_refused_as_telegram_refuses_it(address: str) -> None:
    stranger = make_bot(address, "1000001:another-token")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.post("/demo/telegram/bot1:x/getMe")
    assert (answer.status_code, answer.json()) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )


async def test_an_unknown_method_is_404(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        for path in (f"bot{TOKEN}/sendRocket", TOKEN + "/getMe"):
            answer = await client.post(f"/demo/telegram/{path}")
            assert (answer.status_code, answer.json()["description"]) == (404, "Not Found")


async def test_what_a_person_says_reaches_the_bot_as_telegram_tells_it(api: BotApi, bot: Bot) -> None:
    api.say(ANN, "/start 7K3MQ9XWC", NOW, "en")
    [update] = await bot.get_updates()
    message = update.message
    assert message
    assert (message.chat.id, message.chat.type, message.text, message.date) == (
        ANN,
        "private",
        "/start 7K3MQ9XWC",
        NOW,
    )
    assert message.from_user
    assert (message.from_user.first_name, message.from_user.language_code) == ("Demo", "en")
    assert [(entity.type, entity.offset, entity.length) for entity in message.entities] == [("bot_command", 0, 6)]


async def test_only_the_offset_confirms(api: BotApi, bot: Bot) -> None:
    for text in ("one", "two", "three"):
        api.say(ANN, text, NOW)
    first = await bot.get_updates()
    assert list_texts(first) == ["one", "two", "three"]
    assert [update.update_id - first[0].update_id for update in first] == [0, 1, 2]
    assert await bot.get_updates() == first
    assert list_texts(await bot.get_updates(limit=1)) == ["one"]
    assert list_texts(await bot.get_updates(offset=first[1].update_id)) == ["two", "three"]
    assert list_texts(await bot.get_updates(offset=-1)) == ["three"]
    assert list_texts(await bot.get_updates()) == ["three"]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()


async def test_a_fetch_waits_for_news_and_not_for_ever(api: BotApi, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    while api.updates.fetchers == 0:
        await asyncio.sleep(0.01)
    api.say(ANN, "late", NOW)
    [update] = await waiting
    assert LONGEST_WAIT_SECONDS < 30
    assert await bot.get_updates(offset=update.update_id + 1, timeout=30) == ()


async def test_a_second_fetcher_ends_the_first(api: BotApi, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    while api.updates.fetchers == 0:
        await asyncio.sleep(0.01)
    assert await bot.get_updates() == ()
    with pytest.raises(Conflict):
        await first


async def test_kinds_that_the_bot_did_not_ask_for_stay_away(api: BotApi, bot: Bot) -> None:
    assert await bot.get_updates(allowed_updates=["message"]) == ()
    api.block(ANN, NOW)
    api.say(BINH, "hello", NOW)
    assert list_texts(await bot.get_updates()) == ["hello"]


async def test_a_press_is_answered_once(api: BotApi, bot: Bot, page: httpx.AsyncClient) -> None:
    api.say(ANN, "/start", NOW)
    sent = await bot.send_message(ANN, "Which?", reply_markup=choose("Hài lòng", "1.score.abc"))
    answer = await page.post(
        "/demo/chat/press", json={"chat": ANN, "message": sent.message_id, "data": "1.score.abc", "lang": "en"}
    )
    assert answer.status_code == 200
    query = (await bot.get_updates())[-1].callback_query
    assert query
    assert (query.data, query.message, query.from_user.language_code) == ("1.score.abc", sent, "en")
    assert await bot.answer_callback_query(query.id, "Noted", show_alert=True)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query.id)
    entries = (await page.post("/demo/chat/messages", json={"chat": ANN, "after": 2})).json()["entries"]
    assert entries == [{"who": "notice", "message": sent.message_id, "text": "Noted", "alert": True}]


@pytest.mark.parametrize(
    ("chat", "text", "button", "refusal"),
    [
        (ANN, "x" * 4097, None, "Message is too long"),
        (ANN, " ", None, "Message text is empty"),
        (BINH, "x", None, "Chat not found"),
        (ANN, "x", InlineKeyboardButton("x", callback_data="đ" * 33), "Button_data_invalid"),
        (ANN, "x", InlineKeyboardButton("x", url="javascript:alert(1)"), "Button_url_invalid"),
        (ANN, "x", InlineKeyboardButton(" ", callback_data="x"), "button text must be non-empty"),
        (ANN, "x", InlineKeyboardButton("x"), "text buttons are unallowed"),
    ],
)
async def test_what_telegram_refuses_to_send_is_refused(
    api: BotApi, bot: Bot, chat: int, text: str, button: InlineKeyboardButton | None, refusal: str
) -> None:
    api.say(ANN, "/start", NOW)
    markup = InlineKeyboardMarkup([[button]]) if button else None
    with pytest.raises(BadRequest, match=re.compile(refusal, re.IGNORECASE)):
        await bot.send_message(chat, text, reply_markup=markup)
    assert api.open_log(ANN).last == 1


async def test_the_longest_message_and_button_are_taken(api: BotApi, bot: Bot) -> None:
    api.say(ANN, "/start", NOW)
    sent = await bot.send_message(ANN, "ễ" * 4096, reply_markup=choose("x", "đ" * 32))
    assert sent.text == "ễ" * 4096
    assert sent.from_user == await bot.get_me()


async def test_whoever_blocked_the_bot_hears_nothing_until_they_write_again(api: BotApi, bot: Bot) -> None:
    api.say(ANN, "/start", NOW)
    api.block(ANN, NOW)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ANN, "x")
    change = (await bot.get_updates())[-1].my_chat_member
    assert change
    assert (change.chat.id, change.new_chat_member.status) == (ANN, "kicked")
    api.say(ANN, "back", NOW + timedelta(days=1))
    assert await bot.send_message(ANN, "x")


async def test_a_webhook_gets_each_update_until_it_takes_it_in_the_order_of_its_chat(api: BotApi, bot: Bot) -> None:
    heard: list[tuple[int, str]] = []
    tries: dict[int, int] = {}
    secrets: set[str | None] = set()

    @post("/telegram/1000001")
    async def take(request: Request[Any, Any, Any]) -> Response[None]:
        update = Update.de_json(await request.json(), None)
        assert update.message
        secrets.add(request.headers.get(SECRET_HEADER))
        tries[update.update_id] = tries.get(update.update_id, 0) + 1
        # The second of each chat fails twice, the first way with an error, then with a redirect.
        if str(update.message.text).endswith("2") and tries[update.update_id] <= 2:
            return Response(None, status_code=(500, 302)[tries[update.update_id] - 1])
        heard.append((update.message.chat.id, str(update.message.text)))
        return Response(None, status_code=200)

    async with run_app(Litestar([take], openapi_config=None, logging_config=None)) as receiver:
        for text in ("1", "2", "3"):
            api.say(ANN, text, NOW)
        await bot.set_webhook(f"{receiver}/telegram/1000001", secret_token=SECRET, max_connections=2)
        for text in ("1", "2", "3"):
            api.say(BINH, text, NOW)
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        while (info := await bot.get_webhook_info()).pending_update_count:
            await asyncio.sleep(0.02)
        assert info.url == f"{receiver}/telegram/1000001"
        assert info.last_error_message == "Wrong response from the webhook: 302 Found"
    for chat in (ANN, BINH):
        assert [text for known, text in heard if known == chat] == ["1", "2", "3"]
    assert secrets == {SECRET}
    assert sorted(tries.values()) == [1, 1, 1, 1, 3, 3]


async def test_a_webhook_that_is_away_keeps_what_waits(api: BotApi, bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/nobody", secret_token=SECRET)
    api.say(ANN, "kept", NOW)
    while not (info := await bot.get_webhook_info()).last_error_message:
        await asyncio.sleep(0.02)
    assert (info.last_error_message, info.pending_update_count) == ("Connection failed: ConnectError", 1)
    await bot.delete_webhook()
    assert list_texts(await bot.get_updates()) == ["kept"]
    await bot.set_webhook("http://127.0.0.1:9/nobody", drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


@pytest.mark.parametrize("url", ["telegram", "ftp://127.0.0.1/x", "http:///x", "http://a b"])
async def test_an_address_that_is_none_is_no_webhook(bot: Bot, url: str) -> None:
    with pytest.raises(BadRequest, match="Bad webhook"):
        await bot.set_webhook(url)
