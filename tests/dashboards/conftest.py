"""The web program with the public results in it, behind a real server, on Saturday 2026-11-21."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket

import httpx
import pytest
import uvicorn

import dashboards
from dashboards.routes import ROUTES
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.dashboards.frames import TODAY
from tests.world import make_world

DASHBOARDS = Path(dashboards.__file__).parent


class Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


@asynccontextmanager
async def serve_results(database_url: str, home: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser without scripts on the citizens' pages and the public results."""
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    front_door = create_app(settings, database_url, more_routes=ROUTES, more_packages=[DASHBOARDS])
    front_door.app.state.read_day = lambda: TODAY  # pyright: ignore[reportFunctionMemberAccess]
    config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}, timeout=30) as client:
        yield client
    server.should_exit = True
    await running


@pytest.fixture
async def committed(database_url: str) -> AsyncIterator[Connection]:
    """A connection to the database that `site` shows; what it writes is seen there."""
    connection = await open_connection(database_url)
    await make_world(connection)
    yield connection
    await connection.close()


@pytest.fixture
async def site(committed: Connection, database_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    assert not committed.is_closed()
    async with serve_results(database_url, tmp_path) as client:
        yield client
