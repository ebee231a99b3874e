from datetime import timedelta

import asyncpg
import pytest

from bots.conversation import Event, Said
from bots.converse import Heard
from feedback.check import check_store
from feedback.database import Pool
from feedback.record_response import LONGEST_CHAIN, store_submissions
from feedback.submissions import DailyRating
from feedback.tables.responses import Channel, select_chain
from surveys.errors import StoreUnavailableError, TooManyRequestsError
from tests.bots.talks import WORDINGS, Person, converse, count_scores, make_converser, open_small_world, read_receipt
from tests.factories import NOW
from tests.world import QUIET_DESK


async def test_a_rating_by_desk_code_is_stored_counted_and_of_class_b(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        await person.press("score.4")
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (0, 0, 0, 1, 0)
            [row] = await connection.fetch("SELECT channel, proof_class, official_id FROM responses")
            assert (row["channel"], row["proof_class"]) == (Channel.TELEGRAM, b"B")
            assert row["official_id"] != 0
            assert await check_store(connection) == []


async def test_the_turns_come_in_the_order_of_what_was_heard(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        people = [Person(converser, chat_id) for chat_id in (31, 5, 17)]
        hints = ("en", "vi", "en-GB")
        heard = [
            person.think(Said(Event.START, QUIET_DESK, language_hint=hint))
            for person, hint in zip(people, hints, strict=True)
        ]
        turns = await converse(pool, converser, *heard)
        languages = [turn.conversation.language for turn in turns if turn.conversation]
        assert languages == ["en", "vi", "en"]


async def test_chats_of_one_batch_are_stored_and_remembered_each_for_itself(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        first, second = Person(converser, 1), Person(converser, 2)
        for person in (first, second):
            await person.reach_score(QUIET_DESK)
        turns = await converse(pool, converser, first.reach_for("score.1"), second.reach_for("score.5"))
        receipts = {turn.conversation.receipt_hash for turn in turns if turn.conversation}
        assert len(receipts) == 2
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (1, 0, 0, 0, 1)
            assert await connection.fetchval("SELECT count(*) FROM conversations") == 2


async def test_two_things_said_in_one_chat_are_not_taken_at_once(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        both = [person.think(Said(Event.HELP)), person.think(Said(Event.PRIVACY))]
        with pytest.raises(ValueError, match="at a time"):
            await converse(pool, person.converser, *both)
        assert await converse(pool, person.converser) == []


async def test_the_same_person_again_that_day_replaces_and_another_day_adds(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        for at, score in ((NOW, 1), (NOW + timedelta(hours=3), 5), (NOW + timedelta(days=1), 2)):
            await person.later(at).reach_score(QUIET_DESK)
            await person.press(f"score.{score}")
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (0, 1, 0, 0, 1)
            assert await check_store(connection) == []


async def test_what_is_said_twice_after_a_crash_is_stored_once(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        press = person.reach_for("score.3")
        async with pool.acquire() as connection:
            crash = connection.transaction()
            await crash.start()
            [lost] = await person.converser.converse(connection, [press])
            await crash.rollback()
        [turn] = await converse(pool, make_converser(pool), press)
        assert turn == lost
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (0, 0, 1, 0, 0)


async def fill_chain(pool: Pool, person: Person) -> None:
    """The person rates at the quiet desk as often as the store takes in a day."""
    await person.reach_score(QUIET_DESK)
    turn = await person.press("score.3")
    assert isinstance(turn.submission, DailyRating)
    again = [DailyRating(turn.submission.rating, number.to_bytes(32)) for number in range(1, LONGEST_CHAIN + 1)]
    async with pool.acquire() as connection:
        assert await store_submissions(connection, again) == [None] * LONGEST_CHAIN


async def test_a_refusal_is_said_to_one_and_leaves_the_others(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        eager, other = Person(converser, 1), Person(converser, 2)
        await fill_chain(pool, eager)
        before = await eager.reach_score(QUIET_DESK)
        await other.reach_score(QUIET_DESK)
        refused, thanked = await converse(pool, converser, eager.reach_for("score.1"), other.reach_for("score.5"))
        assert refused.conversation == before.conversation
        assert refused.submission is None
        assert WORDINGS["vi"].error(TooManyRequestsError()) in refused.replies[0].text
        assert thanked.submission is not None
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (0, 0, 1, 0, 1)


async def test_a_receipt_is_found_whatever_its_unit(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        person, friend = Person(converser, 1), Person(converser, 2)
        await person.reach_score(QUIET_DESK)
        turn = await person.press("score.2")
        assert isinstance(turn.submission, DailyRating)
        found = await friend.say(Said(Event.RECEIPT, read_receipt(turn).lower()))
        assert found.conversation is not None
        assert found.conversation.receipt_hash == turn.submission.rating.token_hash.hex()
        missing = await friend.say(Said(Event.RECEIPT, "0" * 24))
        assert missing.conversation is not None


async def test_further_answers_of_many_are_looked_up_together(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        people = [Person(converser, chat_id) for chat_id in range(1, 6)]
        for action in ("score.3", "more", "answer"):
            for person in people:
                if action == "score.3":
                    await person.reach_score(QUIET_DESK)
            turns = await converse(pool, converser, *(person.reach_for(action) for person in people))
            for person, turn in zip(people, turns, strict=True):
                person.read(turn)
        async with pool.acquire() as connection:
            chains = await connection.fetch("SELECT unit_id, token_hash FROM responses WHERE supersedes IS NULL")
            latest = [(await select_chain(connection, row["unit_id"], row["token_hash"]))[-1] for row in chains]
            assert len(latest) == 5
            assert all(row.answers for row in latest)
            assert await count_scores(connection) == (0, 0, 5, 0, 0)
            assert await check_store(connection) == []


async def test_units_that_come_into_use_are_offered_a_minute_later(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.start()
        unit_ids = set(person.converser.units.units)
        async with pool.acquire() as connection:
            await connection.execute("UPDATE units SET name = 'Trung tâm mới (mẫu)'")
        await person.later(NOW + timedelta(seconds=59)).start()
        assert "mới" not in next(iter(person.converser.units.units.values())).name
        await person.later(NOW + timedelta(seconds=60)).start()
        assert "mới" in next(iter(person.converser.units.units.values())).name
        assert set(person.converser.units.units) == unit_ids


async def test_a_store_that_cannot_be_read_is_told_to_the_caller(database_url: str) -> None:
    """So that all of it is tried again later, and nobody is told something wrong."""
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.start()
        broken = make_converser(pool)
        broken.keys, broken.units = person.converser.keys, person.converser.units
        broken.units_read_at = NOW
        async with pool.acquire() as connection, connection.transaction():
            await pool.expire_connections()
            closed = await open_closed_pool(database_url)
            broken.directory.pool = closed
            with pytest.raises(StoreUnavailableError):
                await broken.converse(connection, [person.think(Said(Event.START, QUIET_DESK))])


async def open_closed_pool(database_url: str) -> Pool:
    pool = await asyncpg.create_pool(database_url, min_size=0)
    await pool.close()
    return pool


async def test_what_the_database_raises_goes_through(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        press = person.reach_for("score.4")
        async with pool.acquire() as connection:
            await connection.execute("ALTER TABLE responses RENAME TO away")
            with pytest.raises(asyncpg.UndefinedTableError):
                await converse(pool, person.converser, press)
            await connection.execute("ALTER TABLE away RENAME TO responses")
        await converse(pool, person.converser, press)
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (0, 0, 0, 1, 0)


@pytest.mark.parametrize("text", ["ca\0mau", "\ud800", "a" * 50_000, "\u202ecà mau", "😀" * 4096, "\0", " "])
async def test_no_text_breaks_a_batch(database_url: str, text: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.start()
        await person.write(text)
        await person.say(Said(Event.RECEIPT, text))
        await person.write(text)
        await person.say(Said(Event.CHANGE, text))
        await person.start(text)
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (0, 0, 0, 0, 0)


async def test_a_batch_of_many_takes_few_statements(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        heard = [Heard(chat_id, Said(Event.START, QUIET_DESK), "1", NOW) for chat_id in range(256)]
        async with pool.acquire() as connection, connection.transaction():
            await converser.converse(connection, heard[:1])
            statements: list[object] = []
            with connection.query_logger(statements.append):
                await converser.converse(connection, heard)
        assert len(statements) == 2  # look and lock, write
