"""Keys and slips from the command line, each command as its own process."""

import csv
from pathlib import Path

import pytest

from feedback.api_keys import read_key_text
from feedback.database import open_connection
from tests.feedback.slip_stage import run_command, run_sql
from tests.world import make_world

VISIT = ("--unit", "32041", "--desk", "1", "--procedure", "1.001193", "--official", "demo-2")


@pytest.fixture(autouse=True)
async def world(database_url: str) -> None:
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.close()


async def test_a_key_is_shown_once_and_a_holder_has_two_at_most(database_url: str, tmp_path: Path) -> None:
    make = ("create", "Sở Nội vụ (mẫu)", "--scope", "evaluation", "--province", "96", "--from", "10.1.0.0/16")
    shown: list[str] = []
    for _ in range(2):
        status, said = await run_command(database_url, tmp_path, "keys", *make)
        assert status == 0, said
        shown.append(said.split()[-1])
    status, said = await run_command(database_url, tmp_path, "keys", *make)
    assert (status, "has 2 keys in use already" in said) == (1, True)
    _, listed = await run_command(database_url, tmp_path, "keys", "list", COLUMNS="200")
    first = read_key_text(shown[0]).key_id
    assert f"lnk_{first}" in listed
    assert not any(text in listed for text in shown)
    assert "10.1.0.0/16" in listed
    assert (await run_command(database_url, tmp_path, "keys", "revoke", f"lnk_{first}"))[0] == 0
    assert (await run_command(database_url, tmp_path, "keys", "revoke", first))[0] == 1
    assert (await run_command(database_url, tmp_path, "keys", *make))[0] == 0
    assert await run_sql(database_url, "SELECT count(*) FILTER (WHERE revoked_on IS NULL), count(*) FROM api_keys") == [
        (2, 3)
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--scope", "slips"), "A key covers"),
        (("x", "--scope", "slips", "--everywhere", "--unit", "32041"), "A key covers"),
        (("x", "--scope", "slips", "--province", "77"), "no such unit or province"),
        (("x", "--scope", "all", "--everywhere"), "--scope"),
        (("x", "--everywhere"), "--scope"),
        (("x", "--scope", "slips", "--everywhere", "--from", "10.1.2.3/8"), "host bits"),
        (("x", "--scope", "slips", "--everywhere", "--days", "366"), "--days"),
        (("x", "--scope", "slips", "--everywhere", "--quota", "0"), "--quota"),
    ],
)
async def test_a_key_that_makes_no_sense_is_not_made(
    database_url: str, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    status, answer = await run_command(database_url, tmp_path, "keys", "create", *arguments)
    assert status != 0
    assert said in answer
    assert await run_sql(database_url, "SELECT count(*) FROM api_keys") == [(0,)]


async def test_slips_are_shown_printed_and_written_as_sms(database_url: str, tmp_path: Path) -> None:
    pdf = tmp_path / "slips.pdf"
    arguments = ("issue", *VISIT, "--count", "3", "--sms", "--pdf", str(pdf))
    status, said = await run_command(database_url, tmp_path, "slips", *arguments)
    assert status == 0, said
    rows = [row for row in csv.reader(said.splitlines()) if row and row[0].startswith("HTTPS://DG.TINH.GOV.VN/V/")]
    assert [len(row) for row in rows] == [4, 4, 4]
    assert "1 messages" in said
    assert "Slips issued: 3. Refused: 0." in said
    assert pdf.read_bytes().startswith(b"%PDF")


async def test_a_refused_slip_says_why_and_ends_with_1(database_url: str, tmp_path: Path) -> None:
    arguments = ("issue", "--unit", "32041", "--desk", "1", "--procedure", "9.000001")
    status, said = await run_command(database_url, tmp_path, "slips", *arguments)
    assert status == 1
    assert "Row 1, procedure: the desk does not offer this procedure" in said


async def test_a_desk_is_re_keyed_at_once(database_url: str, tmp_path: Path) -> None:
    rekey = ("rekey", "--unit", "32041", "--desk", "1")
    assert "never had slips" in (await run_command(database_url, tmp_path, "slips", *rekey))[1]
    await run_command(database_url, tmp_path, "slips", "issue", *VISIT)
    status, said = await run_command(database_url, tmp_path, "slips", *rekey)
    assert (status, "epoch 2" in said) == (0, True)
    assert (await run_command(database_url, tmp_path, "slips", "rekey", "--unit", "x", "--desk", "1"))[0] == 1
