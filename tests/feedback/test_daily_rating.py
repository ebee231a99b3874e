import asyncio
import itertools
import os
from datetime import date, timedelta

import msgspec

from feedback.check import check_store
from feedback.database import Connection, Pool, open_pool
from feedback.record_response import LONGEST_CHAIN, Intake, Outcome, store_submissions
from feedback.submissions import DailyRating, Revision
from feedback.tables.chains import select_chains
from feedback.tables.desk_views import select_desk_view
from feedback.tables.responses import Response, select_chain
from surveys.errors import AlreadyRatedError, TooManyRequestsError
from tests.factories import NOW, make_rating
from tests.world import BUSY_DESK, make_world

TODAY = b"today" + bytes(27)
TOMORROW = b"tomorrow" + bytes(24)


SECONDS = itertools.count()


def rate(score: int, **changes: object) -> DailyRating:
    """What the same person says of the same official on the same day, each time a second later."""
    usual = {"token_hash": TODAY, "received_at": NOW + timedelta(seconds=next(SECONDS)), "proof_class": b"B"}
    return DailyRating(make_rating(score=score, channel=2, **{**usual, **changes}), os.urandom(32))


async def store(connection: Connection, *submissions: Response | Revision | DailyRating) -> list[Outcome]:
    return await store_submissions(connection, submissions)


async def count(connection: Connection) -> tuple[int, ...]:
    """How many ratings of 1, 2, 3, 4, 5 the daily counts hold."""
    row = await connection.fetchrow("SELECT sum(n1), sum(n2), sum(n3), sum(n4), sum(n5) FROM daily_counts")
    assert row is not None
    return tuple(int(value or 0) for value in row)


async def list_scores(connection: Connection, token_hash: bytes = TODAY) -> list[int]:
    return [row.score for row in await select_chain(connection, 1, token_hash)]


async def test_a_second_rating_on_the_same_day_takes_the_place_of_the_first(connection: Connection) -> None:
    assert await store(connection, rate(2)) == [None]
    assert await store(connection, rate(5)) == [None]
    assert await count(connection) == (0, 0, 0, 0, 1)
    assert await list_scores(connection) == [2, 5]


async def test_the_same_score_again_is_a_row_that_moves_no_count(connection: Connection) -> None:
    await store(connection, rate(4))
    await store(connection, rate(4))
    assert await count(connection) == (0, 0, 0, 1, 0)
    assert await list_scores(connection) == [4, 4]


async def test_the_first_rating_delivered_again_counts_once(connection: Connection) -> None:
    first = rate(3)
    await store(connection, first)
    await store(connection, first)
    assert await count(connection) == (0, 0, 1, 0, 0)


async def test_a_second_rating_delivered_twice_is_one_row(connection: Connection) -> None:
    again = rate(5)
    await store(connection, rate(1))
    assert await store(connection, again, again) == [None, None]
    assert await store(connection, again) == [None]
    assert await list_scores(connection) == [1, 5]
    assert await count(connection) == (0, 0, 0, 0, 1)


async def test_two_ratings_of_one_day_in_one_group_follow_each_other(connection: Connection) -> None:
    assert await store(connection, rate(1), rate(4), rate(2)) == [None, None, None]
    assert await list_scores(connection) == [1, 4, 2]
    assert await count(connection) == (0, 1, 0, 0, 0)


async def test_another_day_is_another_rating(connection: Connection) -> None:
    tomorrow = rate(5, token_hash=TOMORROW, local_day=date(2026, 11, 21), received_at=NOW + timedelta(days=1))
    assert await store(connection, rate(1), tomorrow) == [None, None]
    assert await count(connection) == (1, 0, 0, 0, 1)
    assert await connection.fetchval("SELECT count(*) FROM daily_counts") == 2


async def test_another_procedure_moves_the_count_to_its_cell(connection: Connection) -> None:
    await store(connection, rate(3, procedure_id=31))
    await store(connection, rate(3, procedure_id=32))
    cells = await connection.fetch("SELECT procedure_id, n3 FROM daily_counts WHERE n3 <> 0")
    assert [(cell["procedure_id"], cell["n3"]) for cell in cells] == [(32, 1)]


async def test_a_rating_after_further_answers_replaces_them_too(connection: Connection) -> None:
    first = rate(2)
    added = Revision(1, TODAY, os.urandom(32), NOW, answers='{"access": 4}', comment="Ghế ít quá")
    await store(connection, first, added)
    await store(connection, rate(4))
    last = (await select_chain(connection, 1, TODAY))[-1]
    assert (last.score, last.answers, last.comment) == (4, None, None)
    assert await count(connection) == (0, 0, 0, 1, 0)


async def test_a_further_answer_in_the_same_group_belongs_to_the_newest_rating(connection: Connection) -> None:
    added = Revision(1, TODAY, os.urandom(32), NOW, answers='{"access": 4}')
    assert await store(connection, rate(2), rate(4), added) == [None, None, None]
    last = (await select_chain(connection, 1, TODAY))[-1]
    assert (last.score, last.answers) == (4, '{"access": 4}')


async def test_nobody_rates_one_official_more_than_forty_times_a_day(connection: Connection) -> None:
    ratings = [rate(1 + number % 5) for number in range(LONGEST_CHAIN + 1)]
    assert await store(connection, *ratings) == [None] * (LONGEST_CHAIN + 1)
    one_more = rate(5)
    assert isinstance((await store(connection, one_more))[0], TooManyRequestsError)
    assert len(await list_scores(connection)) == LONGEST_CHAIN + 1
    assert await count(connection) == (1, 0, 0, 0, 0)  # the 41st was 1 + 40 % 5 = 1
    assert await store(connection, ratings[-1]) == [None]


async def test_a_refusal_leaves_the_others_of_its_group(connection: Connection) -> None:
    page = make_rating(score=5)
    other = msgspec.structs.replace(page, score=1)
    outcomes = await store(connection, page, rate(2), other, rate(3))
    assert [type(outcome) for outcome in outcomes] == [type(None), type(None), AlreadyRatedError, type(None)]
    assert await count(connection) == (0, 0, 1, 0, 1)


async def test_the_rater_turns_out_to_be_a_business_and_answers_of_citizens_go(connection: Connection) -> None:
    answered = Revision(1, TODAY, os.urandom(32), NOW, answers='{"access": 4}', comment="Ghế ít quá")
    business = Revision(1, TODAY, os.urandom(32), NOW, survey_id=2)
    await store(connection, rate(4), answered, business)
    last = (await select_chain(connection, 1, TODAY))[-1]
    assert (last.survey_id, last.score, last.answers, last.comment) == (2, 4, None, "Ghế ít quá")
    cells = await connection.fetch("SELECT survey_id, n4 FROM daily_counts WHERE n4 <> 0")
    assert [(cell["survey_id"], cell["n4"]) for cell in cells] == [(2, 1)]


async def test_the_same_survey_again_keeps_the_answers(connection: Connection) -> None:
    answered = Revision(1, TODAY, os.urandom(32), NOW, answers='{"access": 4}')
    same = Revision(1, TODAY, os.urandom(32), NOW, survey_id=1)
    await store(connection, rate(4), answered, same)
    assert (await select_chain(connection, 1, TODAY))[-1].answers == '{"access": 4}'


async def test_answers_for_the_new_survey_come_with_it(connection: Connection) -> None:
    answered = Revision(1, TODAY, os.urandom(32), NOW, answers='{"access": 4}')
    business = Revision(1, TODAY, os.urandom(32), NOW, survey_id=2, answers='{"time_cost": 2}')
    await store(connection, rate(4), answered, business)
    last = (await select_chain(connection, 1, TODAY))[-1]
    assert (last.survey_id, last.answers) == (2, '{"time_cost": 2}')


async def test_many_chains_are_read_at_once_each_in_its_order(connection: Connection) -> None:
    other = make_rating(score=3)
    elsewhere = make_rating(unit_id=2, token_hash=TODAY, score=1)
    await store(connection, rate(1), rate(2), other, elsewhere, rate(5))
    receipts = [(2, TODAY), (1, TODAY), (1, other.token_hash), (1, b"x" * 32), (2, other.token_hash)]
    chains = await select_chains(connection, receipts)
    assert {key: [row.score for row in chain] for key, chain in chains.items()} == {
        (2, TODAY): [1],
        (1, TODAY): [1, 2, 5],
        (1, other.token_hash): [3],
    }
    assert chains[1, TODAY] == await select_chain(connection, 1, TODAY)


async def test_a_later_row_is_no_receipt_of_its_own(connection: Connection) -> None:
    again = rate(5)
    await store(connection, rate(1), again)
    assert await select_chains(connection, [(1, again.again_hash)]) == {}


async def test_presses_at_two_doors_at_once_end_in_one_rating_and_a_sound_store(database_url: str) -> None:
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        await make_world(connection)
        desk = await select_desk_view(connection, BUSY_DESK, NOW.date())
    assert desk is not None
    ids = {"unit_id": desk.unit_id, "desk_id": desk.desk_id, "official_id": desk.officials[0].official_id}
    ids |= {"title_id": desk.officials[0].title_id, "procedure_id": desk.procedures[0].procedure_id}
    await store_at_both(pool, [rate(1 + number % 5, **ids) for number in range(20)])
    async with pool.acquire() as connection:
        assert sum(await count(connection)) == 1
        assert len(await list_scores(connection)) == 20
        assert await check_store(connection) == []
    await pool.close()


async def store_at_both(pool: Pool, ratings: list[DailyRating]) -> None:
    """As two programs do, each for every other rating."""
    doors = [Intake(pool), Intake(pool)]
    await asyncio.gather(*(doors[number % 2].record_response(rating) for number, rating in enumerate(ratings)))
