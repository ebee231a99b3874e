import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from bots.conversation import Conversation, Event, Said
from bots.rater_keys import learn_rater_keys
from feedback.database import Connection, Pool
from feedback.submissions import DailyRating
from feedback.tables.conversations import forget_conversations
from feedback.tables.rater_keys import destroy_rater_keys
from feedback.tables.responses import Channel
from tests.bots.talks import Person, converse, count_scores, make_converser, open_small_world, read_receipt
from tests.factories import NOW
from tests.world import BUSY_DESK, QUIET_DESK

LAST_EVENING = datetime(2026, 9, 30, 16, 59, tzinfo=UTC)  # 23:59 in Vietnam, the third quarter's last minute
NEXT_MORNING = LAST_EVENING + timedelta(hours=9)
CHAT_ID = 7_001_002_003


async def list_memories(connection: Connection) -> list[Conversation]:
    rows = await connection.fetch("SELECT memory FROM conversations ORDER BY memory")
    return [Conversation(**json.loads(row["memory"])) for row in rows]


async def dump(connection: Connection) -> str:
    """Every row of every table, as text."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = [table["tablename"] for table in tables]
    rows = [await connection.fetch(f'SELECT t::text FROM "{name}" AS t') for name in names]  # noqa: S608 (own names)
    return "\n".join(str(row["t"]) for table in rows for row in table)


async def test_a_chat_without_anything_to_remember_leaves_no_row(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        converser = make_converser(pool)
        for number, event in enumerate((Event.GROUP, Event.FORGED, Event.EDITED, Event.LEFT, Event.STOP)):
            await Person(converser, number).say(Said(event))
        async with pool.acquire() as connection:
            assert await list_memories(connection) == []


@pytest.mark.parametrize("event", [Event.STOP, Event.LEFT])
async def test_a_chat_is_forgotten_at_once(database_url: str, event: Event) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        await person.say(Said(event))
        async with pool.acquire() as connection:
            assert await list_memories(connection) == []


async def test_a_word_that_changes_nothing_keeps_a_chat_for_another_week(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        before = person.turn.conversation
        turn = await person.later(NOW + timedelta(days=6)).say(Said(Event.HELP))
        assert turn.conversation == before
        async with pool.acquire() as connection:
            changed_on = await connection.fetchval("SELECT changed_on FROM conversations")
            assert changed_on == (NOW + timedelta(days=6)).date()
            assert await forget_conversations(connection, changed_on) == 0
            assert await forget_conversations(connection, changed_on + timedelta(days=1)) == 1


async def test_a_chat_goes_on_over_the_end_of_a_quarter_under_the_new_key(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool), at=LAST_EVENING)
        await person.reach_score(QUIET_DESK)
        async with pool.acquire() as connection:
            [old] = [row["chat_hash"] for row in await connection.fetch("SELECT chat_hash FROM conversations")]
        await person.later(NEXT_MORNING).press("score.2")
        async with pool.acquire() as connection:
            [new] = [row["chat_hash"] for row in await connection.fetch("SELECT chat_hash FROM conversations")]
            assert new != old
            assert await count_scores(connection) == (0, 1, 0, 0, 0)


async def test_the_language_chosen_is_still_known_after_the_quarter(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool), at=LAST_EVENING)
        await person.start(QUIET_DESK, hint="en")
        turn = await person.later(NEXT_MORNING).say(Said(Event.HELP, language_hint="vi"))
        assert turn.conversation is not None
        assert turn.conversation.language == "en"


async def test_once_its_key_is_destroyed_nobody_finds_a_chat_again(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool), at=LAST_EVENING)
        await person.reach_score(QUIET_DESK)
        await person.press("score.5")
        async with pool.acquire() as connection:
            assert await destroy_rater_keys(connection, NEXT_MORNING.date() + timedelta(days=30)) == 1
        person.converser = make_converser(pool)
        turn = await person.later(NEXT_MORNING).say(Said(Event.HELP, language_hint="en"))
        assert turn.conversation is not None
        assert (turn.conversation.language, turn.conversation.receipt_hash) == ("en", None)
        async with pool.acquire() as connection:
            assert len(await list_memories(connection)) == 1
            assert await count_scores(connection) == (0, 0, 0, 0, 1)


async def test_a_key_made_in_a_batch_that_fails_is_the_key_of_the_next_too(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        async with pool.acquire() as connection:
            failing = connection.transaction()
            await failing.start()
            await person.converser.converse(connection, [person.think(Said(Event.START, QUIET_DESK))])
            await failing.rollback()
        await person.start(QUIET_DESK)
        async with pool.acquire() as connection:
            keys = await learn_rater_keys(connection, person.converser.secret, NOW.date())
            stored = await connection.fetchval("SELECT chat_hash FROM conversations")
        assert keys.hash_chat(Channel.TELEGRAM, CHAT_ID) == [stored]


async def test_no_table_holds_the_chats_id_or_a_receipt(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(BUSY_DESK)
        turn = await person.press("score.2")
        assert isinstance(turn.submission, DailyRating)
        receipt = read_receipt(turn)
        async with pool.acquire() as connection:
            text = await dump(connection)
        assert turn.submission.rating.token_hash.hex() in text
        for secret in (str(CHAT_ID), f"{CHAT_ID:x}", CHAT_ID.to_bytes(8).hex(), receipt, person.converser.secret):
            assert secret.lower() not in text.lower()


async def test_a_chat_is_locked_until_the_transaction_ends(database_url: str) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        async with pool.acquire() as connection:
            first = connection.transaction()
            await first.start()
            [turn] = await person.converser.converse(connection, [person.reach_for("score.1")])
            second = asyncio.create_task(converse(pool, person.converser, person.reach_for("score.5")))
            await wait_for_a_lock(pool)
            assert not second.done()
            await first.commit()
        [late] = await second
        assert turn.submission is not None
        assert late.submission is None  # the button was old by then
        async with pool.acquire() as connection:
            assert await count_scores(connection) == (1, 0, 0, 0, 0)


async def wait_for_a_lock(pool: Pool) -> None:
    async with pool.acquire() as connection, asyncio.timeout(5):
        while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)


async def test_a_memory_that_cannot_be_read_begins_anew(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_small_world(database_url) as pool:
        person = Person(make_converser(pool))
        await person.reach_score(QUIET_DESK)
        async with pool.acquire() as connection:
            await connection.execute("""UPDATE conversations SET memory = '{"at": "of a later version"}'""")
        turn = await person.start(QUIET_DESK, hint="en")
        assert turn.conversation is not None
        assert turn.conversation.language == "en"
        async with pool.acquire() as connection:
            assert [memory.language for memory in await list_memories(connection)] == ["en"]
        printed = capsys.readouterr()
        assert "of a later version" not in printed.out + printed.err
