"""The real bot in a process of its own, which is killed and started again; database and Telegram outlive it."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx

from feedback.embedded_postgres import EmbeddedPostgres
from feedback.settings import Settings, read_settings
from tools.crash.program import fill_store, find_free_port

LANGNGHE = Path(sys.executable).parent / "langnghe"
SECRET = "a secret of the crash run, forty letters long"  # noqa: S105 (guards nothing)
TOKEN = "1000001:a-token-that-must-stand-in-no-log"  # noqa: S105 (of the stand-in for Telegram)


class Bot:
    def __init__(self, folder: Path, database_url: str, telegram_address: str) -> None:
        self.log = folder / "bot.log"
        self.starts = 0
        self.process: asyncio.subprocess.Process | None = None
        self.environment = {
            "DATABASE_URL": database_url,
            "LANGNGHE_HOME": str(folder / "home"),
            "LANGNGHE_PORT": str(find_free_port()),
            "LANGNGHE_SECRET": SECRET,
            "LANGNGHE_TELEGRAM_TOKEN": TOKEN,
            "LANGNGHE_TELEGRAM_API": f"{telegram_address}/demo/telegram",
            "LANGNGHE_TELEGRAM_UPDATES": "webhook",
            "LANGNGHE_LOG_LEVEL": "debug",
        }

    @property
    def settings(self) -> Settings:
        return read_settings(self.environment)

    async def start(self) -> None:
        usual = {name: value for name, value in os.environ.items() if not name.startswith("LANGNGHE_")}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                LANGNGHE, "serve", "bot", env={**usual, **self.environment}, stdout=log, stderr=log
            )
        self.starts += 1

    async def kill(self) -> None:
        """At once, with SIGKILL."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> int:
        """As systemd stops it. Its exit status."""
        if self.process is None:
            return 1
        self.process.terminate()
        return await self.process.wait()

    async def read_metrics(self) -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{self.settings.port}/metrics")).text

    async def run(self, *arguments: str) -> int:
        """Exit status of another command of the program, beside it."""
        with self.log.open("ab") as log:
            usual = {name: value for name, value in os.environ.items() if not name.startswith("LANGNGHE_")}
            asked = await asyncio.create_subprocess_exec(
                LANGNGHE, *arguments, env={**usual, **self.environment}, stdout=log, stderr=log
            )
        return await asked.wait()


@contextlib.asynccontextmanager
async def open_store() -> AsyncGenerator[tuple[Path, str]]:
    """A new folder and a database in it with the small world of the tests; both are removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ln-chats-"))
    database = EmbeddedPostgres(folder / "home")
    await fill_store(database)
    await asyncio.to_thread(database.start)
    try:
        yield folder, database.url
    finally:
        await asyncio.to_thread(database.stop)
        shutil.rmtree(folder)
