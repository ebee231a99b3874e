"""What tests of tablets at exits share: a registered tablet of the small world, and the program that serves it."""

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import msgspec
from litestar.handlers import HTTPRouteHandler

from feedback.database import Connection
from feedback.kiosks import hash_kiosk_secret, make_kiosk_secret
from feedback.settings import read_settings
from feedback.tables.kiosks import insert_kiosk
from feedback.web.app import OWN_ROUTES, create_app
from feedback.web.front_door import FrontDoor
from feedback.web.routes import kiosk
from surveys.codes import make_token

SECRET = make_kiosk_secret(bytes(range(15)))
PAGE = f"/K/{SECRET}"
JSON = {"content-type": "application/json", "accept": "application/json"}
MADE_ON = date(2026, 11, 17)
# Noon of a Tuesday in Vietnam, a week later.
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def list_kiosk_routes() -> list[HTTPRouteHandler]:
    """Those that the program does not serve by itself."""
    return [route for route in kiosk.ROUTES if route not in OWN_ROUTES]


async def register(connection: Connection, secret: str = SECRET, unit_code: str = "32041") -> int:
    """The kiosk_id of a tablet at the exit of that unit."""
    unit_id = int(await connection.fetchval("SELECT unit_id FROM units WHERE code = $1", unit_code) or 0)
    return await insert_kiosk(connection, unit_id, "Máy ở lối ra (mẫu)", hash_kiosk_secret(secret), None, MADE_ON)


def make_kiosk_program(database_url: str, home: Path, **environment: str) -> FrontDoor:
    settings = read_settings({"LANGNGHE_HOME": str(home), **environment})
    return create_app(settings, database_url, more_routes=list_kiosk_routes())


class Exit(msgspec.Struct):
    """A tablet and the program, at a moment that tests move."""

    client: httpx.AsyncClient
    connection: Connection
    desks: dict[str, str]
    now: datetime = NOON

    async def send(self, at: datetime | None = None, clock: datetime | None = None, /, **fields: object) -> int:
        """The status of a rating touched `at`. `clock` is what the tablet's says when sending, right unless given."""
        body: dict[str, object] = {"token": make_token(uuid.uuid4().bytes[:15]), "desk": self.desks["2"], "score": 4}
        if at is not None:
            body |= {"tapped": write(at), "sent": write(clock or self.now)}
        answer = await self.client.post(PAGE, json={**body, **fields}, headers=JSON)
        return answer.status_code

    async def read_row(self) -> tuple[object, ...]:
        row = await self.connection.fetchrow(
            "SELECT local_day::text, part_of_day, received_at, official_id <> 0, channel, proof_class::text, score"
            " FROM responses ORDER BY sequence_number DESC LIMIT 1"
        )
        assert row
        return tuple(row)


def write(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
