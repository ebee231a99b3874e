"""The disk of the database fills up under ratings, and is freed again.

As root the disk is a real small one (tmpfs). Where nobody may mount, the database itself says "disk full"
(SQLSTATE 53100) to every new rating: then PostgreSQL's own behaviour is not tested, ours is.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from feedback.check import check_store
from feedback.database import TEMPORARY_FAILURES, open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from surveys.codes import hash_token, make_token
from tests.world import BUSY_DESK, make_world

DEADLINE_SECONDS = 60
DISK_SIZE = "160m"
SAY_DISK_FULL = """
CREATE FUNCTION say_disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER say_disk_full BEFORE INSERT ON responses EXECUTE FUNCTION say_disk_full();
"""


USE_UP_JOURNAL = "SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000)), pg_switch_wal()"


class Disk(msgspec.Struct, frozen=True):
    folder: Path
    is_small: bool
    """A mounted one of its own, which can be filled."""

    @property
    def filler(self) -> Path:
        return self.folder / "filler"

    async def fill(self, database_url: str) -> None:
        if not self.is_small:
            await run_statements(database_url, SAY_DISK_FULL)
            return
        await asyncio.to_thread(write_until_full, self.filler)

    async def free(self, database_url: str) -> None:
        if self.is_small:
            self.filler.unlink()
        else:
            await run_statements(database_url, "DROP FUNCTION say_disk_full CASCADE")


def write_until_full(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


async def run_statements(database_url: str, statements: str) -> None:
    connection = await open_connection(database_url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


@pytest.fixture
def disk() -> Iterator[Disk]:
    # Not tmp_path: another run of pytest closes its parent to the account of the database, whenever it starts.
    folder = Path(tempfile.mkdtemp(prefix="ln-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE},mode=755", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
    yield Disk(folder, mounted)
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    shutil.rmtree(folder)


class House(msgspec.Struct, frozen=True):
    """The running program, a client of it, and the folder of its database."""

    process: "subprocess.Popen[bytes]"
    client: httpx.AsyncClient
    database: EmbeddedPostgres
    log: Path

    async def wait_for_log(self, event: str) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while event not in self.log.read_text():
                await asyncio.sleep(0.1)

    async def rate(self, token: str) -> httpx.Response:
        fields = {"token": token, "score": 4}
        return await self.client.post(f"/Q/{BUSY_DESK}", json=fields, headers={"accept": "application/json"})

    async def rate_until(self, status: int, most: int = 20_000) -> tuple[httpx.Response, list[str]]:
        """New ratings until one is answered with `status`; that answer, and the tokens acknowledged."""
        acknowledged: list[str] = []
        async with asyncio.timeout(DEADLINE_SECONDS):
            for _ in range(most):
                token = make_token(secrets.token_bytes(15))
                reply = await self.rate(token)
                if reply.status_code == 201:
                    acknowledged.append(token)
                if reply.status_code == status:
                    return reply, acknowledged
                assert reply.status_code in {201, 503}
        raise AssertionError(f"never answered with {status}")


@pytest.fixture
async def house(disk: Disk, tmp_path: Path) -> AsyncIterator[House]:
    database = EmbeddedPostgres(disk.folder / "home")
    await asyncio.to_thread(prepare_store, database)
    port = find_free_port()
    with (
        (tmp_path / "program.log").open("wb") as log,
        start_program(database.home, port, log.fileno()) as process,
    ):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await wait_until_ready(client)
            yield House(process, client, database, tmp_path / "program.log")
        process.send_signal(signal.SIGTERM)
    if database.is_running():
        database.stop()


def prepare_store(database: EmbeddedPostgres) -> None:
    async def fill() -> None:
        connection = await open_connection(database.url)
        await migrate(connection)
        await make_world(connection)
        await connection.close()

    database.start()
    asyncio.run(fill())
    database.stop()


def start_program(home: Path, port: int, log: int) -> "subprocess.Popen[bytes]":
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "LANGNGHE_HOME": str(home),
        "LANGNGHE_PORT": str(port),
        "LANGNGHE_DESK_LIMIT": "1000000 per 1 second",
    }
    program = Path(sys.executable).parent / "langnghe"
    return subprocess.Popen([program, "up"], env=environment, stdout=log, stderr=log)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def wait_until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def use_up_journal(database: EmbeddedPostgres) -> None:
    """Begin new journal files of 16 MB until there is no room for one: PostgreSQL gives up (PANIC) and stays down."""
    with contextlib.suppress(*TEMPORARY_FAILURES):
        while True:
            await run_statements(database.url, USE_UP_JOURNAL)


async def find_missing(database_url: str, acknowledged: list[str]) -> set[bytes]:
    connection = await open_connection(database_url)
    stored = {row["token_hash"] for row in await connection.fetch("SELECT token_hash FROM responses")}
    assert await check_store(connection) == []
    await connection.close()
    return {hash_token(token) for token in acknowledged} - stored


async def test_a_full_disk_refuses_ratings_kindly_and_loses_none(house: House, disk: Disk) -> None:
    _, before = await house.rate_until(201)
    await disk.fill(house.database.url)
    refusal, during = await house.rate_until(503)
    assert int(refusal.headers["retry-after"]) > 0
    assert refusal.headers["content-type"] == "application/problem+json"
    assert house.process.poll() is None
    await disk.free(house.database.url)
    _, after = await house.rate_until(201)
    assert await find_missing(house.database.url, [*before, *during, *after]) == set()


async def test_a_disk_without_room_for_the_journal_stops_the_database_not_the_program(house: House, disk: Disk) -> None:
    _, before = await house.rate_until(201)
    await disk.fill(house.database.url)
    if disk.is_small:
        await use_up_journal(house.database)
        await house.wait_for_log("database-cannot-start")
    refusal, during = await house.rate_until(503)
    assert int(refusal.headers["retry-after"]) > 0
    page = await house.client.get("/")
    assert page.status_code == 200
    assert house.process.poll() is None
    await disk.free(house.database.url)
    _, after = await house.rate_until(201)
    assert await find_missing(house.database.url, [*before, *during, *after]) == set()
