"""`langnghe explain` and `langnghe reviews`, each as an own process."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feedback.database import Connection, open_connection
from tests.dashboards.staff_stage import make_staff_world
from tests.feedback.review_stage import ask, find_ids, rate_official


@pytest.fixture
async def committed(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    await make_staff_world(connection)
    yield connection
    await connection.close()


async def run_command(database_url: str, home: Path, group: str, *arguments: str) -> tuple[int, str]:
    """Exit code and everything said."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", f"from dashboards.command_line.{group} import {group} as g; g()", *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "DATABASE_URL": database_url,
            "LANGNGHE_HOME": str(home),
            "LANGNGHE_LANGUAGE": "en",
            "COLUMNS": "160",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


async def test_a_score_is_explained_on_the_screen_and_drawn(
    committed: Connection, database_url: str, tmp_path: Path
) -> None:
    assert not committed.is_closed()
    svg = tmp_path / "funnel.svg"
    code, said = await run_command(
        database_url, tmp_path, "explain", "--official", "demo-1", "--release", "2026-q3", "--svg", str(svg)
    )
    assert code == 0, said
    assert "demo-1, release 2026-Q3" in said
    for words in ("Mean of the ratings", "74.6", "0.71", "Interval factor: 2.07", "Grade: B"):
        assert words in said
    assert svg.read_text("utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--unit", "32041", "--release", "2026-Q3"), 0, "Units of the same kind"),
        (("--official", "demo-3", "--release", "2026-Q3"), 0, "Not enough data"),
        (("--official", "nobody", "--release", "2026-Q3"), 1, "holds no figure about nobody"),
        (("--procedure", "1.001193", "--release", "2026-Q3"), 1, "holds no figure about 1.001193"),
        (("--official", "demo-2", "--release", "2026-Q1"), 1, "holds no figure about demo-2"),
        (("--official", "demo-1", "--release", "2020-Q1"), 1, "2020-Q1"),
        (("--release", "2026-Q3"), 2, "Give one of --official"),
        (("--official", "a", "--unit", "b", "--release", "2026-Q3"), 2, "Give one of --official"),
    ],
)
async def test_every_entity_is_explained_or_said_to_be_missing(
    committed: Connection, database_url: str, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert not committed.is_closed()
    found, said = await run_command(database_url, tmp_path, "explain", *arguments)
    assert (found, "Traceback" in said) == (code, False), said
    assert words in said


async def test_reviews_are_listed_and_decided_by_two(committed: Connection, database_url: str, tmp_path: Path) -> None:
    ids = await find_ids(committed)
    await rate_official(committed, ids, count=14)
    review = str(await ask(committed, ids))
    _, said = await run_command(database_url, tmp_path, "reviews", "list")
    assert "15 / under 10 / under 10" in said
    for voter, words in (("An", "more votes are needed"), ("Bình", "was granted; these ratings no longer count")):
        code, said = await run_command(
            database_url, tmp_path, "reviews", "vote", review, "grant", "--voter", voter, "--reason", "seen"
        )
        assert (code, words in said) == (0, True), said
    assert await committed.fetchval("SELECT sum(n1) FROM daily_counts WHERE proof_class = 'X'") == 14
    _, said = await run_command(database_url, tmp_path, "reviews", "list")
    assert "No review is waiting." in said


async def test_votes_that_do_not_count_end_with_a_sentence(
    committed: Connection, database_url: str, tmp_path: Path
) -> None:
    review = str(await ask(committed, await find_ids(committed)))
    reason = ("--reason", "seen")
    for arguments, words in (
        ((review, "grant", "--voter", "demo-1", *reason), "nobody decides on their own request"),
        (("999", "grant", "--voter", "An", *reason), "no review with the number 999"),
        ((review, "grant", "--voter", "An", "--reason", " "), "a reason is missing"),
        ((review, "maybe", "--voter", "An", *reason), "maybe"),
        (("0", "grant", "--voter", "An", *reason), "0"),
    ):
        code, said = await run_command(database_url, tmp_path, "reviews", "vote", *arguments)
        assert (code > 0, words in said, "Traceback" in said) == (True, True, False), said
    assert await committed.fetchval("SELECT count(*) FROM review_votes") == 0
