"""The pages of cross-checks and of forms in this process, on Saturday 2026-11-21 at ten in the morning. Demo people."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import httpx
import msgspec
from litestar import Litestar

from dashboards.checks.routes import ROUTES as CHECK_ROUTES
from dashboards.forms.routes import ROUTES as FORM_ROUTES
from dashboards.routes import ROUTES
from feedback.accounts.powers import Role
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.record_response import Intake, read_local_day
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS
from tests.staff_people import add_person, open_session

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
SECRET = "5b" * 32
HERE, ELSEWHERE = Reach(provinces=("96",)), Reach(provinces=("79",))


class Clock:
    """What the pages take for now; a test may move it."""

    def __init__(self) -> None:
        self.now = NOW

    def read_now(self) -> datetime:
        return self.now

    def read_day(self) -> date:
        return read_local_day(self.now)[0]


class Stage(msgspec.Struct, frozen=True):
    client: httpx.AsyncClient
    connection: Connection
    app: Litestar
    clock: Clock

    @property
    def intake(self) -> Intake:
        return self.app.state.intake

    async def add(self, name: str, role: Role, reach: Reach = EVERYWHERE, *, official_id: int | None = None) -> int:
        return await add_person(self.connection, name, role, reach, official_id=official_id)

    async def get(self, account_id: int, path: str, **query: str) -> httpx.Response:
        return await self.client.get(path, params=query or None, headers=await self.sign_in(account_id))

    async def read(self, account_id: int, path: str, **query: str) -> str:
        reply = await self.get(account_id, path, **query)
        assert reply.status_code == 200, f"{path}: {reply.text}"
        return unescape(reply.text)

    async def post(self, account_id: int, path: str, **fields: str) -> httpx.Response:
        headers = await self.sign_in(account_id)
        return await self.client.post(path, data={"lang": "vi", **fields}, headers=headers)

    async def post_together(self, path: str, forms: Sequence[tuple[int, Mapping[str, str]]]) -> list[httpx.Response]:
        """At once, each by its account."""
        signed = [(await self.sign_in(account_id), {"lang": "vi", **fields}) for account_id, fields in forms]
        return await asyncio.gather(*(self.client.post(path, data=data, headers=cookie) for cookie, data in signed))

    async def sign_in(self, account_id: int) -> dict[str, str]:
        [(name, value)] = (await open_session(self.connection, account_id, self.clock.now)).items()
        return {"cookie": f"{name}={value}"}

    async def count(self, action: str, outcome: str = "done") -> int:
        statement = "SELECT count(*) FROM audit_log WHERE action = $1 AND outcome = $2"
        return int(await self.connection.fetchval(statement, action, outcome) or 0)


@asynccontextmanager
async def open_stage(database_url: str, home: Path) -> AsyncGenerator[Stage]:
    connection = await open_connection(database_url)
    settings = read_settings(
        {
            "LANGNGHE_HOME": str(home),
            "LANGNGHE_BASE_URL": "https://langnghe.example",
            "LANGNGHE_SECRET": SECRET,
        }
    )
    routes = [*ROUTES, *CHECK_ROUTES, *FORM_ROUTES]
    front_door = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    app = front_door.app
    assert isinstance(app, Litestar)
    clock = Clock()
    app.state.read_day, app.state.read_now = clock.read_day, clock.read_now
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "vi"}
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="https://langnghe.example", headers=headers) as client,
    ):
        yield Stage(client, connection, app, clock)
    await connection.close()
