"""The audit log is only ever added to, by whoever acts and in that person's name; and read by those it is meant for."""

from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from feedback.database import Connection
from feedback.tables.audit_log import (
    PAGE,
    AuditEntry,
    AuditFilter,
    insert_audit_entry,
    select_audit_lines,
    select_audited_actions,
    select_reached_audit_lines,
)
from feedback.tables.staff_rows import DatabaseRole, take_reach
from tests.staff_people import add_person
from tests.world import make_world

MIDNIGHT = datetime(2026, 11, 19, 17, tzinfo=UTC)  # 00:00 on 20 November in Vietnam
REWRITINGS = (
    "UPDATE audit_log SET actor = 'x'",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
    "TRUNCATE audit_log CASCADE",
)
ROLES: tuple[DatabaseRole | None, ...] = (None, "langnghe_staff", "langnghe_administrator")


def make_line(account_id: int | None, **changes: object) -> AuditEntry:
    entry = AuditEntry(
        at=MIDNIGHT,
        account_id=account_id,
        actor="Người mẫu (mẫu)",
        action="see_supervision",
        outcome="done",
        object_kind="area",
        object_code="p96",
    )
    return msgspec.structs.replace(entry, **changes)


@pytest.mark.parametrize("statement", REWRITINGS)
@pytest.mark.parametrize("role", ROLES)
async def test_nobody_rewrites_the_log(connection: Connection, role: DatabaseRole | None, statement: str) -> None:
    """Not even the program's own role, which owns the table."""
    account_id = await add_person(connection, "mot", "administrator")
    await insert_audit_entry(connection, make_line(account_id))
    savepoint = connection.transaction()
    await savepoint.start()
    if role is not None:
        await take_reach(connection, account_id, ["administrator"], "administer_accounts", role)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)):
        await connection.execute(statement)
    await savepoint.rollback()
    assert len(await select_audit_lines(connection, AuditFilter())) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM alert_events", "TRUNCATE alert_events"])
async def test_nobody_rewrites_what_was_done_about_an_alert(connection: Connection, statement: str) -> None:
    await make_world(connection)
    await connection.execute(
        "INSERT INTO supervision_alerts (cause, kind, weight, unit_id, day, evidence, raised_at, state, changed_at)"
        " VALUES ('x', 'drop', 1, 1, '2026-11-20', '{}', '2026-11-20', 'open', '2026-11-20')"
    )
    await connection.execute(
        "INSERT INTO alert_events (alert_id, unit_id, at, actor, deed)"
        " SELECT alert_id, 1, '2026-11-20', 'program', 'raised' FROM supervision_alerts"
    )
    with pytest.raises(asyncpg.RestrictViolationError):
        async with connection.transaction():
            await connection.execute(statement)


@pytest.mark.parametrize("role", ["langnghe_staff", "langnghe_administrator"])
async def test_nobody_writes_in_anothers_name(connection: Connection, role: DatabaseRole) -> None:
    mine = await add_person(connection, "mot", "administrator")
    theirs = await add_person(connection, "hai", "administrator")
    await take_reach(connection, mine, ["administrator"], "administer_accounts", role)
    await insert_audit_entry(connection, make_line(mine))
    for other in (theirs, None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await insert_audit_entry(connection, make_line(other))


async def test_a_person_reads_the_own_deeds_and_who_saw_the_own_figures_and_no_more(connection: Connection) -> None:
    await make_world(connection)
    official_id = await connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-1'")
    mine = await add_person(connection, "can-bo", "official", official_id=official_id)
    boss = await add_person(connection, "truong", "administrator")
    await insert_audit_entry(connection, make_line(mine, object_code="what I did"))
    await insert_audit_entry(connection, make_line(boss, object_code="who looked at me", official_id=official_id))
    await insert_audit_entry(connection, make_line(boss, object_code="who looked at another", official_id=99))
    await insert_audit_entry(connection, make_line(boss, object_code="about nobody"))
    async with connection.transaction():
        await take_reach(connection, mine, ["official"], "see_own_figures", "langnghe_staff")
        lines = await select_reached_audit_lines(connection)
    assert [line.object_code for line in lines] == ["who looked at me", "what I did"]


async def test_somebody_without_figures_sees_no_line_about_nobodys_figures(connection: Connection) -> None:
    mine = await add_person(connection, "mot", "inspector")
    await insert_audit_entry(connection, make_line(await add_person(connection, "hai", "inspector")))
    await take_reach(connection, mine, ["inspector"], "see_supervision", "langnghe_staff")
    assert await select_reached_audit_lines(connection) == []


async def test_the_log_is_found_by_person_action_outcome_and_time(connection: Connection) -> None:
    first, second = [await add_person(connection, name, "inspector") for name in ("mot", "hai")]
    lines = {
        "first": make_line(first),
        "second, denied": make_line(second, outcome="denied"),
        "operator": make_line(None, action="account-made", at=MIDNIGHT + timedelta(days=1)),
    }
    for name, line in lines.items():
        await insert_audit_entry(connection, msgspec.structs.replace(line, object_code=name))

    async def find(**asked: object) -> list[str]:
        found = await select_audit_lines(connection, AuditFilter(**asked))  # pyright: ignore[reportArgumentType] (as above)
        return [line.object_code for line in found]

    assert await find() == ["operator", "second, denied", "first"]
    assert await find(person="demo-hai") == ["second, denied"]
    assert await find(action="account-made") == ["operator"]
    assert await find(outcome="denied") == ["second, denied"]
    assert await find(first=MIDNIGHT, end=MIDNIGHT + timedelta(days=1)) == ["second, denied", "first"]
    assert await find(person="demo-mot", outcome="denied") == []
    assert await select_audited_actions(connection) == ["account-made", "see_supervision"]


async def test_pages_follow_each_other_without_gap_or_overlap(connection: Connection) -> None:
    account_id = await add_person(connection, "mot", "inspector")
    for place in range(250):
        await insert_audit_entry(connection, make_line(account_id, object_code=str(place)))
    seen: list[str] = []
    before = None
    while True:
        lines = await select_audit_lines(connection, AuditFilter(), before)
        seen += [line.object_code for line in lines[:PAGE]]
        if len(lines) <= PAGE:
            break
        before = lines[PAGE - 1].entry_id
    assert seen == [str(place) for place in reversed(range(250))]
