"""`langnghe release`, each command as its own process."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feedback.database import open_connection
from tests.dashboards.release_stage import FIRST, SECOND, Town, on

PROGRAM = "from dashboards.command_line.releases import release; release()"


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    connection = await open_connection(database_url)
    yield await Town.found(connection)
    await connection.close()


class Operator:
    def __init__(self, database_url: str, home: Path) -> None:
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "COLUMNS": "250",
            "DATABASE_URL": database_url,
            "LANGNGHE_HOME": str(home),
            "LANGNGHE_LANGUAGE": "en",
        }

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Status, and all that was said."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", PROGRAM, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return Operator(database_url, tmp_path)


async def test_a_quarter_is_closed_listed_shown_and_verified(town: Town, operator: Operator) -> None:
    assert await operator.run("list") == (0, "No quarter has been released yet.\n")
    assert "no quarter to close" in (await operator.run("close"))[1]
    await town.rate(on(FIRST, 3), times=40, score=4)
    await town.rate(on(SECOND, 3), times=40, score=4)
    status, said = await operator.run("close", "2026-q1")
    assert (status, said[:21]) == (0, "2026-Q1 is released. ")
    digest = said.split()[-1]
    status, said = await operator.run("close")
    assert (status, said[:21], "2026-Q1" in said) == (0, "2026-Q2 is released. ", False)
    _, listed = await operator.run("list")
    assert "1 Jan 2026 - 31 Mar 2026" in listed
    _, shown = await operator.run("show", "2026-Q1")
    assert digest in shown
    assert "Officials" in shown
    status, said = await operator.run("verify", "2026-Q1")
    assert (status, said.split()[-1]) == (0, digest)


async def test_a_release_that_was_tampered_with_ends_with_one(town: Town, operator: Operator) -> None:
    await town.rate(on(FIRST, 3), times=40, score=4)
    await town.release(FIRST)
    await town.connection.execute("UPDATE responses SET score = 1")
    status, said = await operator.run("verify", "2026-Q1")
    assert status == 1
    assert said.splitlines()[0].startswith("What went into 2026-Q1 is not what the store holds today")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("close", "9000-Q1"), "9000-Q1 cannot be released before 07/04/9000"),
        (("close", "1999-Q1"), "No rating was given in 1999-Q1"),
        (("close", "2026-13"), "There is no release “2026-13”"),
        (("verify", "2026-Q1"), "There is no release “2026-Q1”"),
    ],
)
@pytest.mark.usefixtures("town")
async def test_what_cannot_be_done_is_said_in_one_sentence(
    operator: Operator, arguments: tuple[str, ...], said: str
) -> None:
    status, heard = await operator.run(*arguments)
    assert (status, said in heard, "Traceback" in heard) == (1, True, False)
