"""The pages of administration in this process: two administrators, an inspector, Lan who holds nothing, an official."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
from litestar import Litestar

from dashboards.routes import ROUTES
from dashboards.staff.administration.routes import ROUTES as ADMINISTRATION_ROUTES
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS
from tests.feedback.appointment_stage import People, add_people
from tests.feedback.review_stage import find_ids
from tests.staff_people import add_person, open_session


class Office(msgspec.Struct, frozen=True):
    client: httpx.AsyncClient
    connection: Connection
    people: People
    inspector: int
    official: int

    async def get(self, account_id: int, path: str) -> httpx.Response:
        return await self.client.get(path, headers=await self.sign_in(account_id))

    async def post(self, account_id: int, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=await self.sign_in(account_id))

    async def sign_in(self, account_id: int) -> Mapping[str, str]:
        """A session of its own each time: decisions end sessions."""
        [(name, value)] = (await open_session(self.connection, account_id)).items()
        return {"cookie": f"{name}={value}"}

    async def count(self, action: str, outcome: str = "done") -> int:
        statement = "SELECT count(*) FROM audit_log WHERE action = $1 AND outcome = $2"
        return int(await self.connection.fetchval(statement, action, outcome) or 0)


@asynccontextmanager
async def open_office(database_url: str, home: Path) -> AsyncGenerator[Office]:
    connection = await open_connection(database_url)
    people = await add_people(connection)
    ids = await find_ids(connection)
    inspector = await add_person(connection, "inspector", "inspector")
    official = await add_person(connection, "official", "official", official_id=ids["demo-1"])
    settings = read_settings({"LANGNGHE_HOME": str(home), "LANGNGHE_BASE_URL": "https://langnghe.example"})
    routes = [*ROUTES, *ADMINISTRATION_ROUTES]
    front_door = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    app = front_door.app
    assert isinstance(app, Litestar)
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "en"}
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="https://langnghe.example", headers=headers) as client,
    ):
        yield Office(client, connection, people, inspector, official)
    await connection.close()
