"""How the evaluation API answers: JSON that may be asked for again cheaply, or a problem that says what is allowed."""

import hashlib
from collections.abc import Mapping

import msgspec
from litestar import Response

from dashboards.evaluation.questions import Question
from feedback.web.bodies import Request, read_header
from feedback.web.replies import PROBLEM, PROGRAM_CHALLENGE, challenge_headers, find_wording, reply_compressed
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError

JSON_TYPE = "application/json"
# Kept by whoever asked and by nobody between, and asked for again each time: a key may be revoked.
KEEP = "private, no-cache"
VARY = "accept-encoding, accept-language, authorization"
LISTS = {"known", "allowed"}
ENCODER = msgspec.json.Encoder()


def reply_item(request: Request, item: msgspec.Struct, links: Mapping[str, str] | None = None) -> Response[bytes]:
    """`links` are addresses by their relation, such as next."""
    content = ENCODER.encode(item)
    headers = {} if not links else {"link": ", ".join(f'<{path}>; rel="{name}"' for name, path in links.items())}
    return reply_tagged(request, content, JSON_TYPE, digest(content, headers.get("link", "").encode()), headers)


def reply_page(request: Request, question: Question, page: msgspec.Struct, cursor: str | None) -> Response[bytes]:
    return reply_item(request, page, {"next": question.write_next(cursor)} if cursor else None)


def reply_tagged(
    request: Request, content: bytes, media_type: str, tag: str, headers: Mapping[str, str]
) -> Response[bytes]:
    """304 without content when the asker names this tag."""
    headers = {**headers, "cache-control": KEEP}
    if known := find_known_tag(request, tag):
        unchanged = {"etag": known, "vary": VARY}
        return Response(b"", status_code=304, media_type=media_type, headers={**headers, **unchanged})
    response = reply_compressed(request, content, media_type, headers=headers)
    encoding = response.headers.get("content-encoding")
    response.headers["etag"] = f'"{tag}-{encoding}"' if encoding else f'"{tag}"'
    response.headers["vary"] = VARY
    return response


def digest(*parts: bytes) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8))
        hashed.update(part)
    return hashed.hexdigest()[:32]


def find_known_tag(request: Request, tag: str) -> str | None:
    """The strong tag in If-None-Match that names this content, in whatever encoding it was sent."""
    known = {text.strip().removeprefix("W/") for text in read_header(request, b"if-none-match").split(",")}
    if "*" in known:
        return f'"{tag}"'
    return next((form for form in (f'"{tag}"', f'"{tag}-br"', f'"{tag}-gzip"') if form in known), None)


def reply_evaluation_problem(request: Request, error: LangNgheError) -> Response[object]:
    """A problem (RFC 9457); what is allowed stands in its sentence and, as a list, in `allowed`."""
    status = STATUS.get(type(error), 500)
    body: dict[str, object] = {
        "type": f"urn:langnghe:problem:{error.code}",
        "title": error.code,
        "status": status,
        "detail": find_wording(request).error(error),
        **{name: value for name, value in error.details.items() if name in {"field", "quota"}},
    }
    for name in LISTS & error.details.keys():
        body["allowed"] = str(error.details[name]).split(", ")
    headers = challenge_headers(status, PROGRAM_CHALLENGE)
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)
