from collections.abc import AsyncIterator

import pytest

from bots.telegram.dead_letters import list_dead_letters, replay_dead_letters
from feedback.tables.bot_dead_letters import forget_dead_letters
from feedback.tables.bot_queues import count_queues
from tests.bots.telegram_poison import POISON, make_poisoned
from tests.bots.telegram_stage import BOT_ID, Stage, open_stage
from tests.bots.telegram_updates import say, send
from tests.world import QUIET_DESK

ANN, BEN, EVE = 7_100_000_001, 7_100_000_002, 7_100_000_003


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


async def test_a_poisoned_update_takes_no_other_with_it(stage: Stage) -> None:
    stage.worker = stage.make_worker(make_poisoned(stage.pool))
    await stage.deliver(say(ANN, POISON), say(BEN, f"/start {QUIET_DESK}"), say(ANN, "Xin chào"), say(EVE, "/help"))
    await stage.work()
    assert len(await stage.list_answers(BEN)) == len(await stage.list_answers(EVE)) == 1
    assert await stage.list_answers(ANN) == []
    assert await stage.read("SELECT tries FROM bot_inbox WHERE payload IS NOT NULL ORDER BY update_id") == [(1,), (0,)]


async def test_after_five_failures_an_update_is_a_dead_letter_and_the_chat_goes_on(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.worker = stage.make_worker(make_poisoned(stage.pool))
    await stage.deliver(say(ANN, POISON), say(ANN, "/help"))
    for wait in (1, 4, 16, 64):
        await stage.work()
        stage.clock.move(seconds=wait - 0.1)
        assert await stage.worker.work_once() == 0
        stage.clock.move(seconds=0.1)
        assert await stage.list_answers(ANN) == []
    await stage.work()
    assert len(await stage.list_answers(ANN)) == 1
    async with stage.pool.acquire() as connection:
        [letter] = await list_dead_letters(connection, BOT_ID)
        assert (letter.reason, letter.died_at) == ("PoisonedError", stage.clock.now)
        assert (await count_queues(connection, BOT_ID))["dead"] == 1
    written = capsys.readouterr()
    assert "update-given-up" in written.out + written.err
    assert str(ANN) not in written.out + written.err


async def test_a_dead_letter_is_tried_again_and_then_done(stage: Stage) -> None:
    poisoned = make_poisoned(stage.pool)
    stage.worker = stage.make_worker(poisoned)
    await stage.deliver(say(ANN, POISON), send(BEN, sticker={}))
    for _ in range(5):
        await stage.work()
        stage.clock.move(minutes=2)
    poisoned.mended = True
    async with stage.pool.acquire() as connection:
        assert await replay_dead_letters(connection, BOT_ID, [-1]) == 0
        assert await replay_dead_letters(connection, BOT_ID) == 1
        assert await list_dead_letters(connection, BOT_ID) == []
    assert await stage.work() == 1
    assert len(await stage.list_answers(ANN)) == 1
    assert await stage.count("bot_inbox WHERE payload IS NOT NULL") == 0


async def test_a_sticker_that_died_is_tried_again_as_a_sticker(stage: Stage) -> None:
    await stage.deliver(send(ANN, sticker={"file_id": "x"}))
    await stage.work()
    async with stage.pool.acquire() as connection:
        await stage.deliver(send(BEN, sticker={"file_id": "x"}))
        await connection.execute(
            "WITH dead AS (DELETE FROM bot_inbox WHERE payload IS NOT NULL RETURNING *) INSERT INTO bot_dead_letters"
            " (bot_id, update_id, reason, payload, died_at)"
            " SELECT bot_id, update_id, 'x', payload, received_at FROM dead"
        )
        assert await replay_dead_letters(connection, BOT_ID) == 1
    await stage.work()
    [[first], [second]] = [await stage.list_answers(chat) for chat in (ANN, BEN)]
    assert first.text == second.text


async def test_what_could_not_be_read_is_tried_again_as_it_came(stage: Stage) -> None:
    await stage.deliver(b"no update", say(ANN, "/help").replace(b"message", b"m\xff"))
    async with stage.pool.acquire() as connection:
        assert [letter.reason for letter in await list_dead_letters(connection, BOT_ID)] == ["unreadable"] * 2
        await connection.execute(
            "UPDATE bot_dead_letters SET payload = $1 WHERE payload <> 'no update'", say(ANN, "/help")
        )
        assert await replay_dead_letters(connection, BOT_ID) == 1
        assert len(await list_dead_letters(connection, BOT_ID)) == 1
    assert await stage.work() == 1


async def test_while_the_database_cannot_work_nothing_is_counted_as_a_try(stage: Stage) -> None:
    await stage.deliver(say(ANN, f"/start {QUIET_DESK}"))
    async with stage.pool.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE conversations")
        async with stage.pool.acquire() as connection:
            await connection.execute("SET lock_timeout = '50ms'")
            with pytest.raises(Exception, match="lock timeout"):
                await stage.worker.work_batch(connection)
    assert await stage.read("SELECT tries FROM bot_inbox") == [(0,)]
    assert await stage.work() == 1


async def test_letters_are_forgotten_after_their_time(stage: Stage) -> None:
    await stage.deliver(b"no update")
    async with stage.pool.acquire() as connection:
        assert await forget_dead_letters(connection, stage.clock.now) == 0
        stage.clock.move(seconds=1)
        assert await forget_dead_letters(connection, stage.clock.now) == 1
