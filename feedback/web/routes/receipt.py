"""What the receipt is good for: see that a rating counts, add to it, change it for 72 hours. Never the score.

And what became of a matter that the Front looked into, and whether it got better since.
"""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from litestar import Response, get, post

from feedback.database import TEMPORARY_FAILURES
from feedback.desk_directory import DeskDirectory
from feedback.follow_cases import Followed, find_followed, make_case_reply, read_case_answer
from feedback.read_rating import FurtherAnswers, read_further_answers, read_revision
from feedback.record_response import Intake, end_of_change_window, read_local_day
from feedback.submissions import Revision
from feedback.tables.case_replies import put_case_reply
from feedback.tables.responses import Response as Row
from feedback.tables.responses import select_chain, select_unit_of_receipt
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render, render_unsent
from surveys.answers import check_score
from surveys.case_errors import CaseReplyRefusedError
from surveys.codes import hash_token, make_token, print_token, read_token
from surveys.errors import StoreUnavailableError, TooManyRequestsError, UnknownReceiptError
from surveys.survey import Survey

LOOK_UP = {"access": "public", "limit": "10/minute"}
FORM = {"access": "public", "limit": "60/minute"}


@get(["/R", "/r"], opt={"access": "public", "limit": "120/minute"})
async def open_receipt(request: Request) -> Response[bytes]:
    return render(request, "look_up.html", typed="", problem=None)


@post(["/R", "/r"], opt=LOOK_UP)
async def look_up_receipt(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    try:
        return await answer_with_rating(request, fields, show_counted)
    except UnknownReceiptError as error:
        wording, typed = find_wording(request, take_text(fields, "lang")), take_text(fields, "receipt")[:60]
        return render(request, "look_up.html", status=404, wording=wording, typed=typed, problem=wording.error(error))


async def show_counted(
    request: Request, fields: Fields, rating: Row, *, status: int = 200, answered: int = 0
) -> Response[bytes]:
    """`answered` is the case about which something was just said; 0 where none was."""
    return render(
        request,
        "counted.html",
        status=status,
        wording=find_wording(request, take_text(fields, "lang")),
        receipt=print_token(read_token(take_text(fields, "receipt"))),
        unit=rating.unit_id,
        day=rating.local_day,
        can_change=datetime.now(UTC) <= end_of_change_window(rating),
        followed=await follow_rating(request, rating),
        answered=answered,
    )


async def follow_rating(request: Request, rating: Row) -> Followed:
    """Raises StoreUnavailableError."""
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return (await find_followed(connection, [rating]))[0]
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None


@post("/R/case", opt=FORM)
async def answer_about_case(request: Request) -> Response[bytes]:
    return await answer_with_rating(request, await read_fields(request), record_case_reply)


async def record_case_reply(request: Request, fields: Fields, rating: Row) -> Response[bytes]:
    """Kept apart from the rating. Raises CaseReplyRefusedError where the case asks this receipt nothing."""
    answer, case = read_case_answer(take_text(fields, "answer")), take_text(fields, "case")
    followed = await follow_rating(request, rating)
    outcome = next((outcome for outcome in followed.outcomes if str(outcome.case_id) == case), None)
    if outcome is None:
        raise CaseReplyRefusedError
    day = read_local_day(request.app.state.read_now())[0]
    reply = make_case_reply(read_token(take_text(fields, "receipt")), outcome, answer, day)
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            await put_case_reply(connection, reply)
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None
    return await show_counted(request, fields, rating, status=201, answered=outcome.case_id)


@post("/R/more", opt=FORM)
async def open_further_questions(request: Request) -> Response[bytes]:
    return await answer_with_rating(request, await read_fields(request), partial(open_step, "more.html"))


@post("/R/again", opt=FORM)
async def open_change(request: Request) -> Response[bytes]:
    return await answer_with_rating(request, await read_fields(request), partial(open_step, "change.html"))


async def open_step(template: str, request: Request, fields: Fields, rating: Row) -> Response[bytes]:
    """A page that asks again about a rating, with a new token for what will be sent from it."""
    return render(
        request,
        template,
        wording=find_wording(request, take_text(fields, "lang")),
        survey=find_survey(request, rating),
        receipt=take_text(fields, "receipt"),
        unit=rating.unit_id,
        token=make_token(secrets.token_bytes(15)),
    )


@post("/R/answers", opt=FORM)
async def add_answers(request: Request) -> Response[bytes]:
    return await answer_with_rating(request, await read_fields(request), record_answers)


async def record_answers(request: Request, fields: Fields, rating: Row) -> Response[bytes]:
    further = read_further_answers(fields, find_survey(request, rating))
    if further.answers is None and further.comment is None:
        return done(request, fields, "done.nothing-added", further)
    revision = read_revision(
        fields, rating.unit_id, datetime.now(UTC), answers=further.answers, comment=further.comment
    )
    return await record(request, fields, revision, "done.added", further)


@post("/R/change", opt=FORM)
async def change_rating(request: Request) -> Response[bytes]:
    return await answer_with_rating(request, await read_fields(request), record_change)


async def record_change(request: Request, fields: Fields, rating: Row) -> Response[bytes]:
    score = check_score(fields.get("score"))
    revision = read_revision(fields, rating.unit_id, datetime.now(UTC), score=score)
    return await record(request, fields, revision, "done.changed")


async def answer_with_rating(
    request: Request, fields: Fields, answer: Callable[[Request, Fields, Row], Awaitable[Response[bytes]]]
) -> Response[bytes]:
    """What `answer` makes of the rating behind the receipt; what was sent is kept while it cannot be read or stored."""
    try:
        return await answer(request, fields, await find_rating(request, fields))
    except (StoreUnavailableError, TooManyRequestsError) as error:
        return render_unsent(request, fields, error, find_wording(request, take_text(fields, "lang")))


async def find_rating(request: Request, fields: Fields) -> Row:
    """The rating behind the receipt in `fields`; `unit` there, if any, saves the search over all units.

    Raises UnknownReceiptError or StoreUnavailableError.
    """
    receipt_hash = hash_token(read_token(take_text(fields, "receipt")))
    unit = take_text(fields, "unit")
    directory: DeskDirectory = request.app.state.directory
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            await directory.learn_survey_ids(connection)
            unit_id = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None  # noqa: PLR2004 (fits an integer)
            unit_id = unit_id or await select_unit_of_receipt(connection, receipt_hash)
            chain = await select_chain(connection, unit_id, receipt_hash) if unit_id else []
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None
    if not chain:
        raise UnknownReceiptError
    return chain[0]


def find_survey(request: Request, rating: Row) -> Survey:
    directory: DeskDirectory = request.app.state.directory
    return directory.find_survey_by_id(rating.survey_id)


async def record(
    request: Request,
    fields: Fields,
    revision: Revision,
    sentence: str,
    further: FurtherAnswers | None = None,
) -> Response[bytes]:
    intake: Intake = request.app.state.intake
    await intake.record_response(revision)
    return done(request, fields, sentence, further)


def done(request: Request, fields: Fields, sentence: str, further: FurtherAnswers | None = None) -> Response[bytes]:
    wording = find_wording(request, take_text(fields, "lang"))
    return render(
        request,
        "done.html",
        status=201,
        wording=wording,
        sentence=wording.say(sentence),
        refused=further is not None and further.comment_refused,
        receipt=take_text(fields, "receipt"),
        unit=take_text(fields, "unit"),
    )


ROUTES = [
    open_receipt,
    look_up_receipt,
    open_further_questions,
    open_change,
    add_answers,
    change_rating,
    answer_about_case,
]
