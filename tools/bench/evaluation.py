"""A page of 100 officials of a release of 50,000, asked for 200 times a second: `python -m tools.bench.evaluation`."""

import asyncio
import contextlib
import json
import multiprocessing
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import msgspec
import uvicorn

from dashboards.disclosure.released_scores import ReleasedScore, Steps
from dashboards.evaluation.routes import ROUTES
from feedback.settings import read_environment
from feedback.tables.releases import ReleaseScore, insert_release, insert_release_scores
from feedback.web.app import create_app
from tests.dashboards.evaluation_stage import make_release
from tests.feedback.slip_stage import add_key
from tools.bench.load import Load, Measured, quantile, run_load
from tools.bench.pages import is_open
from tools.bench.scratch import make_store, start_server
from wiring import DASHBOARDS

ROOT = Path(__file__).parents[2]
PATH = "/api/v1/releases/2026-Q3/officials"
OFFICIALS, UNITS = 50_000, 3_321
PER_SECOND, SECONDS = 200, 30
CONNECTIONS = 32
NO_LIMIT = 1_000_000_000
FILL_OFFICIALS = """
INSERT INTO officials (code, display_name, valid_from)
SELECT 'bench-' || i, 'Cán bộ mẫu ' || i, date '2025-07-01' FROM generate_series(1, $1::integer) AS i
"""
FILL_UNITS = """
INSERT INTO units (code, name, place_code, area_type, valid_from)
SELECT 'bench-' || i, 'Đơn vị mẫu ' || i, '32041', 'urban', date '2025-07-01' FROM generate_series(1, $1::integer) AS i
"""
FILL_REVIEWS = """
INSERT INTO score_reviews (official_id, first_day, last_day, reason, asked_on, state)
SELECT official_id, date '2026-07-01', date '2026-09-30', 'mẫu', date '2026-10-20', 'open'
FROM officials WHERE official_id % 50 = 0
"""
SELECT_BENCH_IDS = "SELECT official_id FROM officials WHERE code LIKE 'bench-%' ORDER BY official_id"
SELECT_UNIT_IDS = "SELECT unit_id FROM units WHERE code LIKE 'bench-%' ORDER BY unit_id"
STEPS = Steps(83.1, 82.0, 0.3, 81.7, 84.4, 530.0, 1.2, 6.6, 42.0, 82.0, 380, 0.86, 84.1, 2.4, 1.96, 0.4)
FIGURE = ReleasedScore("A", (), 80, 40, 100, 84, 80, 88, 0.86, "similar", "inside", flagged=False, steps=STEPS)


async def fill(database_url: str) -> None:
    """One release with a figure for each of 50,000 officials, as large as the owner's is."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(FILL_OFFICIALS, OFFICIALS)
    await connection.execute(FILL_UNITS, UNITS)
    await connection.execute(FILL_REVIEWS)
    officials = [row[0] for row in await connection.fetch(SELECT_BENCH_IDS)]
    units = [row[0] for row in await connection.fetch(SELECT_UNIT_IDS)]
    release_id = await insert_release(connection, make_release())
    scores = [
        ReleaseScore(
            release_id=release_id,
            role="official",
            entity_id=official,
            pool="citizen/reception/urban/96",
            unit_id=units[number % UNITS],
            title_id=1,
            area_type="urban",
            grade="A",
            figure=msgspec.json.encode(msgspec.structs.replace(FIGURE, score=60 + number % 40)).decode(),
        )
        for number, official in enumerate(officials)
    ]
    await insert_release_scores(connection, scores)
    await connection.execute("ANALYZE")
    await connection.close()


def write_requests(authorization: str, cursors: Sequence[str], count: int) -> list[bytes]:
    """Pages from all over the release, compressed as programs ask for it."""
    return [
        (
            f"GET {PATH}?{urlencode({'cursor': cursor} if cursor else {})} HTTP/1.1\r\n"
            f"Host: bench\r\nAuthorization: {authorization}\r\nAccept-Encoding: gzip\r\n\r\n"
        ).encode()
        for cursor in (cursors[number % len(cursors)] for number in range(count))
    ]


@contextlib.contextmanager
def run_program(database_url: str) -> Generator[int]:
    """The port of the program with the evaluation API, as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tools.bench.evaluation", f"{port}", database_url], cwd=ROOT)
    try:
        while not is_open(port):
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def read_cursors(port: int, authorization: str) -> list[str]:
    """Where each page of the release begins; the first is the empty text."""
    cursors, host = [""], f"http://127.0.0.1:{port}"
    while cursors[-1] or len(cursors) == 1:
        query = urlencode({"cursor": cursors[-1]}) if cursors[-1] else ""
        request = urllib.request.Request(f"{host}{PATH}?{query}", headers={"Authorization": authorization})  # noqa: S310 (our own)
        with urllib.request.urlopen(request) as answer:  # noqa: S310 (our own)
            cursors.append(json.load(answer)["next"] or "")
    return cursors[:-1]


def send(port: int, requests: list[bytes], per_second: float) -> Measured:
    load = Load(port, requests, CONNECTIONS, per_second)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        measured = pool.apply(run_load, (load,))
    if measured.refused:
        raise RuntimeError(f"{measured.refused} requests were refused")
    return measured


def measure_evaluation() -> Measured:
    """Latencies of pages at 200 a second, after a second of the same to warm up."""
    with start_server() as server:
        database_url = asyncio.run(make_store(server, "evaluation"))
        asyncio.run(fill(database_url))
        authorization = asyncio.run(add_key(database_url, quota=NO_LIMIT))["authorization"]
        with run_program(database_url) as port:
            cursors = read_cursors(port, authorization)
            send(port, write_requests(authorization, cursors, PER_SECOND), PER_SECOND)
            return send(port, write_requests(authorization, cursors, PER_SECOND * SECONDS), PER_SECOND)


def serve(port: int, database_url: str) -> None:
    app = create_app(read_environment(), database_url, more_routes=ROUTES, more_packages=[DASHBOARDS])
    uvicorn.run(
        app,  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        loop="uvloop",
        http="httptools",
    )


def main() -> None:
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]), sys.argv[2])
        return
    measured = measure_evaluation()
    p50, p99 = (quantile(measured.latencies_ms, share) for share in (0.5, 0.99))
    print(f"page of 100 officials of {OFFICIALS:,} at {PER_SECOND} a second: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    main()
