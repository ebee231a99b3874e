"""The whole web program behind a real server that can be stopped and started again at the same address."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket

import msgspec
import uvicorn

from feedback.database import open_connection
from feedback.web.front_door import FrontDoor
from tests.wired import wire_program


class ReadyServer(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class Program(msgspec.Struct, frozen=True):
    address: str
    database_url: str
    home: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    async def select(self, query: str) -> list[tuple[object, ...]]:
        connection = await open_connection(self.database_url)
        rows = [tuple(row) for row in await connection.fetch(query)]
        await connection.close()
        return rows


@asynccontextmanager
async def run_program(
    database_url: str, home: Path, port: int = 0, front_door: FrontDoor | None = None
) -> AsyncGenerator[Program]:
    """`front_door` is the program where it is wired in another way than usual."""
    config = uvicorn.Config(
        front_door or wire_program(database_url, home),  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
        port=port,
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = ReadyServer(config)
    running = asyncio.create_task(server.serve())
    await server.ready.wait()
    bound = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Program(f"http://127.0.0.1:{bound}", database_url, home)
    finally:
        server.should_exit = True
        await running
