"""A receiver of webhooks behind a real port, which answers as a test tells it and keeps what came."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

# A key and certificate of tests only, for the name personnel.test.
CERTIFICATE = Path(__file__).with_name("webhook_receiver.pem")
TLS_NAME = "personnel.test"


class Call(msgspec.Struct, frozen=True):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]


class Answer(msgspec.Struct, frozen=True):
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
    endless: bool = False


def take(_call: Call) -> Answer:
    return Answer(204)


def refuse(status: int, **headers: str) -> Callable[[Call], Answer]:
    named = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return lambda _call: Answer(status, named)


def stay_silent(_call: Call) -> None:
    return None


class Receiver:
    def __init__(self) -> None:
        self.answer: Callable[[Call], Answer | None] = take
        """What each call gets; None: no answer at all."""
        self.calls: list[Call] = []
        self.news = asyncio.Event()
        self.gate = asyncio.Event()
        """While it is closed, calls are held after they arrived."""
        self.gate.set()

    def count_calls(self) -> Counter[tuple[str, str]]:
        """By path and message."""
        return Counter((call.path, call.message_id) for call in self.calls)

    async def wait_for_calls(self, count: int) -> None:
        while len(self.calls) < count:
            self.news.clear()
            await self.news.wait()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (as ASGI has it)
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        call = Call(scope["path"], headers, body)
        self.calls.append(call)
        self.news.set()
        await self.gate.wait()
        answer = self.answer(call)
        if answer is None:
            await receive()
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        while answer.endless:
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@asynccontextmanager
async def run_receiver(*, tls: bool = False) -> AsyncGenerator[tuple[Receiver, int]]:
    """The receiver and its port on 127.0.0.1."""
    receiver = Receiver()
    config = uvicorn.Config(receiver, port=0, log_level="critical", access_log=False, lifespan="off", http="httptools")
    config.timeout_graceful_shutdown = 1
    if tls:
        config.ssl_certfile = CERTIFICATE
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield receiver, server.servers[0].sockets[0].getsockname()[1]
    finally:
        receiver.gate.set()
        server.should_exit = True
        await running


@asynccontextmanager
async def run_hang_up() -> AsyncGenerator[int]:
    """The port of a receiver that reads a request and closes the connection without a word."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def trust_receiver() -> ssl.SSLContext:
    tls = ssl.create_default_context()
    tls.load_verify_locations(CERTIFICATE)
    return tls
