"""What tests of signing in share: the pages behind a real server with a clock of their own, and a demo person."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import msgspec
import uvicorn

from dashboards.staff.account import ROUTES as ACCOUNT_ROUTES
from dashboards.staff.sign_in import ROUTES as SIGN_IN_ROUTES
from feedback.accounts.invitations import give_proof
from feedback.accounts.passwords import hash_password
from feedback.accounts.powers import Role
from feedback.accounts.totp import make_code
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.staff_people import add_person
from tests.wired import SECRET

PASSWORD = "ba con trâu uống nước sông Đà"
DEVICE = bytes(range(20))
NAME = "demo-lan"
SIGN_IN, ACCOUNT = "/staff/sign-in", "/staff/account"
COOKIE_FORM = r"__Host-langnghe=[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict"


class Clock:
    """Begins now, so that cookies and codes are of today; moved on by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def read(self) -> datetime:
        return self.now

    def pass_time(self, **passed: float) -> None:
        self.now += timedelta(**passed)


class Stage(msgspec.Struct, frozen=True):
    """`own` is what a browser adds to a form of our own page."""

    address: str
    clock: Clock
    connection: Connection

    @property
    def own(self) -> dict[str, str]:
        return {"accept": "text/html", "sec-fetch-site": "same-origin", "origin": self.address}

    @asynccontextmanager
    async def open_browser(self, caller: str = "10.0.0.1", cookie: str = "") -> AsyncGenerator[httpx.AsyncClient]:
        """A browser without scripts, at another address each if wanted."""
        headers = {**self.own, "x-real-ip": caller, **({"cookie": cookie} if cookie else {})}
        async with httpx.AsyncClient(base_url=self.address, headers=headers, timeout=30) as browser:
            yield browser

    def show_code(self) -> str:
        return make_code(DEVICE, self.clock.now)

    def fill_in(self, **changed: str) -> dict[str, str]:
        """The form of somebody who knows everything; each use of a code takes another half minute."""
        self.clock.pass_time(seconds=30)
        return {"name": NAME, "password": PASSWORD, "code": self.show_code(), "lang": "en", **changed}

    async def sign_in(self, caller: str = "10.0.0.1") -> dict[str, str]:
        """The header of a browser that is signed in; the client's own jar keeps no `Secure` cookie over http."""
        async with self.open_browser(caller) as browser:
            reply = await browser.post(SIGN_IN, data=self.fill_in())
        assert reply.status_code == 303, read(reply)
        return {"cookie": reply.headers["set-cookie"].partition(";")[0]}


def read(reply: httpx.Response) -> str:
    return unescape(reply.text)


async def add_known_person(connection: Connection, name: str = "lan", role: Role = "front_supervisor") -> int:
    account_id = await add_person(connection, name, role)
    await give_proof(connection, SECRET, account_id, await hash_password(PASSWORD), DEVICE)
    return account_id


@asynccontextmanager
async def open_stage(database_url: str, home: Path) -> AsyncGenerator[Stage]:
    settings = read_settings(
        {"LANGNGHE_HOME": str(home), "LANGNGHE_SECRET": SECRET, "LANGNGHE_TRUSTED_PROXY": "127.0.0.1"}
    )
    app = create_app(settings, database_url, more_routes=[*SIGN_IN_ROUTES, *ACCOUNT_ROUTES], more_packages=[DASHBOARDS])
    clock = Clock()
    app.app.state.read_now = clock.read  # pyright: ignore[reportFunctionMemberAccess]
    server = Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))  # pyright: ignore[reportArgumentType]
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    connection = await open_connection(database_url)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield Stage(address, clock, connection)
    finally:
        await connection.close()
        server.should_exit = True
        await running
