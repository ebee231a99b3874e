import asyncio
import os
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest

from feedback.database import Connection, open_pool
from feedback.record_response import Intake, store_submissions
from feedback.submissions import Revision
from feedback.tables.responses import Response, forget_exact_times, select_chain
from surveys.errors import (
    AlreadyRatedError,
    ChangeWindowClosedError,
    StoreUnavailableError,
    UnknownReceiptError,
)
from tests.factories import NOW, make_rating


async def count(connection: Connection) -> tuple[int, ...]:
    """How many ratings of 1, 2, 3, 4, 5 the daily counts hold."""
    row = await connection.fetchrow("SELECT sum(n1), sum(n2), sum(n3), sum(n4), sum(n5) FROM daily_counts")
    assert row is not None
    return tuple(int(value or 0) for value in row)


def revise(rating: Response, **changes: object) -> Revision:
    return Revision(
        unit_id=rating.unit_id,
        receipt_hash=rating.token_hash,
        token_hash=os.urandom(32),
        received_at=NOW + timedelta(minutes=5),
        **changes,  # pyright: ignore[reportArgumentType]
    )


async def test_a_rating_is_stored_numbered_and_counted(connection: Connection) -> None:
    assert await store_submissions(connection, [make_rating(score=4)]) == [None]
    assert await count(connection) == (0, 0, 0, 1, 0)
    assert await connection.fetchval("SELECT sequence_number FROM responses") == 1


async def test_the_same_token_again_is_the_same_success_and_one_row(connection: Connection) -> None:
    rating = make_rating(score=2)
    assert await store_submissions(connection, [rating, rating]) == [None, None]
    assert await store_submissions(connection, [rating]) == [None]
    assert await count(connection) == (0, 1, 0, 0, 0)


async def test_the_same_token_with_another_score_is_refused_and_the_first_stays(
    connection: Connection,
) -> None:
    rating = make_rating(token_hash=b"t" * 32, score=2)
    other = make_rating(token_hash=b"t" * 32, score=5)
    outcomes = await store_submissions(connection, [rating, other])
    assert outcomes[0] is None
    assert isinstance(outcomes[1], AlreadyRatedError)
    assert isinstance((await store_submissions(connection, [other]))[0], AlreadyRatedError)
    assert await count(connection) == (0, 1, 0, 0, 0)


async def test_a_change_of_mind_moves_the_count_and_keeps_the_old_row(connection: Connection) -> None:
    rating = make_rating(score=1)
    await store_submissions(connection, [rating])
    assert await store_submissions(connection, [revise(rating, score=5)]) == [None]
    assert await count(connection) == (0, 0, 0, 0, 1)
    assert [row.score for row in await select_chain(connection, 1, rating.token_hash)] == [1, 5]


async def test_further_answers_do_not_move_the_count(connection: Connection) -> None:
    rating = make_rating(score=3)
    await store_submissions(connection, [rating])
    await store_submissions(connection, [revise(rating, answers='{"access": 4}', comment="Ghế ít quá")])
    await store_submissions(connection, [revise(rating, score=4)])
    last = (await select_chain(connection, 1, rating.token_hash))[-1]
    assert (last.score, last.answers, last.comment) == (4, '{"access": 4}', "Ghế ít quá")
    assert await count(connection) == (0, 0, 0, 1, 0)


async def test_two_changes_in_one_group_replace_one_after_the_other(connection: Connection) -> None:
    rating = make_rating(score=1)
    await store_submissions(connection, [rating])
    group = [revise(rating, score=2), revise(rating, score=3)]
    assert await store_submissions(connection, group) == [None, None]
    assert await count(connection) == (0, 0, 1, 0, 0)


async def test_a_change_sent_twice_is_one_row(connection: Connection) -> None:
    rating = make_rating()
    change = revise(rating, score=2)
    await store_submissions(connection, [rating])
    assert await store_submissions(connection, [change, change]) == [None, None]
    assert len(await select_chain(connection, 1, rating.token_hash)) == 2


async def test_a_change_after_72_hours_is_refused(connection: Connection) -> None:
    rating = make_rating(received_at=NOW - timedelta(hours=72))
    await store_submissions(connection, [rating])
    outcome = (await store_submissions(connection, [revise(rating, score=1)]))[0]
    assert isinstance(outcome, ChangeWindowClosedError)


async def test_forgetting_the_time_of_day_never_shortens_the_window(connection: Connection) -> None:
    rating = make_rating()  # received at 09:30 on the 20th; the half-day ends at noon
    await store_submissions(connection, [rating])
    assert await forget_exact_times(connection, NOW + timedelta(hours=48)) == 1
    late = NOW + timedelta(hours=72 + 2.5)
    change = Revision(1, rating.token_hash, os.urandom(32), late, score=1)
    too_late = Revision(1, rating.token_hash, os.urandom(32), late + timedelta(seconds=1), score=2)
    outcomes = await store_submissions(connection, [change, too_late])
    assert outcomes[0] is None
    assert isinstance(outcomes[1], ChangeWindowClosedError)


async def test_a_receipt_of_nothing_is_refused(connection: Connection) -> None:
    outcome = (await store_submissions(connection, [revise(make_rating(), score=1)]))[0]
    assert isinstance(outcome, UnknownReceiptError)


async def test_a_receipt_names_nothing_in_another_unit(connection: Connection) -> None:
    rating = make_rating()
    await store_submissions(connection, [rating])
    foreign = Revision(2, rating.token_hash, os.urandom(32), NOW, score=1)
    assert isinstance((await store_submissions(connection, [foreign]))[0], UnknownReceiptError)


async def test_many_callers_at_once_are_each_counted_once_without_gaps(database_url: str) -> None:
    pool = await open_pool(database_url)
    intake = Intake(pool)
    ratings = [make_rating(unit_id=1 + i % 3, score=1 + i % 5) for i in range(1000)]
    await asyncio.gather(*(intake.record_response(rating) for rating in [*ratings, *ratings[:200]]))
    async with pool.acquire() as connection:
        numbers = [row[0] for row in await connection.fetch("SELECT sequence_number FROM responses")]
        assert sorted(numbers) == list(range(1, 1001))
        assert await count(connection) == tuple(Counter(r.score for r in ratings)[s] for s in range(1, 6))
    await pool.close()


async def test_two_programs_on_one_database_give_no_number_twice(database_url: str) -> None:
    pools = [await open_pool(database_url), await open_pool(database_url)]
    intakes = [Intake(pool) for pool in pools]
    ratings = [make_rating() for _ in range(400)]
    await asyncio.gather(*(intakes[i % 2].record_response(rating) for i, rating in enumerate(ratings)))
    async with pools[0].acquire() as connection:
        assert await connection.fetchval("SELECT count(DISTINCT sequence_number) FROM responses") == 400
        assert await connection.fetchval("SELECT max(sequence_number) FROM responses") == 400
    for pool in pools:
        await pool.close()


async def test_one_refused_row_does_not_take_the_others_with_it(database_url: str) -> None:
    pool = await open_pool(database_url)
    intake = Intake(pool)
    good = [make_rating() for _ in range(5)]
    outcomes = await asyncio.gather(
        *(intake.record_response(rating) for rating in [*good, make_rating(score=9)]), return_exceptions=True
    )
    assert outcomes[:5] == [None] * 5
    assert isinstance(outcomes[5], asyncpg.CheckViolationError)
    await pool.close()


async def test_a_database_that_is_away_is_said_so_and_the_door_opens_again(database_url: str) -> None:
    pool = await open_pool(database_url)
    intake = Intake(pool)
    rating = make_rating()
    await pool.close()
    with pytest.raises(StoreUnavailableError):
        await intake.record_response(rating)
    intake.pool = await open_pool(database_url)
    await intake.record_response(rating)
    await intake.pool.close()
