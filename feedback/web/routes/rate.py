"""From the code on the desk to a counted rating. Opening a page never records anything."""

import secrets
from datetime import UTC, datetime

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ASGIApp

from feedback.database import TEMPORARY_FAILURES
from feedback.desk_directory import DeskDirectory
from feedback.read_rating import read_form_token, read_rating
from feedback.record_response import Intake, read_local_day
from feedback.tables.desk_views import DeskView, select_nearest_code
from feedback.web.bodies import Fields, Request, read_fields, read_header, reads_json
from feedback.web.limits import Limits
from feedback.web.replies import Reply, draw_page, find_wording, render, render_unsent, reply_problem, wants_problem
from feedback.web.statuses import STATUS
from surveys.codes import make_token, print_token
from surveys.errors import (
    AlreadyRatedError,
    LangNgheError,
    MalformedCodeError,
    StoreUnavailableError,
    TooManyRequestsError,
    UnknownDeskCodeError,
    WrongCheckSymbolError,
)
from surveys.wording import Wording

RECEIPT_PLACE = b"(receipt)"


@get("/", opt={"access": "public", "limit": "120/minute"})
async def open_home(request: Request) -> Response[bytes]:
    return render(request, "code.html", typed="", problem=None)


@get(["/Q", "/q"], opt={"access": "public", "limit": "30/minute"})
async def find_desk(request: Request) -> Response[bytes] | Redirect:
    """The typed code: on to its desk, or back with a kind word about where the slip may be."""
    typed = request.query_params.get("code", "")[:40]
    try:
        desk: DeskView = await request.app.state.directory.find_desk(typed, datetime.now(UTC))
    except LangNgheError as error:
        problem = await name_the_slip(request, typed, error)
        sentence = find_wording(request).error(problem)
        return render(request, "code.html", status=STATUS[type(problem)], typed=typed, problem=sentence)
    language = find_wording(request).language
    return Redirect(f"/Q/{desk.code}" + ("?lang=en" if language == "en" else ""), status_code=303)


async def name_the_slip(request: Request, typed: str, error: LangNgheError) -> LangNgheError:
    """A code one symbol away from exactly one desk's: then that group is the one to look at again."""
    symbols = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    if not isinstance(error, WrongCheckSymbolError | UnknownDeskCodeError) or len(symbols) != 9:  # noqa: PLR2004 (a code's length)
        return error
    day = read_local_day(datetime.now(UTC))[0]
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            nearest = await select_nearest_code(connection, symbols, day)
    except TEMPORARY_FAILURES:
        return error
    if nearest is None:
        return error
    place = next(i for i, (a, b) in enumerate(zip(symbols, nearest, strict=True)) if a != b)
    return WrongCheckSymbolError(group=place // 3 + 1)


# A whole province may stand behind one address of a mobile network: this only stops a flood.
@get(["/Q/{code:str}", "/q/{code:str}"], opt={"access": "public", "limit": "3000/minute"})
async def open_desk(request: Request, code: FromPath[str]) -> Response[bytes]:
    directory: DeskDirectory = request.app.state.directory
    now = datetime.now(UTC)
    try:
        desk = await directory.find_desk(code, now)
    except (MalformedCodeError, WrongCheckSymbolError, UnknownDeskCodeError) as error:
        if read_header(request, b"accept").startswith("application/"):
            raise
        sentence = find_wording(request).error(error)
        return render(request, "code.html", status=404, typed=code[:40], problem=sentence)
    business = request.query_params.get("rater") == "business"
    survey = directory.find_survey("business" if business else "citizen", read_local_day(now)[0])
    return render(
        request,
        "rate.html",
        desk=desk,
        question=survey.overall,
        business=business,
        token=make_token(secrets.token_bytes(15)),
    )


@post(["/Q/{code:str}", "/q/{code:str}"], opt={"access": "public", "limit": "by desk"})
async def rate_desk(request: Request) -> ASGIApp:
    """One tap: judged, stored, counted, and only then thanked for."""
    fields = await read_fields(request)
    directory: DeskDirectory = request.app.state.directory
    intake: Intake = request.app.state.intake
    limits: Limits = request.app.state.limits
    now = datetime.now(UTC)
    try:
        desk = await directory.find_desk(request.path_params["code"], now)
        await limits.check_desk(desk.code)
        rating = read_rating(fields, desk, directory, now)
    except (StoreUnavailableError, TooManyRequestsError) as error:
        return render_unsent(request, fields, error, find_form_wording(request, fields)).to_asgi_response(None, request)
    try:
        await intake.record_response(rating)
    except StoreUnavailableError as error:
        return render_unsent(request, fields, error, find_form_wording(request, fields)).to_asgi_response(None, request)
    except AlreadyRatedError as error:
        return show_already_rated(request, fields, desk, error).to_asgi_response(None, request)
    return thank(request, fields, desk)


def find_form_wording(request: Request, fields: Fields) -> Wording:
    """In the language in which the form was shown."""
    return find_wording(request, str(fields.get("lang", "")))


def show_already_rated(request: Request, fields: Fields, desk: DeskView, error: AlreadyRatedError) -> Response[bytes]:
    """Back in the browser and another face: offer the change instead of counting twice."""
    wording = find_form_wording(request, fields)
    if wants_problem(request):
        return reply_problem(request, error, wording)
    return render(
        request,
        "already.html",
        status=409,
        wording=wording,
        sentence=wording.error(error),
        receipt=print_token(str(fields["token"])),
        unit=desk.unit_id,
    )


def thank(request: Request, fields: Fields, desk: DeskView) -> Reply:
    """The receipt. The same token gets the same page, whenever it comes again."""
    receipt = print_token(read_form_token(fields)).encode()
    if reads_json(request):
        return Reply(b'{"receipt":"%s"}' % receipt, b"application/json", 201)
    page = draw_receipt(request, desk, find_form_wording(request, fields)).replace(RECEIPT_PLACE, receipt)
    return Reply(page, b"text/html; charset=utf-8", 201)


def draw_receipt(request: Request, desk: DeskView, wording: Wording) -> bytes:
    """The page with RECEIPT_PLACE for the receipt: drawn once for a unit, since all else is the same for everybody."""
    pages: dict[tuple[str, str], bytes] = request.app.state.receipt_pages
    key = (wording.language, desk.unit_code)
    if key not in pages:
        place = RECEIPT_PLACE.decode()
        pages[key] = draw_page(
            request, "receipt.html", wording, receipt=place, unit_code=desk.unit_code, unit=desk.unit_id
        )
    return pages[key]


ROUTES = [open_home, find_desk, open_desk, rate_desk]
