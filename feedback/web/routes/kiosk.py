"""The page of a tablet at the exit of a unit, and the ratings that it sends, at once or after an outage.

Whoever knows the secret in the address is the tablet. Opening the page never records anything.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from feedback.database import TEMPORARY_FAILURES, Connection
from feedback.desk_directory import DeskDirectory
from feedback.kiosks import check_in_use, hash_kiosk_secret, read_kiosk_secret, read_tap
from feedback.parameters import SETTINGS, read_parameter
from feedback.read_rating import read_form_token, read_rating
from feedback.record_response import read_local_day
from feedback.tables import responses
from feedback.tables.desk_views import DeskView
from feedback.tables.kiosks import Kiosk, add_desk_choices, select_kiosk_by_secret, select_unit_desks
from feedback.web.bodies import Fields, Request, read_fields, reads_json
from feedback.web.limits import Limits
from feedback.web.replies import (
    HTML,
    draw_page,
    find_wording,
    reply_compressed,
    retry_headers,
    wants_problem,
)
from feedback.web.statuses import STATUS
from surveys.case_errors import KioskEndedError, UnknownKioskError
from surveys.codes import make_token, print_token
from surveys.errors import InvalidAnswerError, LangNgheError, StoreUnavailableError, TooManyRequestsError
from surveys.wording import LANGUAGES

FIELDS = {"token", "desk", "score", "tapped", "sent", "waited", "lang"}
TOKEN_PLACE, VERSION_PLACE = b"(token)", b"(version)"
# The header tells the tablet that the answer is ours, and not that of a network which answers everything itself.
OURS = {"x-langnghe-kiosk": "page", "content-security-policy": "worker-src 'self'"}
SEE_OTHER, GONE = 303, 410
RESET = "kiosk_reset_seconds"


# A tablet asks for its page when it is switched on and every ten minutes; several may stand behind one address.
@get(["/K/{secret:str}", "/k/{secret:str}"], opt={"access": "public", "limit": "600/minute"})
async def open_kiosk(request: Request, secret: FromPath[str]) -> Response[bytes]:
    """Which desk, then five faces; ?state=1 is for whoever looks after the tablet. The script needs no other page."""
    try:
        right = read_kiosk_secret(secret)
        if request.url.path != f"/K/{right}":
            # The tablet keeps its page under one address.
            question = "?lang=en" if request.query_params.get("lang") == "en" else ""
            return Response(b"", status_code=SEE_OTHER, headers={"location": f"/K/{right}{question}"})
        return await draw_kiosk(request, right)
    except LangNgheError as error:
        if wants_problem(request):
            raise
        return render_problem(request, error, {})


# Beside the limit of the desk, which every rating is held to: this one stops a flood of wrong secrets.
@post(["/K/{secret:str}", "/k/{secret:str}"], opt={"access": "public", "limit": "3000/minute"})
async def rate_at_kiosk(request: Request, secret: FromPath[str]) -> Response[bytes]:
    """One tap, now or days later. The same token again gets the same answer, and one row."""
    fields = await read_fields(request)
    try:
        right = read_kiosk_secret(secret)
        rating = await read_kiosk_rating(request, right, fields)
        await request.app.state.intake.record_response(rating)
    except LangNgheError as error:
        if wants_problem(request):
            raise
        return render_problem(request, error, fields)
    receipt = print_token(read_form_token(fields))
    if reads_json(request):
        return Response(b'{"receipt":"%s"}' % receipt.encode(), status_code=201, media_type="application/json")
    values = {"seconds": await read_seconds(request), "receipt": receipt, "address": f"/K/{right}"}
    wording = find_wording(request, str(fields.get("lang", "")))
    page = draw_page(request, "kiosk_thanks.html", wording, look_up=name_look_up(request), **values)
    return reply_compressed(request, page, HTML, status=201, headers=OURS)


@get("/K/worker.js", opt={"access": "public", "limit": "600/minute"}, sync_to_thread=False)
def send_worker(request: Request) -> Response[bytes]:
    """Served beside the page, so that it may keep that page and nothing else of this site."""
    file = request.app.state.static_files["kiosk-worker.js"]
    headers = {"cache-control": "no-cache", "content-security-policy": "worker-src 'self'"}
    return Response(file.content, media_type=file.media_type, headers=headers)


async def read_kiosk_rating(request: Request, secret: str, fields: Fields) -> responses.Response:
    """The row for a rating that a tablet sent. Raises LangNgheErrors of many kinds."""
    for name in fields.keys() - FIELDS:
        raise InvalidAnswerError(field=name, reason="unknown-question")
    now: datetime = request.app.state.read_now()
    directory: DeskDirectory = request.app.state.directory
    limits: Limits = request.app.state.limits
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            kiosk = await find_kiosk(connection, secret)
            tap = read_tap(fields, kiosk.made_on, now)
            check_in_use(kiosk, tap, now)
            desk = await find_desk(connection, kiosk, fields.get("desk"), tap.at)
            await directory.learn_survey_ids(connection)
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None
    await limits.check_desk(f"kiosk {desk.desk_id}")
    asked: Fields = {name: fields.get(name) for name in ("token", "score")}
    if not tap.is_known:
        # Whoever serves there today is not who served the citizen.
        desk = msgspec.structs.replace(desk, officials=())
    rating = read_rating(asked, desk, directory, tap.at, responses.Channel.KIOSK)
    return rating if tap.is_exact else msgspec.structs.replace(rating, received_at=None)


async def find_kiosk(connection: Connection, secret: str) -> Kiosk:
    """Raises UnknownKioskError."""
    kiosk = await select_kiosk_by_secret(connection, hash_kiosk_secret(secret))
    if kiosk is None:
        raise UnknownKioskError
    return kiosk


async def find_desk(connection: Connection, kiosk: Kiosk, chosen: object, at: datetime) -> DeskView:
    """The desk as it was at that moment: a transfer since then moves no rating. Raises InvalidAnswerError."""
    day = read_local_day(at)[0]
    for desk in await select_unit_desks(connection, kiosk.unit_id, day):
        if str(desk.desk_id) == str(chosen):
            return await add_desk_choices(connection, desk, day)
    raise InvalidAnswerError(field="desk", reason="unknown-choice")


async def draw_kiosk(request: Request, secret: str) -> Response[bytes]:
    """Raises UnknownKioskError and StoreUnavailableError."""
    now: datetime = request.app.state.read_now()
    day = read_local_day(now)[0]
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            kiosk = await find_kiosk(connection, secret)
            desks = await select_unit_desks(connection, kiosk.unit_id, day)
            seconds = (await read_parameter(connection, RESET, day)).value
    except TEMPORARY_FAILURES:
        raise StoreUnavailableError from None
    is_ended = kiosk.ended_at is not None
    directory: DeskDirectory = request.app.state.directory
    page = draw_page(
        request,
        "kiosk_ended.html" if is_ended else "kiosk.html",
        find_wording(request, None if "lang" in request.query_params else LANGUAGES[0]),
        address=f"/K/{secret}",
        chosen=choose_desk(desks, request.query_params.get("desk", "")),
        desks=desks,
        ended=KioskEndedError(),
        is_state="state" in request.query_params,
        kiosk=kiosk,
        look_up=name_look_up(request),
        question=directory.find_survey("citizen", day).overall,
        seconds=seconds,
        token=TOKEN_PLACE.decode(),
        version=VERSION_PLACE.decode(),
        wordings=[request.app.state.wordings[language] for language in LANGUAGES],
    )
    page = fill_in(page)
    return reply_compressed(request, page, HTML, status=GONE if is_ended else 200, headers=OURS)


def fill_in(page: bytes) -> bytes:
    """A token for a page without script; and a version, the same as long as nothing else on the page changes."""
    version = hashlib.sha256(page).hexdigest()[:16].encode()
    token = make_token(secrets.token_bytes(15)).encode()
    return page.replace(VERSION_PLACE, version).replace(TOKEN_PLACE, token)


def choose_desk(desks: Sequence[DeskView], chosen: str) -> DeskView | None:
    """The only one there is, or the one asked for."""
    if len(desks) == 1:
        return desks[0]
    return next((desk for desk in desks if str(desk.desk_id) == chosen), None)


async def read_seconds(request: Request) -> int:
    """After which the page goes back to its start. The rating is stored already: no fault here may say otherwise."""
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return (await read_parameter(connection, RESET, request.app.state.read_day())).value
    except TEMPORARY_FAILURES:
        return SETTINGS[RESET].shipped.value


def name_look_up(request: Request) -> str:
    """Where a receipt is looked up, to be read from the tablet and typed elsewhere."""
    return f"{urlsplit(request.app.state.settings.base_url).netloc}/R"


def render_problem(request: Request, error: LangNgheError, fields: Fields) -> Response[bytes]:
    """For a tablet without script: what is wrong, and, where it passes by itself, what was sent, to be sent again."""
    status = STATUS[type(error)]
    kept = fields if isinstance(error, StoreUnavailableError | TooManyRequestsError) else {}
    wording = find_wording(request, str(fields.get("lang", "")))
    page = draw_page(
        request,
        "kiosk_problem.html",
        wording,
        address=request.url.path,
        sentence=wording.error(error),
        fields={name: value for name, value in kept.items() if isinstance(value, str)},
    )
    return reply_compressed(request, page, HTML, status=status, headers=retry_headers(status))


ROUTES = [open_kiosk, rate_at_kiosk, send_worker]
