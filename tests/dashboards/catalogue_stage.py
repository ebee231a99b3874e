"""The catalogue's pages in this process: administrators, head and manager of 32041, a manager elsewhere, the Front.

Desk 1 of 32041 was rated on the last of October by demo-1's visitors.
"""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from io import BytesIO
from pathlib import Path

import httpx
import msgspec
import xlsxwriter
from litestar import Litestar

from dashboards.routes import ROUTES
from dashboards.staff.administration.routes import ROUTES as ADMINISTRATION_ROUTES
from dashboards.staff.catalogue.routes import ROUTES as CATALOGUE_ROUTES
from feedback.api_keys import Reach
from feedback.catalogue.sheets import SHEETS
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from feedback.web.front_door import FrontDoor
from tests.dashboards.conftest import DASHBOARDS
from tests.feedback.test_orphaned_ratings import INSERT_COUNT, RATED
from tests.staff_people import add_person, open_session
from tests.world import make_world

IMPORT, CATALOGUE, DESKS = "/staff/catalogue-file/import", "/staff/catalogue", "/staff/desks"
OTHER_UNIT = """
INSERT INTO units (code, name, place_code, area_type, valid_from)
    VALUES ('other', 'Đơn vị khác (mẫu)', '32041', 'urban', '2025-07-01')
"""
Row = dict[str, str]


class CatalogueOffice(msgspec.Struct, frozen=True):
    client: httpx.AsyncClient
    connection: Connection
    accounts: Mapping[str, int]

    async def get(self, who: str, path: str) -> httpx.Response:
        path += "" if "lang=" in path else "&lang=en" if "?" in path else "?lang=en"
        return await self.client.get(path, headers=await self.sign_in(who))

    async def post(self, who: str, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data={"lang": "en", **fields}, headers=await self.sign_in(who))

    async def upload(self, who: str, content: bytes, name: str = "catalogue.xlsx") -> httpx.Response:
        files = {"workbook": (name, content, "application/octet-stream")}
        return await self.client.post(IMPORT, data={"lang": "en"}, files=files, headers=await self.sign_in(who))

    async def sign_in(self, who: str) -> Mapping[str, str]:
        [(name, value)] = (await open_session(self.connection, self.accounts[who])).items()
        return {"cookie": f"{name}={value}"}

    async def count(self, action: str, outcome: str = "done") -> int:
        statement = "SELECT count(*) FROM audit_log WHERE action = $1 AND outcome = $2"
        return int(await self.connection.fetchval(statement, action, outcome) or 0)


def read_text(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def read_hidden(answer: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, name
    return unescape(found[1])


def make_xlsx(**sheets: list[Row]) -> bytes:
    """A workbook with these sheets, every column of each."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        for name, rows in sheets.items():
            worksheet = workbook.add_worksheet(name)
            for place, column in enumerate(SHEETS[name].column_names):
                worksheet.write_string(0, place, column)
                for line, row in enumerate(rows, 1):
                    worksheet.write_string(line, place, row.get(column, ""))
    return content.getvalue()


async def add_staff(connection: Connection) -> dict[str, int]:
    own, other = Reach(units=("32041",)), Reach(units=("other",))
    return {
        "administrator": await add_person(connection, "mot", "administrator"),
        "second": await add_person(connection, "hai", "administrator"),
        "head": await add_person(connection, "head", "head_of_unit", own),
        "manager": await add_person(connection, "manager", "unit_manager", own),
        "stranger": await add_person(connection, "stranger", "unit_manager", other),
        "front": await add_person(connection, "front", "front_supervisor"),
    }


def wire_catalogue(database_url: str, home: Path, base_url: str) -> FrontDoor:
    settings = read_settings({"LANGNGHE_HOME": str(home), "LANGNGHE_BASE_URL": base_url})
    routes = [*ROUTES, *ADMINISTRATION_ROUTES, *CATALOGUE_ROUTES]
    return create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])


@asynccontextmanager
async def open_catalogue(database_url: str, home: Path) -> AsyncGenerator[CatalogueOffice]:
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.execute(OTHER_UNIT)
    await connection.execute(INSERT_COUNT, RATED, 5)
    accounts = await add_staff(connection)
    front_door = wire_catalogue(database_url, home, "https://langnghe.example")
    app = front_door.app
    assert isinstance(app, Litestar)
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "en"}
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="https://langnghe.example", headers=headers) as client,
    ):
        yield CatalogueOffice(client, connection, accounts)
    await connection.close()
