"""Embedded servers in folders of their own, and what kills them, for the tests of both."""

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import asyncpg

from feedback.embedded_postgres import EmbeddedPostgres

DEADLINE_SECONDS = 60
MakeServer = Callable[..., EmbeddedPostgres]


@contextlib.contextmanager
def open_servers() -> Generator[MakeServer]:
    """Each call is a newly started program, on the same folder unless another is named; all stop at the end."""
    made: list[EmbeddedPostgres] = []
    # Not tmp_path: another run of pytest closes its parent to the account of the database, whenever it starts.
    with tempfile.TemporaryDirectory(prefix="ln-") as parent:

        def make(folder: str = "home") -> EmbeddedPostgres:
            made.append(EmbeddedPostgres(Path(parent) / folder))
            return made[-1]

        yield make
        for server in made:
            server.stop()


async def ask(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def ask_until_answered(server: EmbeddedPostgres, statement: str) -> object:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                return await ask(server, statement)
            await asyncio.sleep(0.05)


def read_postmaster(server: EmbeddedPostgres) -> int:
    return int(server.pid_file.read_text().split("\n", 1)[0])


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def run_until_killed(*arguments: str, account: str | None = None) -> Generator[subprocess.Popen[str]]:
    """A process that is dead at the end, by -9, whatever happened."""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, user=account) as process:
        try:
            yield process
        finally:
            process.kill()


async def kill_whole_server(server: EmbeddedPostgres) -> None:
    """As a power cut: nobody tidies up, postmaster.pid stays."""
    connection = await asyncpg.connect(server.url)
    children = [row[0] for row in await connection.fetch("SELECT pid FROM pg_stat_activity")]
    postmaster = read_postmaster(server)
    for process in (postmaster, *children):
        os.kill(process, signal.SIGKILL)
    connection.terminate()
    await wait_until(lambda: not any(is_alive(process) for process in (postmaster, *children)))
