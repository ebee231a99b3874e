"""One browser for all journeys; for each its own database, world and server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from feedback.database import open_connection
from tests.conftest import name_database, run_on_server
from tests.journeys.phone import ARGUMENTS, find_browser
from tests.journeys.program import Program, run_program
from tests.journeys.staff_sites import Site, open_sites
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


@pytest.fixture(scope="session")
async def sites(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Site]]:
    names = ("staff_tour_full", "staff_tour_province")
    for name in names:
        await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    full, province = [name_database(server_url, name) for name in names]
    async with open_sites(full, province, tmp_path_factory.mktemp("home")) as sites:
        yield sites
    for name in names:
        await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")
