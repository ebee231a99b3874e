"""A few rounds of the second half of `make crash`, the very same program."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_bot_killed_again_and_again_loses_doubles_and_disorders_nothing() -> None:
    finished = subprocess.run(
        [sys.executable, "tools/crash_chats.py", "--updates", "600", "--kills", "4"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    rows = (line.strip("│ ").split("│") for line in finished.stdout.splitlines() if line.startswith("│"))
    figures = {name.strip(): value.strip() for name, value in rows}
    assert finished.returncode == 0, finished.stdout[-3000:]
    # 60 chats and the one the script was learnt in, ten updates each.
    assert figures["effects"] == "610"
    assert figures["kill -9"] == "4"
    assert {figures[name] for name in ("lost", "doubled", "dead letters")} == {"0"}
    assert figures["chats out of order"] == "none"
    assert figures["secrets, chats, names in log, store, metrics"] == "none"
    # Each was delivered at least once, most several times.
    assert int(figures["deliveries acknowledged"].split()[0].replace(",", "")) > 900
