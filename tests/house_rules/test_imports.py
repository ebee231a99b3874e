import subprocess
import sys
from pathlib import Path

from tests.house_rules.project import PACKAGES, ROOT, list_source_files, name_calls, name_file, parse_file


def test_imports_point_down() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    found = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, check=False, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_only_the_program_wires_the_packages_together() -> None:
    tops = {
        name_file(file): {name.partition(".")[0] for name, _ in name_calls(parse_file(file))}
        for file in list_source_files()
    }
    assert [name for name, used in tops.items() if {"langnghe", "wiring"} & used] == []
    assert [name for name, used in tops.items() if {"bots", "dashboards"} <= used] in ([], ["wiring.py"])
    assert all(any(name.startswith(f"{package}/") for name in tops) for package in PACKAGES)


def test_surveys_talks_to_no_network_and_no_other_program() -> None:
    reaching_out = {
        "socket",
        "ssl",
        "http",
        "urllib",
        "httpx",
        "asyncio",
        "subprocess",
        "asyncpg",
        "litestar",
    }
    for file in (file for file in list_source_files() if name_file(file).startswith("surveys/")):
        used = {name.partition(".")[0] for name, _ in name_calls(parse_file(file))}
        assert not used & reaching_out, name_file(file)
