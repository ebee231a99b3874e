import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from bots.conversation import Turn
from bots.converse import Converser, Heard
from bots.telegram.dead_letters import list_dead_letters, replay_dead_letters
from feedback.check import check_store
from feedback.database import Connection, Pool
from feedback.tables.bot_inbox import forget_finished_updates
from feedback.tables.bot_queues import count_queues
from tests.bots.talks import make_converser
from tests.bots.telegram_stage import BOT_ID, Stage, open_stage
from tests.bots.telegram_updates import change_membership, press, say, say_in_group, send
from tests.world import QUIET_DESK

ANN, BEN, EVE = 7_100_000_001, 7_100_000_002, 7_100_000_003
POISON = "poison"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


class PoisonedError(Exception):
    pass


class Poisoned(Converser):
    """Fails at one word, in the middle of its work, until it is mended."""

    mended = False

    @staticmethod
    def poison(converser: Converser) -> "Poisoned":
        return Poisoned(
            converser.channel,
            known_account=True,
            secret=converser.secret,
            directory=converser.directory,
            wordings=converser.wordings,
        )

    async def converse(self, connection: Connection, heard: Sequence[Heard]) -> list[Turn]:
        turns = await super().converse(connection, heard)
        if not self.mended and any(one.said.text == POISON for one in heard):
            raise PoisonedError(str(heard))
        return turns


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


async def test_a_poisoned_update_takes_no_other_with_it(stage: Stage) -> None:
    stage.worker = stage.make_worker(Poisoned.poison(make_converser(stage.pool)))
    await stage.deliver(say(ANN, POISON), say(BEN, f"/start {QUIET_DESK}"), say(ANN, "Xin chào"), say(EVE, "/help"))
    await stage.work()
    assert len(await stage.list_answers(BEN)) == len(await stage.list_answers(EVE)) == 1
    assert await stage.list_answers(ANN) == []
    assert await stage.read("SELECT tries FROM bot_inbox WHERE payload IS NOT NULL ORDER BY update_id") == [(1,), (0,)]


async def test_after_five_failures_an_update_is_a_dead_letter_and_the_chat_goes_on(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.worker = stage.make_worker(Poisoned.poison(make_converser(stage.pool)))
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
    poisoned = Poisoned.poison(make_converser(stage.pool))
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
            " (bot_id, update_id, reason, payload, died_at) SELECT bot_id, update_id, 'x', payload, received_at FROM dead"
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
    [(method, payload)] = await stage.read("SELECT method, payload FROM bot_outbox")
    assert method == "answerCallbackQuery"
    assert msgspec.json.decode(payload, type=dict[str, str])["text"]  # pyright: ignore[reportArgumentType]


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
