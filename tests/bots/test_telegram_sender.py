import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from bots.telegram.messages import OutgoingAnswer, OutgoingButton, OutgoingMessage
from feedback.tables.bot_outbox import Lane, NewMessage, forget_refusals
from tests.bots.faulty_bot_api import SILENCE, work_well
from tests.bots.telegram_post import ANN, BEN, SEND, Post, open_post
from tests.bots.telegram_stage import Stage


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


async def test_messages_arrive_in_order_and_leave_nothing(post: Post) -> None:
    await post.write("1", "2", "3")
    await post.write("one", "two", chat_id=BEN)
    async with post.sending():
        await post.wait_until_empty()
    assert post.api.list_sent(ANN) == ["1", "2", "3"]
    assert post.api.list_sent(BEN) == ["one", "two"]


async def test_a_message_has_its_buttons_and_shows_no_preview(post: Post) -> None:
    buttons = ((OutgoingButton("Đồng ý", callback_data="0.yes.x"),), (OutgoingButton("Trang", url="https://a.vn/x"),))
    payload = msgspec.json.encode(OutgoingMessage("Xem https://a.vn", buttons))
    answer = msgspec.json.encode(OutgoingAnswer("17", "Đã nhận"))
    now = post.stage.clock.now
    await post.put(
        NewMessage(ANN, Lane.ANSWERS, "answerCallbackQuery", answer, now),
        NewMessage(ANN, Lane.ANSWERS, SEND, payload, now),
    )
    async with post.sending():
        await post.wait_until_empty()
    press, message = post.api.calls
    assert press.parameters == {"callback_query_id": "17", "text": "Đã nhận"}
    assert "parse_mode" not in message.parameters
    assert msgspec.json.decode(message.parameters["link_preview_options"]) == {"is_disabled": True}
    assert msgspec.json.decode(message.parameters["reply_markup"]) == {
        "inline_keyboard": [
            [{"text": "Đồng ý", "callback_data": "0.yes.x"}],
            [{"text": "Trang", "url": "https://a.vn/x"}],
        ]
    }


async def test_what_comes_while_it_sends_is_sent_too(post: Post) -> None:
    async with post.sending():
        for text in "abc":
            await post.write(text)
            await post.wait_until_empty()
    assert post.api.list_sent(ANN) == ["a", "b", "c"]


async def test_answers_do_not_wait_behind_reminders(post: Post) -> None:
    post.api.answer = lambda call: SILENCE if call.text == "reminder" else work_well(call)
    for chat_id in range(1, 101):
        await post.write("reminder", chat_id=chat_id, lane=Lane.REMINDERS)
    async with post.sending():
        await post.api.wait_for(lambda api: len(api.calls) >= 10)
        await post.write("answer", chat_id=1)
        await post.api.wait_for(lambda api: api.list_sent(1))
    assert post.api.list_sent(1) == ["answer"]


async def test_a_reminder_waits_for_its_time(post: Post) -> None:
    await post.write("reminder", lane=Lane.REMINDERS, later=60)
    async with post.sending() as sender:
        await post.write("answer")
        await post.wait_until("lane = 2")
        assert post.api.list_sent(ANN) == ["answer"]
        post.stage.clock.move(seconds=60)
        sender.wake.set()
        await post.wait_until_empty()
    assert post.api.list_sent(ANN) == ["answer", "reminder"]


async def test_of_two_senders_one_sends_and_the_other_takes_over(post: Post) -> None:
    other = Post(post.stage, post.api, post.address)
    chats = range(1, 31)
    async with post.sending() as first:
        await post.write("0")
        await post.wait_until_empty()
        async with other.sending() as second:
            for chat_id in chats:
                await post.write("1", "2", chat_id=chat_id)
            await post.wait_until_empty()
            assert second.sending == {}
            assert [post.api.list_sent(chat_id) for chat_id in chats] == [["1", "2"]] * 30
            first.calls = other.calls
            await end_connections(post.stage)
            await post.write("3", chat_id=BEN)
            await post.wait_until_empty()
    assert post.api.list_sent(BEN) == ["3"]
    await other.calls.close()


async def end_connections(stage: Stage) -> None:
    """Whoever holds the sender's lock loses it."""
    connection = await asyncpg.connect(stage.database_url)
    await connection.fetch("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    await connection.close()


async def test_what_was_sent_while_the_database_was_lost_is_not_sent_again(post: Post) -> None:
    async with post.sending() as sender:
        await post.write("first")
        await post.wait_until_empty()
        post.api.gate.clear()
        await post.write("1", "2")
        await post.api.wait_for(lambda api: len(api.calls) == 2)
        await end_connections(post.stage)
        post.api.gate.set()
        await post.wait_until_empty()
        assert sender.verdicts == []
    assert post.api.list_sent(ANN) == ["first", "1", "2"]


async def test_a_graceful_stop_lets_what_is_on_its_way_arrive_and_notes_it(post: Post) -> None:
    post.api.gate.clear()
    await post.write("1", "2")
    await post.write("one", chat_id=BEN)
    async with post.sending():
        await post.api.wait_for(lambda api: len(api.calls) == 2)
        asyncio.get_running_loop().call_later(0.1, post.api.gate.set)
    assert await post.stage.count("bot_outbox") == 1
    async with post.sending():
        await post.wait_until_empty()
    assert (post.api.list_sent(ANN), post.api.list_sent(BEN)) == (["1", "2"], ["one"])


async def test_another_bots_messages_are_left_alone(post: Post) -> None:
    await post.write("1")
    await post.stage.pool.execute("UPDATE bot_outbox SET bot_id = 2")
    async with post.sending():
        await post.write("one", chat_id=BEN)
        await post.wait_until("bot_id = 2")
    assert post.api.list_sent(ANN) == []


async def test_old_refusals_and_what_nobody_sends_any_more_are_forgotten(post: Post) -> None:
    await post.write("1")
    day = post.stage.clock.now.date()
    async with post.stage.pool.acquire() as connection:
        assert await forget_refusals(connection, day) == 0
        assert await forget_refusals(connection, day + timedelta(days=1)) == 1


async def test_more_chats_than_hands_are_all_served(post: Post) -> None:
    for chat_id in range(1, 101):
        await post.write("1", "2", chat_id=chat_id)
    async with post.sending():
        await post.wait_until_empty()
    assert all(post.api.list_sent(chat_id) == ["1", "2"] for chat_id in range(1, 101))
