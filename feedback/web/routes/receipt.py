"""What the receipt is good for: see that a rating counts, add to it, change it for 72 hours. Never the score."""

import secrets
from datetime import UTC, datetime

from litestar import Response, get, post

from feedback.desk_directory import DeskDirectory
from feedback.read_rating import FurtherAnswers, read_further_answers, read_revision
from feedback.record_response import Intake, Revision, end_of_change_window
from feedback.tables.responses import Response as Row
from feedback.tables.responses import select_chain, select_unit_of_receipt
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render, render_unsent
from surveys.answers import check_score
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
    wording = find_wording(request, take_text(fields, "lang"))
    typed = take_text(fields, "receipt")[:60]
    try:
        rating = await find_rating(request, fields)
    except UnknownReceiptError as error:
        return render(
            request, "look_up.html", status=404, wording=wording, typed=typed, problem=wording.error(error)
        )
    return render(
        request,
        "counted.html",
        wording=wording,
        receipt=print_token(read_token(typed)),
        unit=rating.unit_id,
        day=rating.local_day,
        can_change=datetime.now(UTC) <= end_of_change_window(rating),
    )


@post("/R/more", opt=FORM)
async def open_further_questions(request: Request) -> Response[bytes]:
    return await open_step(request, "more.html")


@post("/R/again", opt=FORM)
async def open_change(request: Request) -> Response[bytes]:
    return await open_step(request, "change.html")


async def open_step(request: Request, template: str) -> Response[bytes]:
    """A page that asks again about a rating, with a new token for what will be sent from it."""
    fields = await read_fields(request)
    wording = find_wording(request, take_text(fields, "lang"))
    rating = await find_rating(request, fields)
    return render(
        request,
        template,
        wording=wording,
        survey=find_survey(request, rating),
        receipt=take_text(fields, "receipt"),
        unit=rating.unit_id,
        token=make_token(secrets.token_bytes(15)),
    )


@post("/R/answers", opt=FORM)
async def add_answers(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    rating = await find_rating(request, fields)
    further = read_further_answers(fields, find_survey(request, rating))
    if further.answers is None and further.comment is None:
        return done(request, fields, "done.nothing-added", further)
    revision = read_revision(
        fields, rating.unit_id, datetime.now(UTC), answers=further.answers, comment=further.comment
    )
    return await record(request, fields, revision, "done.added", further)


@post("/R/change", opt=FORM)
async def change_rating(request: Request) -> Response[bytes]:
    fields = await read_fields(request)
    rating = await find_rating(request, fields)
    score = check_score(fields.get("score"))
    revision = read_revision(fields, rating.unit_id, datetime.now(UTC), score=score)
    return await record(request, fields, revision, "done.changed")


async def find_rating(request: Request, fields: Fields) -> Row:
    """The rating behind the receipt in `fields`; `unit` there, if any, saves the search over all units."""
    receipt_hash = hash_token(read_token(take_text(fields, "receipt")))
    unit = take_text(fields, "unit")
    async with request.app.state.pool.acquire(timeout=3) as connection:
        unit_id = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None  # noqa: PLR2004 (fits an integer)
        unit_id = unit_id or await select_unit_of_receipt(connection, receipt_hash)
        chain = await select_chain(connection, unit_id, receipt_hash) if unit_id else []
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
    wording = find_wording(request, take_text(fields, "lang"))
    try:
        await intake.record_response(revision)
    except (StoreUnavailableError, TooManyRequestsError) as error:
        return render_unsent(request, fields, error, wording)
    return done(request, fields, sentence, further)


def done(
    request: Request, fields: Fields, sentence: str, further: FurtherAnswers | None = None
) -> Response[bytes]:
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
]
