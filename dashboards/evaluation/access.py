"""Declares the addresses of the evaluation API: for keys of scope evaluation, to GET or HEAD, answered by problems."""

from collections.abc import Callable

from litestar import route
from litestar.handlers import HTTPRouteHandler

from dashboards.evaluation.replies import reply_evaluation_problem
from feedback.api_keys import ApiKey
from feedback.web.api_access import authorize
from feedback.web.bodies import Request
from surveys.errors import LangNgheError

# The quota of a key is its limit; wrong keys have one of their own (feedback/web/api_access.py).
KEY = {"access": "key", "limit": "by key"}


def read_only(*paths: str) -> Callable[..., HTTPRouteHandler]:
    return route(
        list(paths),
        http_method=["GET", "HEAD"],
        opt=KEY,
        exception_handlers={LangNgheError: reply_evaluation_problem},
    )


async def admit(request: Request) -> ApiKey:
    """The key behind a request. Raises what authorize raises."""
    return await authorize(request, "evaluation")
