"""The servers that the benchmarks ask: ours as `langnghe serve citizens` runs it, and an empty Litestar."""

import sys

import uvicorn
from litestar import Litestar, post

from dashboards.routes import ROUTES
from feedback.settings import read_environment
from feedback.web.app import create_app
from langnghe import DASHBOARDS


@post("/empty", opt={"access": "public", "limit": "none"})
async def answer_nothing() -> None:
    return None


def main() -> None:
    kind, port, database_url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if kind == "empty":
        app = Litestar([answer_nothing], openapi_config=None, logging_config=None)
    else:
        settings = read_environment(LANGNGHE_DESK_LIMIT="1000000 per 1 minute")
        app = create_app(settings, database_url, more_routes=[*ROUTES, answer_nothing], more_packages=[DASHBOARDS])
    uvicorn.run(
        app,  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        loop="uvloop",
        http="httptools",
    )


if __name__ == "__main__":
    main()
