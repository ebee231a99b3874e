"""The pages of cases behind a real server on Friday 2026-11-20: one unit, an alert about an official, the people."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn

from dashboards.cases.routes import ROUTES
from dashboards.supervision.alerts.causes import About
from dashboards.supervision.alerts.routes import ROUTES as ALERT_ROUTES
from feedback.accounts.powers import Role
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.tables.supervision_cases import SupervisionCase, select_case
from feedback.web.app import create_app
from tests.conftest import name_database, run_on_server
from tests.dashboards.alert_stage import add_alert, find_ids
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.staff_people import add_person, open_session
from tests.world import make_world

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # Friday 09:30 in Vietnam
TODAY = date(2026, 11, 20)
# 15 working days after Friday 20 November: 23 and 25-27 are four (24 is the Day of Vietnamese Culture, a holiday from
# 2026 on), 30 November to 4 December nine, 7-11 December fourteen, Monday 14 December fifteen.
PROPOSED = "2026-12-14"
PROVINCE, UNIT = Reach(provinces=("96",)), Reach(units=("32041",))
PEOPLE: dict[str, tuple[Role, Reach]] = {
    "supervisor": ("front_supervisor", PROVINCE),
    "colleague": ("front_supervisor", PROVINCE),
    "commune": ("front_supervisor", Reach(communes=("32041",))),
    "center": ("front_supervisor", EVERYWHERE),
    "stranger": ("front_supervisor", Reach(provinces=("01",))),
    "inspector": ("inspector", PROVINCE),
    "head": ("head_of_unit", UNIT),
    "manager": ("unit_manager", UNIT),
    "elsewhere": ("head_of_unit", Reach(units=("other",))),
}
DRAFT = {
    "lang": "vi",
    "title": "Chờ lâu ở quầy hộ tịch (mẫu)",
    "findings": "Người dân phải chờ hơn một giờ.",
    "recommendation": "Bố trí thêm người vào buổi sáng.",
    "legal_basis": "Luật Mặt trận Tổ quốc Việt Nam",
}


class Site:
    """Somebody's browser without scripts, one person after the other; `now` is the hour of the server."""

    def __init__(self, client: httpx.AsyncClient, connection: Connection, now: list[datetime]) -> None:
        self.client = client
        self.connection = connection
        self.hour = now
        self.ids: dict[str, int] = {}
        self.cookies: dict[str, str] = {}

    async def prepare(self) -> None:
        self.ids = await find_ids(self.connection)
        for name, (role, reach) in PEOPLE.items():
            account_id = await add_person(self.connection, name, role, reach)
            [(cookie, value)] = (await open_session(self.connection, account_id, NOW)).items()
            self.cookies[name] = f"{cookie}={value}"

    def become(self, name: str) -> None:
        self.client.headers["cookie"] = self.cookies.get(name, "")

    async def read(self, address: str) -> str:
        reply = await self.client.get(address)
        assert reply.status_code == 200, (address, reply.status_code, reply.text[:2000])
        return reply.text

    async def open_draft(self, **changes: str) -> int:
        """By the supervisor, of the unit unless `alert` is named; the number of the case."""
        self.become("supervisor")
        sent = {**DRAFT, **({} if "alert" in changes else {"area": "u-32041"}), **changes}
        reply = await self.client.post("/staff/cases/new", data=sent)
        assert reply.status_code == 303, reply.text
        return int(urlsplit(reply.headers["location"]).path.rpartition("/")[2])

    async def take(self, number: int, verb: str, *, side: str = "cases", **fields: str) -> httpx.Response:
        """As whoever is signed in now, on the case as it is, unless `changed_at` says otherwise."""
        case = await self.find(number)
        form = {"lang": "vi", "changed_at": case.changed_at.isoformat(), **fields}
        return await self.client.post(f"/staff/{side}/{number}/{verb}", data=form)

    async def send_case(self, **changes: str) -> int:
        number = await self.open_draft(**changes)
        reply = await self.take(number, "send", due_on=PROPOSED)
        assert reply.status_code == 303, reply.text
        return number

    async def answer(self, number: int, text: str = "Đã bố trí thêm một người.") -> None:
        self.become("head")
        reply = await self.take(number, "answer", side="unit-cases", reason=text)
        assert reply.status_code == 303, reply.text

    async def find_alert(self) -> int:
        """About an official; one for all, as a cause has one open alert."""
        known = await self.connection.fetchval("SELECT max(alert_id) FROM supervision_alerts")
        if known is not None:
            return known
        about = About("drop", self.ids["unit"], self.ids["desk-1"], self.ids["official"])
        return (await add_alert(self.connection, about)).alert_id

    async def find(self, number: int) -> SupervisionCase:
        case = await select_case(self.connection, number)
        assert case is not None
        return case

    def wait(self, **spans: float) -> None:
        self.hour[0] += timedelta(**spans)


@asynccontextmanager
async def open_own_site(server_url: str, template: str, home: Path) -> AsyncGenerator[Site]:
    """For all tests of a file: each opens cases of its own."""
    name = f"cases_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    async with open_site(name_database(server_url, name), home) as site:
        yield site
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def open_site(database_url: str, home: Path) -> AsyncGenerator[Site]:
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    front_door = create_app(settings, database_url, more_routes=[*ROUTES, *ALERT_ROUTES], more_packages=[DASHBOARDS])
    now = [NOW]
    front_door.app.state.read_now = lambda: now[0]  # pyright: ignore[reportFunctionMemberAccess]
    front_door.app.state.read_day = lambda: TODAY  # pyright: ignore[reportFunctionMemberAccess]
    config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    connection = await open_connection(database_url)
    await make_world(connection)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        site = Site(client, connection, now)
        await site.prepare()
        yield site
    server.should_exit = True
    await running
    await connection.close()
