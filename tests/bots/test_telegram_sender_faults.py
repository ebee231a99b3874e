from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from feedback.tables.bot_outbox import Lane
from feedback.tables.bot_queues import count_queues
from tests.bots.faulty_bot_api import (
    BLOCKED,
    BROKEN,
    CHAT_NOT_FOUND,
    CONFLICT,
    DEACTIVATED,
    NO_JSON,
    NOT_OF_TELEGRAM,
    PROVIDER_FORBIDS,
    PROXY_FORBIDS,
    PROXY_REFUSES,
    QUERY_TOO_OLD,
    REDIRECT,
    SILENCE,
    TEXT_INVALID,
    WRONG_TOKEN,
    Answer,
    flood,
    work_well,
)
from tests.bots.telegram_post import ANN, BEN, FailOnce, Post, open_post
from tests.bots.telegram_stage import BOT_ID


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    async with open_post(database_url) as post:
        yield post


@pytest.mark.parametrize(
    "answer",
    [
        BROKEN,
        NO_JSON,
        NOT_OF_TELEGRAM,
        SILENCE,
        REDIRECT,
        WRONG_TOKEN,
        CONFLICT,
        PROVIDER_FORBIDS,
        PROXY_FORBIDS,
        PROXY_REFUSES,
    ],
)
async def test_whatever_is_wrong_with_telegram_the_answer_comes_later_and_in_order(
    post: Post, answer: Answer | None
) -> None:
    post.api.answer = FailOnce(answer)
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
    post.api.answer = FailOnce(flood(40))
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
    post.api.answer = FailOnce(answer)
    await post.write("1", "2")
    async with post.sending():
        await post.wait_until(f"refused_for = '{kind}'")
    assert post.api.list_sent(ANN) == ["2"]


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
