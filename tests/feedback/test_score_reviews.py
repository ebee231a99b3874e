"""An official asks, two other persons decide."""

import unicodedata
from datetime import date, timedelta
from hashlib import sha256

import asyncpg
import pytest

from feedback.database import Connection
from feedback.score_reviews import LONGEST_REASON, MOST_OPEN, Voter, check_review, list_running_quarters, read_verdict
from feedback.tables.accounts import insert_account
from feedback.tables.releases import Release, insert_release
from feedback.tables.score_reviews import select_review, select_reviews, select_votes
from surveys.errors import ReviewRefusedError, UnknownReviewError, VoteRefusedError
from tests.factories import NOW
from tests.feedback.review_stage import (
    FIRST,
    LAST_WEEK,
    SECOND,
    THIRD,
    TODAY,
    ask,
    make_request,
    make_reviewed_world,
    rate_official,
    vote,
)


@pytest.fixture
async def ids(connection: Connection) -> dict[str, int]:
    return await make_reviewed_world(connection)


async def refused(connection: Connection, ids: dict[str, int], **changes: object) -> str:
    """The reason for which this request is refused; nothing is stored then."""
    with pytest.raises(ReviewRefusedError) as caught:
        await ask(connection, ids, **changes)
    assert await select_reviews(connection) == []
    return str(caught.value.details["reason"])


async def refused_vote(connection: Connection, review_id: int, voter: Voter, **more: str) -> str:
    before = await select_votes(connection, [review_id])
    with pytest.raises(VoteRefusedError) as caught:
        await vote(connection, review_id, voter, **more)  # pyright: ignore[reportArgumentType] (a verdict or a reason)
    assert await select_votes(connection, [review_id]) == before
    return str(caught.value.details["reason"])


async def test_a_request_is_stored_and_waits(connection: Connection, ids: dict[str, int]) -> None:
    review_id = await ask(connection, ids, procedure_code="1.001193")
    [known] = await select_reviews(connection, official_id=ids["demo-1"], state="open")
    assert (known.review_id, known.state, known.ended_on, known.excluded) == (review_id, "open", None, None)


async def test_the_same_request_twice_is_one_review(connection: Connection, ids: dict[str, int]) -> None:
    assert await ask(connection, ids) == await ask(connection, ids, reason="  Quầy đóng cửa hôm ấy. ")
    assert len(await select_reviews(connection)) == 1


async def test_personal_data_never_reach_the_store(connection: Connection, ids: dict[str, int]) -> None:
    await ask(connection, ids, reason="Bà ấy gọi từ số 0912 345 678 để dọa.")
    [known] = await select_reviews(connection)
    assert "0912" not in known.reason
    assert "để dọa" in known.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"first_day": LAST_WEEK + timedelta(days=1)}, "review-days-reversed"),
        ({"first_day": date(2026, 9, 30)}, "review-two-quarters"),
        ({"last_day": TODAY}, "review-day-not-over"),
        ({"reason": "   "}, "review-reason-missing"),
        ({"reason": "a" * (LONGEST_REASON + 1)}, "review-reason-long"),
        ({"procedure_code": "9.999999"}, "review-procedure-unknown"),
        ({"first_day": date(2026, 6, 1), "last_day": date(2026, 6, 2)}, "review-quarter-unknown"),
        ({"first_day": date(2027, 1, 4), "last_day": date(2027, 1, 4)}, "review-day-not-over"),
    ],
)
async def test_bad_requests_are_refused_with_their_reason(
    connection: Connection, ids: dict[str, int], changes: dict[str, object], reason: str
) -> None:
    assert await refused(connection, ids, **changes) == reason


def test_both_ends_of_a_quarter_belong_to_it() -> None:
    check_review(
        make_request({"demo-1": 1}, first_day=date(2026, 7, 1), last_day=date(2026, 9, 30), reason="a" * LONGEST_REASON)
    )


def test_the_running_quarters_are_this_one_and_the_one_that_waits_for_its_release() -> None:
    assert list_running_quarters(date(2026, 11, 21)) == {(2026, 4), (2026, 3)}
    assert list_running_quarters(date(2026, 1, 1)) == {(2026, 1), (2025, 4)}


async def test_a_released_quarter_counts_only_where_it_holds_the_official(
    connection: Connection, ids: dict[str, int]
) -> None:
    digest = sha256(b"").digest()
    release = Release("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), 0, "2026.1", "{}", digest, digest, 0, 0, NOW)
    release_id = await insert_release(connection, release)
    days = {"first_day": date(2026, 9, 1), "last_day": date(2026, 9, 2)}
    assert await refused(connection, ids, **days) == "review-quarter-unknown"
    await connection.execute(
        "INSERT INTO release_scores VALUES ($1, 'official', $2, 'p', 1, 1, 'urban', 'none', '{}')",
        release_id,
        ids["demo-1"],
    )
    assert await ask(connection, ids, **days)


async def test_whether_somebody_rated_on_a_day_is_not_to_be_learned_by_asking(
    connection: Connection, ids: dict[str, int]
) -> None:
    await rate_official(connection, ids)
    rated = await ask(connection, ids, first_day=LAST_WEEK, last_day=LAST_WEEK)
    silent = await ask(connection, ids, first_day=LAST_WEEK - timedelta(days=1), last_day=LAST_WEEK - timedelta(days=1))
    assert silent == rated + 1


async def test_open_requests_of_one_official_have_a_limit(connection: Connection, ids: dict[str, int]) -> None:
    for number in range(MOST_OPEN):
        await ask(connection, ids, reason=f"Lý do {number}")
    with pytest.raises(ReviewRefusedError, match="review-too-many"):
        await ask(connection, ids, reason="Thêm một lý do")
    assert await ask(connection, ids, official_id=ids["demo-2"])


async def test_one_vote_decides_nothing_and_two_alike_do(connection: Connection, ids: dict[str, int]) -> None:
    review_id = await ask(connection, ids)
    assert (await vote(connection, review_id, FIRST, "refuse")).state == "open"
    ended = await vote(connection, review_id, SECOND, "refuse")
    assert (ended.state, ended.ended_on, ended.excluded) == ("refused", TODAY, None)
    assert await select_review(connection, review_id) == ended


@pytest.mark.parametrize(("third", "state"), [("grant", "granted"), ("refuse", "refused")])
async def test_a_third_vote_breaks_a_tie(connection: Connection, ids: dict[str, int], third: str, state: str) -> None:
    review_id = await ask(connection, ids)
    await vote(connection, review_id, FIRST, "grant")
    assert (await vote(connection, review_id, SECOND, "refuse")).state == "open"
    assert (await vote(connection, review_id, THIRD, read_verdict(third))).state == state


async def test_nobody_votes_twice_however_the_name_is_written(connection: Connection, ids: dict[str, int]) -> None:
    review_id = await ask(connection, ids)
    await vote(connection, review_id, FIRST)
    spread = FIRST.name.replace(" ", "  ")
    for name in (f" {FIRST.name.upper()} ", unicodedata.normalize("NFD", FIRST.name), spread):
        assert await refused_vote(connection, review_id, Voter(name)) == "vote-twice"


async def test_the_database_itself_takes_one_vote_of_a_name(connection: Connection, ids: dict[str, int]) -> None:
    review_id = await ask(connection, ids)
    await vote(connection, review_id, FIRST)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO review_votes SELECT * FROM review_votes")


async def test_nobody_decides_on_their_own_request(connection: Connection, ids: dict[str, int]) -> None:
    review_id = await ask(connection, ids)
    await insert_account(connection, "nguyen.mau", "Nguyễn Văn Mẫu (mẫu)", NOW, official_id=ids["demo-1"])
    own = Voter("khác tên", official_id=ids["demo-1"])
    for voter in (own, Voter("nguyễn văn mẫu (mẫu)"), Voter("Nguyen.Mau"), Voter("demo-1"), Voter("Cán bộ mẫu 1")):
        assert await refused_vote(connection, review_id, voter) == "vote-own"
    assert (await vote(connection, review_id, Voter("khác tên", official_id=ids["demo-2"]))).state == "open"


async def test_bad_votes_are_refused_with_their_reason(connection: Connection, ids: dict[str, int]) -> None:
    review_id = await ask(connection, ids)
    assert await refused_vote(connection, review_id, FIRST, reason=" ") == "vote-reason-missing"
    assert await refused_vote(connection, review_id, FIRST, reason="a" * 2001) == "vote-reason-long"
    assert await refused_vote(connection, review_id, Voter("  ")) == "vote-nameless"
    await vote(connection, review_id, FIRST)
    await vote(connection, review_id, SECOND)
    assert await refused_vote(connection, review_id, THIRD) == "vote-ended"
    with pytest.raises(UnknownReviewError):
        await vote(connection, review_id + 1, FIRST)
    with pytest.raises(VoteRefusedError, match="vote-unknown"):
        read_verdict("maybe")
