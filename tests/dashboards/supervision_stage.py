"""The supervisor's dashboard behind a real server on Saturday 2026-11-21: a demo province, rated, with alerts."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import uvicorn

from dashboards.routes import ROUTES
from dashboards.supervision.roll_up import roll_up
from dashboards.supervision.routes import ROUTES as SUPERVISION_ROUTES
from feedback.database import Connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.area_stage import DAY, add_dossiers, add_ratings, make_province
from tests.dashboards.conftest import DASHBOARDS, Server

UNITS = 26
SUMMER = (date(2026, 7, 8), date(2026, 7, 22), date(2026, 8, 12), date(2026, 9, 2), date(2026, 9, 16))
USUAL: Sequence[int] = (1, 2, 3, 14, 20)
DROPPED: Sequence[int] = (12, 8, 6, 8, 6)
NOW = datetime(2026, 9, 17, tzinfo=UTC)
INSERT_ALERT = """
INSERT INTO supervision_alerts (cause, kind, weight, unit_id, desk_id, day, evidence, raised_at, state, changed_at)
SELECT 'drop/' || u.unit_id || '/' || $3::smallint, 'drop', $3::smallint, u.unit_id, d.desk_id, $2, '{}', $4, 'open', $4
FROM units AS u JOIN desks AS d USING (unit_id) WHERE u.code = $1 AND d.number = '1'
"""


async def make_supervised(connection: Connection) -> None:
    """Every unit is rated in five weeks; demo-2 drops; few answer in demo-3; the last has two ratings in all."""
    await make_province(connection, UNITS)
    for number in range(1, UNITS):
        unit = f"demo-{number}"
        for day in SUMMER:
            is_dropped = number == 2 and day >= date(2026, 9, 1)
            await add_ratings(connection, unit, day, DROPPED if is_dropped else USUAL)
            await add_ratings(connection, unit, day, (0, 1, 1, 3, 5), rater="business", procedure="1.000002", channel=2)
        await add_dossiers(connection, unit, SUMMER[0], 9000 if number == 3 else 1200)
    await add_ratings(connection, f"demo-{UNITS}", SUMMER[0], (1, 0, 0, 0, 1))
    await connection.execute(INSERT_ALERT, "demo-2", date(2026, 9, 16), 80, NOW)
    await connection.execute(INSERT_ALERT, "demo-5", date(2026, 9, 10), 40, NOW)
    await roll_up(connection, DAY)


@asynccontextmanager
async def serve_supervision(database_url: str, home: Path) -> AsyncGenerator[str]:
    """The address of the program with the dashboard in it, on DAY."""
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    routes = [*ROUTES, *SUPERVISION_ROUTES]
    front_door = create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])
    front_door.app.state.read_day = lambda: DAY  # pyright: ignore[reportFunctionMemberAccess]
    config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running
