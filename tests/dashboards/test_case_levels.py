"""Where a case can go: up only to somebody who is there, to a later day, to its end though nobody answered."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from dashboards.cases.due_dates import find_start, offer_due
from dashboards.cases.move_case import move_case
from dashboards.cases.next_level import has_next_level
from dashboards.cases.states import DEEDS
from feedback.accounts.powers import POWERS
from feedback.tables.appointments import end_appointments_of
from feedback.tables.supervision_cases import SupervisionCase
from surveys.case_errors import CaseStepRefusedError
from tests.dashboards.case_stage import NOW, TODAY, CaseStage, open_as
from tests.dashboards.case_steps import make_move, make_own_stage, move, walk


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str) -> AsyncIterator[CaseStage]:
    async with make_own_stage(server_url, template) as stage:
        yield stage


async def test_nothing_is_handed_to_a_level_where_nobody_signs_in(stage: CaseStage) -> None:
    case = await walk(stage, "send", "escalate")
    transaction = stage.connection.transaction()
    await transaction.start()
    try:
        nobody = "UPDATE accounts SET disabled_at = $2 WHERE account_id = $1"
        await stage.connection.execute(nobody, stage.people["nation"].account.account_id, NOW)
        assert not await has_next_level(stage.connection, case)
        with pytest.raises(CaseStepRefusedError, match="case-nobody-above"):
            await move_case(stage.connection, stage.people["province"], case, make_move(case, "escalate"), "front", NOW)
        with pytest.raises(CaseStepRefusedError, match="case-nobody-above"):
            await move_case(stage.connection, None, case, make_move(case, "escalate"), "program", NOW)
    finally:
        await transaction.rollback()
    assert await has_next_level(stage.connection, case)
    commune = await walk(stage, "send")
    await end_and_look(stage, commune, ("province", "nation"), expected=False)
    await end_and_look(stage, commune, ("province",), expected=True)  # who holds everywhere holds the province too
    await end_and_look(stage, commune, ("nation",), expected=True)
    # The database asks for the one role that works on cases.
    assert [role for role, actions in POWERS.items() if "work_on_cases" in actions] == ["front_supervisor"]


async def end_and_look(stage: CaseStage, case: SupervisionCase, names: tuple[str, ...], *, expected: bool) -> None:
    """Whether there is a next level while these hold no appointment."""
    transaction = stage.connection.transaction()
    await transaction.start()
    try:
        for name in names:
            await end_appointments_of(stage.connection, stage.people[name].account.account_id, None, NOW)
        assert await has_next_level(stage.connection, case) is expected
    finally:
        await transaction.rollback()


async def test_more_time_is_more_than_there_was(stage: CaseStage) -> None:
    case = await walk(stage, "send")
    assert case.due_on == date(2026, 12, 4)
    assert await find_extension_refusal(stage, case, "2026-12-04") == "case-due"
    # The first day after it, a Saturday; the last one lies 120 working days after it, not after today.
    longer = await move(stage, case, "commune", "front", "extend", due_on="2026-12-05")
    assert longer.due_on == date(2026, 12, 5)
    assert await find_extension_refusal(stage, longer, "2026-11-30") == "case-due"
    offer = await offer_due(stage.connection, TODAY, find_start(DEEDS["extend"], case, TODAY))
    # 15 working days after Friday 4 December: Friday the 25th.
    assert (offer.proposed, offer.first) == (date(2026, 12, 25), date(2026, 12, 5))
    late = date(2026, 12, 10)
    assert find_start(DEEDS["extend"], case, late) == late
    assert find_start(DEEDS["escalate"], case, TODAY) == TODAY


async def find_extension_refusal(stage: CaseStage, case: SupervisionCase, day: str) -> str:
    with pytest.raises(CaseStepRefusedError) as refused:
        await move(stage, case, "commune", "front", "extend", due_on=day)
    return str(refused.value.details["reason"])


async def test_what_a_unit_ignores_at_the_top_can_be_closed_as_not_solved(stage: CaseStage) -> None:
    case = await open_as(stage, "nation")
    for verb in ("send", "close"):
        case = await move(stage, case, "nation", "front", verb, result="unresolved")
    assert (case.level, case.state, case.result, case.accepted_at) == ("nation", "closed", "unresolved", None)
