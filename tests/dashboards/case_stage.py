"""Cases on a real database: ten people of every kind, and one deed tried as a route would try it, crashes and all."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Literal

import msgspec

from dashboards.cases.move_case import add_note, keep_late_answer, move_case
from dashboards.cases.open_case import CaseDraft, open_case, save_draft
from dashboards.cases.read_moves import Move
from feedback.accounts.powers import Action, Role, SignedIn, may
from feedback.accounts.rows import borrow_rows
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach
from feedback.database import TEMPORARY_FAILURES, Connection, Pool, open_connection, open_pool
from feedback.tables.accounts import select_account
from feedback.tables.appointments import select_appointments_in_force
from feedback.tables.staff_rows import take_reach
from feedback.tables.supervision_alerts import select_where
from feedback.tables.supervision_cases import Side, SupervisionCase, select_case
from surveys.case_errors import AnswerKeptAsNoteError, CaseChangedError, CaseStepRefusedError
from surveys.errors import UnknownPageError
from tests.staff_people import add_person
from tests.world import make_world

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # Friday 09:30 in Vietnam
TODAY = date(2026, 11, 20)
EVIDENCE = '{"mau": [1, 2, 3]}'
HERE, THERE = "32041", "32248"
OTHER_UNIT = f"""
INSERT INTO places VALUES ('{THERE}', 'xã', 'Xã Năm Căn', '96', 8.8, 105.0, '2025-07-01', NULL);
INSERT INTO units (code, name, place_code, area_type, valid_from)
    VALUES ('{THERE}', 'Trung tâm Phục vụ hành chính công xã Năm Căn (mẫu)', '{THERE}', 'rural', '2025-07-01');
"""  # noqa: S608 (fixed text)
PEOPLE: Mapping[str, tuple[Role, Reach]] = {
    "commune": ("front_supervisor", Reach(communes=(HERE,))),
    "province": ("front_supervisor", Reach(provinces=("96",))),
    "nation": ("front_supervisor", EVERYWHERE),
    "other-commune": ("front_supervisor", Reach(communes=(THERE,))),
    "head": ("head_of_unit", Reach(units=(HERE,))),
    "manager": ("unit_manager", Reach(units=(HERE,))),
    "other-head": ("head_of_unit", Reach(units=(THERE,))),
    "inspector": ("inspector", EVERYWHERE),
    "administrator": ("administrator", NOWHERE),
    "official": ("official", NOWHERE),
}
ACTIONS: Mapping[Side, Action] = {"front": "work_on_cases", "unit": "answer_cases"}
Outcome = Literal["done", "unseen", "unknown", "refused", "changed", "kept", "lost"]
# Where the connection breaks: as the deed is under way, before the commit, or after it and before anybody hears of it.
Crash = Literal["none", "midway", "before_commit", "after_commit"]


class CrashError(Exception):
    """The answer never came."""


class CaseStage(msgspec.Struct, frozen=True):
    """`connection` is the program's; on `unit_view` there is only what the unit's manager may see of its cases."""

    pool: Pool
    connection: Connection
    unit_view: Connection
    people: Mapping[str, SignedIn]
    unit_id: int


class Attempt(msgspec.Struct, frozen=True):
    """Somebody tries something on a case. `break_after`: turns of the loop until a crash midway."""

    person: str
    side: Side
    case_id: int
    move: Move
    crash: Crash = "none"
    break_after: int = 0


@asynccontextmanager
async def open_case_stage(database_url: str) -> AsyncGenerator[CaseStage]:
    """On a migrated, empty database."""
    connection, unit_view = await open_connection(database_url), await open_connection(database_url)
    await make_world(connection)
    await connection.execute(OTHER_UNIT)
    official_id = await connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-1'")
    people: dict[str, SignedIn] = {}
    for name, (role, reach) in PEOPLE.items():
        own = official_id if role == "official" else None
        people[name] = await find_person(connection, await add_person(connection, name, role, reach, official_id=own))
    unit_id = await connection.fetchval("SELECT unit_id FROM units WHERE code = $1", HERE)
    pool = await open_pool(database_url)
    async with unit_view.transaction():
        manager = people["manager"].account.account_id
        await take_reach(unit_view, manager, ["head_of_unit", "unit_manager"], "see_unit_cases", "langnghe_staff")
        yield CaseStage(pool, connection, unit_view, people, int(unit_id or 0))
    await pool.close()
    await unit_view.close()
    await connection.close()


async def find_person(connection: Connection, account_id: int) -> SignedIn:
    account = await select_account(connection, account_id)
    assert account
    return SignedIn(account, await select_appointments_in_force(connection, account_id), b"", NOW)


def make_draft(stage: CaseStage, **changes: object) -> CaseDraft:
    draft = CaseDraft(
        unit_id=stage.unit_id,
        title="Chờ lâu ở quầy hộ tịch (mẫu)",
        findings="Tỷ lệ hài lòng giảm 12 điểm (mẫu)",
        recommendation="Bố trí thêm người buổi sáng (mẫu)",
        legal_basis="Luật 75/2015/QH13",
    )
    return msgspec.structs.replace(draft, **changes)


async def open_as(stage: CaseStage, name: str, now: datetime = NOW, **changes: object) -> SupervisionCase:
    """Raises CaseStepRefusedError."""
    signed_in = stage.people[name]
    async with borrow_rows(stage.pool, signed_in, "work_on_cases") as connection:
        return await open_case(connection, signed_in, make_draft(stage, **changes), now)


async def read_case(stage: CaseStage, case_id: int) -> SupervisionCase:
    case = await select_case(stage.connection, case_id)
    assert case
    return case


async def attempt(stage: CaseStage, tried: Attempt, now: datetime) -> Outcome:
    """What the person is told; lost: nothing, as the connection broke."""
    try:
        await work(stage, tried, now)
    except (UnknownPageError, CaseStepRefusedError, CaseChangedError, CaseNotFoundError) as error:
        return REFUSALS[type(error)]
    except AnswerKeptAsNoteError:
        await keep_late(stage, tried, now)
        return "kept"
    except (CrashError, *TEMPORARY_FAILURES):
        if tried.crash == "none":
            raise
        return "lost"
    return "done"


class CaseNotFoundError(Exception):
    """What a page answers with 404."""


REFUSALS: Mapping[type[Exception], Outcome] = {
    CaseNotFoundError: "unseen",
    UnknownPageError: "unknown",
    CaseStepRefusedError: "refused",
    CaseChangedError: "changed",
}


async def work(stage: CaseStage, tried: Attempt, now: datetime) -> None:
    signed_in = stage.people[tried.person]
    breaking: list[asyncio.Task[None]] = []
    try:
        async with borrow_rows(stage.pool, signed_in, ACTIONS[tried.side]) as connection:
            if tried.crash == "midway":
                pid = connection.get_server_pid()
                breaking.append(asyncio.ensure_future(break_off(stage, pid, tried.break_after)))
            await move_as_a_route_would(connection, signed_in, tried, now)
            if tried.crash == "before_commit":
                await break_off(stage, connection.get_server_pid())
    finally:
        await asyncio.gather(*breaking)
        if tried.crash in {"midway", "before_commit"}:
            await stage.pool.expire_connections()  # what broke is used by nobody again
    if tried.crash == "after_commit":
        raise CrashError


async def break_off(stage: CaseStage, pid: int, turns: int = 0) -> None:
    """As if the server of this one connection had been killed."""
    for _ in range(turns):
        await asyncio.sleep(0)
    await stage.connection.execute("SELECT pg_terminate_backend($1, 5000)", pid)


async def move_as_a_route_would(connection: Connection, signed_in: SignedIn, tried: Attempt, now: datetime) -> None:
    case = await insist(connection, signed_in, tried)
    if tried.move.verb == "change":
        draft = CaseDraft(case.unit_id, tried.move.text or "Tiêu đề mới (mẫu)", case.findings, case.recommendation)
        await save_draft(connection, signed_in, case, draft, tried.move.changed_at, now)
        return
    await move_case(connection, signed_in, case, tried.move, tried.side, now, evidence=EVIDENCE)


async def insist(connection: Connection, signed_in: SignedIn, tried: Attempt) -> SupervisionCase:
    """As `insist` of the pages does: in reach of the side's action, and not hidden by the second wall."""
    case = await select_case(connection, tried.case_id)
    where = None if case is None else await select_where(connection, case.unit_id)
    if case is None or where is None or not may(signed_in.appointments, ACTIONS[tried.side], where):
        raise CaseNotFoundError
    return case


async def keep_late(stage: CaseStage, tried: Attempt, now: datetime) -> None:
    signed_in = stage.people[tried.person]
    async with borrow_rows(stage.pool, signed_in, "answer_cases") as connection:
        case = await insist(connection, signed_in, tried)
        await keep_late_answer(connection, signed_in, case, tried.move.text, now)


async def note_as(stage: CaseStage, tried: Attempt, now: datetime) -> Outcome:
    """A note instead of a move; the Front's own where it is written as the Front."""
    signed_in = stage.people[tried.person]
    try:
        async with borrow_rows(stage.pool, signed_in, ACTIONS[tried.side]) as connection:
            case = await insist(connection, signed_in, tried)
            audience = "front" if tried.side == "front" else "both"
            await add_note(connection, signed_in, case, tried.move.text, tried.side, now, audience=audience)
    except (CaseNotFoundError, CaseStepRefusedError) as error:
        return REFUSALS[type(error)]
    return "done"


async def race(stage: CaseStage, tried: Sequence[Attempt], now: datetime) -> list[Outcome]:
    """All at once."""
    return list(await asyncio.gather(*(attempt(stage, one, now) for one in tried)))
