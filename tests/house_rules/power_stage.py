"""The program in this very process on the world of powers, and how it is asked: as whom, for what, with what effect."""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import httpx
import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from dashboards.routes import ROUTES
from feedback.database import Connection, open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from feedback.web.bodies import FORM
from feedback.web.front_door import FrontDoor
from feedback.web.limits import Limits
from tests.dashboards.frames import TODAY
from tests.house_rules.power_parts import BODIES, WORDS, Part, Value, find_route_lists, list_parts
from tests.house_rules.power_world import World, make_power_world
from tests.wired import SECRET, list_handlers, wire_program
from wiring import DASHBOARDS

PARAMETER = re.compile(r"\{(\w+)\}")
NUMBERS = count(1)
OWN_PAGE = {"sec-fetch-site": "same-origin", "accept": "application/json"}
ENVIRONMENT = {
    "LANGNGHE_SECRET": SECRET,
    "LANGNGHE_BASE_URL": "http://localhost",
    "LANGNGHE_OIDC_ISSUER": "https://provider.invalid",
    "LANGNGHE_OIDC_CLIENT_ID": "demo",
    "LANGNGHE_OIDC_CLIENT_SECRET": "demo",
}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'audit_log' ORDER BY tablename"


class Stage(msgspec.Struct, frozen=True):
    client: httpx.AsyncClient
    connection: Connection
    world: World
    parts: Mapping[str, Part]
    limits: Limits


class Case(msgspec.Struct, frozen=True):
    """An address with its objects. `value` is the one in question; None where the address names no object."""

    address: str
    value: Value | None = None
    is_missing: bool = False


@asynccontextmanager
async def open_stage(database_url: str, home: Path) -> AsyncGenerator[Stage]:
    connection = await open_connection(database_url)
    world = await make_power_world(connection)
    front_door = make_program(database_url, home)
    app = front_door.app
    assert isinstance(app, Litestar)
    app.state.read_day = lambda: TODAY
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=OWN_PAGE) as client,
    ):
        yield Stage(client, connection, world, list_parts(world), app.state.limits)
    await connection.close()


def make_program(database_url: str, home: Path) -> FrontDoor:
    """As it is wired; what is written and not wired yet is put in as well."""
    if not list_unwired():
        return wire_program(database_url, home, **ENVIRONMENT)
    settings = read_settings({"LANGNGHE_HOME": str(home), **ENVIRONMENT})
    routes = list({id(route): route for route in [*ROUTES, *find_route_lists()]}.values())
    return create_app(settings, database_url, more_routes=routes, more_packages=[DASHBOARDS])


def list_unwired() -> list[str]:
    wired = {handler.handler_name for _, handler in list_handlers()}
    return sorted({route.handler_name for route in find_route_lists()} - wired)


def list_cases(path: str, parts: Mapping[str, Part]) -> Iterator[Case]:
    """Each object of the address in reach, out of it and missing, while the others are in reach."""
    names = PARAMETER.findall(path)
    objects = [name for name in names if name not in WORDS.get(path, {})]
    usual = {**WORDS.get(path, {}), **{name: parts[name].here[0].text for name in objects}}
    if not objects:
        yield Case(path.format_map(usual))
    for name in objects:
        for value in (*parts[name].here, *parts[name].there):
            yield Case(path.format_map({**usual, name: value.text}), value)
        missing = parts[name].missing
        if missing is not None:
            yield Case(path.format_map({**usual, name: missing}), is_missing=True)


def list_bodies(path: str, method: str) -> list[dict[str, str] | None]:
    """A plausible one and an empty one; None for what has none."""
    if method == "GET":
        return [None]
    number = str(next(NUMBERS))
    return [{name: text.replace("{count}", number) for name, text in BODIES.get(path, {"lang": "vi"}).items()}, {}]


async def ask(
    stage: Stage,
    method: str,
    address: str,
    body: dict[str, str] | None,
    cookies: Mapping[str, str],
    **more: str,
) -> httpx.Response:
    """`more` are headers, with _ for -."""
    await stage.limits.limiter.storage.reset()
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    if body is not None:
        headers["content-type"] = FORM
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return await stage.client.request(method, address, content=urlencode(body or {}), headers=headers)


async def count_denials(stage: Stage, account_id: int) -> int:
    statement = "SELECT count(*) FROM audit_log WHERE account_id = $1 AND outcome = 'denied'"
    return int(await stage.connection.fetchval(statement, account_id) or 0)


async def picture_store(stage: Stage) -> dict[str, str]:
    """Of every table but the log: how many rows, and a digest of all that stands in them."""
    tables = [row[0] for row in await stage.connection.fetch(TABLES)]
    parts = [
        f"SELECT '{table}' AS name, count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS all"  # noqa: S608 (names of tables)
        f" FROM {table} AS t"
        for table in tables
    ]
    return {row["name"]: row["all"] for row in await stage.connection.fetch(" UNION ALL ".join(parts))}


def list_parameters(handlers: list[tuple[str, str, HTTPRouteHandler]]) -> set[tuple[str, str]]:
    """Every parameter with the address it stands in."""
    return {(path, name) for path, _, _ in handlers for name in PARAMETER.findall(path)}
