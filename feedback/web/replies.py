"""How an answer leaves the house: a page in the reader's language, or a problem (RFC 9457) for programs."""

import gzip
from collections.abc import Mapping
from urllib.parse import urlencode

import brotli
import structlog
from jinja2 import Environment
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import HTTPResponseStartEvent, Receive, Scope, Send

from feedback.web.bodies import Fields, Request, read_header, reads_json
from feedback.web.statuses import STATUS
from surveys.errors import (
    BodyTooLargeError,
    LangNgheError,
    SessionNeededError,
    UnknownPageError,
    UnreadableBodyError,
    WrongMethodError,
)
from surveys.wording import LANGUAGES, Wording

RETRY_AFTER_SECONDS: Mapping[int, int] = {429: 60, 503: 5}
PROGRAM_CHALLENGE = {"www-authenticate": 'Bearer realm="langnghe"'}
HTML = "text/html"
PROBLEM = "application/problem+json"
SMALLEST_COMPRESSED = 3000
UNAUTHORIZED = 401

log = structlog.get_logger()


class Reply:
    """An answer just as it goes out; for the one address where the framework's second look at it would be felt."""

    __slots__ = ("content", "headers", "status")

    def __init__(self, content: bytes, media_type: bytes, status: int) -> None:
        self.content = content
        self.status = status
        self.headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(content))]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        start: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": self.status,
            "headers": self.headers,
        }
        await send(start)
        await send({"type": "http.response.body", "body": self.content, "more_body": False})


def read_language(request: Request) -> str:
    """`lang` in the address, else the browser's first wish, else Vietnamese."""
    if request.scope["query_string"] and (asked := request.query_params.get("lang", "")) in LANGUAGES:
        return asked
    return "en" if read_header(request, b"accept-language").lower().startswith("en") else "vi"


def find_wording(request: Request, language: str | None = None) -> Wording:
    return request.app.state.wordings[language if language in LANGUAGES else read_language(request)]


def render(
    request: Request, template: str, *, status: int = 200, wording: Wording | None = None, **values: object
) -> Response[bytes]:
    page = draw_page(request, template, wording or find_wording(request), **values)
    return reply_compressed(request, page, HTML, status=status, headers=retry_headers(status))


def draw_page(request: Request, template: str, wording: Wording, **values: object) -> bytes:
    templates: Environment = request.app.state.templates
    page = templates.get_template(template).render(
        say=wording.say,
        number=wording.number,
        percent=wording.percent,
        date=wording.date,
        language=wording.language,
        **values,
    )
    return page.encode()


def reply_compressed(
    request: Request, content: bytes, media_type: str, *, status: int = 200, headers: dict[str, str]
) -> Response[bytes]:
    """Brotli, else gzip, for what a phone would feel; a short page goes as it is."""
    accepted = read_header(request, b"accept-encoding")
    headers = {**headers, "vary": "accept-encoding"}
    if len(content) >= SMALLEST_COMPRESSED:
        if "br" in accepted:
            content, headers["content-encoding"] = brotli.compress(content, quality=5), "br"
        elif "gzip" in accepted:
            content, headers["content-encoding"] = gzip.compress(content, compresslevel=6), "gzip"
    return Response(content, status_code=status, media_type=media_type, headers=headers)


def retry_headers(status: int) -> dict[str, str]:
    seconds = RETRY_AFTER_SECONDS.get(status)
    return {} if seconds is None else {"retry-after": str(seconds)}


def challenge_headers(status: int, challenge: Mapping[str, str]) -> dict[str, str]:
    return {**retry_headers(status), **(challenge if status == UNAUTHORIZED else {})}


def wants_problem(request: Request) -> bool:
    """Programs get a problem; whoever accepts HTML gets a page."""
    return "text/html" not in read_header(request, b"accept") or reads_json(request)


def reply_problem(request: Request, error: LangNgheError, wording: Wording | None = None) -> Response[bytes]:
    status = STATUS.get(type(error), 500)
    wording = wording or find_wording(request)
    if not wants_problem(request):
        return render_error(request, error, wording)
    body: dict[str, object] = {
        "type": f"urn:langnghe:problem:{error.code}",
        "title": error.code,
        "status": status,
        "detail": wording.error(error),
        **{name: value for name, value in error.details.items() if name in {"field", "group"}},
    }
    # No key opens a page for staff.
    challenge = {} if isinstance(error, SessionNeededError) else PROGRAM_CHALLENGE
    headers = challenge_headers(status, challenge)
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)  # pyright: ignore[reportReturnType]


def render_error(request: Request, error: LangNgheError, wording: Wording) -> Response[bytes]:
    """Staff get a page that leads back to their own; a form has no address in another language."""
    status, sentence = STATUS.get(type(error), 500), wording.error(error)
    if not f"{request.url.path}/".startswith("/staff/"):
        return render(request, "error.html", status=status, wording=wording, sentence=sentence)
    languages = {} if request.method == "POST" else list_languages(request, request.url.path)
    staff = {"person": "", "links": (), "languages": languages}
    told = {"sentence": sentence, "is_unknown": isinstance(error, UnknownPageError)}
    return render(request, "staff_error.html", status=status, wording=wording, staff=staff, **told)


def list_languages(request: Request, address: str) -> Mapping[str, str]:
    """The address in each language, with whatever else it asks for, so that filters stay."""
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return {language: f"{address}?{urlencode([('lang', language), *others])}" for language in LANGUAGES}


def render_unsent(request: Request, fields: Fields, error: LangNgheError, wording: Wording) -> Response[bytes]:
    """Nothing was stored, nothing is lost: the page holds what was sent and sends it again at a press."""
    if wants_problem(request):
        return reply_problem(request, error, wording)
    return render(
        request,
        "unsent.html",
        status=STATUS[type(error)],
        wording=wording,
        sentence=wording.error(error),
        action=request.url.path,
        fields={name: value for name, value in fields.items() if isinstance(value, str)},
    )


def reply_http_error(request: Request, error: HTTPException) -> Response[bytes]:
    """What the framework itself refuses: no such page, another method, too large a body."""
    kinds: Mapping[int, type[LangNgheError]] = {
        404: UnknownPageError,
        405: WrongMethodError,
        413: BodyTooLargeError,
    }
    reply = reply_problem(request, kinds.get(error.status_code, UnreadableBodyError)())
    if allowed := (error.headers or {}).get("allow"):
        reply.headers["allow"] = allowed
    return reply


def reply_fault(request: Request, error: Exception) -> Response[bytes]:
    """Ours, not the reader's: logged whole, told in one sentence."""
    log.error("fault", route=request.scope.get("path_template"), exc_info=error)
    return reply_problem(request, LangNgheError())
