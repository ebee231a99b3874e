"""The store's own part of two people for a power: what the administrators' role there cannot do, whoever asks."""

import asyncpg
import pytest

from feedback.accounts.appoint import decide, end, propose
from feedback.api_keys import EVERYWHERE
from feedback.database import Connection
from feedback.tables.appointments import decide_appointment, insert_appointment
from feedback.tables.staff_rows import take_reach
from tests.feedback.appointment_stage import NOW, PROVINCE, People, add_people

APPOINT = (
    "INSERT INTO appointments (account_id, role, everywhere, province_codes, commune_codes, unit_codes, proposed_by,"
    " proposed_at, verdict, decided_by, decided_at) VALUES ({lan}, 'inspector', true, '{{}}', '{{}}', '{{}}', "
)
PLANTS = {
    "in force at once": APPOINT + "{me}, '2026-11-20', 'approved', {other}, '2026-11-20')",
    "proposed in another's name": APPOINT + "{other}, '2026-11-20', NULL, NULL, NULL)",
    "proposed by nobody": APPOINT + "NULL, '2026-11-20', NULL, NULL, NULL)",
    "decided in another's name": (
        "UPDATE appointments SET verdict = 'approved', decided_by = {other}, decided_at = '2026-11-20'"
    ),
    "widened": "UPDATE appointments SET everywhere = true, province_codes = '{{}}'",
    "given to another": "UPDATE appointments SET account_id = {me}",
    "deleted": "DELETE FROM appointments WHERE account_id = {lan}",
}


@pytest.fixture
async def people(connection: Connection) -> People:
    return await add_people(connection)


async def test_the_store_refuses_to_decide_ones_own_even_where_a_page_would_not(
    connection: Connection, people: People
) -> None:
    first = people.first.account_id
    appointment = await insert_appointment(connection, people.lan, "inspector", EVERYWHERE, first, NOW)
    for by in (first, people.lan):
        with pytest.raises(asyncpg.CheckViolationError):
            async with connection.transaction():
                await decide_appointment(connection, appointment, "approved", by, NOW)


@pytest.mark.parametrize("plant", PLANTS)
async def test_the_administrators_role_acts_in_its_own_name_only(
    connection: Connection, people: People, plant: str
) -> None:
    me, other = people.first.account_id, people.second.account_id
    await insert_appointment(connection, people.lan, "front_supervisor", PROVINCE, me, NOW)
    await take_reach(connection, me, ["administrator"], "administer_accounts", "langnghe_administrator")
    statement = PLANTS[plant].format(lan=people.lan, me=me, other=other)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await connection.execute(statement)


async def test_what_is_over_cannot_be_brought_back(connection: Connection, people: People) -> None:
    proposed = await propose(connection, people.first, people.lan, "personnel", EVERYWHERE, NOW)
    await decide(connection, people.second, proposed.appointment_id, "approved", NOW)
    await end(connection, people.first, proposed.appointment_id, NOW)
    await take_reach(
        connection, people.second.account_id, ["administrator"], "administer_accounts", "langnghe_administrator"
    )
    statement = "UPDATE appointments SET ended_at = NULL, ended_by = NULL WHERE account_id = $1"
    assert await connection.execute(statement, people.lan) == "UPDATE 0"


async def test_administrators_read_nothing_that_proves_a_person(connection: Connection, people: People) -> None:
    await take_reach(
        connection, people.first.account_id, ["administrator"], "administer_accounts", "langnghe_administrator"
    )
    for column in ("password_hash", "totp_secret", "outside_id", "chat"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.fetch(f"SELECT {column} FROM accounts")  # noqa: S608 (names of columns)
