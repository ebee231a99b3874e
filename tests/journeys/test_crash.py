"""A few rounds of `make crash`, the very same program: every kind of kill once, and cut replies."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS_OF_KILLS = 6


def test_kill_9_and_cut_replies_neither_lose_nor_double_a_rating() -> None:
    finished = subprocess.run(
        [
            *(sys.executable, "tools/crash.py", "--seconds-per-round", "1"),
            *("--rounds", str(KINDS_OF_KILLS), "--cuts", "60"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    figures = read_table(finished.stdout)
    assert figures["rounds"] == "6"
    assert figures["lost"] == figures["doubled"] == figures["with another receipt"] == "0"
    assert figures["replies cut after the commit"].startswith("60 ")
    assert int(figures["acknowledged"].split()[0].replace(",", "")) > 60


def read_table(output: str) -> dict[str, str]:
    rows = (line.strip("│ ").split("│") for line in output.splitlines() if line.startswith("│"))
    return {name.strip(): value.strip() for name, value in rows}
