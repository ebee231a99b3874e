"""The operator's afternoon: an empty workbook, a wrong one, a right one, posters, checks. The real program."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import name_database, run_on_server

UNITS = "code,name,place_code,area_type,valid_from,valid_to\n"
GOOD = UNITS + "26740,Trung tâm Phục vụ hành chính công phường Sài Gòn (mẫu),26740,urban,2025-07-01,\n"
BAD = GOOD + "99,Sai,99999,city,2025-13-01,\n"
DESKS = "unit,number,name,code,valid_from,valid_to\n26740,1,Hộ tịch (mẫu),,01/07/2025,\n"


class Operator:
    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {"PATH": "/usr/bin:/bin", "LANGNGHE_HOME": str(folder / "home"), **environment}

    async def run(self, *arguments: str, typed: str = "", **environment: str) -> tuple[int, str]:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "langnghe", *arguments],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    def write_catalogue(self, **sheets: str) -> str:
        folder = self.folder / "catalogue"
        folder.mkdir(exist_ok=True)
        for name, text in sheets.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
        return str(folder)


@pytest.fixture
def operator(tmp_path: Path, database_url: str) -> Operator:
    return Operator(tmp_path, DATABASE_URL=database_url)


async def test_from_an_empty_workbook_to_posters(operator: Operator) -> None:
    assert (await operator.run("catalogue", "template", "empty.xlsx"))[0] == 0
    assert (operator.folder / "empty.xlsx").stat().st_size > 5_000

    bad = operator.write_catalogue(units=BAD)
    for arguments in (("catalogue", "import", bad, "--dry-run"), ("catalogue", "import", bad)):
        status, said = await operator.run(*arguments)
        assert status == 1
        for place in ("dòng 3, cột place_code", "dòng 3, cột area_type", "dòng 3, cột valid_from", "có 3 ô cần sửa"):
            assert place in said
    assert "units: 0" in (await operator.run("catalogue", "export", "nothing.xlsx"))[1]

    good = operator.write_catalogue(units=GOOD, desks=DESKS)
    assert "Tệp dùng được; chưa nhập gì." in (await operator.run("catalogue", "import", good, "--dry-run"))[1]
    assert "units: thêm 1, đổi 0, giữ nguyên 0" in (await operator.run("catalogue", "import", good))[1]
    assert "units: thêm 0, đổi 0, giữ nguyên 1" in (await operator.run("catalogue", "import", good))[1]
    assert "desks: 1" in (await operator.run("catalogue", "export", "all"))[1]
    assert "desks: thêm 0, đổi 0, giữ nguyên 1" in (await operator.run("catalogue", "import", "all"))[1]

    assert (await operator.run("posters", "card", "--province", "79"))[0] == 0
    assert (operator.folder / "posters" / "card-26740.pdf").read_bytes().startswith(b"%PDF")
    assert await operator.run("posters", "sheet", "--unit", "nowhere") == (1, "Error: Không có quầy nào để in mã.")


async def test_the_store_is_checked_and_recounted(operator: Operator) -> None:
    assert await operator.run("db", "migrate") == (0, "Cơ sở dữ liệu đã đúng với phiên bản này.")
    assert await operator.run("db", "check") == (0, "Kho dữ liệu nguyên vẹn.")
    status, said = await operator.run("db", "rebuild")
    assert status == 0
    assert "trùng khớp từng số" in said


async def test_a_wrong_setting_and_a_taken_port_are_one_sentence(operator: Operator) -> None:
    status, said = await operator.run("up", LANGNGHE_PORT="banana")
    assert (status, said) == (1, "Error: Các cài đặt này còn thiếu hoặc sai: LANGNGHE_PORT.")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, said = await operator.run("up", LANGNGHE_PORT=port, LANGNGHE_LANGUAGE="en")
    assert status == 1
    assert f"Port {port} on 127.0.0.1 is in use by another program." in said


async def test_a_database_without_tables_is_named_as_too_old(server_url: str, tmp_path: Path) -> None:
    await run_on_server(server_url, "CREATE DATABASE quite_empty")
    operator = Operator(tmp_path, DATABASE_URL=name_database(server_url, "quite_empty"))
    status, said = await operator.run("db", "check")
    assert status == 1
    assert "langnghe db migrate" in said
    await run_on_server(server_url, "DROP DATABASE quite_empty")
