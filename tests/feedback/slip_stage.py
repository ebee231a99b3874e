"""What tests of slips share: the small world with slips in it, and a browser in front of the real program."""

import asyncio
import hashlib
import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import httpx
import msgspec
import uvicorn

from feedback.api_keys import EVERYWHERE, ApiKey, make_key_text, read_key_text
from feedback.database import Connection, open_connection
from feedback.record_response import read_local_day
from feedback.settings import read_settings
from feedback.slips.check_requests import SlipRequest
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.issue_slips import IssuedSlip, issue_slips
from feedback.tables.api_keys import insert_api_key
from feedback.web.app import create_app
from tests.feedback.conftest import serve
from tests.world import make_world

SECRET = "a secret of tests only, forty letters long"
SLIP_SECRETS = make_slip_secrets(SECRET)
# Desk 1 of the small world: two officials, two procedures.
VISIT = SlipRequest("32041", "1", "1.001193", "demo-2")
JSON = {"content-type": "application/json", "accept": "application/json"}


def find_today() -> date:
    return read_local_day(datetime.now(UTC))[0]


@asynccontextmanager
async def open_slip_site(database_url: str, **environment: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser without scripts; the database holds the small world."""
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.close()
    settings = read_settings({"LANGNGHE_SECRET": SECRET, "LANGNGHE_BASE_URL": "https://dg.tinh.gov.vn", **environment})
    app = create_app(settings, database_url)
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, server_header=False)  # pyright: ignore[reportArgumentType]
    async for address in serve(uvicorn.Server(config)):
        limits = httpx.Limits(max_connections=20)
        # Hundreds of posts wait for those twenty, on whatever machine this is.
        patience = httpx.Timeout(120)
        headers = {"accept": "text/html"}
        async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=patience) as client:
            yield client


async def issue(
    connection: Connection, count: int = 1, day: date | None = None, **changes: str | None
) -> list[IssuedSlip]:
    """Slips of the usual visit, all good."""
    requests = [msgspec.structs.replace(VISIT, **changes)] * count
    answers = await issue_slips(connection, requests, SLIP_SECRETS, day or find_today())
    slips = [answer for answer in answers if isinstance(answer, IssuedSlip)]
    assert len(slips) == count
    return slips


async def issue_on(database_url: str, count: int = 1, day: date | None = None) -> list[IssuedSlip]:
    connection = await asyncpg.connect(database_url)
    slips = await issue(connection, count, day)
    await connection.close()
    return slips


async def run_sql(database_url: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(database_url)
    rows = [tuple(row) for row in await connection.fetch(statement, *values)]
    await connection.close()
    return rows


async def open_form(site: httpx.AsyncClient, token: str) -> str:
    """The form token of a freshly opened page."""
    page = await site.get(f"/V/{token}")
    assert page.status_code == 200, page.text
    match = re.search(r'name="token" value="(\w{24})"', page.text)
    assert match
    return match[1]


def make_key(number: int = 1, **changes: object) -> tuple[ApiKey, str]:
    """A key for everything that holds for 100 days from today, and what its holder shows."""
    text = make_key_text(number.to_bytes(6) + hashlib.sha256(b"key %d" % number).digest())
    shown = read_key_text(text)
    today = find_today()
    key = ApiKey(
        key_id=shown.key_id,
        holder="Phần mềm một cửa (mẫu)",
        secret_hash=shown.secret_hash,
        scopes=("evaluation", "slips", "dossiers"),
        reach=EVERYWHERE,
        networks=(),
        quota=10_000,
        made_on=today,
        expires_on=date.fromordinal(today.toordinal() + 100),
    )
    return msgspec.structs.replace(key, **changes), text


async def add_key(database_url: str, number: int = 1, **changes: object) -> dict[str, str]:
    """Headers of a program that holds such a key."""
    key, text = make_key(number, **changes)
    connection = await asyncpg.connect(database_url)
    await insert_api_key(connection, key)
    await connection.close()
    return {**JSON, "authorization": f"Bearer {text}"}


async def run_command(
    database_url: str, home: Path, group: str, *arguments: str, **environment: str
) -> tuple[int, str]:
    """Exit code and everything said by `langnghe <group> …`, as an own process."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", f"from feedback.command_line.{group} import {group} as g; g()", *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "DATABASE_URL": database_url,
            "LANGNGHE_HOME": str(home),
            "LANGNGHE_SECRET": SECRET,
            "LANGNGHE_LANGUAGE": "en",
            "LANGNGHE_BASE_URL": "https://dg.tinh.gov.vn",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr
