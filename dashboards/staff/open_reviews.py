"""Reads the reviews that somebody's reach covers, with rounded counts of what they are about: never rows or scores.

Reviews and votes are held back by the second wall and read before it; the counts are read behind it where there is one.
"""

from collections.abc import Sequence

import msgspec

from dashboards.disclosure.groups import release_count
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection
from feedback.tables.exclusions import count_counted_ratings, select_served_units
from feedback.tables.score_reviews import ReviewVote, ScoreReview, select_reviews, select_votes
from feedback.tables.staff_views import (
    OfficialName,
    ProcedureName,
    select_officials_by_id,
    select_procedure_names,
)

COUNTED_CLASSES = ("A", "B", "C")
Waiting = tuple[Sequence[ScoreReview], Sequence[ReviewVote]]


class ReviewedClass(msgspec.Struct, frozen=True):
    """`n` is rounded to 5; None is fewer than 10."""

    proof_class: str
    n: int | None


class OpenReview(msgspec.Struct, frozen=True):
    """`procedure` is None for a review about all procedures."""

    review: ScoreReview
    official: OfficialName
    procedure: ProcedureName | None
    classes: tuple[ReviewedClass, ...]
    votes: tuple[ReviewVote, ...]


async def read_open_reviews(connection: Connection) -> list[OpenReview]:
    """All of them, for the operator."""
    return await describe_reviews(connection, await read_waiting(connection), EVERYWHERE)


async def read_waiting(connection: Connection) -> Waiting:
    """What nobody has decided yet, oldest first, with the votes so far."""
    reviews = await select_reviews(connection, state="open")
    return reviews, await select_votes(connection, [review.review_id for review in reviews])


async def describe_reviews(connection: Connection, waiting: Waiting, reach: Reach) -> list[OpenReview]:
    """Those within reach, as who decides on them may see them."""
    reviews, votes = waiting
    shown = [review for review in reviews if await is_within(connection, review, reach)]
    names = await select_officials_by_id(connection, [review.official_id for review in shown])
    return [
        OpenReview(
            review,
            names[review.official_id],
            await find_procedure(connection, review.procedure_code),
            await count_classes(connection, review),
            tuple(vote for vote in votes if vote.review_id == review.review_id),
        )
        for review in shown
    ]


async def is_within(connection: Connection, review: ScoreReview, reach: Reach) -> bool:
    """Whether every unit lies within reach from which the review could set ratings aside."""
    if reach.everywhere:
        return True
    units = await select_served_units(connection, review.official_id)
    return bool(units) and all(reach.covers(unit.code, unit.place_code, unit.province_code) for unit in units)


async def find_procedure(connection: Connection, code: str) -> ProcedureName | None:
    names = await select_procedure_names(connection, [code]) if code else []
    return names[0] if names else None


async def count_classes(connection: Connection, review: ScoreReview) -> tuple[ReviewedClass, ...]:
    """Every class that can count, so that a missing one tells nothing."""
    counts = await count_counted_ratings(connection, review)
    return tuple(ReviewedClass(name, release_count(counts.get(name, 0))) for name in COUNTED_CLASSES)
