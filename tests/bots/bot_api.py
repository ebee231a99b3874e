"""The demo's Bot API server behind a real port, for tests of whatever talks to Telegram."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from telegram import Bot
from telegram.request import HTTPXRequest

from bots.demo.bot_api import BotApi
from bots.demo.routes import make_demo_routes
from bots.demo.webhook import WebhookDelivery
from feedback.folders import FEEDBACK
from feedback.web.app import make_templates
from feedback.web.bodies import LARGEST_BODY
from feedback.web.front_door import FrontDoor
from feedback.web.replies import reply_fault, reply_http_error, reply_problem
from feedback.web.static_files import read_static_files
from surveys.errors import LangNgheError
from surveys.wording import LOCALE_FOLDER, read_wordings

TOKEN = "1000001:demo-token"
BOTS = Path(__file__).parents[2] / "bots"


def make_app(api: BotApi) -> FrontDoor:
    """The demo's addresses alone, without the program around them."""
    files = read_static_files([FEEDBACK / "web" / "static", BOTS / "demo" / "static"])
    pages = [FEEDBACK / "web" / "pages", BOTS / "demo" / "pages"]
    templates = make_templates(pages, static={name: f"/static/{name}" for name in files})
    wordings = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", BOTS / "locale"])
    app = Litestar(
        route_handlers=make_demo_routes(api),
        exception_handlers={LangNgheError: reply_problem, HTTPException: reply_http_error, Exception: reply_fault},
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        state=State({"templates": templates, "wordings": wordings, "static_files": files}),
    )
    return FrontDoor(app)


@asynccontextmanager
async def run_app(app: Any, port: int = 0) -> AsyncGenerator[str]:  # noqa: ANN401 (any ASGI app)
    """The address at which `app` answers."""
    config = uvicorn.Config(app, port=port, log_level="warning", access_log=False, http="httptools")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def run_bot_api(api: BotApi) -> AsyncGenerator[str]:
    """The address of the server; of its Bot API, what LANGNGHE_TELEGRAM_API would be, is `/demo/telegram` below it."""
    delivery = asyncio.create_task(WebhookDelivery(api, lambda: datetime.now(UTC)).run())
    async with run_app(make_app(api)) as address:
        yield address
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)


def make_bot(address: str, token: str = TOKEN) -> Bot:
    """A bot of python-telegram-bot that takes the server at `address` for Telegram."""
    return Bot(
        token,
        base_url=f"{address}/demo/telegram/bot",
        get_updates_request=HTTPXRequest(connection_pool_size=2),
    )
