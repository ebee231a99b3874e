"""A store with releases in it, keys to it, and the program that serves them. All people are demo people."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
import uvicorn
from litestar.handlers import HTTPRouteHandler

import dashboards
from dashboards.disclosure.groups import ReleasedShare
from dashboards.disclosure.released_scores import Headline, ReleasedPool, ReleasedScore
from dashboards.evaluation.routes import ROUTES
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.tables.releases import (
    Release,
    ReleasePool,
    ReleaseScore,
    insert_release,
    insert_release_pools,
    insert_release_scores,
)
from feedback.web.app import create_app
from tests.dashboards.conftest import Server
from tests.dashboards.frames import TODAY
from tests.feedback.slip_stage import add_key
from tests.world import make_world

DASHBOARDS = Path(dashboards.__file__).parent
SECRET = "a secret of tests only, forty letters long"
POOL, OTHER_POOL = "citizen/reception/urban/96", "citizen/reception/urban/01"
GOOD = ReleasedScore("A", (), 80, 40, 100, 84, 80, 88, 0.87, "similar", "inside", flagged=False)
FEW = ReleasedScore("none", ("too_few_ratings",))
OWN = ReleasedScore("owner", ("too_few_ratings",), 14, 9, 100, 71, 60, 82, 0.55, "similar", "inside", flagged=False)
HEADLINE = Headline(ReleasedShare(91, "exact", 88, 94), is_weighted=True, response_rate=12, procedures=())
UNIT = msgspec.structs.replace(GOOD, n=480, headline=HEADLINE)
OTHER_PROVINCE = """
INSERT INTO places VALUES ('01', 'thành phố', 'Thành phố Hà Nội', NULL, 21.0, 105.8, '2025-07-01', NULL),
    ('00004', 'phường', 'Phường Ba Đình', '01', 21.0, 105.8, '2025-07-01', NULL);
INSERT INTO units (code, name, place_code, area_type, valid_from)
    VALUES ('00004', 'Trung tâm Phục vụ hành chính công phường Ba Đình (mẫu)', '00004', 'urban', '2025-07-01');
INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-4', 'Cán bộ mẫu 4', '2025-07-01');
INSERT INTO titles (code, name) VALUES ('cadastral', 'Công chức địa chính');
"""


def make_release(code: str = "2026-Q3", first: date = date(2026, 7, 1), last: date = date(2026, 9, 30)) -> Release:
    return Release(
        code=code,
        first_day=first,
        last_day=last,
        data_cut=1200,
        method_version="2026.1",
        parameters=msgspec.json.encode(PARAMETERS_2026_1).decode(),
        input_digest=sha256(b"in").digest(),
        content_digest=sha256(code.encode()).digest(),
        corrections=0,
        waiting=0,
        made_at=datetime(2026, 10, 8, 1, tzinfo=UTC),
    )


async def find_id(connection: Connection, table: str, code: str) -> int:
    key = {"officials": "official_id", "units": "unit_id", "titles": "title_id", "procedures": "procedure_id"}[table]
    found = await connection.fetchval(f"SELECT {key} FROM {table} WHERE code = $1", code)  # noqa: S608 (names of this file)
    return int(found or 0)


async def add_release(
    connection: Connection, release: Release, figures: Sequence[tuple[str, str, str, ReleasedScore]]
) -> int:
    """`figures`: role, code, code of the unit ("" for a procedure), figure. Titles are "reception"."""
    release_id = await insert_release(connection, release)
    title = await find_id(connection, "titles", "reception")
    scores: list[ReleaseScore] = []
    for role, code, unit, figure in figures:
        scores.append(
            ReleaseScore(
                release_id=release_id,
                role=role,
                entity_id=await find_id(connection, f"{role}s", code),
                pool="citizen/Hộ tịch" if role == "procedure" else OTHER_POOL if unit == "00004" else POOL,
                unit_id=await find_id(connection, "units", unit) if unit else 0,
                title_id=title if role == "official" else 0,
                area_type="urban",
                grade=figure.grade,
                figure=msgspec.json.encode(figure).decode(),
            )
        )
    await insert_release_scores(connection, scores)
    pool = ReleasedPool("province", 12, 81, 4.5, (72, 78, 82, 86, 90))
    none = ReleasedPool("province", 4, None, None, None)
    figures_of_pools = [("official", POOL, pool), ("official", OTHER_POOL, none)]
    await insert_release_pools(
        connection,
        [
            ReleasePool(release_id, role, name, msgspec.json.encode(one).decode())
            for role, name, one in figures_of_pools
        ],
    )
    return release_id


async def make_evaluation_world(connection: Connection) -> None:
    await make_world(connection)
    await add_evaluation_world(connection)


async def add_evaluation_world(connection: Connection) -> None:
    """Two provinces, four officials, two releases; demo-1 served in the other province before."""
    await connection.execute(OTHER_PROVINCE)
    second = make_release("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
    await add_release(connection, second, [("official", "demo-1", "00004", GOOD)])
    await add_release(
        connection,
        make_release(),
        [
            ("official", "demo-1", "32041", GOOD),
            ("official", "demo-2", "32041", FEW),
            ("official", "demo-3", "32041", OWN),
            ("official", "demo-4", "00004", GOOD),
            ("unit", "32041", "32041", UNIT),
            ("unit", "00004", "00004", UNIT),
            ("procedure", "1.001193", "", GOOD),
            ("procedure", "9.000001", "", FEW),
        ],
    )


@asynccontextmanager
async def serve_evaluation(
    database_url: str, home: Path, more_routes: Sequence[HTTPRouteHandler] = (), day: date = TODAY
) -> AsyncGenerator[httpx.AsyncClient]:
    """A program that asks; its database stands as it was made."""
    settings = read_settings({"LANGNGHE_HOME": str(home), "LANGNGHE_SECRET": SECRET})
    app = create_app(settings, database_url, more_routes=[*ROUTES, *more_routes], more_packages=[DASHBOARDS])
    app.app.state.read_day = lambda: day  # pyright: ignore[reportFunctionMemberAccess]
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, http="httptools")  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        yield client
    server.should_exit = True
    await running


async def fill_evaluation_world(database_url: str) -> None:
    connection = await open_connection(database_url)
    await make_evaluation_world(connection)
    await connection.close()


@asynccontextmanager
async def open_evaluation(database_url: str, home: Path) -> AsyncGenerator[tuple[httpx.AsyncClient, Connection]]:
    """A program with a key for everything, and a connection to what it asks."""
    connection = await open_connection(database_url)
    await make_evaluation_world(connection)
    async with serve_evaluation(database_url, home) as client:
        client.headers.update(await add_key(database_url))
        yield client, connection
    await connection.close()
