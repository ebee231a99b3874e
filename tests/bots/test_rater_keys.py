import asyncio
from datetime import date, timedelta

import pytest

from bots.rater_keys import RaterKeys, learn_rater_keys, read_quarter
from feedback.database import Connection, open_connection
from feedback.tables.rater_keys import destroy_rater_keys
from surveys.codes import TOKEN_LENGTH

SECRET = "s" * 32
LAST_OF_THIRD = date(2026, 9, 30)
FIRST_OF_FOURTH = date(2026, 10, 1)
END_OF_THIRD_KEY = date(2026, 10, 31)  # 1 October and 30 days


@pytest.mark.parametrize(
    ("day", "quarter", "after"),
    [
        (date(2026, 1, 1), "2026Q1", date(2026, 4, 1)),
        (date(2026, 6, 30), "2026Q2", date(2026, 7, 1)),
        (date(2026, 9, 30), "2026Q3", date(2026, 10, 1)),
        (date(2026, 12, 31), "2026Q4", date(2027, 1, 1)),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: str, after: date) -> None:
    assert read_quarter(day) == (quarter, after)


async def test_a_chat_has_one_hash_in_a_quarter_and_none_in_common_with_another_chat(connection: Connection) -> None:
    keys = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    again = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD - timedelta(days=80))
    assert keys.hash_chat(2, 7001) == again.hash_chat(2, 7001)
    assert len(keys.hash_chat(2, 7001)[0]) == 32
    others = [keys.hash_chat(2, 7002), keys.hash_chat(5, 7001)]
    assert keys.hash_chat(2, 7001) not in others


async def test_a_new_quarter_has_a_new_key_and_the_old_hash_is_still_found(connection: Connection) -> None:
    old = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    new = await learn_rater_keys(connection, SECRET, FIRST_OF_FOURTH)
    newest, oldest = new.hash_chat(2, 7001)
    assert [oldest] == old.hash_chat(2, 7001)
    assert newest != oldest


async def test_a_key_ends_thirty_days_after_its_quarter(connection: Connection) -> None:
    old = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    eve = await learn_rater_keys(connection, SECRET, END_OF_THIRD_KEY - timedelta(days=1))
    assert len(eve.hash_chat(2, 7001)) == 2
    assert len((await learn_rater_keys(connection, SECRET, END_OF_THIRD_KEY)).hash_chat(2, 7001)) == 1
    assert await destroy_rater_keys(connection, END_OF_THIRD_KEY - timedelta(days=1)) == 0
    assert await destroy_rater_keys(connection, END_OF_THIRD_KEY) == 1
    anew = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    assert not set(anew.hash_chat(2, 7001)) & set(old.hash_chat(2, 7001))


async def test_neither_half_of_the_key_is_enough(connection: Connection) -> None:
    keys = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    other_secret = await learn_rater_keys(connection, "t" * 32, LAST_OF_THIRD)
    await destroy_rater_keys(connection, date(2030, 1, 1))
    other_row = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    assert len({known.hash_chat(2, 7001)[0] for known in (keys, other_secret, other_row)}) == 3


async def test_a_person_has_one_token_a_day_for_each_official(connection: Connection) -> None:
    keys = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    same_day = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    day_before = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD - timedelta(days=1))
    token = keys.make_daily_token(2, 7001, 1, "official 3")
    assert len(token) == TOKEN_LENGTH
    assert token == same_day.make_daily_token(2, 7001, 1, "official 3")
    others = {
        day_before.make_daily_token(2, 7001, 1, "official 3"),
        keys.make_daily_token(2, 7002, 1, "official 3"),
        keys.make_daily_token(2, 7001, 2, "official 3"),
        keys.make_daily_token(2, 7001, 1, "official 4"),
        keys.make_daily_token(2, 7001, 1, "desk 3"),
        keys.make_token(2, 7001, "1"),
    }
    assert len({token, *others}) == 7


async def test_what_is_worked_off_after_the_quarters_last_midnight_keeps_its_token(connection: Connection) -> None:
    before = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    await learn_rater_keys(connection, SECRET, FIRST_OF_FOURTH)
    after = await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
    assert len(after.by_quarter) == 2
    assert before.make_daily_token(2, 7001, 1, "desk 3") == after.make_daily_token(2, 7001, 1, "desk 3")
    assert before.make_token(2, 7001, "12") == after.make_token(2, 7001, "12")


async def test_two_programs_that_begin_a_quarter_at_once_agree_on_its_key(database_url: str) -> None:
    async def learn() -> RaterKeys:
        connection = await open_connection(database_url)
        try:
            return await learn_rater_keys(connection, SECRET, LAST_OF_THIRD)
        finally:
            await connection.close()

    learned = await asyncio.gather(*(learn() for _ in range(4)))
    assert len({known.hash_chat(2, 7001)[0] for known in learned}) == 1
