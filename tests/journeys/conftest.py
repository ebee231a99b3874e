"""For each journey its own database, world and server."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback.database import open_connection
from tests.conftest import name_database, run_on_server
from tests.journeys.program import Program, run_program
from tests.journeys.staff_sites import Site, open_sites
from tests.journeys.town import make_town


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known where pytest is given a path in this folder, which is where it is of use."""
    parser.addoption("--renew-pictures", action="store_true", help="write the pictures of the supervisors' guide anew")


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


@pytest.fixture(scope="module")
async def sites(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Site]]:
    """Made once a file, whose tests may change what is in them."""
    names = [f"staff_{name}_{uuid.uuid4().hex[:8]}" for name in ("full", "province")]
    for name in names:
        await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    full, province = [name_database(server_url, name) for name in names]
    async with open_sites(full, province, tmp_path_factory.mktemp("home")) as sites:
        yield sites
    for name in names:
        await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")
