"""What tests of the other ways to sign in share: the pages at http://localhost, where browsers allow passkeys."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import uvicorn
from playwright.async_api import Browser, BrowserContext, CDPSession, Page

from dashboards.staff.account import ROUTES as ACCOUNT_ROUTES
from dashboards.staff.home import ROUTES as HOME_ROUTES
from dashboards.staff.outside import ROUTES as OUTSIDE_ROUTES
from dashboards.staff.outside_link import ROUTES as LINK_ROUTES
from dashboards.staff.passkeys import ROUTES as PASSKEY_ROUTES
from dashboards.staff.sign_in import ROUTES as SIGN_IN_ROUTES
from feedback.accounts.sessions import begin_session
from feedback.accounts.totp import make_code
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from feedback.web.staff_access import COOKIE
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.sign_in_stage import DEVICE, NAME, PASSWORD, Clock
from tests.journeys.phone import LISTEN
from tests.wired import SECRET

ROUTES = [*SIGN_IN_ROUTES, *ACCOUNT_ROUTES, *HOME_ROUTES, *PASSKEY_ROUTES, *OUTSIDE_ROUTES, *LINK_ROUTES]


class RunningClock(Clock):
    """Goes on by itself too: the other program's clock does, and both have to agree."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def read(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def pass_time(self, **passed: float) -> None:
        self.passed += timedelta(**passed)


class Ways(msgspec.Struct, frozen=True):
    address: str
    clock: RunningClock
    connection: Connection

    @property
    def own(self) -> dict[str, str]:
        """What a browser adds on a page of our own."""
        return {"accept": "application/json", "sec-fetch-site": "same-origin", "origin": self.address}

    @asynccontextmanager
    async def open_client(self, **headers: str) -> AsyncGenerator[httpx.AsyncClient]:
        """A browser without scripts; `headers` replace or add to those of our own pages."""
        async with httpx.AsyncClient(
            base_url=self.address, headers={**self.own, **headers}, timeout=30, follow_redirects=False
        ) as client:
            yield client

    async def open_session(self, account_id: int) -> str:
        """The cookie of a session that began this moment."""
        return f"{COOKIE}={await begin_session(self.connection, account_id, 'code', self.clock.read())}"

    def show_code(self) -> str:
        """Each code works once, so time goes on."""
        self.clock.pass_time(seconds=30)
        return make_code(DEVICE, self.clock.read())

    async def list_audit(self) -> list[tuple[object, ...]]:
        rows = await self.connection.fetch("SELECT action, outcome, details FROM audit_log ORDER BY entry_id")
        return [
            (row["action"], row["outcome"], msgspec.json.decode(row["details"]) if row["details"] else {})
            for row in rows
        ]


@asynccontextmanager
async def open_ways(
    database_url: str, home: Path, environment: Mapping[str, str] | None = None, host: str = "localhost"
) -> AsyncGenerator[Ways]:
    """Its port is known before it starts, because its own address is a setting."""
    port = socket.create_server(("127.0.0.1", 0))
    address = f"http://{host}:{port.getsockname()[1]}"
    usual = {"LANGNGHE_HOME": str(home), "LANGNGHE_SECRET": SECRET, "LANGNGHE_BASE_URL": address}
    settings = read_settings({**usual, **(environment or {})})
    app = create_app(settings, database_url, more_routes=ROUTES, more_packages=[DASHBOARDS])
    clock = RunningClock()
    app.app.state.read_now = clock.read  # pyright: ignore[reportFunctionMemberAccess]
    server = Server(uvicorn.Config(app, log_level="warning", access_log=False))  # pyright: ignore[reportArgumentType]
    running = asyncio.create_task(server.serve(sockets=[port]))
    await server.is_ready.wait()
    connection = await open_connection(database_url)
    try:
        yield Ways(address, clock, connection)
    finally:
        await connection.close()
        server.should_exit = True
        await running


@asynccontextmanager
async def open_page(browser: Browser, language: str = "vi-VN") -> AsyncGenerator[tuple[BrowserContext, Page]]:
    """A phone-sized page of a browser that knows nobody yet."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale=language)
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    yield context, await context.new_page()
    await context.close()


async def plug_in(context: BrowserContext, page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """A virtual authenticator in the browser, and its id there; with `verifies` it asks its person."""
    session = await context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    added = await session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, added["authenticatorId"]


async def sign_in_by_password(ways: Ways, page: Page, to: str) -> None:
    await page.goto(f"{ways.address}/staff/sign-in?to={to}")
    await page.fill("#name", NAME)
    await page.fill("#password", PASSWORD)
    await page.fill("#code", ways.show_code())
    await page.click("main form[method=post] button.main")
    await page.wait_for_url(f"{ways.address}{to}**")
