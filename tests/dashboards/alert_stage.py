"""What tests of alerts share: alerts with evidence made by hand, and the pages behind a real server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import uvicorn

from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.alerts.causes import About
from dashboards.supervision.alerts.evidence import Evidence, EvidenceFigure, EvidenceProcedure, EvidenceWeek
from dashboards.supervision.alerts.routes import ROUTES
from feedback.database import Connection
from feedback.settings import read_settings
from feedback.tables.alert_places import select_alert_place
from feedback.tables.supervision_alerts import (
    AlertEvent,
    SupervisionAlert,
    insert_alert_event,
    insert_supervision_alert,
    select_supervision_alert,
)
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.staff_people import open_session

DAY = date(2026, 11, 5)
MONDAY = date(2026, 11, 2)
RAISED = datetime(2026, 11, 9, 1, tzinfo=UTC)
BEFORE, NOW = ReleasedShare(88, "exact", 86, 90), ReleasedShare(69, "exact", 62, 75)


def write_weeks() -> tuple[EvidenceWeek, ...]:
    """Ten weeks about 88 %, one too small to be told, and two of 69 %."""
    mondays = [MONDAY + timedelta(weeks=week - 12) for week in range(13)]
    shares = [*[BEFORE] * 10, None, NOW, NOW]
    return tuple(
        EvidenceWeek(day, None if share is None else 150, share) for day, share in zip(mondays, shares, strict=True)
    )


async def add_alert(
    connection: Connection, about: About, *, weight: int = 60, statistic: float = 13.7, day: date = DAY
) -> SupervisionAlert:
    place = await select_alert_place(connection, about.unit_id, about.desk_id, about.official_id, day)
    assert place is not None
    evidence = Evidence(
        kind=about.kind,
        place=place,
        day=day,
        now=EvidenceFigure(date(2026, 10, 26), date(2026, 11, 8), 300, NOW),
        before=EvidenceFigure(date(2026, 5, 11), date(2026, 10, 25), 3600, BEFORE),
        limit=5 if about.kind == "low_response" else None,
        statistic=statistic,
        threshold=7.0,
        citizens=2400,
        weeks=write_weeks(),
        procedures=(EvidenceProcedure("1.001193", "Đăng ký khai sinh", 200, NOW),),
    )
    new = SupervisionAlert(
        alert_id=0,
        cause=about.cause,
        kind=about.kind,
        weight=weight,
        unit_id=about.unit_id,
        desk_id=about.desk_id,
        official_id=about.official_id,
        procedure_id=0,
        day=day,
        evidence=msgspec.json.encode(evidence).decode(),
        raised_at=RAISED,
        state="open",
        snoozed_until=None,
        merged_into=None,
        changed_at=RAISED,
    )
    alert_id = await insert_supervision_alert(connection, new)
    assert alert_id is not None
    await insert_alert_event(connection, AlertEvent(alert_id, about.unit_id, RAISED, None, "program", "raised"))
    return await read_alert(connection, alert_id)


async def read_alert(connection: Connection, alert_id: int) -> SupervisionAlert:
    alert = await select_supervision_alert(connection, alert_id)
    assert alert is not None
    return alert


@asynccontextmanager
async def serve_alerts(database_url: str, home: Path) -> AsyncGenerator[str]:
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    front_door = create_app(settings, database_url, more_routes=ROUTES, more_packages=[DASHBOARDS])
    config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


@asynccontextmanager
async def browse_as(connection: Connection, address: str, account_id: int) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser without scripts, signed in; its forms are sent from our own pages."""
    cookies = await open_session(connection, account_id)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "cookie": cookie}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as client:
        yield client


async def find_ids(connection: Connection) -> dict[str, int]:
    """Ids of the small world: unit, the desks 1 and 2, the official demo-1."""
    desks = await connection.fetch("SELECT number, desk_id FROM desks")
    return {
        "unit": await connection.fetchval("SELECT unit_id FROM units WHERE code = '32041'") or 0,
        **{f"desk-{row['number']}": row["desk_id"] for row in desks},
        "official": await connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-1'") or 0,
    }
