"""What is said of a slip that cannot be used: its own sentence, and where an ordinary rating is welcome."""

from litestar import Response

from feedback.web.bodies import Request
from feedback.web.replies import PROBLEM, find_wording, render, retry_headers, wants_problem
from feedback.web.statuses import STATUS
from surveys.errors import LangNgheError
from surveys.wording import Wording


def reply_slip_problem(request: Request, error: LangNgheError, wording: Wording | None = None) -> Response[bytes]:
    status = STATUS.get(type(error), 500)
    wording = wording or find_wording(request)
    desk = str(error.details.get("desk", ""))
    if not wants_problem(request):
        sentence = wording.error(error)
        return render(request, "visit_problem.html", status=status, wording=wording, sentence=sentence, desk=desk)
    body: dict[str, object] = {
        "type": f"urn:langnghe:problem:{error.code}",
        "title": error.code,
        "status": status,
        "detail": wording.error(error),
        **{name: value for name, value in error.details.items() if name in {"field", "group", "left"}},
        **({"rate_without_slip": f"/Q/{desk}"} if desk else {}),
    }
    return Response(body, status_code=status, media_type=PROBLEM, headers=retry_headers(status))  # pyright: ignore[reportReturnType]
