"""Where other persons decide what officials asked to have reviewed: reasons and rounded counts, never a rating.

What is asked, and the votes, the second wall holds back: they are read and written on the plain pool, after the reach
was checked; so are the ratings in `responses` that a granted review sets aside. The counts shown come from behind it.
"""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.phrases import Phrases
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.lost_forms import NOT_NOW
from dashboards.staff.open_reviews import OpenReview, describe_reviews, is_within, read_waiting
from dashboards.staff.sights import note_deed, note_sight_of
from dashboards.staff.store import borrow_store
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.api_keys import Reach
from feedback.score_reviews import DECIDING_VOTES, LONGEST_REASON, Voter, read_verdict, vote_on_review
from feedback.tables.score_reviews import ScoreReview, select_review
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render_unsent
from feedback.web.staff_access import borrow_staff_rows, deny, enter, read_action
from surveys.errors import UnknownPageError, VoteRefusedError
from surveys.wording import Wording

PAGE = {"access": "staff", "limit": "by account", "action": "decide_reviews"}
REVIEWS = "/staff/reviews"
REFUSED, STORED = 409, 201
MOST_DIGITS = 9  # fits an integer


class Problem(msgspec.Struct, frozen=True):
    """What was wrong with a vote on one review, and what had been filled in."""

    review_id: int
    sentence: str
    reason: str


@get(REVIEWS, opt=PAGE)
async def show_reviews(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    reviews = await read_reviews(request, signed_in)
    return render_reviews(request, signed_in, reviews, find_staff_wording(request, signed_in))


@post(f"{REVIEWS}/{{review:str}}", opt=PAGE)
async def vote(request: Request, review: FromPath[str]) -> Response[bytes]:
    """A vote that cannot be counted brings the form back as it was filled in."""
    review_id = read_number(review)
    fields = await read_fields(request)
    language = take_text(fields, "lang")
    try:
        signed_in = await enter(request)
        outcome = await try_to_vote(request, signed_in, review_id, fields)
        reviews = await read_reviews(request, signed_in)
    except NOT_NOW as error:
        return render_unsent(request, fields, error, find_wording(request, language))
    wording = find_staff_wording(request, signed_in, language)
    if isinstance(outcome, VoteRefusedError):
        problem = Problem(review_id, wording.error(outcome), take_text(fields, "reason"))
        return render_reviews(request, signed_in, reviews, wording, status=REFUSED, problem=problem)
    notice = wording.say(f"staff.reviews.voted.{outcome}", review=review_id)
    return render_reviews(request, signed_in, reviews, wording, status=STORED, notice=notice)


async def read_reviews(request: Request, signed_in: SignedIn) -> list[OpenReview]:
    """Those within reach; who looked is kept for each official concerned."""
    async with borrow_store(request) as connection:
        waiting = await read_waiting(connection)
    async with borrow_staff_rows(request, signed_in) as connection:
        reviews = await describe_reviews(connection, waiting, find_reach(request, signed_in))
        for open_review in reviews:
            review = open_review.review
            await note_sight_of(
                connection, request, signed_in, "review", str(review.review_id), official_id=review.official_id
            )
    return reviews


def find_reach(request: Request, signed_in: SignedIn) -> Reach:
    return join_reaches(signed_in.appointments, read_action(request))


async def try_to_vote(request: Request, signed_in: SignedIn, review_id: int, fields: Fields) -> str | VoteRefusedError:
    """The state of the review after the vote. Raises UnknownPageError for a review out of reach."""
    account, day = signed_in.account, request.app.state.read_day()
    await find_review(request, signed_in, review_id)
    voter = Voter(account.sign_in_name, account.official_id)
    async with borrow_store(request) as connection:
        try:
            verdict, reason = read_verdict(take_text(fields, "verdict")), take_text(fields, "reason")
            voted = await vote_on_review(connection, review_id, voter, verdict, reason, day)
        except VoteRefusedError as error:
            return error
        await note_deed(
            connection,
            request,
            signed_in,
            "vote_on_review",
            "review",
            str(review_id),
            official_id=voted.official_id,
            details=msgspec.json.encode({"verdict": verdict, "state": voted.state}).decode(),
        )
    return voted.state


async def find_review(request: Request, signed_in: SignedIn, review_id: int) -> ScoreReview:
    """Raises UnknownPageError, also where the review lies out of reach."""
    reach = find_reach(request, signed_in)
    async with borrow_store(request) as connection:
        review = await select_review(connection, review_id)
        is_reached = review is not None and await is_within(connection, review, reach)
    if review is None or not is_reached:
        await deny(request, signed_in, "review", str(review_id))
        raise UnknownPageError
    return review


def read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise UnknownPageError
    return int(text)


def render_reviews(
    request: Request,
    signed_in: SignedIn,
    reviews: list[OpenReview],
    wording: Wording,
    *,
    status: int = 200,
    notice: str | None = None,
    problem: Problem | None = None,
) -> Response[bytes]:
    return render_staff(
        request,
        signed_in,
        "staff_reviews.html",
        status=status,
        wording=wording,
        here=REVIEWS,
        reviews=reviews,
        phrases=Phrases(wording),
        deciding=DECIDING_VOTES,
        longest=LONGEST_REASON,
        notice=notice,
        problem=problem,
    )


ROUTES = [show_reviews, vote]
