"""Slips for other programs: the one-stop software asks for one as it finishes or refuses a dossier."""

from datetime import UTC, datetime

import msgspec
from litestar import Response, post

from feedback.api_keys import ApiKey
from feedback.database import TEMPORARY_FAILURES
from feedback.record_response import read_local_day
from feedback.slips.address import make_slip_address
from feedback.slips.check_requests import RefusedSlip, SlipRequest
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.issue_slips import Answer, IssuedSlip, issue_slips
from feedback.slips.sms import write_sms
from feedback.web.api_access import authorize
from feedback.web.api_bodies import MOST_ROWS, read_api_body
from feedback.web.api_replies import reply_api_problem
from feedback.web.bodies import Request, clean
from feedback.web.replies import find_wording
from surveys.codes import print_desk_code
from surveys.errors import ApiUnavailableError, BatchTooLargeError, LangNgheError, SlipRefusedError

LONGEST_TEXT = 200
SHAPE: type[SlipRequest | list[SlipRequest]] = SlipRequest | list[SlipRequest]  # pyright: ignore[reportAssignmentType] (a union is no class)


@post(
    "/api/v1/slips",
    opt={"access": "key", "limit": "by key"},
    exception_handlers={LangNgheError: reply_api_problem},
)
async def post_slips(request: Request) -> Response[object]:
    """One object: its slip (201). A list of up to 1,000: for each, in order, its slip or the reason (200)."""
    key = await authorize(request, "slips")
    asked = await read_api_body(request, SHAPE)
    requests = asked if isinstance(asked, list) else [asked]
    if len(requests) > MOST_ROWS:
        raise BatchTooLargeError(rows=MOST_ROWS, kib=512)
    for wish in requests:
        check_texts(wish)
    answers = await issue(request, key, requests)
    if isinstance(asked, list):
        return reply_batch(request, answers)
    [answer] = answers
    if isinstance(answer, RefusedSlip):
        raise SlipRefusedError(field=answer.field, reason=answer.reason)
    return Response(describe(request, answer), status_code=201)


def check_texts(wish: SlipRequest) -> None:
    """Refuses what no database takes; none of it is ever repeated in an answer."""
    for field, text in msgspec.structs.asdict(wish).items():
        if text is not None and (not clean(text).strip() or len(text) > LONGEST_TEXT):
            raise SlipRefusedError(field=field, reason="unreadable")


async def issue(request: Request, key: ApiKey, requests: list[SlipRequest]) -> list[Answer]:
    slip_secrets = make_slip_secrets(request.app.state.settings.secret)
    day, _ = read_local_day(datetime.now(UTC))
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return await issue_slips(connection, requests, slip_secrets, day, issuer=key.holder, reach=key.reach)
    except TEMPORARY_FAILURES:
        raise ApiUnavailableError from None


def reply_batch(request: Request, answers: list[Answer]) -> Response[object]:
    say = find_wording(request).say
    slips = [
        {"refused": {"field": answer.field, "reason": answer.reason, "detail": say(f"reason.{answer.reason}")}}
        if isinstance(answer, RefusedSlip)
        else describe(request, answer)
        for answer in answers
    ]
    refused = sum(isinstance(answer, RefusedSlip) for answer in answers)
    return Response({"issued": len(answers) - refused, "refused": refused, "slips": slips}, status_code=200)


def describe(request: Request, slip: IssuedSlip) -> dict[str, object]:
    """What is printed, sent or shown: all of it is for the citizen, and none of it needs to be kept."""
    base_url = request.app.state.settings.base_url
    sms = write_sms(slip, base_url, find_wording(request, "vi"))
    return {
        "token": slip.token,
        "address": make_slip_address(base_url, slip.token),
        "code": print_desk_code(slip.code),
        "pin": slip.pin,
        "valid_to": slip.valid_to.isoformat(),
        "sms": {"text": sms.text, "letters": sms.letters, "parts": sms.parts},
    }


ROUTES = [post_slips]
