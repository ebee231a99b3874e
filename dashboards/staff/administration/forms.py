"""How a form of administration comes in: read first, then asked who sends it; what cannot be taken now is kept."""

from collections.abc import Awaitable, Callable

from litestar import Response

from feedback.accounts.powers import SignedIn
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.replies import find_wording, render_unsent
from feedback.web.staff_access import enter
from surveys.errors import StaffPagesUnavailableError, TooManyRequestsError

NOT_NOW = (StaffPagesUnavailableError, TooManyRequestsError)

Answer = Callable[[SignedIn, Fields], Awaitable[Response[bytes]]]


async def answer_form(request: Request, answer: Answer) -> Response[bytes]:
    """Raises what `enter` and `answer` raise, save for what passes by itself: then the page holds what was sent."""
    fields = await read_fields(request)
    try:
        signed_in = await enter(request)
        return await answer(signed_in, fields)
    except NOT_NOW as error:
        return render_unsent(request, fields, error, find_wording(request, take_text(fields, "lang")))
