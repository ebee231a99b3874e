"""A load generator that costs little: raw HTTP/1.1 over keep-alive connections, in its own process."""

import asyncio
import time
from collections.abc import Sequence
from typing import cast

import msgspec
import uvloop


class Load(msgspec.Struct, frozen=True):
    """What to send where. `per_second` 0: closed model, every connection sends as soon as it is answered."""

    port: int
    requests: list[bytes]
    connections: int
    per_second: float = 0


class Measured(msgspec.Struct, frozen=True):
    seconds: float
    answered: int
    refused: int
    latencies_ms: list[float]
    """From the moment a request was meant to go out to its last byte."""
    started_at: float
    """Seconds since 1970, when the first request was meant to go out."""


class Connection(asyncio.Protocol):
    def __init__(self, on_answer: "asyncio.Queue[Connection]") -> None:
        self.idle = on_answer
        self.buffer = b""
        self.transport: asyncio.Transport
        self.meant = 0.0
        self.latencies: list[float] = []
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, meant: float) -> None:
        self.meant = meant
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        start = self.buffer.find(b"content-length: ", 0, head) + 16
        length = int(self.buffer[start : self.buffer.find(b"\r", start)])
        if len(self.buffer) < head + 4 + length:
            return
        if not self.buffer.startswith(b"HTTP/1.1 20"):
            self.refused += 1
        self.buffer = b""
        self.latencies.append((time.perf_counter() - self.meant) * 1000)
        self.idle.put_nowait(self)


async def send_load(load: Load) -> Measured:
    loop = asyncio.get_running_loop()
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    connections: list[Connection] = []
    for _ in range(load.connections):
        _, connection = await loop.create_connection(lambda: Connection(idle), "127.0.0.1", load.port)
        connections.append(connection)
        idle.put_nowait(connection)
    started, started_at = time.perf_counter(), time.time()
    for number, request in enumerate(load.requests):
        meant = time.perf_counter()
        if load.per_second:
            meant = started + number / load.per_second
            if (wait := meant - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
        connection = await idle.get()
        connection.send(request, meant)
    for _ in connections:
        await idle.get()
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.transport.close()
    latencies = [latency for connection in connections for latency in connection.latencies]
    refused = sum(connection.refused for connection in connections)
    return Measured(seconds, len(latencies) - refused, refused, latencies, started_at)


def run_load(load: Load) -> Measured:
    return uvloop.run(send_load(load))


def quantile(latencies: Sequence[float], share: float) -> float:
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
