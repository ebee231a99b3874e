"""A few rounds of `make crash`, the very same program: every kind of kill once, and cut replies."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS_OF_KILLS = 6


def run_crash(*arguments: str) -> tuple[int, dict[str, str], str]:
    """Exit status, the table that it printed, and all it said."""
    finished = subprocess.run(
        [sys.executable, "tools/crash.py", "--seconds-per-round", "1", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    rows = (line.strip("│ ").split("│") for line in finished.stdout.splitlines() if line.startswith("│"))
    table = {name.strip(): value.strip() for name, value in rows}
    return finished.returncode, table, finished.stdout


def test_kill_9_and_cut_replies_neither_lose_nor_double_a_rating() -> None:
    status, figures, said = run_crash("--rounds", str(KINDS_OF_KILLS), "--cuts", "60")
    assert status == 0, said
    assert figures["rounds"] == "6"
    assert figures["lost"] == figures["doubled"] == figures["with another receipt"] == "0"
    assert figures["replies cut after the commit"].startswith("60 ")
    assert int(figures["acknowledged"].split()[0].replace(",", "")) > 60


def test_a_rating_that_is_taken_away_is_missed() -> None:
    status, figures, _ = run_crash("--rounds", "0", "--cuts", "10", "--spoil")
    assert status == 1
    assert figures["lost"] == "1"
    # Still counted, but no longer in the rows: one more than there are.
    assert figures["doubled"] == "1"
    assert "sequence-has-gaps" in figures["store checked after each round"]
    assert figures["langnghe db check at the end"] == "exit status 1"
    assert figures["result"] == "BAD"
