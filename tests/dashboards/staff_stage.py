"""What tests of explanations and staff pages share: three released quarters of the small world, people, a browser.

The figures of 2026-Q3 are worked out by hand beside them; all people are demo people.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from hashlib import sha256
from html import unescape
from pathlib import Path

import httpx
import msgspec
import uvicorn

from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from dashboards.disclosure.released_scores import Headline, Procedure, ReleasedPool, ReleasedScore, Steps
from dashboards.routes import ROUTES
from dashboards.staff.routes import ROUTES as STAFF_ROUTES
from feedback.accounts.powers import Role
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.tables.releases import (
    Release,
    ReleasePool,
    ReleaseScore,
    insert_release,
    insert_release_pools,
    insert_release_scores,
)
from feedback.web.app import create_app
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.frames import TODAY
from tests.factories import NOW
from tests.feedback.review_stage import find_ids
from tests.staff_people import add_person, open_session
from tests.world import make_world

POOL = "citizen.1/reception/urban/96"
QUARTERS = {
    "2026-Q1": (date(2026, 1, 1), date(2026, 3, 31)),
    "2026-Q2": (date(2026, 4, 1), date(2026, 6, 30)),
    "2026-Q3": (date(2026, 7, 1), date(2026, 9, 30)),
}
# A = 80.2 + (78.1 - 74.6) = 83.7; v = 1.2 · 530 / 48 = 13.25; B = 32 / (32 + 13.25) = 0.7072;
# θ = 80 + 0.7072 · 3.7 = 82.6; V = 0.7072 · 13.25 + 0.2928² / (24 / 45.25) = 9.37 + 0.16 = 9.53, √V = 3.1;
# t with 23 degrees 2.07: 82.6 ± 6.4 = 76.2 to 89.0; z = 3.7 / √45.25 = 0.55.
STEPS = Steps(
    raw=78.1,
    pool_mean=80.2,
    channel_part=0.4,
    expected=74.6,
    adjusted=83.7,
    sigma2=530.0,
    phi=1.2,
    variance=13.2,
    tau2=32.0,
    mu=80.0,
    peers=24,
    reliability=0.71,
    theta=82.6,
    standard_error=3.1,
    interval_factor=2.07,
    z=0.55,
)
SCORE = ReleasedScore(
    grade="B",
    reasons=("too_few_ratings", "low_reliability", "too_few_days"),
    n=48,
    days=18,
    share_class_a=100,
    score=83,
    low=76,
    high=89,
    reliability=0.71,
    band="similar",
    funnel="inside",
    flagged=False,
    steps=STEPS,
)
FIRST_QUARTER = msgspec.structs.replace(SCORE, score=66, low=58, high=74)
SECOND_QUARTER = msgspec.structs.replace(SCORE, score=70, low=63, high=75)
NONE = ReleasedScore("none", ("too_few_to_show",))
CODED = ReleasedScore("owner", ("too_few_ratings", "one_sided"), n=22, coded=ReleasedShare(95, "at_least"))
POOL_FIGURE = ReleasedPool("province", 24, 80, 5.7, (73, 76, 80, 84, 87))
UNIT_SCORE = ReleasedScore(
    grade="A",
    reasons=(),
    n=240,
    days=60,
    score=81,
    low=77,
    high=85,
    reliability=0.92,
    band="similar",
    funnel="inside",
    flagged=False,
    steps=msgspec.structs.replace(STEPS, raw=80.0, expected=79.0, adjusted=81.0, theta=81.0, reliability=0.92),
    headline=Headline(
        ReleasedShare(83, "exact", 78, 88),
        is_weighted=True,
        response_rate=31,
        procedures=(
            Procedure("1.001193", ReleasedGroup(150, ReleasedShare(85, "exact", 78, 90), 82, None)),
            Procedure("", ReleasedGroup(90, ReleasedShare(80, "exact", 70, 88), 79, None)),
        ),
    ),
)


def encode(figure: ReleasedScore | ReleasedPool) -> str:
    return msgspec.json.encode(figure).decode()


def make_peer(place: int) -> ReleasedScore:
    """One of 24 peers: 40 to 155 ratings, 70 to 88.4 points."""
    steps = msgspec.structs.replace(STEPS, adjusted=round(70 + 0.8 * (place * 7 % 24), 1))
    return msgspec.structs.replace(SCORE, grade="A", reasons=(), n=40 + 5 * place, steps=steps)


def make_row(
    release_id: int, entity_id: int, unit_id: int, score: ReleasedScore, role: str = "official"
) -> ReleaseScore:
    return ReleaseScore(release_id, role, entity_id, POOL, unit_id, 1, "urban", score.grade, encode(score))


async def release_quarters(connection: Connection, ids: dict[str, int]) -> None:
    """demo-1 has a score in each of three quarters, demo-2 a coded one in the last, demo-3 none; 24 peers elsewhere."""
    unit = ids["32041"]
    for code, score in zip(QUARTERS, (FIRST_QUARTER, SECOND_QUARTER, SCORE), strict=True):
        first, last = QUARTERS[code]
        digest = sha256(code.encode()).digest()
        release = Release(code, first, last, 0, "2026.1", "{}", digest, digest, 0, 0, NOW)
        release_id = await insert_release(connection, release)
        rows = [make_row(release_id, ids["demo-1"], unit, score), make_row(release_id, unit, unit, UNIT_SCORE, "unit")]
        if code == "2026-Q3":
            rows += [make_row(release_id, ids["demo-2"], unit, CODED), make_row(release_id, ids["demo-3"], unit, NONE)]
            rows += [make_row(release_id, 900_000 + place, unit + 999, make_peer(place)) for place in range(24)]
        await insert_release_scores(connection, rows)
        await insert_release_pools(
            connection, [ReleasePool(release_id, role, POOL, encode(POOL_FIGURE)) for role in ("official", "unit")]
        )


async def make_staff_world(connection: Connection) -> dict[str, int]:
    await make_world(connection)
    ids = await find_ids(connection)
    await release_quarters(connection, ids)
    return ids


async def sign_in(
    connection: Connection, name: str, role: Role, reach: Reach = EVERYWHERE, *, official_id: int | None = None
) -> dict[str, str]:
    """What the browser of a new person sends with every request, from our own pages."""
    account_id = await add_person(connection, name, role, reach, official_id=official_id)
    [(cookie, value)] = (await open_session(connection, account_id)).items()
    return {"cookie": f"{cookie}={value}", "sec-fetch-site": "same-origin"}


@asynccontextmanager
async def serve_staff(database_url: str, home: Path) -> AsyncGenerator[str]:
    """The address of the program with the staff pages in it, on TODAY."""
    settings = read_settings({"LANGNGHE_HOME": str(home)})
    front_door = create_app(settings, database_url, more_routes=[*ROUTES, *STAFF_ROUTES], more_packages=[DASHBOARDS])
    front_door.app.state.read_day = lambda: TODAY  # pyright: ignore[reportFunctionMemberAccess]
    config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


@asynccontextmanager
async def open_staff_site(database_url: str, home: Path) -> AsyncGenerator[tuple[httpx.AsyncClient, Connection]]:
    """A browser without scripts, and a connection to what it shows."""
    connection = await open_connection(database_url)
    await make_staff_world(connection)
    async with (
        serve_staff(database_url, home) as address,
        httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}, timeout=30) as client,
    ):
        yield client, connection
    await connection.close()


async def read_page(site: httpx.AsyncClient, address: str, headers: dict[str, str]) -> str:
    reply = await site.get(address, headers=headers)
    assert reply.status_code == 200, reply.text
    return unescape(reply.text)
