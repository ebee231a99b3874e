"""The documentation: the OpenAPI document and a page made of it. Public, and without a word from any other site."""

import msgspec
from litestar import Response, route

from dashboards.evaluation.client_text import CLIENT
from dashboards.evaluation.openapi import make_document
from dashboards.evaluation.questions import read_question
from dashboards.evaluation.read_document import list_addresses, list_shapes
from dashboards.evaluation.replies import JSON_TYPE, digest, reply_evaluation_problem, reply_tagged
from feedback.web.bodies import Request
from feedback.web.replies import find_wording, render
from surveys.errors import LangNgheError

PUBLIC = {"access": "public", "limit": "120/minute"}


@route(
    "/api/v1/openapi.json",
    http_method=["GET", "HEAD"],
    opt=PUBLIC,
    exception_handlers={LangNgheError: reply_evaluation_problem},
)
async def show_openapi(request: Request) -> Response[bytes]:
    read_question(request)
    content = msgspec.json.encode(make_document(find_wording(request)))
    return reply_tagged(request, content, JSON_TYPE, digest(content), {})


@route("/api/docs", http_method=["GET", "HEAD"], opt=PUBLIC)
async def show_docs(request: Request) -> Response[bytes]:
    wording = find_wording(request)
    document = make_document(wording)
    return render(
        request,
        "api_docs.html",
        wording=wording,
        addresses=list_addresses(document),
        shapes=list_shapes(document),
        client=CLIENT,
    )


ROUTES = [show_openapi, show_docs]
