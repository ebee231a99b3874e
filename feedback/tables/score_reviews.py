"""The tables `score_reviews` and `review_votes`: what officials asked to have reviewed, and who said what of it."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from feedback.database import Connection

Verdict = Literal["grant", "refuse"]
State = Literal["open", "granted", "refused"]


class ScoreReview(msgspec.Struct, frozen=True):
    """Ratings of one official from `first_day` to `last_day`, both included; `procedure_code` is empty for all.

    `excluded` is how many ratings it set aside; it is known once the review was granted, and shown to nobody as it is.
    """

    official_id: int
    first_day: date
    last_day: date
    procedure_code: str
    reason: str
    asked_on: date
    state: State = "open"
    ended_on: date | None = None
    excluded: int | None = None
    review_id: int = 0


class ReviewVote(msgspec.Struct, frozen=True):
    review_id: int
    voter: str
    verdict: Verdict
    reason: str
    voted_on: date


ASKED = ("official_id", "first_day", "last_day", "procedure_code", "reason", "asked_on", "state")
REVIEW = ", ".join(ScoreReview.__struct_fields__)
VOTE = ", ".join(ReviewVote.__struct_fields__)


async def lock_official(connection: Connection, official_id: int) -> None:
    """Held until the transaction ends: one at a time asks for reviews of the same official."""
    await connection.execute("SELECT FROM officials WHERE official_id = $1 FOR NO KEY UPDATE", official_id)


async def insert_review(connection: Connection, review: ScoreReview) -> int:
    """The number it got."""
    places = ", ".join(f"${place}" for place in range(1, len(ASKED) + 1))
    review_id = await connection.fetchval(
        f"INSERT INTO score_reviews ({', '.join(ASKED)}) VALUES ({places}) RETURNING review_id",
        *(getattr(review, name) for name in ASKED),
    )
    return int(review_id or 0)


async def select_reviews(
    connection: Connection, *, official_id: int | None = None, state: State | None = None
) -> list[ScoreReview]:
    """Oldest first; of one official, in one state, or all."""
    rows = await connection.fetch(
        f"SELECT {REVIEW} FROM score_reviews WHERE ($1::integer IS NULL OR official_id = $1)"
        " AND ($2::text IS NULL OR state = $2) ORDER BY review_id",
        official_id,
        state,
    )
    return [ScoreReview(**dict(row)) for row in rows]


async def select_review(connection: Connection, review_id: int) -> ScoreReview | None:
    row = await connection.fetchrow(f"SELECT {REVIEW} FROM score_reviews WHERE review_id = $1", review_id)
    return None if row is None else ScoreReview(**dict(row))


async def lock_review(connection: Connection, review_id: int) -> ScoreReview | None:
    """Held until the transaction ends: one at a time votes on it."""
    row = await connection.fetchrow(f"SELECT {REVIEW} FROM score_reviews WHERE review_id = $1 FOR UPDATE", review_id)
    return None if row is None else ScoreReview(**dict(row))


async def end_review(connection: Connection, review: ScoreReview) -> None:
    await connection.execute(
        "UPDATE score_reviews SET state = $2, ended_on = $3, excluded = $4 WHERE review_id = $1",
        review.review_id,
        review.state,
        review.ended_on,
        review.excluded,
    )


async def insert_vote(connection: Connection, vote: ReviewVote) -> None:
    await connection.execute(
        f"INSERT INTO review_votes ({VOTE}) VALUES ($1, $2, $3, $4, $5)",
        *(getattr(vote, name) for name in ReviewVote.__struct_fields__),
    )


async def select_votes(connection: Connection, review_ids: Sequence[int]) -> list[ReviewVote]:
    """By review, in the order of the voters' names."""
    rows = await connection.fetch(
        f"SELECT {VOTE} FROM review_votes WHERE review_id = ANY ($1::integer[]) ORDER BY review_id, voter",
        list(review_ids),
    )
    return [ReviewVote(**dict(row)) for row in rows]


async def select_own_names(connection: Connection, official_id: int) -> list[str]:
    """Under which names the official concerned might vote: code, name, and how they sign in."""
    rows = await connection.fetch(
        "SELECT code AS name FROM officials WHERE official_id = $1"
        " UNION SELECT display_name FROM officials WHERE official_id = $1"
        " UNION SELECT sign_in_name FROM accounts WHERE official_id = $1"
        " UNION SELECT display_name FROM accounts WHERE official_id = $1",
        official_id,
    )
    return [row["name"] for row in rows]
