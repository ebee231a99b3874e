from datetime import date, timedelta

from feedback.database import Connection, open_connection
from feedback.forget_chats import Forgotten, forget_chats
from feedback.tables.rater_keys import insert_rater_key
from tests.factories import NOW

TODAY = date(2026, 11, 20)  # of NOW, in Vietnam
NOTHING = Forgotten(rater_keys=0, conversations=0, updates=0, dead_letters=0, refusals=0)
KEY = bytes(range(100, 132))


async def say_something(connection: Connection, days_ago: int) -> None:
    await connection.execute(
        "INSERT INTO conversations VALUES (sha256($1), '{}', $2)", f"{days_ago}".encode(), TODAY - timedelta(days_ago)
    )


async def finish_update(connection: Connection, days_ago: int) -> None:
    await connection.execute(
        "INSERT INTO bot_inbox (bot_id, update_id, received_at) VALUES (1, $1, $2)", days_ago, NOW - timedelta(days_ago)
    )


async def let_update_wait(connection: Connection, days_ago: int) -> None:
    await connection.execute(
        "INSERT INTO bot_inbox (bot_id, update_id, chat_id, payload, received_at) VALUES (2, $1, 7, '{}', $2)",
        days_ago,
        NOW - timedelta(days_ago),
    )


async def give_up_update(connection: Connection, days_ago: int) -> None:
    await connection.execute(
        "INSERT INTO bot_dead_letters (bot_id, update_id, reason, payload, died_at) VALUES (1, $1, 'r', '{}', $2)",
        days_ago,
        NOW - timedelta(days_ago),
    )


async def refuse_message(connection: Connection, days_ago: int) -> None:
    await connection.execute(
        "INSERT INTO bot_outbox (bot_id, lane, method, created_on, send_after, refused_for)"
        " VALUES (1, 1, 'sendMessage', $1, $2, 'blocked')",
        TODAY - timedelta(days_ago),
        NOW,
    )


async def let_message_wait(connection: Connection, days_ago: int) -> None:
    await connection.execute(
        "INSERT INTO bot_outbox (bot_id, chat_id, lane, method, payload, created_on, send_after)"
        " VALUES (1, 7, 1, 'sendMessage', '{}', $1, $2)",
        TODAY - timedelta(days_ago),
        NOW,
    )


async def test_a_silent_chat_is_forgotten_after_seven_days(connection: Connection) -> None:
    for days_ago in (0, 7, 8, 30):
        await say_something(connection, days_ago)
    assert (await forget_chats(connection, NOW)).conversations == 2
    assert await connection.fetchval("SELECT min(changed_on) FROM conversations") == TODAY - timedelta(7)


async def test_numbers_of_finished_updates_stay_eight_days_and_what_waits_stays(connection: Connection) -> None:
    for days_ago in (0, 7, 9):
        await finish_update(connection, days_ago)
        await let_update_wait(connection, days_ago)
    assert (await forget_chats(connection, NOW)).updates == 1
    assert await connection.fetchval("SELECT count(*) FROM bot_inbox WHERE payload IS NOT NULL") == 3
    assert await connection.fetchval("SELECT count(*) FROM bot_inbox WHERE payload IS NULL") == 2


async def test_dead_letters_stay_seven_days(connection: Connection) -> None:
    for days_ago in (0, 6, 8):
        await give_up_update(connection, days_ago)
    assert (await forget_chats(connection, NOW)).dead_letters == 1


async def test_refusals_and_what_nobody_sends_any_more_stay_eight_days(connection: Connection) -> None:
    for days_ago in (0, 8, 9):
        await refuse_message(connection, days_ago)
        await let_message_wait(connection, days_ago)
    assert (await forget_chats(connection, NOW)).refusals == 2
    assert await connection.fetchval("SELECT count(*) FROM bot_outbox WHERE payload IS NOT NULL") == 2


async def test_nothing_to_forget_is_nothing_done(connection: Connection) -> None:
    assert await forget_chats(connection, NOW) == NOTHING


async def is_key_on_disk(connection: Connection) -> bool:
    await connection.execute("CHECKPOINT")
    file = await connection.fetchval("SELECT pg_read_binary_file(pg_relation_filepath('rater_keys'))")
    return file is not None and KEY in file


async def test_a_destroyed_key_leaves_the_tables_file_too(database_url: str) -> None:
    connection = await open_connection(database_url)
    await insert_rater_key(connection, "2026Q2", KEY, date(2026, 7, 31))
    await insert_rater_key(connection, "2026Q4", bytes(32), date(2027, 1, 31))
    assert await is_key_on_disk(connection)
    assert (await forget_chats(connection, NOW)).rater_keys == 1
    assert not await is_key_on_disk(connection)
    assert await connection.fetchval("SELECT quarter FROM rater_keys") == "2026Q4"
    assert await forget_chats(connection, NOW) == NOTHING
    await connection.close()
