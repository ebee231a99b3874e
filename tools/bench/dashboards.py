"""(m) Every dashboard page on the national demo, 20 a second: `python -m tools.bench.dashboards [address of a store]`.

Without an address it makes the national demo first, which takes minutes. Each page is asked for of many areas.
"""

import asyncio
import json
import multiprocessing
import sys
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle, islice

import msgspec

from dashboards.daily_work import catch_up
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.demo.load import load_demo
from feedback.demo.recipe import NATIONAL
from feedback.jobs import prepare_queue
from feedback.migrate import migrate
from feedback.record_response import read_local_day
from tests.staff_people import add_person, open_session
from tools.bench.compare import Row
from tools.bench.load import Load, Measured, quantile, run_load
from tools.bench.pages import run_server
from tools.bench.scratch import start_server

PER_SECOND, SECONDS, WARM_UP = 20, 5, 2
CONNECTIONS = 16
# One account may ask 600 times a minute.
ACCOUNTS = 8
PROVINCES, UNITS = 20, 60
VIEWS = ("places", "trend", "procedures", "raters", "sources", "response", "comments", "integrity", "pilots")
NARROW_ONLY = {"comments"}
SELECT_PROVINCES = "SELECT DISTINCT code FROM places WHERE length(code) = 2 ORDER BY code LIMIT $1"
SELECT_UNITS = "SELECT code FROM units ORDER BY unit_id * 7919 % 3301 LIMIT $1"


class PageFigures(msgspec.Struct, frozen=True):
    """Milliseconds from the moment a request was meant to go out to its last byte."""

    page: str
    p50: float
    p95: float


async def make_nation(database_url: str) -> None:
    """The demo of every commune as `langnghe demo --national` makes it: released, rolled up, its alerts raised."""
    connection = await open_connection(database_url)
    await migrate(connection)
    await prepare_queue(connection)
    now = datetime.now(UTC)
    await load_demo(connection, NATIONAL, read_local_day(now)[0], lambda _: None)
    await connection.execute("VACUUM (ANALYZE) responses")
    await connection.execute("ANALYZE")
    await catch_up(database_url, now)
    await connection.execute("ANALYZE")
    await connection.close()


async def add_supervisors(connection: Connection, kind: str, reach: Reach) -> list[str]:
    """Cookie headers of accounts that may look everywhere asked about."""
    headers: list[str] = []
    for number in range(ACCOUNTS):
        name = f"bench-{kind}-{number}-{datetime.now(UTC):%H%M%S}"
        account_id = await add_person(connection, name, "front_supervisor", reach)
        cookies = await open_session(connection, account_id)
        headers += [f"{name}={value}" for name, value in cookies.items()]
    return headers


def write_get(path: str, cookie: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\nAccept-Encoding: br\r\nCookie: {cookie}\r\n\r\n"
    ).encode()


def list_pages(provinces: Sequence[str], units: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What a page is called, and the addresses at which it is asked for."""
    areas = {
        "nation": ["VN"],
        "province": [f"p{code}" for code in provinces],
        "unit": [f"u-{urllib.parse.quote(code)}" for code in units],
        "desk": [f"u-{urllib.parse.quote(code)}~1" for code in units],
    }
    for kind, codes in areas.items():
        yield f"{kind}", [f"/staff/area/{code}" for code in codes]
        for view in VIEWS:
            if kind == "nation" and view in NARROW_ONLY:
                continue
            yield f"{kind}, {view}", [f"/staff/area/{code}/{view}" for code in codes]


def measure(port: int, paths: Sequence[str], cookies: Sequence[str], seconds: int) -> Measured:
    pairs = islice(zip(cycle(paths), cycle(cookies), strict=False), PER_SECOND * seconds)
    load = Load(port, [write_get(path, cookie) for path, cookie in pairs], CONNECTIONS, PER_SECOND)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run_load, (load,))


def measure_page(port: int, name: str, paths: Sequence[str], cookies: Sequence[str]) -> PageFigures:
    """Raises RuntimeError where an answer was none of 200."""
    measure(port, paths, cookies, WARM_UP)
    measured = measure(port, paths, cookies, SECONDS)
    if measured.refused:
        raise RuntimeError(f"{name}: {measured.refused} requests were refused")
    figures = PageFigures(name, quantile(measured.latencies_ms, 0.5), quantile(measured.latencies_ms, 0.95))
    print(f"{figures.page:<24} p50 {figures.p50:7.1f} ms   p95 {figures.p95:7.1f} ms", file=sys.stderr, flush=True)
    return figures


async def prepare(database_url: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """Cookies of national and of provincial supervisors, province codes, unit codes."""
    connection = await open_connection(database_url)
    provinces = [row[0] for row in await connection.fetch(SELECT_PROVINCES, PROVINCES)]
    units = [row[0] for row in await connection.fetch(SELECT_UNITS, UNITS)]
    national = await add_supervisors(connection, "nation", EVERYWHERE)
    local = await add_supervisors(connection, "province", Reach(provinces=tuple(provinces[:1])))
    await connection.close()
    return national, local, provinces, units


def measure_dashboards(database_url: str) -> list[PageFigures]:
    national, local, provinces, units = asyncio.run(prepare(database_url))
    with run_server("ours", database_url) as server:
        port = server.port
        figures = [
            measure_page(port, "first screen, nation", ["/staff/overview"], national),
            measure_page(port, "first screen, province", ["/staff/overview"], local),
            measure_page(port, "alerts", ["/staff/alerts"], national),
        ]
        figures += [measure_page(port, name, paths, national) for name, paths in list_pages(provinces, units)]
    return figures


def list_dashboard_rows(figures: Sequence[PageFigures]) -> list[Row]:
    """The first screens, and of all other pages the slowest."""
    first = [page for page in figures if page.page.startswith("first screen")]
    slowest = max((page for page in figures if page not in first), key=lambda page: page.p95)
    rows = [
        (f"(m) {page.page}, 20 a second, p95", f"{page.p95:.0f} ms", "< 300 ms", f"p50 {page.p50:.0f} ms")
        for page in first
    ]
    others = f"    the slowest of {len(figures) - len(first)} other dashboard pages ({slowest.page}), p95"
    return [*rows, (others, f"{slowest.p95:.0f} ms", "< 500 ms", f"p50 {slowest.p50:.0f} ms")]


def measure_on_new_nation() -> list[PageFigures]:
    with start_server() as server:
        asyncio.run(make_nation(server.url))
        return measure_dashboards(server.url)


def measure_supervision(say: Callable[[str], None]) -> tuple[list[Row], object]:
    """Rows of the table, and the raw figures."""
    say("(m) dashboards on the national demo, which is made first")
    figures = measure_on_new_nation()
    return list_dashboard_rows(figures), msgspec.to_builtins(figures)


def main() -> None:
    figures = measure_dashboards(sys.argv[1]) if len(sys.argv) > 1 else measure_on_new_nation()
    print(json.dumps(msgspec.to_builtins(figures), indent=1))


if __name__ == "__main__":
    main()
