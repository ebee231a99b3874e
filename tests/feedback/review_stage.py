"""What tests of reviews share: the small world, ratings of one demo official, and readable requests and votes."""

from datetime import date, timedelta

import msgspec

from feedback.database import Connection
from feedback.record_response import store_submissions
from feedback.score_reviews import Voter, ask_review, vote_on_review
from feedback.tables.responses import Response
from feedback.tables.score_reviews import ScoreReview, Verdict
from tests.factories import make_rating
from tests.world import make_world

TODAY = date(2026, 11, 21)
LAST_WEEK = date(2026, 11, 13)  # a Friday of the running quarter
FIRST, SECOND, THIRD = (Voter(f"Người xét {place} (mẫu)") for place in ("một", "hai", "ba"))


async def find_ids(connection: Connection) -> dict[str, int]:
    """Ids of the small world by code; desks by "desk 1"."""
    rows = await connection.fetch(
        "SELECT code, official_id AS id FROM officials UNION ALL SELECT code, procedure_id FROM procedures"
        " UNION ALL SELECT code, unit_id FROM units UNION ALL SELECT 'desk ' || number, desk_id FROM desks"
        " UNION ALL SELECT code, title_id FROM titles"
    )
    return {row["code"]: row["id"] for row in rows}


async def make_reviewed_world(connection: Connection) -> dict[str, int]:
    await make_world(connection)
    return await find_ids(connection)


async def rate_official(
    connection: Connection, ids: dict[str, int], *, count: int = 1, official: str = "demo-1", **changes: object
) -> list[Response]:
    """Ratings of one last week, stored and counted."""
    rating = make_rating(
        unit_id=ids["32041"],
        desk_id=ids["desk 1"],
        official_id=ids[official],
        title_id=ids["reception"],
        procedure_id=ids["1.001193"],
        local_day=LAST_WEEK,
        received_at=None,
        proof_class=b"A",
        score=1,
    )
    made = [msgspec.structs.replace(rating, token_hash=make_rating().token_hash, **changes) for _ in range(count)]
    assert await store_submissions(connection, made) == [None] * count
    return made


def make_request(ids: dict[str, int], **changes: object) -> ScoreReview:
    """All ratings of demo-1 in the week of LAST_WEEK."""
    request = ScoreReview(
        official_id=ids["demo-1"],
        first_day=LAST_WEEK - timedelta(days=4),
        last_day=LAST_WEEK,
        procedure_code="",
        reason="Quầy đóng cửa hôm ấy.",
        asked_on=TODAY,
    )
    return msgspec.structs.replace(request, **changes)


async def ask(connection: Connection, ids: dict[str, int], **changes: object) -> int:
    return await ask_review(connection, make_request(ids, **changes))


async def vote(
    connection: Connection, review_id: int, voter: Voter, verdict: Verdict = "grant", reason: str = "Đã xem sổ trực."
) -> ScoreReview:
    return await vote_on_review(connection, review_id, voter, verdict, reason, TODAY)


async def grant(connection: Connection, review_id: int) -> ScoreReview:
    await vote(connection, review_id, FIRST)
    return await vote(connection, review_id, SECOND)
