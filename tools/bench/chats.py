"""(g) Updates of a chat from the inbox to the committed rating, and (h) how long that takes from the POST on."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bots.converse import Converser
from bots.rater_keys import learn_rater_keys
from bots.telegram.buttons import make_button_key, write_button
from bots.telegram.store_updates import store_updates
from bots.telegram.webhook import make_webhook_secret
from bots.telegram.worker import Worker
from feedback.database import Pool, open_connection, open_pool
from feedback.desk_directory import DeskDirectory
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.record_response import Intake, read_local_day
from feedback.tables.desk_views import select_desk_view
from feedback.tables.responses import Channel
from surveys.codes import hash_token
from surveys.survey_files import load_surveys
from tests.bots.talks import WORDINGS
from tests.world import QUIET_DESK
from tools.bench.intake import make_ratings, send_from_callers
from tools.bench.load import Load, run_load
from tools.bench.pages import is_open, run_server
from tools.bench.scratch import make_store
from tools.crash.program import find_free_port
from tools.crash_chats.script import write_message, write_press

CHATS = 5_000
ONE_BY_ONE = 2_000
PER_SECOND, SECONDS = 200, 20
BOT_ID = 1_000_001
SECRET = "a secret of the benchmarks, forty letters long"  # noqa: S105 (guards nothing)
SETTINGS = {"LANGNGHE_SECRET": SECRET, "LANGNGHE_TELEGRAM_TOKEN": f"{BOT_ID}:benchmark"}
FIRST_CHAT = 7_000_000_000
# A desk with one official and one procedure: named, confirmed (turn 1), rated (turn 2).
CONFIRM, RATE = (1, "yes"), (2, "score.4")
COMMITTED = "SELECT token_hash, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM responses"


class ChatFigures(msgspec.Struct, frozen=True):
    ratings: float
    """Presses that rate, from the inbox to their commit."""
    updates: float
    """All three updates of a rating, likewise."""
    one_caller: float
    """record_response, the next call when the last is answered."""
    callers: float
    """record_response with 256 callers."""


async def measure_chats(database_url: str) -> list[ChatFigures]:
    """All a second."""
    pool = await open_pool(database_url, smallest=4, largest=16)
    worker = make_worker(pool)
    figures = [await measure_round(pool, worker, FIRST_CHAT + number * CHATS) for number in range(3)]
    await pool.close()
    return figures


def make_worker(pool: Pool) -> Worker:
    converser = Converser(
        Channel.TELEGRAM,
        known_account=True,
        secret=SECRET,
        directory=DeskDirectory(pool, load_surveys()),
        wordings=WORDINGS,
    )
    return Worker(pool, BOT_ID, converser, make_button_key(SECRET, BOT_ID))


async def measure_round(pool: Pool, worker: Worker, first_chat: int) -> ChatFigures:
    chats = range(first_chat, first_chat + CHATS)
    opening = await work_off(pool, worker, write_openings(chats))
    confirming = await work_off(pool, worker, write_presses(chats, CONFIRM, 1))
    rating = await work_off(pool, worker, write_presses(chats, RATE, 2))
    door = Intake(pool)
    started = time.perf_counter()
    for each in make_ratings(ONE_BY_ONE):
        await door.record_response(each)
    one_caller = ONE_BY_ONE / (time.perf_counter() - started)
    callers = await send_from_callers(make_ratings(CHATS), door.record_response)
    return ChatFigures(CHATS / rating, 3 * CHATS / (opening + confirming + rating), one_caller, callers)


def write_openings(chats: range) -> list[bytes]:
    return [write_message(3 * chat, chat, f"/start {QUIET_DESK}") for chat in chats]


def write_presses(chats: range, press: tuple[int, str], place: int) -> list[bytes]:
    key = make_button_key(SECRET, BOT_ID)
    return [write_press(3 * chat + place, chat, write_button(key, chat, *press)) for chat in chats]


async def work_off(pool: Pool, worker: Worker, bodies: list[bytes]) -> float:
    """Seconds from a full inbox to an empty one."""
    async with pool.acquire() as connection:
        await store_updates(connection, BOT_ID, bodies, datetime.now(UTC))
        await connection.execute("ANALYZE bot_inbox, conversations, responses, daily_counts")
    started = time.perf_counter()
    while await worker.work_once():
        pass
    return time.perf_counter() - started


def measure_commit_latency(server: EmbeddedPostgres) -> list[float]:
    """Milliseconds from the moment an update was meant to be posted to the commit of its rating."""
    asyncio.run(keep_commit_times(server))
    url = asyncio.run(make_store(server, "chats_latency"))
    count = PER_SECOND * SECONDS
    chats = range(FIRST_CHAT, FIRST_CHAT + count)
    hashes = asyncio.run(prepare_chats(url, chats))
    with run_server("telegram", url) as telegram, run_bot(url, telegram.port) as port:
        requests = [write_post(port, body) for body in write_presses(chats, RATE, 2)]
        measured = run_load(Load(port, requests, connections=20, per_second=PER_SECOND))
        committed = asyncio.run(wait_for_commits(url, count))
    meant = [measured.started_at + number / PER_SECOND for number in range(count)]
    return [(committed[token_hash] - at) * 1000 for token_hash, at in zip(hashes, meant, strict=True)]


async def keep_commit_times(server: EmbeddedPostgres) -> None:
    connection = await open_connection(server.url)
    await connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    await connection.close()
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)


async def prepare_chats(database_url: str, chats: range) -> list[bytes]:
    """Bring each chat to the question of the score; the hash of each rating's token."""
    pool = await open_pool(database_url)
    worker = make_worker(pool)
    await work_off(pool, worker, write_openings(chats))
    await work_off(pool, worker, write_presses(chats, CONFIRM, 1))
    day = read_local_day(datetime.now(UTC))[0]
    async with pool.acquire() as connection:
        await connection.execute("DELETE FROM bot_outbox")
        keys = await learn_rater_keys(connection, SECRET, day)
        desk = await select_desk_view(connection, QUIET_DESK, day)
    await pool.close()
    if desk is None:
        raise LookupError("the desk of the tests is not there")
    rated = f"official {desk.officials[0].official_id}"
    return [hash_token(keys.make_daily_token(Channel.TELEGRAM, chat, desk.unit_id, rated)) for chat in chats]


def write_post(port: int, body: bytes) -> bytes:
    secret = make_webhook_secret(SECRET, BOT_ID)
    head = (
        f"POST /telegram/{BOT_ID} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextlib.contextmanager
def run_bot(database_url: str, telegram_port: int) -> Generator[int]:
    """The port at which `langnghe serve bot` answers."""
    port = find_free_port()
    environment = {
        **os.environ,
        **SETTINGS,
        "DATABASE_URL": database_url,
        "LANGNGHE_PORT": str(port),
        "LANGNGHE_TELEGRAM_API": f"http://127.0.0.1:{telegram_port}",
        "LANGNGHE_TELEGRAM_UPDATES": "webhook",
        "LANGNGHE_LOG_LEVEL": "error",
    }
    langnghe = Path(sys.executable).parent / "langnghe"
    process = subprocess.Popen([langnghe, "serve", "bot"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not is_open(port):
            time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        process.wait()


async def wait_for_commits(database_url: str, count: int) -> dict[bytes, float]:
    connection = await open_connection(database_url)
    async with asyncio.timeout(60):
        while len(rows := await connection.fetch(COMMITTED)) < count:  # noqa: ASYNC110 (another program is waited for)
            await asyncio.sleep(0.2)
    await connection.close()
    return {row[0]: float(row[1]) for row in rows}
