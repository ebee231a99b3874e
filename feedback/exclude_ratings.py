"""Sets ratings aside after a granted review: each gets a new row of proof class X, and nothing is edited or deleted."""

import hashlib
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.exclusions import Exclusion, insert_exclusions, is_still_so, select_counted_ratings
from feedback.tables.responses import SET_ASIDE, Response, insert_responses, lock_sequencer
from feedback.tables.score_reviews import ScoreReview


async def exclude_ratings(connection: Connection, review: ScoreReview, day: date) -> int:
    """Set aside what `review` is about and still counts; how many. Counts move in the same statement.

    Runs inside the caller's transaction. A rating whose newest row is already set aside is left alone, so that it is
    excluded once at most; a change of mind after that copies the class of the row it replaces, and stays set aside.
    """
    # Read before the lock, and after it only where something came between: everybody's ratings wait for the lock, and
    # reading a large unit takes seconds.
    counted = await select_counted_ratings(connection, review)
    if not counted:
        return 0
    await lock_sequencer(connection)
    if not await is_still_so(connection, review, counted):
        counted = await select_counted_ratings(connection, review)
    rows = [set_aside(row, review.review_id) for row in counted]
    if rows:
        await insert_responses(connection, rows)
        await insert_exclusions(
            connection, [Exclusion(row.unit_id, row.token_hash, review.review_id, day) for row in rows]
        )
    return len(rows)


def set_aside(row: Response, review_id: int) -> Response:
    """The row that replaces `row`: the same visit, counted nowhere. Its day of making stands in `exclusions` only."""
    # No token has this hash, so it is nobody's receipt; and the same review makes the same hash again.
    token_hash = hashlib.sha256(b"set aside by review %d" % review_id + row.token_hash).digest()
    return msgspec.structs.replace(
        row, token_hash=token_hash, supersedes=row.token_hash, proof_class=SET_ASIDE, received_at=None
    )
