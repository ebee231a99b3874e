"""Steps behind the second wall: what they change, what they keep, and whose rows they cannot touch."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from dashboards.supervision.alerts.causes import About
from dashboards.supervision.alerts.work_on_alerts import Step, take_step
from feedback.accounts.powers import SignedIn
from feedback.accounts.rows import borrow_rows
from feedback.accounts.sessions import find_signed_in
from feedback.api_keys import Reach
from feedback.database import Connection, Pool, open_pool
from feedback.tables.supervision_alerts import SupervisionAlert, select_alert_events, update_alert_state
from surveys.errors import AlertChangedError, AlertStepRefusedError
from tests.dashboards.alert_stage import add_alert, find_ids, read_alert
from tests.staff_people import add_person, open_session

NOW = datetime.now(UTC)


class Stage(msgspec.Struct, frozen=True):
    pool: Pool
    connection: Connection
    alert: SupervisionAlert
    other: SupervisionAlert
    near: SignedIn
    far: SignedIn


async def sign_in(connection: Connection, name: str, reach: Reach) -> SignedIn:
    account = await add_person(connection, name, "front_supervisor", reach)
    [session] = (await open_session(connection, account)).values()
    signed_in = await find_signed_in(connection, session, NOW + timedelta(seconds=1))
    assert signed_in is not None
    return signed_in


@pytest.fixture
async def stage(committed: Connection, database_url: str) -> AsyncIterator[Stage]:
    ids = await find_ids(committed)
    alert = await add_alert(committed, About("drop", ids["unit"], ids["desk-2"]))
    other = await add_alert(committed, About("low_response", ids["unit"]))
    near = await sign_in(committed, "gan", Reach(communes=("32041",)))
    far = await sign_in(committed, "xa", Reach(provinces=("01",)))
    pool = await open_pool(database_url)
    yield Stage(pool, committed, alert, other, near, far)
    await pool.close()


def make_step(stage: Stage, verb: str, **typed: str) -> Step:
    fields = {
        "reason": "Vì lý do mẫu",
        "until": "",
        "into": "",
        "changed_at": stage.alert.changed_at.isoformat(),
        **typed,
    }
    return Step(verb, **fields)


async def take(stage: Stage, step: Step, who: SignedIn | None = None) -> SupervisionAlert:
    signed_in = who or stage.near
    alert = await read_alert(stage.connection, stage.alert.alert_id)
    async with borrow_rows(stage.pool, signed_in, "work_on_alerts") as connection:
        await take_step(connection, signed_in, alert, step, NOW)
    return await read_alert(stage.connection, stage.alert.alert_id)


@pytest.mark.parametrize(
    ("verb", "state", "deed"),
    [("snooze", "snoozed", "snoozed"), ("merge", "merged", "merged"), ("dismiss", "dismissed", "dismissed")],
)
async def test_each_step_leaves_its_state_its_history_and_an_audit_entry(
    stage: Stage, verb: str, state: str, deed: str
) -> None:
    until = f"{NOW.date() + timedelta(days=30)}"
    after = await take(stage, make_step(stage, verb, until=until, into=f"{stage.other.alert_id}"))
    assert (after.state, after.evidence, after.weight) == (state, stage.alert.evidence, stage.alert.weight)
    event = (await select_alert_events(stage.connection, stage.alert.alert_id))[-1]
    assert (event.deed, event.reason, event.account_id) == (deed, "Vì lý do mẫu", stage.near.account.account_id)
    entry = await stage.connection.fetchrow("SELECT action, object_code, unit_id, outcome FROM audit_log")
    assert tuple(entry or ()) == (f"alert-{deed}", f"{stage.alert.alert_id}", stage.alert.unit_id, "done")
    reopened = await take(stage, make_step(stage, "reopen", changed_at=after.changed_at.isoformat()))
    assert (reopened.state, reopened.snoozed_until, reopened.merged_into) == ("open", None, None)


async def test_two_who_merge_two_alerts_into_each_other_at_once_leave_one_open(stage: Stage) -> None:
    pairs = [(stage.alert, stage.other), (stage.other, stage.alert)]

    async def merge(alert: SupervisionAlert, into: SupervisionAlert) -> None:
        step = make_step(stage, "merge", into=f"{into.alert_id}", changed_at=alert.changed_at.isoformat())
        async with borrow_rows(stage.pool, stage.near, "work_on_alerts") as connection:
            await take_step(connection, stage.near, alert, step, NOW)
            await asyncio.sleep(0.2)  # the other one decides before this one is done

    outcomes = await asyncio.gather(*(merge(*pair) for pair in pairs), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] in ([AlertStepRefusedError], [AlertChangedError])
    states = [(await read_alert(stage.connection, alert.alert_id)).state for alert, _ in pairs]
    assert sorted(states) == ["merged", "open"]


async def test_a_step_decided_on_an_older_state_is_refused_whole(stage: Stage) -> None:
    await take(stage, make_step(stage, "dismiss"))
    with pytest.raises(AlertChangedError):
        await take(stage, make_step(stage, "reopen"))
    assert await stage.connection.fetchval("SELECT count(*) FROM audit_log") == 1


async def test_reopening_beside_a_living_alert_of_the_same_cause_is_refused(stage: Stage) -> None:
    after = await take(stage, make_step(stage, "dismiss"))
    about = About("drop", stage.alert.unit_id, stage.alert.desk_id)
    await add_alert(stage.connection, about)
    with pytest.raises(AlertStepRefusedError):
        await take(stage, make_step(stage, "reopen", changed_at=after.changed_at.isoformat()))


async def test_whoever_cannot_reach_the_unit_changes_nothing(stage: Stage) -> None:
    with pytest.raises((AlertChangedError, asyncpg.InsufficientPrivilegeError)):
        await take(stage, make_step(stage, "dismiss"), stage.far)
    assert await read_alert(stage.connection, stage.alert.alert_id) == stage.alert
    assert await stage.connection.fetchval("SELECT count(*) FROM alert_events") == 2


async def test_evidence_and_weight_are_nobodys_to_change(stage: Stage) -> None:
    for column in ("evidence = '{}'", "weight = 1", "kind = 'drop'", "official_id = 0"):
        async with borrow_rows(stage.pool, stage.near, "work_on_alerts") as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(f"UPDATE supervision_alerts SET {column}")  # noqa: S608 (fixed text)


async def test_the_history_is_only_ever_added_to(stage: Stage) -> None:
    for statement in ("UPDATE alert_events SET reason = 'x'", "DELETE FROM alert_events"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await stage.connection.execute(statement)
    assert await update_alert_state(stage.connection, stage.alert, "over", NOW)
