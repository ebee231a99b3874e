import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from bots.telegram import worker
from bots.telegram.messages import OutgoingAnswer
from feedback.check import check_store
from feedback.database import Pool
from feedback.tables.bot_inbox import forget_finished_updates
from tests.bots.talks import make_converser
from tests.bots.telegram_stage import Stage, open_stage
from tests.bots.telegram_updates import change_membership, press, say, say_in_group
from tests.world import QUIET_DESK

ANN, BEN, EVE = 7_100_000_001, 7_100_000_002, 7_100_000_003


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


async def rate(stage: Stage, chat_id: int, score: int) -> None:
    """From the link of the quiet desk to the thanks: three updates."""
    await stage.deliver(say(chat_id, f"/start {QUIET_DESK}"))
    await stage.work()
    await stage.deliver(press(chat_id, await stage.find_data(chat_id, 0)))
    await stage.work()
    await stage.deliver(press(chat_id, await stage.find_data(chat_id, score - 1)))
    await stage.work()


async def test_a_rating_a_memory_and_the_answers_follow_from_updates(stage: Stage) -> None:
    await rate(stage, ANN, 4)
    assert await stage.read("SELECT score, channel, proof_class FROM responses") == [(4, 2, b"B")]
    assert await stage.count("conversations") == 1
    methods = await stage.read("SELECT method, lane FROM bot_outbox ORDER BY outbox_id")
    sent = ("sendMessage", 1)
    assert methods == [sent, ("answerCallbackQuery", 1), sent, ("answerCallbackQuery", 1), sent]
    async with stage.pool.acquire() as connection:
        assert await check_store(connection) == []


async def test_what_is_done_leaves_only_its_number_and_its_day(stage: Stage) -> None:
    await stage.deliver(say(ANN, "Xin chào", update_id=12))
    await stage.work()
    [(chat_id, payload, received_at)] = await stage.read("SELECT chat_id, payload, received_at FROM bot_inbox")
    assert (chat_id, payload, f"{received_at:%H:%M:%S.%f}") == (None, None, "00:00:00.000000")
    await stage.deliver(say(ANN, "Xin chào", update_id=12))
    assert await stage.work() == 0


async def test_numbers_are_forgotten_after_their_time(stage: Stage) -> None:
    await stage.deliver(say(ANN, "Xin chào"))
    await stage.work()
    await stage.deliver(say(ANN, "Xin chào"))
    async with stage.pool.acquire() as connection:
        assert await forget_finished_updates(connection, stage.clock.now) == 1
    assert await stage.count("bot_inbox") == 1


async def test_one_update_delivered_often_has_one_effect(stage: Stage) -> None:
    for _ in range(3):
        await stage.deliver(say(ANN, f"/start {QUIET_DESK}", update_id=31))
    assert await stage.work() == 1
    assert len(await stage.list_answers(ANN)) == 1


async def test_updates_of_one_chat_are_worked_off_in_order_and_chats_side_by_side(stage: Stage) -> None:
    await stage.deliver(*(say(chat, f"/start {QUIET_DESK}") for chat in (ANN, BEN, EVE)), say(ANN, "/stop"))
    assert [await stage.worker.work_once() for _ in range(3)] == [3, 1, 0]
    assert len(await stage.list_answers(ANN)) == 2
    assert await stage.count("conversations") == 2


async def test_several_workers_share_the_chats_and_keep_the_order_in_each(stage: Stage) -> None:
    chats = [BEN + n for n in range(40)]
    await stage.deliver(*(say(chat, text) for text in ("/start", "/help", "/privacy", "/start") for chat in chats))
    workers = [stage.worker, stage.make_worker(make_converser(stage.pool))]
    while sum(await asyncio.gather(*(worker.work_once() for worker in workers))):
        pass
    assert await stage.count("bot_inbox WHERE payload IS NOT NULL") == 0
    [first, *others] = [[answer.text for answer in await stage.list_answers(chat)] for chat in chats]
    assert len(first) == 4
    assert first[0] == first[3] != first[1]
    assert all(answers == first for answers in others)


async def test_a_worker_that_runs_is_woken_by_what_comes(stage: Stage) -> None:
    running = asyncio.create_task(stage.worker.run(stage.database_url))
    await stage.deliver(say(ANN, "/help"))
    while await stage.count("bot_outbox") == 0:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_press_is_always_answered_first(stage: Stage) -> None:
    await stage.deliver(press(ANN, "x" * 64))
    await stage.work()
    [row] = await stage.pool.fetch("SELECT method, payload FROM bot_outbox")
    assert row["method"] == "answerCallbackQuery"
    assert msgspec.json.decode(row["payload"], type=OutgoingAnswer).text


async def test_an_old_button_and_another_chats_button_count_nothing(stage: Stage) -> None:
    await stage.deliver(say(ANN, f"/start {QUIET_DESK}"))
    await stage.work()
    yes = await stage.find_data(ANN, 0)
    await stage.deliver(press(ANN, yes))
    await stage.work()
    score = await stage.find_data(ANN, 4)
    await stage.deliver(press(EVE, score), press(ANN, yes), press(ANN, score.replace("5", "1", 1)))
    await stage.work()
    assert await stage.count("responses") == 0
    await stage.deliver(press(ANN, score), press(ANN, score), press(ANN, yes))
    await stage.work()
    assert await stage.read("SELECT score FROM responses") == [(5,)]


async def test_who_stops_or_blocks_is_forgotten_with_the_reminders(stage: Stage) -> None:
    for chat, goodbye in ((ANN, say(ANN, "/stop")), (BEN, change_membership(BEN, "kicked"))):
        await stage.deliver(say(chat, f"/start {QUIET_DESK}"))
        await stage.work()
        await stage.deliver(press(chat, await stage.find_data(chat, 0)))
        await stage.work()
        buttons = [button.callback_data or "" for row in (await stage.list_answers(chat))[-1].buttons for button in row]
        [later] = [data for data in buttons if ".later." in data]
        await stage.deliver(press(chat, later))
        await stage.work()
        assert await stage.count("bot_outbox WHERE lane = 2") == 1
        assert await stage.count("conversations") == 1
        await stage.deliver(goodbye)
        await stage.work()
        assert await stage.count("bot_outbox WHERE lane = 2") == 0
        assert await stage.count("conversations") == 0


async def test_a_group_is_asked_to_write_alone(stage: Stage) -> None:
    await stage.deliver(say_in_group(-100_7, "/start@demo_bot"))
    await stage.work()
    assert len(await stage.list_answers(-100_7)) == 1
    assert await stage.count("conversations") == 0


async def test_a_text_too_long_and_one_of_strange_letters_get_a_kind_word(stage: Stage) -> None:
    await stage.deliver(*(say(chat, text) for chat, text in ((ANN, "a" * 50_000), (BEN, "a\0b"), (EVE, "🙂" * 4096))))
    assert await stage.work() == 3
    assert [len(await stage.list_answers(chat)) for chat in (ANN, BEN, EVE)] == [1, 1, 1]
    assert await stage.count("bot_dead_letters") == 0


async def test_another_bot_in_the_same_store_is_left_alone(stage: Stage, database_url: str) -> None:
    del database_url
    await stage.deliver(say(ANN, "/help"))
    pool: Pool = stage.pool
    await pool.execute("UPDATE bot_inbox SET bot_id = 2")
    assert await stage.work() == 0


async def test_where_more_chats_wait_than_are_looked_at_they_take_turns(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MOST_CHATS", 2)
    chats = [ANN + n for n in range(5)]
    await stage.deliver(*(say(chat, text) for text in ("/help", "/privacy") for chat in chats))
    assert [await stage.worker.work_once() for _ in range(3)] == [2, 2, 1]
    assert [len(await stage.list_answers(chat)) for chat in chats] == [1] * 5
    await stage.work()
    assert [len(await stage.list_answers(chat)) for chat in chats] == [2] * 5
