"""The whole bot at work against a Bot API server over real HTTP: by webhook and by polling, with faults and kills."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import structlog

from bots.command_line import BOTS
from bots.conversation import At
from bots.demo.bot_api import BotApi
from bots.telegram.program import run_bot
from bots.telegram.store_updates import store_updates
from bots.telegram.updates import COMMANDS
from bots.telegram.webhook import ROUTES
from feedback.check import check_store
from feedback.database import open_connection
from feedback.logs import set_up_logs
from feedback.settings import Settings, read_settings
from feedback.web.app import create_app
from tests.bots.bot_api import run_app, run_bot_api
from tests.bots.faulty_bot_api import run_faulty_bot_api
from tests.bots.talks import SECRET
from tests.bots.telegram_person import Person
from tests.bots.telegram_stage import BOT_ID, TOKEN, Stage, open_stage
from tests.bots.telegram_updates import say
from tests.factories import NOW
from tests.world import QUIET_DESK

ANN = 7_100_000_001
LANGNGHE = Path(sys.executable).parent / "langnghe"
TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"

WAITING = "SELECT (SELECT count(*) FROM bot_inbox WHERE payload IS NOT NULL) + (SELECT count(*) FROM bot_outbox)"
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


@pytest.fixture
def every_word(capfd: pytest.CaptureFixture[str]) -> "EveryWord":
    return EveryWord(capfd)


class EveryWord:
    """Whatever is logged, by whomever, at any level."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self.captured = captured
        root = logging.getLogger()
        root.setLevel(logging.DEBUG)
        root.addHandler(logging.StreamHandler(sys.stderr))
        set_up_logs("debug")

    def read(self) -> str:
        written = self.captured.readouterr()
        return written.out + written.err


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    structlog.reset_defaults()
    root.setLevel(level)
    root.handlers = handlers


def make_settings(api: str, updates: str, base_url: str = "http://127.0.0.1:1") -> Settings:
    return read_settings({
        "LANGNGHE_SECRET": SECRET,
        "LANGNGHE_TELEGRAM_TOKEN": TOKEN,
        "LANGNGHE_TELEGRAM_API": api,
        "LANGNGHE_TELEGRAM_UPDATES": updates,
        "LANGNGHE_BASE_URL": base_url,
    })  # fmt: skip


@asynccontextmanager
async def running_bot(settings: Settings, database_url: str) -> AsyncGenerator[None]:
    running = asyncio.create_task(run_bot(settings, database_url))
    try:
        yield
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def whole_program(api: BotApi, database_url: str, updates: str) -> AsyncGenerator[None]:
    """Telegram, the web program with the webhook, and the bot."""
    site = create_app(
        make_settings("http://127.0.0.1:1", updates), database_url, more_routes=ROUTES, more_packages=[BOTS]
    )
    async with (
        run_bot_api(api) as telegram,
        run_app(site) as base_url,
        running_bot(make_settings(f"{telegram}/demo/telegram", updates, base_url), database_url),
    ):
        yield


async def wait_until_drained(stage: Stage) -> None:
    while await stage.read(WAITING) != [(0,)]:
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("updates", ["webhook", "polling"])
async def test_a_rating_is_made_followed_and_the_chat_forgotten(
    stage: Stage, updates: str, every_word: EveryWord
) -> None:
    api = BotApi(TOKEN)
    async with whole_program(api, stage.database_url, updates):
        receipts = await asyncio.gather(*(Person(api, ANN + n, "vi" if n % 2 else "en").rate(4) for n in range(5)))
        assert len(set(receipts)) == 5
        assert (await Person(api, ANN).say("/stop")).text
        while set(api.commands) != {"", "en"} or len(api.short_descriptions) < 2:
            await asyncio.sleep(0.01)
        await wait_until_drained(stage)
    assert await stage.read("SELECT score, proof_class FROM responses") == [(4, b"B")] * 5
    assert await stage.count("conversations") == 4
    assert (api.webhook is not None) == (updates == "webhook")
    assert [command.command for command in api.commands["en"]] == list(COMMANDS)
    async with stage.pool.acquire() as connection:
        assert await check_store(connection) == []
    await check_no_trace(stage, every_word.read(), receipts)


async def check_no_trace(stage: Stage, logged: str, receipts: list[str]) -> None:
    """Once the queues are empty: nobody's id, name or receipt, neither token nor secret."""
    dump = logged
    for (table,) in await stage.read(TABLES):
        dump += "\n".join(str(row) for row in await stage.read(f"SELECT t::text FROM {table} AS t"))  # noqa: S608
    plain = [receipt.replace("-", "") for receipt in receipts]
    secrets = [str(ANN + n) for n in range(5)] + ["Demo", TOKEN, TOKEN.partition(":")[2], SECRET, *receipts, *plain]
    assert [secret for secret in secrets if secret in dump] == []
    assert "bot_inbox" in str(await stage.read(TABLES))


async def test_the_rating_is_safe_while_telegram_is_away_and_the_answer_comes_later(stage: Stage) -> None:
    await stage.deliver(say(ANN, f"/start {QUIET_DESK}"))
    async with run_faulty_bot_api() as (api, address):
        api.gate.clear()
        async with running_bot(make_settings(address, "polling"), stage.database_url):
            while await stage.count("bot_outbox") == 0:
                await asyncio.sleep(0.01)
            [(memory,)] = await stage.read("SELECT memory FROM conversations")
            assert msgspec.json.decode(str(memory))["at"] == At.CONFIRM
            api.gate.set()
            await wait_until_drained(stage)
    assert len(api.list_sent(ANN)) == 1


async def test_killed_between_sending_and_noting_one_message_comes_twice_and_no_other(
    stage: Stage, tmp_path: Path
) -> None:
    chats = range(ANN, ANN + 5)
    await stage.deliver(*(say(chat, text) for chat in chats for text in ("/help", "/privacy", f"/start {QUIET_DESK}")))
    await stage.work()
    expected = {chat: [answer.text for answer in await stage.list_answers(chat)] for chat in chats}
    async with run_faulty_bot_api() as (api, address):
        environment = make_environment(stage.database_url, address, tmp_path)
        api.gate.clear()
        async with running_process(environment):
            await api.wait_for(lambda api: len([call for call in api.calls if call.chat_id]) == 5)
        # They were on their way when the program died, so Telegram has them.
        on_the_way = {call.chat_id: call.text for call in api.calls if call.chat_id}
        api.calls.clear()
        api.gate.set()
        async with running_process(environment):
            await wait_until_drained(stage)
        sent = {chat: [call.text for call in api.calls if call.chat_id == chat] for chat in chats}
    assert sent == expected
    assert on_the_way == {chat: texts[0] for chat, texts in expected.items()}


def make_environment(database_url: str, api: str, home: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("LANGNGHE_")},
        "DATABASE_URL": database_url,
        "LANGNGHE_HOME": str(home),
        "LANGNGHE_PORT": "0",
        "LANGNGHE_SECRET": SECRET,
        "LANGNGHE_TELEGRAM_TOKEN": TOKEN,
        "LANGNGHE_TELEGRAM_API": api,
        "LANGNGHE_TELEGRAM_UPDATES": "polling",
    }


@asynccontextmanager
async def running_process(environment: dict[str, str]) -> AsyncGenerator[None]:
    """The bot in a process of its own, killed at the end."""
    process = await asyncio.create_subprocess_exec(
        LANGNGHE, "serve", "bot", env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_a_database_that_breaks_off_does_not_end_the_bot(stage: Stage) -> None:
    own = await open_connection(stage.database_url)
    async with (
        run_faulty_bot_api() as (api, address),
        running_bot(make_settings(address, "webhook"), stage.database_url),
    ):
        for text in ("/help", "/privacy", f"/start {QUIET_DESK}"):
            await store_updates(own, BOT_ID, [say(ANN, text)], NOW)
            while await own.fetchval(WAITING):
                await asyncio.sleep(0.01)
            await own.fetch(END_OTHERS)
        assert len(api.list_sent(ANN)) == 3
    await own.close()
