"""The citizens' web program on an own database, behind a real server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from feedback.database import open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.world import make_world


async def serve(server: uvicorn.Server) -> AsyncIterator[str]:
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts on the small world of tests/world.py."""
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.close()
    app = create_app(read_settings({"LANGNGHE_HOME": str(tmp_path)}), database_url)
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, server_header=False)  # pyright: ignore[reportArgumentType]
    async for address in serve(uvicorn.Server(config)):
        async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}) as client:
            yield client
