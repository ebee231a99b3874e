"""Where other persons decide what officials asked to have reviewed: reasons and rounded counts, never a rating."""

from datetime import date

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.phrases import Phrases
from dashboards.routes import borrow_connection
from dashboards.staff.lost_forms import NOT_NOW
from dashboards.staff.open_reviews import OpenReview, is_within, read_open_reviews
from feedback.api_keys import ApiKey
from feedback.database import Connection
from feedback.score_reviews import DECIDING_VOTES, LONGEST_REASON, Voter, read_verdict, vote_on_review
from feedback.tables.score_reviews import select_review
from feedback.web.api_access import authorize
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render, render_unsent
from surveys.errors import UnknownPageError, VoteRefusedError
from surveys.wording import Wording

PAGE = {"access": "key", "limit": "by key"}
REFUSED, STORED = 409, 201
MOST_DIGITS = 9  # fits an integer


class Problem(msgspec.Struct, frozen=True):
    """What was wrong with a vote on one review, and what had been filled in."""

    review_id: int
    sentence: str
    reason: str


@get("/staff/reviews", opt=PAGE)
async def show_reviews(request: Request) -> Response[bytes]:
    key = await authorize(request, "review")
    async with borrow_connection(request) as connection:
        reviews = await read_open_reviews(connection, key.reach)
    return render_reviews(request, reviews, find_wording(request))


@post("/staff/reviews/{review:str}", opt=PAGE)
async def vote(request: Request, review: FromPath[str]) -> Response[bytes]:
    """A vote that cannot be counted brings the form back as it was filled in."""
    review_id = read_number(review)
    fields = await read_fields(request)
    wording = find_wording(request, take_text(fields, "lang"))
    try:
        key = await authorize(request, "review")
        async with borrow_connection(request) as connection:
            outcome = await try_to_vote(connection, key, review_id, fields, request.app.state.read_day())
            reviews = await read_open_reviews(connection, key.reach)
    except NOT_NOW as error:
        return render_unsent(request, fields, error, wording)
    if isinstance(outcome, VoteRefusedError):
        problem = Problem(review_id, wording.error(outcome), take_text(fields, "reason"))
        return render_reviews(request, reviews, wording, status=REFUSED, problem=problem)
    notice = wording.say(f"staff.reviews.voted.{outcome}", review=review_id)
    return render_reviews(request, reviews, wording, status=STORED, notice=notice)


async def try_to_vote(
    connection: Connection, key: ApiKey, review_id: int, fields: Fields, today: date
) -> str | VoteRefusedError:
    """The state of the review after the vote. Raises UnknownPageError for a review out of reach."""
    review = await select_review(connection, review_id)
    if review is None or not await is_within(connection, review, key.reach):
        raise UnknownPageError
    voter = Voter(key.holder, key.official_id)
    try:
        verdict, reason = read_verdict(take_text(fields, "verdict")), take_text(fields, "reason")
        return (await vote_on_review(connection, review_id, voter, verdict, reason, today)).state
    except VoteRefusedError as error:
        return error


def read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise UnknownPageError
    return int(text)


def render_reviews(
    request: Request,
    reviews: list[OpenReview],
    wording: Wording,
    *,
    status: int = 200,
    notice: str | None = None,
    problem: Problem | None = None,
) -> Response[bytes]:
    return render(
        request,
        "staff_reviews.html",
        status=status,
        wording=wording,
        reviews=reviews,
        phrases=Phrases(wording),
        deciding=DECIDING_VOTES,
        longest=LONGEST_REASON,
        notice=notice,
        problem=problem,
    )


ROUTES = [show_reviews, vote]
