"""The real program in a folder of its own, started again whenever it ends, as systemd would."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Literal, get_args

from feedback.database import open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.world import make_world
from tools.crash.ledger import list_processes

Kill = Literal["program", "postmaster", "backend", "database", "everything", "backend, then program"]
KILLS: tuple[Kill, ...] = get_args(Kill)
RESTART_SECONDS = 0.2
LANGNGHE = Path(sys.executable).parent / "langnghe"
LONGEST_END_SECONDS = 60


class Program:
    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.log = folder / "program.log"
        self.port = find_free_port()
        self.database = EmbeddedPostgres(self.home)
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self.kills = 0
        self.stopping = False

    @property
    def ended_by_itself(self) -> int:
        """How often it ended although nobody killed it: must stay 0."""
        running = self.process is not None and self.process.returncode is None
        return self.starts - self.kills - running

    async def keep_running(self) -> None:
        """Until `stop`."""
        while not self.stopping:
            with self.log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    LANGNGHE,
                    "up",
                    env=self.make_environment(),
                    stdout=log,
                    stderr=log,
                )
            self.starts += 1
            await self.process.wait()
            await asyncio.sleep(RESTART_SECONDS)

    def make_environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTHONPATH"}},
            "LANGNGHE_HOME": str(self.home),
            "LANGNGHE_PORT": str(self.port),
            "LANGNGHE_DESK_LIMIT": "1000000 per 1 second",
            "LANGNGHE_TRUSTED_PROXY": "127.0.0.1",
        }

    async def kill(self, kind: Kill, chance: random.Random) -> None:
        """At once, with SIGKILL; which process serves whom is asked before."""
        serving = await list_processes(self.database.url, serving=True)
        all_children = await list_processes(self.database.url, serving=False)
        if kind in {"backend", "backend, then program"}:
            end_processes(serving[:1])
        if kind in {"postmaster", "database", "everything"}:
            end_processes([self.read_postmaster()])
        if kind in {"database", "everything"}:
            end_processes(all_children)
        if kind == "backend, then program":
            # Into the recovery: the program that starts finds a database that is not ready yet.
            await asyncio.sleep(chance.uniform(0, 0.1))
        if kind in {"program", "everything", "backend, then program"}:
            self.kill_program()

    def kill_program(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.kills += 1
            self.process.kill()

    def read_postmaster(self) -> int:
        return int((self.database.folder / "postmaster.pid").read_text().split("\n", 1)[0])

    async def check(self) -> int:
        """Exit status of `langnghe db check`, asked beside the running program."""
        with self.log.open("ab") as log:
            asked = await asyncio.create_subprocess_exec(
                LANGNGHE, "db", "check", env=self.make_environment(), stdout=log, stderr=log
            )
        return await asked.wait()

    async def stop(self) -> int:
        """As systemd stops it. Its exit status."""
        self.stopping = True
        if self.process is None:
            return 1
        if self.process.returncode is None:
            self.kills += 1
            self.process.terminate()
        async with asyncio.timeout(LONGEST_END_SECONDS):
            return await self.process.wait()


def end_processes(processes: list[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def fill_store(database: EmbeddedPostgres) -> None:
    """The small world of the tests, before the program starts for the first time."""
    await asyncio.to_thread(database.start)
    connection = await open_connection(database.url)
    await migrate(connection)
    await make_world(connection)
    await connection.close()
    await asyncio.to_thread(database.stop)


@contextlib.asynccontextmanager
async def run_program() -> AsyncGenerator[Program]:
    """The program, starting, in a new folder that is removed afterwards, database and all."""
    folder = Path(tempfile.mkdtemp(prefix="ln-crash-"))
    program = Program(folder)
    await fill_store(program.database)
    running = asyncio.create_task(program.keep_running())
    try:
        yield program
    finally:
        program.stopping = True
        program.kill_program()
        await running
        await asyncio.to_thread(program.database.stop)
        shutil.rmtree(folder)
