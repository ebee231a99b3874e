"""The servers that the benchmarks ask: ours, an empty Litestar, and a Telegram that agrees with everything."""

import sys

import uvicorn
from litestar import Litestar, post
from litestar.params import FromPath

from dashboards.routes import ROUTES
from dashboards.supervision.routes import ROUTES as SUPERVISION_ROUTES
from feedback.settings import read_environment
from feedback.web.app import create_app
from wiring import DASHBOARDS


@post("/empty", opt={"access": "public", "limit": "none"})
async def answer_nothing() -> None:
    return None


@post("/{bot:str}/{method:str}", opt={"access": "public", "limit": "none"}, status_code=200)
async def agree(method: FromPath[str]) -> dict[str, object]:
    chat = {"id": 1, "type": "private"}
    return {"ok": True, "result": {"message_id": 1, "date": 0, "chat": chat} if method == "sendMessage" else True}


def main() -> None:
    kind, port, database_url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if kind in {"empty", "telegram"}:
        app = Litestar([answer_nothing if kind == "empty" else agree], openapi_config=None, logging_config=None)
    else:
        settings = read_environment(LANGNGHE_DESK_LIMIT="1000000 per 1 minute")
        app = create_app(
            settings,
            database_url,
            more_routes=[*ROUTES, *SUPERVISION_ROUTES, answer_nothing],
            more_packages=[DASHBOARDS],
        )
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
