"""What a granted review sets aside: new rows, deltas of counts, nothing twice, and nothing that comes back."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from feedback.check import check_store
from feedback.database import Connection, open_connection, open_pool
from feedback.exclude_ratings import set_aside
from feedback.rebuild import compare_counts
from feedback.record_response import Intake, store_submissions
from feedback.submissions import DailyRating, Revision
from feedback.tables.exclusions import count_counted_ratings, select_served_units
from feedback.tables.responses import Response, select_chain
from feedback.tables.score_reviews import select_review
from surveys.errors import LangNgheError
from tests.factories import make_rating
from tests.feedback.review_stage import (
    FIRST,
    LAST_WEEK,
    SECOND,
    THIRD,
    ask,
    grant,
    make_request,
    make_reviewed_world,
    rate_official,
    vote,
)

IN_TIME = datetime(2026, 11, 14, 2, 0, tzinfo=UTC)  # the day after LAST_WEEK, within 72 hours


@pytest.fixture
async def alone(database_url: str) -> AsyncIterator[Connection]:
    """A connection outside any transaction, as a check of the store needs it."""
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


async def count_by_class(connection: Connection) -> dict[str, tuple[int, ...]]:
    """Ratings of 1 and of 5 in the daily counts, by proof class."""
    rows = await connection.fetch(
        "SELECT proof_class, sum(n1) AS ones, sum(n5) AS fives FROM daily_counts GROUP BY 1 HAVING sum(n1 + n5) > 0"
    )
    return {row["proof_class"].decode(): (row["ones"], row["fives"]) for row in rows}


def change(rating: Response, score: int) -> Revision:
    return Revision(rating.unit_id, rating.token_hash, os.urandom(32), IN_TIME, score=score)


async def test_granted_ratings_leave_their_counts_and_stay_in_the_store(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    [rating] = await rate_official(connection, ids)
    await rate_official(connection, ids, official="demo-2", score=5)
    review_id = await ask(connection, ids)
    assert (await grant(connection, review_id)).excluded == 1
    assert await count_by_class(connection) == {"A": (0, 1), "X": (1, 0)}
    old, new = await select_chain(connection, rating.unit_id, rating.token_hash)
    assert old == rating
    assert new == set_aside(rating, review_id)
    assert (new.proof_class, new.supersedes, new.score, new.received_at) == (b"X", rating.token_hash, 1, None)
    known = await connection.fetch("SELECT * FROM exclusions")
    assert [(row["unit_id"], row["token_hash"], row["review_id"]) for row in known] == [
        (rating.unit_id, new.token_hash, review_id)
    ]


async def test_the_store_is_sound_after_an_exclusion(alone: Connection) -> None:
    connection = alone
    ids = await make_reviewed_world(connection)
    for _ in range(3):
        await rate_official(connection, ids, count=2)
    await grant(connection, await ask(connection, ids))
    assert await check_store(connection) == []
    assert (await compare_counts(connection))[1].height == 0
    numbers = [row[0] for row in await connection.fetch("SELECT sequence_number FROM responses ORDER BY 1")]
    assert numbers == list(range(1, 13))


async def test_only_the_days_procedure_and_official_asked_for_are_set_aside(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    await rate_official(connection, ids, score=5, local_day=LAST_WEEK + timedelta(days=1))
    await rate_official(connection, ids, score=5, local_day=LAST_WEEK - timedelta(days=5))
    await rate_official(connection, ids, score=5, procedure_id=ids["1.000894"])
    await rate_official(connection, ids, score=5, procedure_id=0)
    await rate_official(connection, ids, score=5, official="demo-2")
    await rate_official(connection, ids, local_day=LAST_WEEK - timedelta(days=4))
    await rate_official(connection, ids, proof_class=b"C")
    review_id = await ask(connection, ids, procedure_code="1.001193")
    assert (await grant(connection, review_id)).excluded == 2
    assert await count_by_class(connection) == {"A": (0, 5), "X": (2, 0)}


async def test_the_preview_says_what_the_grant_will_do(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    await rate_official(connection, ids, count=3)
    await rate_official(connection, ids, count=2, proof_class=b"C")
    request = make_request(ids)
    assert await count_counted_ratings(connection, request) == {"A": 3, "C": 2}
    await grant(connection, await ask(connection, ids))
    assert await count_counted_ratings(connection, request) == {}


async def test_of_a_changed_rating_only_its_newest_row_is_set_aside(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    [rating] = await rate_official(connection, ids)
    await store_submissions(connection, [change(rating, 5)])
    assert (await grant(connection, await ask(connection, ids))).excluded == 1
    assert await count_by_class(connection) == {"X": (0, 1)}
    assert [row.proof_class for row in await select_chain(connection, rating.unit_id, rating.token_hash)] == [
        b"A",
        b"A",
        b"X",
    ]


async def test_a_change_of_mind_after_the_exclusion_is_kept_and_stays_set_aside(alone: Connection) -> None:
    connection = alone
    ids = await make_reviewed_world(connection)
    [rating] = await rate_official(connection, ids)
    await grant(connection, await ask(connection, ids))
    assert await store_submissions(connection, [change(rating, 5)]) == [None]
    assert await count_by_class(connection) == {"X": (0, 1)}
    chain = await select_chain(connection, rating.unit_id, rating.token_hash)
    assert [(row.score, row.proof_class) for row in chain] == [(1, b"A"), (1, b"X"), (5, b"X")]
    assert await check_store(connection) == []


async def test_a_chat_message_of_that_day_that_comes_late_stays_set_aside(alone: Connection) -> None:
    ids = await make_reviewed_world(alone)
    [rating] = await rate_official(alone, ids, proof_class=b"B", channel=2)
    await grant(alone, await ask(alone, ids))
    again = DailyRating(msgspec.structs.replace(rating, score=5), os.urandom(32))
    assert await store_submissions(alone, [again]) == [None]
    assert await count_by_class(alone) == {"X": (0, 1)}
    assert await check_store(alone) == []


async def test_a_rating_is_excluded_once_whatever_is_granted_afterwards(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    [rating] = await rate_official(connection, ids)
    await grant(connection, await ask(connection, ids))
    await store_submissions(connection, [change(rating, 5)])
    again = await grant(connection, await ask(connection, ids, reason="Xin xem lại lần nữa."))
    assert (again.state, again.excluded) == ("granted", 0)
    assert await connection.fetchval("SELECT count(*) FROM exclusions") == 1


async def test_a_refused_review_changes_nothing(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    await rate_official(connection, ids)
    review_id = await ask(connection, ids)
    for voter in (FIRST, SECOND):
        await vote(connection, review_id, voter, "refuse")
    assert await count_by_class(connection) == {"A": (1, 0)}
    assert await connection.fetchval("SELECT count(*) FROM exclusions") == 0


async def test_an_official_is_looked_for_in_every_unit_of_the_past(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    await connection.execute("UPDATE desk_officials SET valid_to = '2026-01-01'")
    [unit] = await select_served_units(connection, ids["demo-1"])
    assert (unit.code, unit.place_code, unit.province_code) == ("32041", "32041", "96")
    await rate_official(connection, ids)
    assert (await grant(connection, await ask(connection, ids))).excluded == 1


async def test_votes_changes_and_ratings_at_once_leave_a_sound_store(database_url: str) -> None:
    """Four voters, two reviews of the same ratings, citizens who rate and change their minds, all at the same time."""
    pool = await open_pool(database_url)
    async with pool.acquire() as connection:
        ids = await make_reviewed_world(connection)
        ratings = await rate_official(connection, ids, count=40)
        reviews = [await ask(connection, ids), await ask(connection, ids, reason="Lý do khác.")]
    intake = Intake(pool)

    async def decide(review_id: int, place: int) -> object:
        async with pool.acquire() as own:
            return await vote(own, review_id, (FIRST, SECOND, THIRD)[place])

    fresh = [make_rating(unit_id=ids["32041"], desk_id=ids["desk 1"], official_id=0, title_id=0, procedure_id=0)]
    said = await asyncio.gather(
        *(decide(review_id, place) for review_id in reviews for place in range(3)),
        *(intake.record_response(change(rating, 5)) for rating in ratings),
        *(intake.record_response(rating) for rating in fresh),
        return_exceptions=True,
    )
    assert {type(error) for error in said if isinstance(error, BaseException)} <= {LangNgheError} | {
        error for error in LangNgheError.__subclasses__() if error.code == "vote-refused"
    }
    async with pool.acquire() as connection:
        ended = [await select_review(connection, review_id) for review_id in reviews]
        assert sorted((review.excluded or 0) if review else -1 for review in ended) == [0, 40]
        assert await connection.fetchval("SELECT count(*) FROM exclusions") == 40
        assert await check_store(connection) == []
        counts = await count_by_class(connection)
        assert counts.keys() == {"C", "X"}
        assert counts["X"] == (0, 40)
    await pool.close()


@pytest.mark.parametrize(("is_late", "score"), [(False, 5), (True, 1)])
async def test_what_comes_while_the_last_vote_waits_is_set_aside_too(
    alone: Connection, database_url: str, *, is_late: bool, score: int
) -> None:
    """A change of a rating that was read already, or one more rating of those days, just before the lock is got."""
    ids = await make_reviewed_world(alone)
    [rating] = await rate_official(alone, ids)
    review_id = await ask(alone, ids)
    await vote(alone, review_id, FIRST)
    other = await open_connection(database_url)
    late = msgspec.structs.replace(rating, token_hash=os.urandom(32))
    async with asyncio.timeout(20):
        async with alone.transaction():
            assert await store_submissions(alone, [late if is_late else change(rating, 5)]) == [None]
            last_vote = asyncio.create_task(vote(other, review_id, SECOND))
            while not await alone.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await asyncio.sleep(0.01)
        assert (await last_vote).excluded == 1 + is_late
    assert (await count_by_class(alone)).keys() == {"X"}
    assert (await select_chain(alone, rating.unit_id, rating.token_hash))[-1].score == score
    assert await check_store(alone) == []
    await other.close()


async def test_a_failure_after_the_exclusion_leaves_neither_half(connection: Connection) -> None:
    ids = await make_reviewed_world(connection)
    await rate_official(connection, ids)
    review_id = await ask(connection, ids)
    await vote(connection, review_id, FIRST)
    await connection.execute("ALTER TABLE score_reviews ADD CHECK (state <> 'granted')")
    with pytest.raises(asyncpg.CheckViolationError):
        await vote(connection, review_id, SECOND)
    assert await count_by_class(connection) == {"A": (1, 0)}
    assert await connection.fetchval("SELECT count(*) FROM exclusions") == 0
