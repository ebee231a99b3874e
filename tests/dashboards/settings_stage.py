"""The pages of what administrators set, in this process: two administrators and an inspector, on a Friday."""

import re
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import httpx
import msgspec
from litestar import Litestar

from dashboards.routes import ROUTES
from dashboards.staff.settings_pages.routes import ROUTES as SETTINGS_ROUTES
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.conftest import name_database, run_on_server
from tests.dashboards.conftest import DASHBOARDS
from tests.feedback.appointment_stage import add_people
from tests.feedback.kiosk_stage import list_kiosk_routes
from tests.staff_people import add_person, open_session

FRIDAY = date(2026, 11, 20)
BASE_URL = "https://langnghe.example"


class Desk(msgspec.Struct):
    """Where administrators work; `first` and `second` are account_ids, `inspector` has no power here."""

    client: httpx.AsyncClient
    connection: Connection
    first: int
    second: int
    inspector: int
    mark: int = 0

    async def begin(self) -> None:
        """As after a morning's work: nothing is set, and the log is counted from here."""
        for table in ("api_keys", "parameter_values", "calendar_corrections", "kiosks"):
            await self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 (fixed names)
        self.mark = int(await self.connection.fetchval("SELECT max(entry_id) FROM audit_log") or 0)

    async def get(self, account_id: int, path: str) -> httpx.Response:
        return await self.client.get(path, headers=await self.sign_in(account_id))

    async def post(self, account_id: int, path: str, **fields: str) -> httpx.Response:
        form = {"lang": "en", **fields}
        return await self.client.post(path, data=form, headers=await self.sign_in(account_id))

    async def sign_in(self, account_id: int, proved_at: datetime | None = None) -> Mapping[str, str]:
        [(name, value)] = (await open_session(self.connection, account_id, proved_at)).items()
        return {"cookie": f"{name}={value}"}

    async def count(self, action: str, outcome: str = "done") -> int:
        statement = "SELECT count(*) FROM audit_log WHERE action = $1 AND outcome = $2 AND entry_id > $3"
        return int(await self.connection.fetchval(statement, action, outcome, self.mark) or 0)


def read_text(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def make_settings_world(connection: Connection) -> tuple[int, int, int]:
    people = await add_people(connection)
    inspector = await add_person(connection, "inspector", "inspector")
    return people.first.account_id, people.second.account_id, inspector


@asynccontextmanager
async def open_desk(server_url: str, template: str, home: Path) -> AsyncGenerator[Desk]:
    """On a database of its own, for all tests of a module."""
    name = f"desk_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    database_url = name_database(server_url, name)
    connection = await open_connection(database_url)
    first, second, inspector = await make_settings_world(connection)
    settings = read_settings({"LANGNGHE_HOME": str(home), "LANGNGHE_BASE_URL": BASE_URL})
    routes = [*ROUTES, *SETTINGS_ROUTES, *list_kiosk_routes()]
    front_door = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    app = front_door.app
    assert isinstance(app, Litestar)
    app.state.read_day = lambda: FRIDAY
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "en"}
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client,
    ):
        yield Desk(client, connection, first, second, inspector)
    await connection.close()
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def minutes_ago(count: int) -> datetime:
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() - 60 * count, UTC)
