"""The supervised demo province with cases in every state, for tests of reports. It is Saturday 2026-11-21."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import uvicorn

from dashboards.cases.indicators import CaseFigure, CaseFigures
from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from dashboards.reports.routes import ROUTES
from dashboards.supervision.calculate_pilots import Difference
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.tables.alert_places import AlertPlace
from feedback.tables.supervision_cases import (
    CaseDeed,
    CaseEvent,
    CaseState,
    SupervisionCase,
    insert_case,
    insert_case_event,
)
from feedback.web.app import create_app
from tests.conftest import name_database, run_on_server
from tests.dashboards.area_stage import DAY
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.supervision_stage import make_supervised
from tests.staff_people import add_person

AS_OF = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
CUT = 6500
LONG_TITLE = "Người dân phải đi lại nhiều lần vì giấy hẹn ghi sai ngày ở quầy tiếp nhận hồ sơ đất đai (mẫu)"
Step = tuple[CaseDeed, CaseState, datetime, str | None, date | None]


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 2, tzinfo=UTC)


# Case 1 was sent in July, answered, accepted, closed in September. Case 2 was sent in August, due on 11/09: overdue.
# Case 3 was sent in October.
STEPS: tuple[tuple[Step, ...], ...] = (
    (
        ("sent", "sent", at(7, 6), None, date(2026, 7, 27)),
        ("answered", "answered", at(7, 20), "Đã bố trí thêm một cán bộ (mẫu).", None),
        ("accepted", "accepted", at(7, 22), None, None),
        ("closed", "closed", at(9, 25), "Đã xong (mẫu).", None),
    ),
    (("sent", "sent", at(8, 21), None, date(2026, 9, 11)), ("received", "received", at(8, 24), None, None)),
    (("sent", "sent", at(10, 5), None, date(2026, 10, 26)),),
)


def share(percent: int, low: int, high: int) -> ReleasedShare:
    return ReleasedShare(percent, "exact", low, high)


def make_outcome() -> str:
    """As the case keeps it: 61 % before, 84 % after."""
    before, after = (
        ReleasedGroup(n, part, None, None) for n, part in ((210, share(61, 54, 68)), (190, share(84, 78, 89)))
    )
    figures = CaseFigures(
        measured="unit",
        is_about_official=False,
        place=AlertPlace("demo-2", "Trung tâm (mẫu) 2", "Xã Mẫu 2", "", "", "", ""),
        procedure="",
        as_of=date(2026, 9, 25),
        sent_on=date(2026, 7, 6),
        answered_on=date(2026, 7, 20),
        accepted_on=date(2026, 7, 22),
        before=CaseFigure(date(2026, 5, 11), date(2026, 7, 5), before, None),
        after=CaseFigure(date(2026, 7, 20), date(2026, 9, 13), after, None),
        difference=Difference(23, 14, 32),
        verdict="better",
        missing=0,
        is_final=True,
        weeks=(),
    )
    return msgspec.json.encode(figures).decode()


async def add_cases(connection: Connection, account_id: int) -> None:
    for number, steps in enumerate(STEPS, 1):
        last = steps[-1]
        is_closed = last[1] == "closed"
        case = SupervisionCase(
            case_id=0,
            unit_id=await connection.fetchval("SELECT unit_id FROM units WHERE code = $1", f"demo-{number + 1}") or 0,
            desk_id=0,
            official_id=0,
            procedure_id=0,
            origin="alert",
            alert_id=None,
            round_id=None,
            title=LONG_TITLE if number == 1 else f"Vụ việc mẫu {number} (mẫu)",
            findings="=1+1 Thời gian chờ dài, thái độ chưa đúng mực (mẫu). " * (30 if number == 2 else 2),
            recommendation="Bố trí thêm người, niêm yết đủ giấy tờ (mẫu).",
            legal_basis="Luật 75/2015/QH13",
            evidence="{}",
            level="province",
            state=last[1],
            head_id=None,
            head="Người đứng đầu (mẫu)",
            due_on=next(step[4] for step in steps),
            due_basis="mẫu",
            result="resolved" if is_closed else None,
            public_summary=None,
            outcome=make_outcome() if is_closed else None,
            opened_by=account_id,
            opened_at=steps[0][2],
            sent_at=steps[0][2],
            accepted_at=at(7, 22) if is_closed else None,
            closed_at=last[2] if is_closed else None,
            changed_at=last[2],
        )
        case_id = await insert_case(connection, case)
        for deed, state, moment, text, due_on in steps:
            event = CaseEvent(
                case_id, case.unit_id, moment, None, "mẫu", "program", deed, state, text=text, due_on=due_on
            )
            await insert_case_event(connection, event)


async def make_reported(connection: Connection) -> None:
    await make_supervised(connection)
    account_id = await add_person(connection, "opener", "front_supervisor")
    await add_cases(connection, account_id)


async def make_template(server_url: str, template: str) -> str:
    """The name of a database with all of it, to be copied."""
    name = f"reported_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    connection = await open_connection(name_database(server_url, name))
    await make_reported(connection)
    await connection.close()
    return name


@asynccontextmanager
async def serve_reports(database_url: str, home: Path) -> AsyncGenerator[str]:
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    front_door = create_app(settings, database_url, more_routes=ROUTES, more_packages=[DASHBOARDS])
    front_door.app.state.read_day = lambda: DAY  # pyright: ignore[reportFunctionMemberAccess]
    config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running
