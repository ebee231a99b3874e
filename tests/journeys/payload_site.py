"""The whole program on the world of payloads, in this process, on the day of that world."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import uvicorn
from litestar import Litestar

from feedback.database import Connection, open_connection
from tests.dashboards.area_stage import DAY
from tests.journeys.payload_world import PayloadWorld, make_payload_world
from tests.journeys.program import ReadyServer
from tests.wired import wire_program


class PayloadSite(msgspec.Struct, frozen=True):
    address: str
    database_url: str
    connection: Connection
    world: PayloadWorld
    app: Litestar

    async def forget_limits(self) -> None:
        """A test asks more a minute than a person may."""
        await self.app.state.limits.limiter.storage.reset()


@asynccontextmanager
async def serve_payloads(database_url: str, home: Path) -> AsyncGenerator[PayloadSite]:
    connection = await open_connection(database_url)
    world = await make_payload_world(connection)
    front_door = wire_program(database_url, home)
    app = front_door.app
    assert isinstance(app, Litestar)
    app.state.read_day = lambda: DAY
    server = ReadyServer(
        uvicorn.Config(front_door, port=0, log_level="warning", access_log=False, timeout_graceful_shutdown=2)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    )
    running = asyncio.create_task(server.serve())
    await server.ready.wait()
    try:
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield PayloadSite(address, database_url, connection, world, app)
    finally:
        server.should_exit = True
        await running
        await connection.close()
