"""What happens to a case beside its moves: somebody adds a file, and the program reminds, tells and passes on."""

import hashlib
from datetime import UTC, date, datetime

from dashboards.cases.keep_history import keep_history
from dashboards.cases.reach_case import select_reached
from dashboards.cases.read_case import find_rights
from dashboards.cases.remind import read_rules, remind_whatever_happens
from feedback.accounts.powers import may
from feedback.accounts.rows import borrow_rows
from feedback.tables.case_files import NewFile, insert_case_file
from feedback.tables.supervision_cases import Audience, Side
from tests.dashboards.case_stage import ACTIONS, CaseStage, Outcome

FILES = ("anh.png", "bien-ban.pdf")
AUDIENCES: tuple[Audience, ...] = ("both", "both", "front")


async def file_as(
    stage: CaseStage, person: str, side: Side, case_id: int, name: str, audience: Audience, now: datetime
) -> Outcome:
    """As the route adds one; the database decides who may, and what was there already is refused."""
    signed_in = stage.people[person]
    async with borrow_rows(stage.pool, signed_in, ACTIONS[side]) as connection:
        reached = await select_reached(connection, case_id, side)
        if reached is None or not may(signed_in.appointments, ACTIONS[side], reached.where):
            return "unseen"
        if not find_rights(signed_in, reached)[1] or reached.case.state == "discarded":
            return "refused"
        new = NewFile(
            case_id=case_id,
            unit_id=reached.case.unit_id,
            name=name,
            kind="image/png",
            content=name.encode(),
            digest=hashlib.sha256(name.encode()).digest(),
            audience=audience,
            side=side,
            added_by=signed_in.account.account_id,
            added_at=now,
        )
        if await insert_case_file(connection, new) is None:
            return "refused"
        await keep_history(connection, signed_in, reached.case, "file", side, now, text=name, audience=audience)
    return "done"


async def let_remind(stage: CaseStage, case_id: int, day: date) -> None:
    """The job, of this one case, as if it were that day; a second run at the same moment has nothing to add."""
    now = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    rules = await read_rules(stage.connection, day)
    for _ in range(2):
        await remind_whatever_happens(stage.connection, case_id, rules, now)
