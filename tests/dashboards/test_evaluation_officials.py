import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from feedback.database import Connection, open_connection
from tests.dashboards.evaluation_stage import make_evaluation_world

ROOT = Path(__file__).parents[2]


async def run_map(database_url: str, home: Path, text: str) -> tuple[int, str]:
    file = home / "map.csv"
    file.write_text(text, encoding="utf-8")
    done = await asyncio.to_thread(
        subprocess.run,
        [
            sys.executable,
            "-c",
            "from dashboards.command_line.officials import officials; officials()",
            *("map", str(file), "--holder", "Phần mềm nhân sự (mẫu)"),
        ],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database_url,
            "LANGNGHE_HOME": str(home),
            "LANGNGHE_LANGUAGE": "en",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


async def read_map(connection: Connection) -> list[tuple[str, str]]:
    rows = await connection.fetch(
        "SELECT code, identifier FROM official_identifiers JOIN officials USING (official_id) ORDER BY code"
    )
    return [tuple(row) for row in rows]


async def test_a_mapping_is_stored_whole_or_not_at_all(database_url: str, tmp_path: Path) -> None:
    connection = await open_connection(database_url)
    await make_evaluation_world(connection)
    code, said = await run_map(database_url, tmp_path, "official,identifier\ndemo-1,CB-1\ndemo-2,CB-2\n")
    assert (code, "2 officials" in said) == (0, True), said
    bad = (
        "identifier,official\nCB-9,demo-1\n079201000001,demo-2\n123 456 789,demo-3\nCB-7,nobody\nCB-9,demo-4\n,demo-4\n"
    )
    code, said = await run_map(database_url, tmp_path, bad)
    assert code == 1
    assert [line for line in said.splitlines() if line.startswith("Row")] == [
        "Row 3: this has the form of a citizen identity number, which must not be used",
        "Row 4: this has the form of a citizen identity number, which must not be used",
        "Row 5: there is no official with this code",
        "Row 6: this official or identifier stands further up already",
        "Row 7: an identifier has 1 to 64 printable letters",
    ]
    assert "079201000001" not in said
    assert await read_map(connection) == [("demo-1", "CB-1"), ("demo-2", "CB-2")]
    # Two officials change their identifiers with each other; nobody else is touched.
    code, said = await run_map(database_url, tmp_path, "official,identifier\ndemo-1,CB-2\n")
    assert code == 0
    assert await read_map(connection) == [("demo-1", "CB-2")]
    await connection.close()


@pytest.mark.parametrize("text", ["official\ndemo-1\n", "official,identifier,name\ndemo-1,CB-1,x\n", '"', ""])
async def test_a_file_that_is_no_mapping_is_refused(database_url: str, tmp_path: Path, text: str) -> None:
    code, said = await run_map(database_url, tmp_path, text)
    assert code == 1
    assert "Traceback" not in said
