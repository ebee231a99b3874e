"""What somebody gets whose session is over: the way to sign in, and back, with nothing lost that was typed."""

from urllib.parse import urlencode

import msgspec
from litestar import Response

from feedback.web.bodies import Request, recall_form, take_text
from feedback.web.own_paths import HOME, name_asked_path
from feedback.web.replies import find_wording, render, reply_problem, wants_problem
from surveys.errors import SessionNeededError

SIGN_IN = "/staff/sign-in"
UNAUTHORIZED, SEE_OTHER = 401, 303
# What proves a person is typed again, never written into a page.
NOT_KEPT = {"password", "new_password", "repeated", "code"}


def reply_session_over(request: Request, error: SessionNeededError) -> Response[bytes]:
    """Programs get a problem. A page asked for leads to the sign-in; a form sent comes back inside it."""
    if wants_problem(request):
        return reply_problem(request, error)
    if request.method != "POST":
        return redirect(request, name_asked_path(request))
    form = {name: value for name, value in recall_form(request).items() if name not in NOT_KEPT}
    wording = find_wording(request, take_text({**form}, "lang"))
    return render(
        request,
        "staff_sign_in_again.html",
        status=UNAUTHORIZED,
        wording=wording,
        to=name_asked_path(request),
        kept=write_kept(form),
        name="",
        sentence=wording.error(error),
    )


def redirect(request: Request, to: str) -> Response[bytes]:
    """To the sign-in, in the language of the address."""
    language = request.query_params.get("lang", "")
    question = {**({"to": to} if to != HOME else {}), **({"lang": language} if language in {"vi", "en"} else {})}
    address = f"{SIGN_IN}?{urlencode(question)}" if question else SIGN_IN
    return Response(b"", status_code=SEE_OTHER, headers={"location": address})


def write_kept(form: dict[str, str]) -> str:
    """A form as one text, so that it adds one field to the sign-in and keeps its line ends."""
    return msgspec.json.encode(form).decode()


def read_kept(text: str) -> dict[str, str] | None:
    """What `write_kept` wrote; None where nothing was kept, or it is something else."""
    try:
        return msgspec.json.decode(text, type=dict[str, str]) if text else None
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
