"""What is new for the evaluation API since it was last asked: releases, and reviews that two persons ended."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection


class NewRelease(msgspec.Struct, frozen=True):
    release_id: int
    code: str
    first_day: date
    last_day: date


class EndedReview(msgspec.Struct, frozen=True):
    """`official` is a code. How many ratings a review took out is not told: a later release carries it."""

    review_id: int
    official: str
    first_day: date
    last_day: date
    state: str
    ended_on: date


SELECT_NEW_RELEASES = """
SELECT release_id, code, first_day, last_day FROM releases WHERE release_id > $1 ORDER BY release_id LIMIT $2
"""
SELECT_ENDED_REVIEWS = """
SELECT v.review_id, o.code AS official, v.first_day, v.last_day, v.state, v.ended_on
FROM score_reviews AS v JOIN officials AS o USING (official_id)
WHERE v.ended_on IS NOT NULL AND v.ended_on < $1 AND (v.ended_on, v.review_id) > ($2::date, $3::integer)
    AND ($4::integer[] IS NULL
        OR EXISTS (SELECT FROM release_scores AS s JOIN releases AS r USING (release_id)
            WHERE s.role = 'official' AND s.entity_id = v.official_id AND s.unit_id = ANY ($4)
                AND r.first_day <= v.last_day AND r.last_day >= v.first_day)
        OR EXISTS (SELECT FROM desk_officials AS d JOIN desks USING (desk_id)
            WHERE d.official_id = v.official_id AND desks.unit_id = ANY ($4)
                AND d.valid_from <= v.last_day AND (d.valid_to IS NULL OR d.valid_to > v.first_day)))
ORDER BY v.ended_on, v.review_id LIMIT $5
"""


async def select_new_releases(connection: Connection, after: int, limit: int) -> list[NewRelease]:
    """In the order in which they were made."""
    return [NewRelease(**dict(row)) for row in await connection.fetch(SELECT_NEW_RELEASES, after, limit)]


async def select_ended_reviews(
    connection: Connection,
    day: date,
    after: tuple[date, int],
    unit_ids: Sequence[int] | None,
    limit: int,
) -> list[EndedReview]:
    """Ended before `day` and after (day, id). A day that is not over may still grow.

    Of whoever was scored, or stood at a desk, in one of these units at the time that the review is about: where the
    person works before or after is no matter of theirs.
    """
    rows = await connection.fetch(SELECT_ENDED_REVIEWS, day, *after, unit_ids, limit)
    return [EndedReview(**dict(row)) for row in rows]
