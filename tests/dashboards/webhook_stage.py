"""What tests of webhooks share: releases, endpoints, senders, and a clock that tests move."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from dashboards.webhooks.endpoints import make_endpoint, write_secret_of
from dashboards.webhooks.post import Poster, make_tls
from dashboards.webhooks.sender import Sender
from feedback.database import Pool, open_pool
from feedback.tables.releases import Release, insert_release
from feedback.tables.webhook_deliveries import Delivery, select_deliveries
from feedback.tables.webhook_endpoints import Endpoint, insert_endpoint
from tests.dashboards.webhook_receiver import Call

SECRET = "a secret of tests only, forty letters long"
BASE_URL = "https://dg.tinh.gov.vn"
NOW = datetime(2026, 10, 8, 1, 0, 0, 250_000, tzinfo=UTC)
DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"

Verify = Callable[[str, dict[str, str], bytes, float], bool]


def read_verify() -> Verify:
    """The very function that docs/webhooks.md gives to receivers."""
    [snippet] = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    names: dict[str, Verify] = {}
    exec(snippet, names)  # noqa: S102 (our own document)
    return names["verify"]


def make_release(code: str = "2026-Q3") -> Release:
    year, quarter = int(code[:4]), int(code[6])
    first_day = date(year, 3 * quarter - 2, 1)
    next_one = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return Release(
        code=code,
        first_day=first_day,
        last_day=next_one - timedelta(days=1),
        data_cut=1,
        method_version="1",
        parameters="{}",
        input_digest=bytes(32),
        content_digest=bytes(range(32)),
        corrections=0,
        waiting=0,
        made_at=NOW,
    )


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def read(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class Stage:
    """One database, any number of senders. Every step is taken by hand: nothing runs beside the test."""

    def __init__(self, pool: Pool, poster: Poster) -> None:
        self.pool = pool
        self.poster = poster
        self.clock = Clock()
        self.sender = self.make_sender()
        self.endpoints = 0

    def make_sender(self, poster: Poster | None = None) -> Sender:
        """One that draws no chance."""
        return Sender(self.pool, SECRET, BASE_URL, poster or self.poster, read_clock=self.clock.read, draw=lambda: 0.0)

    async def release(self, *codes: str) -> None:
        async with self.pool.acquire() as connection:
            for code in codes or ("2026-Q3",):
                await insert_release(connection, make_release(code))

    async def add(self, url: str, *, allow_private: bool = False, **changes: object) -> Endpoint:
        self.endpoints += 1
        random_bytes = self.endpoints.to_bytes(5) + bytes([self.endpoints]) * 32
        made = make_endpoint(url, "Sở Nội vụ (mẫu)", NOW.date(), random_bytes, allow_private=allow_private)
        endpoint = msgspec.structs.replace(made, **changes)
        async with self.pool.acquire() as connection:
            await insert_endpoint(connection, endpoint)
        return endpoint

    async def list_deliveries(self) -> list[Delivery]:
        async with self.pool.acquire() as connection:
            return await select_deliveries(connection)

    async def find_delivery(self) -> Delivery:
        """The only one."""
        [delivery] = await self.list_deliveries()
        return delivery

    def is_signed(self, call: Call, endpoint: Endpoint) -> bool:
        """Judged as a receiver judges."""
        secret = write_secret_of(endpoint, SECRET)
        return read_verify()(secret, call.headers, call.body, self.clock.now.timestamp())


@asynccontextmanager
async def open_stage(database_url: str) -> AsyncGenerator[Stage]:
    pool = await open_pool(database_url, largest=4)
    # A receiver that a test holds back is not given up by the clock.
    async with Poster(make_tls(), patience_seconds=300) as poster:
        yield Stage(pool, poster)
    await pool.close()
