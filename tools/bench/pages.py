"""(b) The whole rating POST against an empty one, (c) its latency at 500 a second, (d) the weight of the first page."""

import contextlib
import json
import multiprocessing
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import msgspec

from surveys.codes import make_token
from tests.world import BUSY_DESK
from tools.bench.load import Load, Measured, run_load

CONNECTIONS = 256
REQUESTS = 20_000
PER_SECOND, SECONDS = 500, 30
ROOT = Path(__file__).parents[2]


class Throughput(msgspec.Struct, frozen=True):
    bare: float
    """An empty POST of a Litestar with nothing else in it."""
    empty: float
    """An empty POST on our own server."""
    json: float
    form: float
    """Requests a second, each."""


class Server(msgspec.Struct, frozen=True):
    port: int
    process: int

    def read_memory(self) -> float:
        """Resident memory in MB."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def run_server(kind: str, database_url: str) -> Generator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "tools.bench.server", kind, str(port), database_url]
    process = subprocess.Popen(arguments, cwd=ROOT)
    try:
        while not is_open(port):
            time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def write_request(path: str, content_type: str, accept: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: {accept}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def write_empty() -> bytes:
    return write_request("/empty", "application/json", "*/*", b"{}")


def write_json() -> bytes:
    rating = {"token": draw_token(), "score": 4, "official": "demo-1", "procedure": "1.001193"}
    body = json.dumps(rating).encode()
    return write_request(f"/Q/{BUSY_DESK}", "application/json", "application/json", body)


def write_form() -> bytes:
    body = f"token={draw_token()}&lang=vi&official=demo-1&procedure=1.001193&score=4".encode()
    return write_request(f"/Q/{BUSY_DESK}", "application/x-www-form-urlencoded", "text/html", body)


def draw_token() -> str:
    return make_token(secrets.token_bytes(15))


def send(server: Server, write: Callable[[], bytes], requests: int, per_second: float = 0) -> Measured:
    """In a process of its own, so that the sender does not slow the sent-to more than a phone would."""
    load = Load(server.port, [write() for _ in range(requests)], CONNECTIONS, per_second)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        measured = pool.apply(run_load, (load,))
    if measured.refused:
        raise RuntimeError(f"{measured.refused} requests were refused")
    return measured


def measure_throughput(bare: Server, ours: Server) -> list[Throughput]:
    def rate(server: Server, write: Callable[[], bytes]) -> float:
        measured = send(server, write, REQUESTS)
        return measured.answered / measured.seconds

    send(ours, write_json, 2_000)
    return [
        Throughput(rate(bare, write_empty), rate(ours, write_empty), rate(ours, write_json), rate(ours, write_form))
        for _ in range(3)
    ]


def measure_latency(ours: Server) -> Measured:
    return send(ours, write_json, PER_SECOND * SECONDS, PER_SECOND)


def measure_first_page(ours: Server) -> dict[str, int]:
    """Bytes on the wire, headers included, of the page and of what it refers to; "all" is their sum."""
    page, text = fetch(ours, f"/Q/{BUSY_DESK}", "identity")
    del page
    paths = [f"/Q/{BUSY_DESK}", *re.findall(r'(?:href|src)="(/static/[^"]+)"', text)]
    sizes = {path.partition("?")[0]: fetch(ours, path, "br")[0] for path in paths}
    return {**sizes, "all": sum(sizes.values())}


def fetch(server: Server, path: str, encoding: str) -> tuple[int, str]:
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\nAccept-Encoding: {encoding}\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"{request}Connection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return len(answer), answer.decode("utf-8", "replace")
