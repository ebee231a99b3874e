import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.command_line import BOTS
from bots.telegram.webhook import ROUTES, make_webhook_secret
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.bots.bot_api import run_app
from tests.bots.talks import SECRET
from tests.bots.telegram_stage import BOT_ID, TOKEN, Stage, open_stage
from tests.bots.telegram_updates import EVERY_KIND, NAME, say
from tests.bots.test_telegram_updates import mutated_updates
from tests.conftest import run_on_server

ADDRESS = f"/telegram/{BOT_ID}"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
GOOD = {HEADER: make_webhook_secret(SECRET, BOT_ID), "content-type": "application/json"}
ANN = 7_100_000_001
EXAMPLES = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


async def open_site(database_url: str, home: Path, **environment: str) -> AsyncIterator[httpx.AsyncClient]:
    given = {"LANGNGHE_SECRET": SECRET, "LANGNGHE_TELEGRAM_TOKEN": TOKEN, **environment}
    read = read_settings({"LANGNGHE_HOME": str(home), **{name: value for name, value in given.items() if value}})
    app = create_app(read, database_url, more_routes=ROUTES, more_packages=[BOTS])
    async with run_app(app) as address, httpx.AsyncClient(base_url=address) as client:
        yield client


@pytest.fixture
async def site(stage: Stage, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async for client in open_site(stage.database_url, tmp_path):
        yield client


async def post(site: httpx.AsyncClient, body: bytes, headers: dict[str, str] | None = None) -> int:
    answer = await site.post(ADDRESS, content=body, headers=GOOD if headers is None else headers)
    return answer.status_code


async def test_an_acknowledged_update_lies_in_the_inbox_once(site: httpx.AsyncClient, stage: Stage) -> None:
    body = say(ANN, "Xin chào", update_id=9)
    assert [await post(site, body) for _ in range(3)] == [200, 200, 200]
    assert await stage.read("SELECT bot_id, update_id, chat_id FROM bot_inbox") == [(BOT_ID, 9, ANN)]


async def test_many_at_once_are_all_kept(site: httpx.AsyncClient, stage: Stage) -> None:
    bodies = [say(ANN + n // 2, "Xin chào", update_id=n // 2) for n in range(200)]
    assert set(await asyncio.gather(*(post(site, body) for body in bodies))) == {200}
    assert await stage.count("bot_inbox") == 100


@pytest.mark.parametrize("secret", ["", "wrong", "0" * 64, "é" * 10, GOOD[HEADER].upper(), GOOD[HEADER] + "0"])
async def test_a_wrong_secret_is_refused(site: httpx.AsyncClient, stage: Stage, secret: str) -> None:
    answer = await site.post(ADDRESS, content=say(ANN, "x"), headers={HEADER: secret.encode("latin-1")})  # pyright: ignore[reportArgumentType]
    assert (answer.status_code, answer.json()["title"]) == (403, "wrong-secret")
    assert await stage.count("bot_inbox") == 0


async def test_without_a_secret_nothing_is_read(site: httpx.AsyncClient) -> None:
    assert await post(site, b"{" * 60_000, {}) == 403


@pytest.mark.parametrize(
    "path", ["/telegram/2", "/telegram/0", "/telegram/x", f"/telegram/{'9' * 5000}", "/telegram/-1"]
)
async def test_another_bots_address_does_not_exist(site: httpx.AsyncClient, path: str) -> None:
    assert (await site.post(path, content=say(ANN, "x"), headers=GOOD)).status_code == 404


@pytest.mark.parametrize("missing", ["LANGNGHE_SECRET", "LANGNGHE_TELEGRAM_TOKEN"])
async def test_without_bot_or_secret_there_is_no_such_address(stage: Stage, tmp_path: Path, missing: str) -> None:
    headers = {HEADER: make_webhook_secret("", BOT_ID)}
    async for client in open_site(stage.database_url, tmp_path, **{missing: ""}):
        assert await post(client, say(ANN, "x"), headers) == 404
        assert (await client.post("/telegram/0", content=b"", headers=headers)).status_code == 404


async def test_a_body_over_64_kib_is_refused(site: httpx.AsyncClient, stage: Stage) -> None:
    assert await post(site, say(ANN, "x" * 66_000)) == 413
    assert await stage.count("bot_inbox") + await stage.count("bot_dead_letters") == 0


async def test_a_long_text_is_cut_before_it_is_kept(site: httpx.AsyncClient, stage: Stage) -> None:
    assert await post(site, say(ANN, "x" * 50_000)) == 200
    assert await stage.read("SELECT length(payload) < 6000 FROM bot_inbox") == [(True,)]


@pytest.mark.parametrize("body", [b"", b"hello", b"[" * 60_000, b"\xff\xfe", b'{"update_id": "\0"}', say(1, "x")[:-1]])
async def test_what_is_no_update_is_a_dead_letter(
    site: httpx.AsyncClient, stage: Stage, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await post(site, body) == 200
    assert await stage.read("SELECT payload, reason, update_id FROM bot_dead_letters") == [(body, "unreadable", None)]
    assert await stage.count("bot_inbox") == 0
    written = capsys.readouterr()
    assert (written.out + written.err).count("updates-unreadable") == 1
    assert NAME not in written.out + written.err


async def test_an_unknown_kind_of_update_is_acknowledged_and_not_kept(site: httpx.AsyncClient, stage: Stage) -> None:
    assert await post(site, b'{"update_id": 5, "telepathy": {"thought": "x"}}') == 200
    assert await stage.count("bot_inbox") + await stage.count("bot_dead_letters") == 0


async def test_while_the_database_is_away_telegram_is_asked_to_come_again(tmp_path: Path) -> None:
    async for client in open_site("postgresql://127.0.0.1:9/nowhere", tmp_path):
        answer = await client.post(ADDRESS, content=say(ANN, "x"), headers=GOOD)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_an_update_is_not_acknowledged_where_the_store_refuses(
    site: httpx.AsyncClient, stage: Stage, server_url: str
) -> None:
    [(name,)] = await stage.read("SELECT current_database()")
    await run_on_server(server_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await run_on_server(
        server_url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608
    )
    body = say(ANN, "x", update_id=77)
    assert {await post(site, body) for _ in range(3)} == {503}
    await run_on_server(server_url, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await run_on_server(
        server_url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608
    )
    while await post(site, body) != 200:
        pass
    connection = await asyncpg.connect(stage.database_url)
    assert await connection.fetchval("SELECT count(*) FROM bot_inbox") == 1
    await connection.close()


@EXAMPLES
@given(body=st.binary(max_size=300) | mutated_updates())
async def test_random_bytes_and_mutated_updates_never_fail_and_never_count(
    site: httpx.AsyncClient, stage: Stage, body: bytes
) -> None:
    assert await post(site, body) == 200
    await stage.work()
    assert await stage.read("SELECT update_id FROM bot_inbox WHERE payload IS NOT NULL") == []
    assert await stage.count("responses") == 0


@EXAMPLES
@given(data=st.text(max_size=64) | st.from_regex(r"[0-9a-z]{1,3}\.score\.[1-5]\.[A-Za-z0-9_-]{11}", fullmatch=True))
async def test_invented_buttons_never_fail_and_never_count(site: httpx.AsyncClient, stage: Stage, data: str) -> None:
    update = json.loads(EVERY_KIND[2])
    update["update_id"] = 1 + await stage.count("bot_inbox")
    update["callback_query"]["data"] = data
    body = json.dumps(update).encode()
    assert await post(site, body) == 200
    assert await stage.work() == 1
    assert await stage.count("responses") + await stage.count("bot_inbox WHERE tries > 0") == 0
