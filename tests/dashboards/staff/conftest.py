"""The pages of officials, managers and personnel bodies in a browser without scripts, and the database behind them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from feedback.database import Connection
from tests.dashboards.staff_stage import open_staff_site


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Connection]]:
    async with open_staff_site(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def site(stage: tuple[httpx.AsyncClient, Connection]) -> httpx.AsyncClient:
    return stage[0]


@pytest.fixture
async def committed(stage: tuple[httpx.AsyncClient, Connection]) -> Connection:
    return stage[1]
