"""One browser for all journeys; for each its own database, world and server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from feedback.database import open_connection
from tests.journeys.phone import ARGUMENTS, find_browser
from tests.journeys.program import Program, run_program
from tests.journeys.town import make_town


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # A slow machine is not a fault: what is awaited may take a while.
        expect.set_options(timeout=20_000)
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def town_url(database_url: str) -> str:
    connection = await open_connection(database_url)
    await make_town(connection, datetime.now(UTC))
    await connection.close()
    return database_url


@pytest.fixture
async def program(town_url: str, tmp_path: Path) -> AsyncIterator[Program]:
    async with run_program(town_url, tmp_path) as program:
        yield program
