"""How the program interface refuses: always a problem (RFC 9457), with a challenge where a key is missing."""

from litestar import Response

from feedback.web.bodies import Request
from feedback.web.replies import PROBLEM, PROGRAM_CHALLENGE, challenge_headers, find_wording
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError


def reply_api_problem(request: Request, error: LangNgheError, **more: object) -> Response[object]:
    """`more` are further members of the problem, such as the rows that were refused."""
    status = STATUS.get(type(error), 500)
    body: dict[str, object] = {
        "type": f"urn:langnghe:problem:{error.code}",
        "title": error.code,
        "status": status,
        "detail": find_wording(request).error(error),
        **{name: value for name, value in error.details.items() if name in {"field", "quota"}},
        **more,
    }
    headers = challenge_headers(status, PROGRAM_CHALLENGE)
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)
