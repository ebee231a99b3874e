"""Two administrators give a power, one takes it away; the pages and the store both refuse anything else."""

import asyncio
from datetime import timedelta

import pytest

from feedback.accounts.appoint import close_sessions, decide, disable, enable, end, propose
from feedback.accounts.powers import Account, Role, may
from feedback.accounts.sessions import find_signed_in
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.tables.accounts import insert_account
from feedback.tables.appointments import decide_appointment, insert_appointment, select_appointments_in_force
from feedback.tables.audit_log import AuditFilter, AuditLine, select_audit_lines
from surveys.errors import AppointmentRefusedError, UnknownPageError
from tests.feedback.appointment_stage import NOW, PROVINCE, People, add_people, find_account
from tests.staff_people import COOKIE, add_person, open_session


@pytest.fixture
async def people(connection: Connection) -> People:
    return await add_people(connection)


async def read_log(connection: Connection) -> list[AuditLine]:
    return await select_audit_lines(connection, AuditFilter())


async def test_a_role_holds_once_a_second_administrator_has_approved_it(connection: Connection, people: People) -> None:
    proposed = await propose(connection, people.first, people.lan, "front_supervisor", PROVINCE, NOW)
    assert await select_appointments_in_force(connection, people.lan) == ()
    await decide(connection, people.second, proposed.appointment_id, "approved", NOW)
    [held] = await select_appointments_in_force(connection, people.lan)
    assert (held.role, held.reach) == ("front_supervisor", PROVINCE)
    latest, first = await read_log(connection)
    assert (first.actor, first.action, latest.actor, latest.action) == (
        *("Người mẫu mot (mẫu)", "appointment-proposed"),
        *("Người mẫu hai (mẫu)", "appointment-approved"),
    )
    assert latest.details == '{"person":"demo-lan","role":"front_supervisor","where":"96"}'


async def test_a_refused_proposal_gives_nothing_and_cannot_be_decided_again(
    connection: Connection, people: People
) -> None:
    proposed = await propose(connection, people.first, people.lan, "personnel", EVERYWHERE, NOW)
    await decide(connection, people.second, proposed.appointment_id, "refused", NOW)
    assert await select_appointments_in_force(connection, people.lan) == ()
    with pytest.raises(AppointmentRefusedError, match="not-open"):
        await decide(connection, people.second, proposed.appointment_id, "approved", NOW)


async def test_nobody_decides_the_own_proposal_or_one_about_oneself(connection: Connection, people: People) -> None:
    own = await propose(connection, people.first, people.lan, "inspector", EVERYWHERE, NOW)
    with pytest.raises(AppointmentRefusedError, match="own-proposal"):
        await decide(connection, people.first, own.appointment_id, "approved", NOW)
    await end(connection, people.second, (await find_only(connection, people.second)), NOW)
    about = await propose(connection, people.first, people.second.account_id, "administrator", NOWHERE, NOW)
    with pytest.raises(AppointmentRefusedError, match="about-oneself"):
        await decide(connection, people.second, about.appointment_id, "approved", NOW)


async def find_only(connection: Connection, account: Account) -> int:
    [held] = await select_appointments_in_force(connection, account.account_id)
    return held.appointment_id


@pytest.mark.parametrize(
    ("role", "reach", "reason"),
    [
        ("emperor", EVERYWHERE, "appointment-role"),
        ("front_supervisor", NOWHERE, "appointment-place"),
        ("front_supervisor", Reach(everywhere=True, provinces=("96",)), "appointment-place"),
        ("head_of_unit", EVERYWHERE, "appointment-not-everywhere"),
        ("unit_manager", Reach(communes=("32041",)), "appointment-units-only"),
        ("administrator", PROVINCE, "appointment-without-place"),
        ("official", NOWHERE, "appointment-no-official"),
        ("inspector", Reach(provinces=("95",)), "appointment-codes"),
        # A commune is no province, a province no commune, and a place no unit.
        ("inspector", Reach(provinces=("32041",)), "appointment-codes"),
        ("inspector", Reach(communes=("96",)), "appointment-codes"),
        ("inspector", Reach(units=("96",)), "appointment-codes"),
        ("inspector", Reach(units=tuple(f"u{place}" for place in range(501))), "appointment-too-many"),
    ],
)
async def test_a_proposal_must_name_a_role_and_places_that_go_together(
    connection: Connection, people: People, role: str, reach: Reach, reason: str
) -> None:
    with pytest.raises(AppointmentRefusedError) as refused:
        await propose(connection, people.first, people.lan, role, reach, NOW)
    assert refused.value.details["reason"] == reason
    assert await read_log(connection) == []


async def test_unknown_codes_are_named(connection: Connection, people: People) -> None:
    reach = Reach(provinces=("96", "97"), units=("32041", "nowhere"))
    with pytest.raises(AppointmentRefusedError) as refused:
        await propose(connection, people.first, people.lan, "inspector", reach, NOW)
    assert refused.value.details["codes"] == "97, nowhere"


async def test_the_same_role_at_the_same_place_is_proposed_once(connection: Connection, people: People) -> None:
    await propose(connection, people.first, people.lan, "inspector", PROVINCE, NOW)
    with pytest.raises(AppointmentRefusedError, match="twice"):
        await propose(connection, people.second, people.lan, "inspector", PROVINCE, NOW)


@pytest.mark.parametrize(("first", "second"), [("inspector", "administrator"), ("administrator", "inspector")])
async def test_who_administers_accounts_holds_nothing_that_shows_ratings(
    connection: Connection, people: People, first: Role, second: Role
) -> None:
    reaches = {"inspector": PROVINCE, "administrator": NOWHERE}
    held = await insert_appointment(connection, people.lan, first, reaches[first], None, NOW)
    await decide_appointment(connection, held, "approved", people.first.account_id, NOW)
    with pytest.raises(AppointmentRefusedError, match="administrator-alone"):
        await propose(connection, people.first, people.lan, second, reaches[second], NOW)
    # Proposed past this, it is not approved either.
    slipped = await insert_appointment(connection, people.lan, second, reaches[second], None, NOW)
    with pytest.raises(AppointmentRefusedError, match="administrator-alone"):
        await decide(connection, people.first, slipped, "approved", NOW)


async def test_powers_wait_until_the_person_has_taken_the_account(connection: Connection, people: People) -> None:
    new = await insert_account(connection, "demo-new", "Người mới (mẫu)", NOW)
    proposed = await propose(connection, people.first, new, "inspector", PROVINCE, NOW)
    with pytest.raises(AppointmentRefusedError, match="not-taken"):
        await decide(connection, people.second, proposed.appointment_id, "approved", NOW)


async def test_one_administrator_ends_an_appointment_and_every_session_at_once(
    connection: Connection, people: People
) -> None:
    held = await insert_appointment(connection, people.lan, "inspector", PROVINCE, None, NOW)
    await decide_appointment(connection, held, "approved", people.first.account_id, NOW)
    session_id = (await open_session(connection, people.lan, NOW))[COOKIE]
    signed_in = await find_signed_in(connection, session_id, NOW)
    assert signed_in
    assert may(signed_in.appointments, "see_supervision")
    await end(connection, people.first, held, NOW)
    assert await find_signed_in(connection, session_id, NOW) is None
    with pytest.raises(AppointmentRefusedError, match="not-in-force"):
        await end(connection, people.first, held, NOW)


async def test_every_decision_ends_the_persons_sessions(connection: Connection, people: People) -> None:
    proposed = await propose(connection, people.first, people.lan, "inspector", PROVINCE, NOW)
    session_id = (await open_session(connection, people.lan, NOW))[COOKIE]
    await decide(connection, people.second, proposed.appointment_id, "approved", NOW)
    assert await find_signed_in(connection, session_id, NOW) is None


async def test_disabling_ends_everything_and_enabling_gives_nothing_back(
    connection: Connection, people: People
) -> None:
    held = await insert_appointment(connection, people.lan, "inspector", PROVINCE, None, NOW)
    await decide_appointment(connection, held, "approved", people.first.account_id, NOW)
    sessions = [(await open_session(connection, people.lan, NOW))[COOKIE] for _ in range(10)]
    await disable(connection, people.first, people.lan, NOW)
    assert [session_id for session_id in sessions if await find_signed_in(connection, session_id, NOW)] == []
    await enable(connection, people.first, people.lan, NOW + timedelta(minutes=1))
    assert [session_id for session_id in sessions if await find_signed_in(connection, session_id, NOW)] == []
    assert await select_appointments_in_force(connection, people.lan) == ()
    with pytest.raises(AppointmentRefusedError, match="enabled-already"):
        await enable(connection, people.first, people.lan, NOW)


async def test_nothing_is_approved_for_a_disabled_account(connection: Connection, people: People) -> None:
    proposed = await propose(connection, people.first, people.lan, "inspector", PROVINCE, NOW)
    await disable(connection, people.second, people.lan, NOW)
    with pytest.raises(AppointmentRefusedError, match="disabled"):
        await decide(connection, people.second, proposed.appointment_id, "approved", NOW)


async def test_ending_the_sessions_leaves_the_roles(connection: Connection, people: People) -> None:
    await open_session(connection, people.first.account_id, NOW)
    await open_session(connection, people.first.account_id, NOW)
    assert await close_sessions(connection, people.second, people.first.account_id, NOW) == 2
    assert len(await select_appointments_in_force(connection, people.first.account_id)) == 1


async def test_the_operator_is_named_in_the_log(connection: Connection, people: People) -> None:
    await propose(connection, None, people.lan, "inspector", PROVINCE, NOW)
    [line] = await read_log(connection)
    assert (line.actor, line.sign_in_name) == ("operator", None)


async def test_what_does_not_exist_is_an_unknown_page(connection: Connection, people: People) -> None:
    with pytest.raises(UnknownPageError):
        await propose(connection, people.first, 999_999, "inspector", PROVINCE, NOW)
    with pytest.raises(UnknownPageError):
        await end(connection, people.first, 999_999, NOW)


async def test_two_who_decide_at_once_are_one_decision(database_url: str) -> None:
    """One approves while the other refuses: one of them hears that it is decided."""
    connections = [await open_connection(database_url) for _ in range(2)]
    people = await add_people(connections[0])
    third = await find_account(connections[0], await add_person(connections[0], "ba", "administrator"))
    proposed = await propose(connections[0], people.first, people.lan, "inspector", PROVINCE, NOW)

    async def try_to_decide(connection: Connection, by: Account, verdict: str) -> str:
        try:
            async with connection.transaction():
                await decide(connection, by, proposed.appointment_id, verdict, NOW)
        except AppointmentRefusedError as error:
            return str(error.details["reason"])
        return "done"

    outcomes = await asyncio.gather(
        try_to_decide(connections[0], people.second, "approved"), try_to_decide(connections[1], third, "refused")
    )
    assert sorted(outcomes) == ["appointment-not-open", "done"]
    for connection in connections:
        await connection.close()
