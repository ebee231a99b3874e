import ast
import re
import tomllib
from fnmatch import fnmatch

import pytest

from tests.house_rules.project import ROOT, list_source_files, name_calls, name_file, parse_file

READS_THE_ENVIRONMENT = {"feedback/settings.py"}
# Routes, jobs and the command line; app.py hands the day to the limits of every route.
READS_THE_CLOCK = {
    "wiring.py",
    "feedback/command_line/**",
    "feedback/jobs.py",
    "feedback/web/app.py",
    "feedback/web/routes/**",
    "dashboards/command_line/**",
    "dashboards/reports/run_reports.py",
    "dashboards/routes.py",
    "dashboards/webhooks/run_webhooks.py",
    "bots/demo/routes.py",
    "bots/telegram/polling.py",
    "bots/telegram/sender.py",
    "bots/telegram/webhook.py",
    "bots/telegram/worker.py",
    "bots/terminal/talk.py",
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv"}
CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
}


def list_readers(names: set[str]) -> set[str]:
    return {
        name_file(file)
        for file in list_source_files()
        if any(name in names for name, _ in name_calls(parse_file(file)))
    }


def test_only_the_settings_read_the_environment() -> None:
    assert list_readers(ENVIRONMENT) == READS_THE_ENVIRONMENT


def test_only_routes_jobs_and_the_command_line_read_the_clock() -> None:
    readers = list_readers(CLOCK)
    assert "feedback/jobs.py" in readers
    assert {name for name in readers if not any(fnmatch(name, known) for known in READS_THE_CLOCK)} == set()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import os\nos.environ['A']", "os.environ"),
        ("from os import environ as e\ne['A']", "os.environ"),
        ("import datetime as dt\ndt.datetime.now(dt.UTC)", "datetime.datetime.now"),
        ("from datetime import datetime\nx = datetime.now", "datetime.datetime.now"),
        ("from datetime import date\ndate.today()", "datetime.date.today"),
        ("from time import time\ntime()", "time.time"),
    ],
)
def test_the_search_sees_through_imports(code: str, name: str) -> None:
    assert name in {found for found, _ in name_calls(ast.parse(code))}


def test_no_sql_of_the_program_reads_the_databases_clock() -> None:
    """Only `migrations`, which no test of behaviour reads, is dated by the database."""
    found = {
        name_file(file)
        for file in list_source_files()
        if re.search(r"(?<![\w.])now\(\)", file.read_text("utf-8")) or "current_date" in file.read_text("utf-8").lower()
    }
    assert found <= {"feedback/tables/migrations.py"}


def test_ruff_bans_both_outside_these_files() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert ruff["flake8-tidy-imports"]["banned-api"].keys() >= {
        "os.environ",
        "os.getenv",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.time",
    }
    exempt = {name for name, codes in ruff["per-file-ignores"].items() if "TID251" in codes}
    assert exempt - {"tests/**", "tools/**"} <= READS_THE_CLOCK
