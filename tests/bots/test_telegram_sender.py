import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from bots.telegram.calls import Calls
from bots.telegram.messages import OutgoingAnswer, OutgoingButton, OutgoingMessage
from bots.telegram.quiet_libraries import quiet_libraries
from bots.telegram.sender import Sender
from feedback.tables.bot_outbox import Lane, NewMessage, insert_messages
from feedback.tables.bot_queues import count_queues
from tests.bots.faulty_bot_api import (
    BLOCKED,
    BROKEN,
    CHAT_NOT_FOUND,
    CONFLICT,
    DEACTIVATED,
    NO_JSON,
    NOT_OF_TELEGRAM,
    QUERY_TOO_OLD,
    REDIRECT,
    SILENCE,
    TEXT_INVALID,
    WRONG_TOKEN,
    Answer,
    Call,
    FaultyBotApi,
    flood,
    run_faulty_bot_api,
    work_well,
)
from tests.bots.telegram_stage import BOT_ID, TOKEN, Stage, open_stage

ANN, BEN = 7_100_000_001, 7_100_000_002
SEND = "sendMessage"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


class Post:
    """A sender between the stage and a Telegram of ours."""

    def __init__(self, stage: Stage, api: FaultyBotApi, address: str) -> None:
        quiet_libraries()
        self.stage = stage
        self.api = api
        self.address = address
        self.calls = Calls(TOKEN, address, read_seconds=0.3)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Sender]:
        sender = Sender(self.stage.database_url, BOT_ID, self.calls, self.stage.clock.read)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def write(self, *texts: str, chat_id: int = ANN, lane: Lane = Lane.ANSWERS, later: float = 0) -> None:
        send_after = self.stage.clock.now + timedelta(seconds=later)
        messages = [
            NewMessage(chat_id, lane, SEND, msgspec.json.encode(OutgoingMessage(text)), send_after) for text in texts
        ]
        await self.put(*messages)

    async def put(self, *messages: NewMessage) -> None:
        async with self.stage.pool.acquire() as connection:
            await insert_messages(connection, BOT_ID, messages, self.stage.clock.now.date())

    async def wait_until(self, condition: str) -> None:
        """Until no row of the outbox is left of which this is not true."""
        while await self.stage.count(f"bot_outbox WHERE ({condition}) IS NOT TRUE"):
            await asyncio.sleep(0.01)

    async def wait_until_empty(self) -> None:
        await self.wait_until("false")


@pytest.fixture
async def post(stage: Stage) -> AsyncIterator[Post]:
    async with run_faulty_bot_api() as (api, address):
        post = Post(stage, api, address)
        yield post
        await post.calls.close()


def fail_once(answer: Answer | None, chat_id: int = ANN) -> "FailOnce":
    return FailOnce(answer, chat_id)


class FailOnce:
    """The first call about a chat fails."""

    def __init__(self, answer: Answer | None, chat_id: int) -> None:
        self.answer = answer
        self.chat_id = chat_id
        self.failed = False

    def __call__(self, call: Call) -> Answer | None:
        if self.failed or call.chat_id != self.chat_id:
            return work_well(call)
        self.failed = True
        return self.answer


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


@pytest.mark.parametrize("answer", [BROKEN, NO_JSON, NOT_OF_TELEGRAM, SILENCE, REDIRECT, WRONG_TOKEN, CONFLICT])
async def test_whatever_is_wrong_with_telegram_the_answer_comes_later_and_in_order(
    post: Post, answer: Answer | None
) -> None:
    post.api.answer = fail_once(answer)
    await post.write("1", "2")
    await post.write("one", chat_id=BEN)
    async with post.sending() as sender:
        await post.wait_until(f"chat_id = {ANN} AND (tries = 1 OR outbox_id > 1)")
        assert (post.api.list_sent(ANN), post.api.list_sent(BEN)) == ([], ["one"])
        post.stage.clock.move(seconds=1)
        sender.wake.set()
        await post.wait_until_empty()
    assert post.api.list_sent(ANN) == ["1", "2"]


async def test_the_wait_grows_to_five_minutes_and_answers_are_not_given_up_on_the_next_day(post: Post) -> None:
    post.api.answer = lambda _call: BROKEN
    await post.write("1")
    waits: list[float] = []
    async with post.sending() as sender:
        for tries in range(1, 12):
            await post.wait_until(f"tries = {tries}")
            [(send_after,)] = await post.stage.read("SELECT send_after FROM bot_outbox")
            waits.append((send_after - post.stage.clock.now).total_seconds())  # pyright: ignore[reportOperatorIssue, reportAttributeAccessIssue]
            post.stage.clock.now = send_after  # pyright: ignore[reportAttributeAccessIssue]
            sender.wake.set()
        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
        await post.wait_until("tries = 12")
        post.stage.clock.move(hours=24)
        sender.wake.set()
        await post.wait_until("tries = 13")
        post.stage.clock.move(hours=24)
        sender.wake.set()
        await post.wait_until("refused_for = 'too-old' AND chat_id IS NULL AND payload IS NULL")


async def test_a_pause_that_telegram_asks_for_is_kept_and_holds_up_no_other_chat(post: Post) -> None:
    post.api.answer = fail_once(flood(40))
    await post.write("1", "2")
    async with post.sending() as sender:
        await post.wait_until(f"outbox_id > 1 OR send_after = '{post.stage.clock.now + timedelta(seconds=40)}'")
        await post.write("one", chat_id=BEN)
        await post.wait_until(f"chat_id = {ANN}")
        post.stage.clock.move(seconds=39)
        await post.write("two", chat_id=BEN)
        await post.wait_until(f"chat_id = {ANN}")
        assert post.api.list_sent(ANN) == []
        post.stage.clock.move(seconds=1)
        sender.wake.set()
        await post.wait_until_empty()
    assert post.api.list_sent(ANN) == ["1", "2"]


@pytest.mark.parametrize(("answer", "kind"), [
    (BLOCKED, "blocked"), (DEACTIVATED, "gone"), (CHAT_NOT_FOUND, "gone"),
])  # fmt: skip
async def test_who_blocked_the_bot_or_is_gone_gets_nothing_more(post: Post, answer: Answer, kind: str) -> None:
    post.api.answer = lambda call: answer if call.chat_id == ANN else work_well(call)
    await post.write("1", "2")
    await post.write("later", lane=Lane.REMINDERS, later=3600)
    await post.write("one", chat_id=BEN)
    async with post.sending():
        await post.wait_until(f"refused_for = '{kind}' AND chat_id IS NULL AND payload IS NULL")
    assert await post.stage.count("bot_outbox") == 3
    assert len([call for call in post.api.calls if call.chat_id == ANN]) == 1
    async with post.stage.pool.acquire() as connection:
        queues = await count_queues(connection, BOT_ID)
    assert {name: times for name, times in queues.items() if times} == {str(kind): 3}


@pytest.mark.parametrize(("answer", "kind"), [(QUERY_TOO_OLD, "late"), (TEXT_INVALID, "unsendable")])
async def test_a_message_that_cannot_be_sent_lets_the_next_pass(post: Post, answer: Answer, kind: str) -> None:
    post.api.answer = fail_once(answer)
    await post.write("1", "2")
    async with post.sending():
        await post.wait_until(f"refused_for = '{kind}'")
    assert post.api.list_sent(ANN) == ["2"]


async def test_answers_do_not_wait_behind_reminders(post: Post) -> None:
    post.api.answer = lambda call: SILENCE if call.text == "reminder" else work_well(call)
    for chat_id in range(1, 101):
        await post.write("reminder", chat_id=chat_id, lane=Lane.REMINDERS)
    async with post.sending():
        await post.api.wait_for(lambda api: len(api.calls) >= 10)
        await post.write("answer", chat_id=1)
        await post.api.wait_for(lambda api: api.list_sent(1))
    assert post.api.list_sent(1) == ["answer"]


async def test_a_pause_asked_of_a_reminder_holds_up_all_reminders(post: Post) -> None:
    post.api.answer = lambda call: flood(30) if call.text == "reminder" else work_well(call)
    for chat_id in range(1, 41):
        await post.write("reminder", chat_id=chat_id, lane=Lane.REMINDERS)
    async with post.sending():
        await post.api.wait_for(lambda api: len(api.calls) >= 1)
        await post.write("answer")
        await post.api.wait_for(lambda api: api.list_sent(ANN))
        await post.wait_until("lane = 2")
    assert len(post.api.calls) <= 11


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
