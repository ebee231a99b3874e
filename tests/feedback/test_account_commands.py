"""Accounts from the command line, each command as its own process."""

from pathlib import Path

import pytest

from feedback.database import open_connection
from tests.feedback.slip_stage import run_command, run_sql
from tests.world import make_world


@pytest.fixture(autouse=True)
async def world(database_url: str) -> None:
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.close()


async def test_the_first_two_administrators_are_in_force_at_once_and_a_third_is_not(
    database_url: str, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        name = f"demo-admin-{number}"
        status, said = await run_command(
            database_url, tmp_path, "accounts", "invite", name, "Quản trị (mẫu)", "--role", "administrator"
        )
        assert status == 0, said
        assert "/staff/invitation/" in said.splitlines()[-1]
        assert ("in force at once" in said) == (number < 3)
    assert await run_sql(database_url, "SELECT verdict, decided_by FROM appointments ORDER BY appointment_id") == [
        ("approved", None),
        ("approved", None),
        (None, None),
    ]
    assert await run_sql(
        database_url, "SELECT DISTINCT actor FROM audit_log WHERE action LIKE 'a%' AND account_id IS NULL"
    ) == [("operator",)]


async def test_a_person_is_invited_listed_locked_out_and_let_in(database_url: str, tmp_path: Path) -> None:
    invite = ("invite", "Demo-Lan", "Trần Thị Lan (mẫu)", "--role", "front_supervisor", "--province", "96")
    status, said = await run_command(database_url, tmp_path, "accounts", *invite)
    assert (status, "an administrator has to approve it" in said) == (0, True), said
    _, listed = await run_command(database_url, tmp_path, "accounts", "list", COLUMNS="200")
    assert "demo-lan" in listed
    assert "in use" in listed
    for command, said_then in (
        ("disable", "is disabled"),
        ("enable", "can sign in again"),
        ("sign-out", "Ended 0 sessions"),
        ("new-device", "/staff/invitation/"),
        ("invite", "/staff/invitation/"),
    ):
        status, said = await run_command(database_url, tmp_path, "accounts", command, "demo-lan")
        assert (status, said_then in said) == (0, True), said
    used = await run_sql(database_url, "SELECT count(*), count(used_at) FROM account_invitations")
    assert used == [(3, 2)]  # each link takes the place of those before it


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invite", "demo-lan"), "is new here"),
        (("invite", "Đỗ Lan", "Lan (mẫu)", "--role", "administrator"), "small letters"),
        (("invite", "demo-lan", "Lan (mẫu)", "--role", "inspector"), "cannot be done"),
        (("invite", "demo-lan", "Lan (mẫu)", "--role", "inspector", "--province", "77"), "cannot be done"),
        (("invite", "demo-lan", "Lan (mẫu)", "--role", "king"), "--role"),
        (("invite", "demo-lan", "Lan (mẫu)", "--role", "official", "--official", "nobody"), "no official"),
        (("invite", "demo-lan", "Lan (mẫu)", "--role", "inspector", "--everywhere", "--email", "x"), "e-mail"),
        (("disable", "demo-nobody"), "no account with the name demo-nobody"),
        (("new-device", "demo-nobody"), "no account"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    database_url: str, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    status, told = await run_command(database_url, tmp_path, "accounts", *arguments)
    assert status != 0
    assert said in told
    assert await run_sql(database_url, "SELECT count(*) FROM accounts") == [(0,)]
