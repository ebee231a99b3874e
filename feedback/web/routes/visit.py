"""From a visit slip to a counted rating of proof class A. Opening a page never records anything."""

import secrets
from datetime import UTC, datetime

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ASGIApp

from feedback.database import TEMPORARY_FAILURES
from feedback.desk_directory import DeskDirectory
from feedback.record_response import Intake, read_local_day
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.find_slip import OpenSlip, find_slip, find_typed_slip
from feedback.slips.rate_visit import read_slip_rating
from feedback.slips.tokens import read_slip_token, write_slip_token
from feedback.web.bodies import Fields, Request, read_fields, reads_json, take_text
from feedback.web.limits import Limits
from feedback.web.replies import Reply, draw_page, find_wording, render, render_unsent, wants_problem
from feedback.web.routes.slip_replies import reply_slip_problem
from feedback.web.statuses import STATUS
from surveys.codes import make_token, print_token
from surveys.errors import (
    ChangeWindowClosedError,
    LangNgheError,
    MalformedSlipCodeError,
    SpentSlipError,
    StoreUnavailableError,
    TooManyRequestsError,
    UnknownSlipError,
    WrongCheckSymbolError,
    WrongPinError,
)

TYPE_IT = {"access": "public", "limit": "30/minute"}
# As for a desk's page: a whole province may stand behind one address, so this only stops a flood.
OPEN_IT = {"access": "public", "limit": "3000/minute"}
# Who brings tokens that no slip has, one after the other, is guessing.
UNKNOWN_SLIPS = "30/minute"
TYPED_AGAIN = (MalformedSlipCodeError, WrongCheckSymbolError, WrongPinError)


@get(["/V", "/v"], opt={"access": "public", "limit": "120/minute"})
async def open_typing(request: Request) -> Response[bytes]:
    return render(request, "visit_code.html", typed="", problem=None)


@post(["/V", "/v"], opt=TYPE_IT)
async def find_typed_visit(request: Request) -> Response[bytes] | Redirect:
    """Code and PIN: on to the slip, or back with how many tries are left."""
    fields = await read_fields(request)
    wording = find_wording(request, take_text(fields, "lang"))
    code, pin = take_text(fields, "code")[:40], take_text(fields, "pin")[:20]
    slip_secrets = make_slip_secrets(request.app.state.settings.secret)
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            token = await find_typed_slip(connection, code, pin, slip_secrets, datetime.now(UTC))
    except TEMPORARY_FAILURES:
        return render_unsent(request, fields, StoreUnavailableError(), wording)
    except TYPED_AGAIN as error:
        if wants_problem(request):
            return reply_slip_problem(request, error, wording)
        problem, status = wording.error(error), STATUS[type(error)]
        return render(request, "visit_code.html", status=status, wording=wording, typed=code, problem=problem)
    except LangNgheError as error:
        return reply_slip_problem(request, error, wording)
    return Redirect(f"/V/{token}" + ("?lang=en" if wording.language == "en" else ""), status_code=303)


@get(["/V/{token:str}", "/v/{token:str}"], opt=OPEN_IT)
async def open_visit(request: Request, token: FromPath[str]) -> Response[bytes]:
    now = datetime.now(UTC)
    try:
        slip = await find_visit(request, token, now)
    except LangNgheError as error:
        return reply_slip_problem(request, error)
    directory: DeskDirectory = request.app.state.directory
    business = request.query_params.get("rater") == "business"
    survey = directory.find_survey("business" if business else "citizen", read_local_day(now)[0])
    return render(
        request,
        "visit.html",
        slip=slip.view,
        is_spent=slip.is_spent,
        address=write_slip_token(read_slip_token(token)),
        question=survey.overall,
        business=business,
        token=make_token(secrets.token_bytes(15)),
    )


async def find_visit(request: Request, typed: str, now: datetime) -> OpenSlip:
    """The slip of an address. Raises what `find_slip` does, StoreUnavailableError or TooManyRequestsError."""
    limits: Limits = request.app.state.limits
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            directory: DeskDirectory = request.app.state.directory
            await directory.learn_survey_ids(connection)
            slip_secrets = make_slip_secrets(request.app.state.settings.secret)
            return await find_slip(connection, read_slip_token(typed), slip_secrets, now)
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None
    except UnknownSlipError:
        address = limits.read_address(request)
        await limits.check_caller("unknown slips", UNKNOWN_SLIPS, address, read_local_day(now)[0])
        raise


@post(["/V/{token:str}", "/v/{token:str}"], opt=OPEN_IT)
async def rate_visit(request: Request) -> ASGIApp:
    """One tap: the slip is spent in the transaction that stores the rating, and only then thanked for."""
    fields = await read_fields(request)
    wording = find_wording(request, take_text(fields, "lang"))
    intake: Intake = request.app.state.intake
    now = datetime.now(UTC)
    try:
        slip = await find_visit(request, request.path_params["token"], now)
        await intake.record_response(read_slip_rating(fields, slip, request.app.state.directory, now))
    except (StoreUnavailableError, TooManyRequestsError) as error:
        return render_unsent(request, fields, error, wording).to_asgi_response(None, request)
    except ChangeWindowClosedError:
        return reply_slip_problem(request, SpentSlipError(desk=""), wording).to_asgi_response(None, request)
    except LangNgheError as error:
        return reply_slip_problem(request, error, wording).to_asgi_response(None, request)
    return thank(request, fields, slip)


def thank(request: Request, fields: Fields, slip: OpenSlip) -> Reply:
    """The receipt of the slip's rating: the same whoever sent it, and however often."""
    receipt = print_token(slip.rating_token)
    if reads_json(request):
        return Reply(b'{"receipt":"%s"}' % receipt.encode(), b"application/json", 201)
    page = draw_page(
        request,
        "receipt.html",
        find_wording(request, take_text(fields, "lang")),
        receipt=receipt,
        unit_code=slip.view.unit_code,
        unit=slip.view.unit_id,
    )
    return Reply(page, b"text/html; charset=utf-8", 201)


ROUTES = [open_typing, find_typed_visit, open_visit, rate_visit]
