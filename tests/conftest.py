"""One real PostgreSQL for the whole run, a migrated template, and copies of it for the tests."""

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser

from feedback.database import Connection, open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.browsers import open_browser
from tests.remembered import remember
from tests.stores import Stores, name_database, read_template, run_on_server

# No speed is judged by a clock: the machine may be busy with other things.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

for name in [name for name in os.environ if name.startswith("LANGNGHE_")]:
    del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that no process is left with it at the end: journeys, then house rules."""
    order = {"journeys": 0, "house_rules": 1}
    items.sort(key=lambda item: order.get(item.path.parent.name, 2))


def pytest_collection_finish() -> None:
    """Thousands of tests are here to stay: the collector need not walk through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def remembered() -> Iterator[None]:
    with remember():
        yield


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A server to make databases on: TEST_DATABASE_URL where given, else the embedded one in a new folder."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="ln-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder)
    server.start()
    spare_the_disk(server)
    yield server.url
    server.stop()
    shutil.rmtree(folder)


def spare_the_disk(server: EmbeddedPostgres) -> None:
    """Hundreds of databases are copied here. A killed process loses nothing by it, only a power cut would."""
    for setting in ("fsync = off", "full_page_writes = off"):
        ask_server(server, f"ALTER SYSTEM SET {setting}")
    ask_server(server, "SELECT pg_reload_conf()")


def ask_server(server: EmbeddedPostgres, statement: str) -> None:
    places = ("--host", str(server.socket_folder), "--username", "postgres", "--dbname=postgres")
    server.run("psql", *places, "--command", statement)


@pytest.fixture(scope="session")
async def template(server_url: str) -> str:
    name = f"template_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name}")
    connection = await open_connection(name_database(server_url, name))
    await migrate(connection)
    await connection.close()
    return name


@pytest.fixture(scope="session")
async def stores(server_url: str, template: str) -> Stores:
    return Stores(server_url, await read_template(server_url, template))


@pytest.fixture
async def database_url(stores: Stores) -> AsyncIterator[str]:
    """An own migrated database: for tests that commit, race or break connections."""
    copy = await stores.lend()
    yield name_database(stores.server_url, copy.name)
    await stores.take_back(copy)


@pytest.fixture(scope="session")
async def shared_database(server_url: str, template: str) -> str:
    name = f"shared_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name_database(server_url, name)


@pytest.fixture
async def connection(shared_database: str) -> AsyncIterator[Connection]:
    """One transaction on a migrated database, rolled back at the end: the default for tables."""
    connection = await open_connection(shared_database)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()
