"""Reviews of ratings: an official asks with a reason, two other persons decide. What they grant is set aside."""

import unicodedata
from collections import Counter
from datetime import date, timedelta
from typing import cast, get_args

import msgspec

from feedback.database import Connection
from feedback.exclude_ratings import exclude_ratings
from feedback.tables.dossier_desks import select_procedure_codes
from feedback.tables.releases import select_entity_scores, select_releases
from feedback.tables.score_reviews import (
    ReviewVote,
    ScoreReview,
    State,
    Verdict,
    end_review,
    insert_review,
    insert_vote,
    lock_official,
    lock_review,
    select_own_names,
    select_reviews,
    select_votes,
)
from surveys.errors import ReviewRefusedError, UnknownReviewError, VoteRefusedError
from surveys.personal_data import hide_personal_data

LONGEST_REASON = 2_000
DECIDING_VOTES = 2
MOST_OPEN = 10
ENDS: dict[Verdict, State] = {"grant": "granted", "refuse": "refused"}


class Voter(msgspec.Struct, frozen=True):
    """`name` is what a person signs in with, or gave at the command line; `official_id` is set where rated too."""

    name: str
    official_id: int | None = None


def check_review(review: ScoreReview) -> None:
    """What the request itself says; raises ReviewRefusedError."""
    if review.first_day > review.last_day:
        raise ReviewRefusedError(reason="review-days-reversed")
    if find_quarter(review.first_day) != find_quarter(review.last_day):
        raise ReviewRefusedError(reason="review-two-quarters")
    # A day that is over gets no new rating, and a chat rating of it can no longer be given anew.
    if review.last_day >= review.asked_on:
        raise ReviewRefusedError(reason="review-day-not-over")
    if not review.reason:
        raise ReviewRefusedError(reason="review-reason-missing")
    if len(review.reason) > LONGEST_REASON:
        raise ReviewRefusedError(reason="review-reason-long", longest=LONGEST_REASON)


async def ask_review(connection: Connection, review: ScoreReview) -> int:
    """The number of the review; the same request while it is open is the same review. Raises ReviewRefusedError.

    Personal data are hidden from the reason before it is stored, as from every comment.
    """
    asked = msgspec.structs.replace(review, reason=hide_personal_data(review.reason.strip()).text)
    check_review(asked)
    async with connection.transaction():
        await lock_official(connection, asked.official_id)
        still_open = await select_reviews(connection, official_id=asked.official_id, state="open")
        same = [known.review_id for known in still_open if is_same_request(known, asked)]
        if same:
            return same[0]
        if len(still_open) >= MOST_OPEN:
            raise ReviewRefusedError(reason="review-too-many", most=MOST_OPEN)
        await check_against_store(connection, asked)
        return await insert_review(connection, asked)


def is_same_request(known: ScoreReview, asked: ScoreReview) -> bool:
    names = ("first_day", "last_day", "procedure_code", "reason")
    return all(getattr(known, name) == getattr(asked, name) for name in names)


async def check_against_store(connection: Connection, review: ScoreReview) -> None:
    """Whether the procedure exists and the quarter holds ratings of the official; raises ReviewRefusedError.

    The days themselves are never looked into: an answer would tell on which of them somebody rated.
    """
    code = review.procedure_code
    if code and code not in await select_procedure_codes(connection, [code]):
        raise ReviewRefusedError(reason="review-procedure-unknown")
    releases = await select_releases(connection)
    known = [release for release in releases if release.first_day <= review.first_day <= release.last_day]
    if known:
        scores = await select_entity_scores(connection, "official", review.official_id)
        has_ratings = any(score.release_id == known[0].release_id for score in scores)
    else:
        has_ratings = find_quarter(review.first_day) in list_running_quarters(review.asked_on)
    if not has_ratings:
        raise ReviewRefusedError(reason="review-quarter-unknown")


def list_running_quarters(day: date) -> set[tuple[int, int]]:
    """That of `day`, and the one before, which waits for its release."""
    first = day.replace(month=3 * find_quarter(day)[1] - 2, day=1)
    return {find_quarter(day), find_quarter(first - timedelta(days=1))}


def find_quarter(day: date) -> tuple[int, int]:
    """Year and quarter, 1 to 4."""
    return day.year, (day.month + 2) // 3


def read_verdict(text: str) -> Verdict:
    if text not in get_args(Verdict):
        raise VoteRefusedError(reason="vote-unknown")
    return cast("Verdict", text)


async def vote_on_review(
    connection: Connection, review_id: int, voter: Voter, verdict: Verdict, reason: str, day: date
) -> ScoreReview:
    """The review as it stands after this vote. Raises UnknownReviewError or VoteRefusedError; then nothing changed.

    Two voters who say the same end it; of three, two always do.
    """
    said = hide_personal_data(reason.strip()).text
    async with connection.transaction():
        review = await lock_review(connection, review_id)
        if review is None:
            raise UnknownReviewError(review=review_id)
        votes = await select_votes(connection, [review_id])
        own_names = await select_own_names(connection, review.official_id)
        check_vote(review, votes, own_names, voter, said)
        await insert_vote(connection, ReviewVote(review_id, voter.name, verdict, said, day))
        verdicts = Counter([verdict, *(known.verdict for known in votes)])
        return await settle(connection, review, verdict, day) if verdicts[verdict] >= DECIDING_VOTES else review


def check_vote(review: ScoreReview, votes: list[ReviewVote], own_names: list[str], voter: Voter, reason: str) -> None:
    """Raises VoteRefusedError."""
    name = fold_name(voter.name)
    if review.state != "open":
        raise VoteRefusedError(reason="vote-ended")
    if voter.official_id == review.official_id or name in {fold_name(own) for own in own_names}:
        raise VoteRefusedError(reason="vote-own")
    if name in {fold_name(known.voter) for known in votes}:
        raise VoteRefusedError(reason="vote-twice")
    if not name:
        raise VoteRefusedError(reason="vote-nameless")
    if not reason:
        raise VoteRefusedError(reason="vote-reason-missing")
    if len(reason) > LONGEST_REASON:
        raise VoteRefusedError(reason="vote-reason-long", longest=LONGEST_REASON)


def fold_name(name: str) -> str:
    """One person is one voter however the name is typed: capitals, blanks, a mark and its letter as one sign or two."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


async def settle(connection: Connection, review: ScoreReview, verdict: Verdict, day: date) -> ScoreReview:
    """End a review as its voters agreed; what was granted is set aside in the same transaction."""
    excluded = await exclude_ratings(connection, review, day) if verdict == "grant" else None
    ended = msgspec.structs.replace(review, state=ENDS[verdict], ended_on=day, excluded=excluded)
    await end_review(connection, ended)
    return ended
