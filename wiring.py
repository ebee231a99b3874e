"""What runs until it is told to stop, and the only place that wires the packages together."""

import asyncio
import contextlib
import datetime as dt
import secrets
import signal
import socket
from collections.abc import Coroutine, Generator
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
import uvicorn

from bots.command_line import BOTS, require_bot
from bots.demo.bot_api import BotApi
from bots.demo.routes import make_demo_routes
from bots.telegram.program import run_bot
from bots.telegram.webhook import ROUTES as BOT_ROUTES
from dashboards.cases.routes import ROUTES as CASE_ROUTES
from dashboards.checks.routes import ROUTES as CHECK_ROUTES
from dashboards.daily_work import JOBS, catch_up
from dashboards.evaluation.routes import ROUTES as EVALUATION_ROUTES
from dashboards.forms.routes import ROUTES as FORM_ROUTES
from dashboards.reports.routes import ROUTES as REPORT_ROUTES
from dashboards.reports.run_reports import run_reports
from dashboards.routes import ROUTES as DASHBOARD_ROUTES
from dashboards.staff.catalogue.routes import ROUTES as CATALOGUE_ROUTES
from dashboards.staff.routes import ROUTES as STAFF_ROUTES
from dashboards.staff.settings_pages.routes import ROUTES as SETTINGS_ROUTES
from dashboards.supervision.digests.send_digests import send_digests
from dashboards.supervision.routes import ROUTES as SUPERVISION_ROUTES
from dashboards.webhooks.run_webhooks import run_webhooks
from feedback.command_line.demo import fill_demo, show_addresses
from feedback.command_line.session import (
    console,
    fill_secret,
    open_database,
    prepare,
    read_wording,
    run,
)
from feedback.demo.codes_page import make_codes_routes
from feedback.demo.recipe import NATIONAL, SMALL
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.jobs import EVERY_TEN_MINUTES, Job, run_jobs
from feedback.settings import Settings
from feedback.web.app import create_app
from feedback.web.front_door import FrontDoor
from surveys.errors import PortTakenError

DASHBOARDS = Path(__file__).parent / "dashboards"


def wire_pages(settings: Settings, database_url: str, telegram: BotApi | None = None) -> FrontDoor:
    """All pages; `telegram` is the demo's own, with a page to chat in."""
    supervised = [*SUPERVISION_ROUTES, *CASE_ROUTES, *CHECK_ROUTES, *FORM_ROUTES, *REPORT_ROUTES]
    kept = [*STAFF_ROUTES, *CATALOGUE_ROUTES, *SETTINGS_ROUTES]
    shown = [*DASHBOARD_ROUTES, *EVALUATION_ROUTES, *kept, *supervised]
    invented = [*make_demo_routes(telegram), *make_codes_routes(settings.home)] if telegram else []
    routes = [*shown, *BOT_ROUTES, *invented]
    return create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS, BOTS, BOTS / "demo"])


async def serve_pages(settings: Settings, app: FrontDoor) -> None:
    """Answer on one port until told to stop; what was begun is finished first."""
    config = uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http="httptools",
        timeout_graceful_shutdown=10,
        backlog=4096,
    )
    # uvicorn raises the signal again when it has finished; the database has still to be stopped then.
    signal.signal(signal.SIGTERM, note_signal)
    with open_port(settings) as port:
        await uvicorn.Server(config).serve(sockets=[port])


def note_signal(number: int, frame: object) -> None:
    """Do nothing: uvicorn has acted on it."""


@contextlib.contextmanager
def open_port(settings: Settings) -> Generator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as port:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            port.bind((settings.host, settings.port))
        except OSError:
            raise PortTakenError(host=settings.host, port=settings.port) from None
        yield port


async def run_together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run until the first part ends; the others are then stopped."""
    tasks = [asyncio.create_task(part) for part in parts]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def bring_up(
    settings: Settings, database_url: str, server: EmbeddedPostgres | None, telegram: BotApi | None = None
) -> None:
    parts = [serve_pages(settings, wire_pages(settings, database_url, telegram)), *do_work(settings, database_url)]
    if settings.telegram_token is not None:
        parts.append(run_bot(settings, database_url))
    if server is not None:
        parts.append(server.watch())
    await run_together(*parts)


def do_work(settings: Settings, database_url: str) -> list[Coroutine[Any, Any, None]]:
    """What goes on beside the pages: scheduled work, and telling other programs of releases."""
    digests = Job("send_digests", partial(send_digests, settings), EVERY_TEN_MINUTES)
    return [
        run_jobs(database_url, [*JOBS, digests]),
        run_webhooks(settings, database_url),
        run_reports(settings, database_url),
    ]


@click.command()
def up() -> None:
    """Start everything in one process on one port, with an own database unless DATABASE_URL is set."""

    async def work(settings: Settings) -> None:
        with open_database(settings, alone=True) as (database_url, server):
            await prepare(database_url)
            console.print(read_wording(settings.language).say("cli.up", address=settings.base_url))
            await bring_up(fill_secret(settings), database_url, server)

    run(work)


@click.command()
@click.argument("part", type=click.Choice(["citizens", "staff", "bot"]))
def serve(part: str) -> None:
    """Serve one part, for production with DATABASE_URL.

    "citizens" is rating and public results; "staff" the same for those who sign in, behind a host name of their own;
    "bot" takes what Telegram sends, and answers it.
    """

    async def work(settings: Settings) -> None:
        settings = fill_secret(settings)
        if part == "bot":
            require_bot(settings)
        with open_database(settings) as (database_url, server):
            parts = [serve_pages(settings, wire_pages(settings, database_url))]
            if part == "bot":
                parts.append(run_bot(settings, database_url))
            if server is not None:
                parts.append(server.watch())
            await run_together(*parts)

    console.print(f"langnghe serve {part}")
    run(work)


@click.command()
def work() -> None:
    """Do the scheduled work, such as forgetting the exact time of ratings after 48 hours."""

    async def work_on(settings: Settings) -> None:
        with open_database(settings) as (database_url, server):
            await prepare(database_url)
            watching = [server.watch()] if server else []
            await run_together(*do_work(fill_secret(settings), database_url), *watching)

    run(work_on)


@click.command()
@click.option("--national", is_flag=True, help="All 3,321 communes and 8.8 million ratings instead of three communes.")
def demo(*, national: bool) -> None:
    """Like "up", with a believable world in it. Everything invented is marked as demo.

    Its own database lies in the folder "demo" of LANGNGHE_HOME, so it never meets real ratings.
    """
    size = NATIONAL if national else SMALL

    async def work(settings: Settings) -> None:
        settings = fill_secret(msgspec.structs.replace(settings, home=settings.home / f"demo-{size.name}"))
        settings, telegram = imitate_telegram(settings)
        with open_database(settings, alone=True) as (database_url, server):
            await prepare(database_url)
            shown = await fill_demo(settings, database_url, size)
            await catch_up(database_url, dt.datetime.now(dt.UTC))
            show_addresses(settings, shown)
            await bring_up(settings, database_url, server, telegram)

    run(work)


def imitate_telegram(settings: Settings) -> tuple[Settings, BotApi]:
    """A Telegram of the demo's own: the bot talks to it over HTTP, and people chat in a page."""
    telegram = BotApi(f"1000:{secrets.token_urlsafe(24)}")
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 (compared, not bound)
    own = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    changed = msgspec.structs.replace(
        settings,
        telegram_token=telegram.token,
        telegram_api=f"{own}/demo/telegram",
        telegram_link=f"{settings.base_url}/demo/chat",
        telegram_updates="polling",
    )
    return changed, telegram
