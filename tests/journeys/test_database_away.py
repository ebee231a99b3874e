"""The database dies and comes back. What a citizen typed is never lost, and nothing is counted twice."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Response, expect

from feedback.check import check_store
from feedback.database import open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.journeys.phone import Phone, open_phone
from tests.journeys.program import Program, run_program
from tests.journeys.test_network_away import count_new
from tests.journeys.town import PROVINCE, UNIT, make_town
from tests.world import BUSY_DESK, QUIET_DESK

COMMENT = "Cán bộ hướng dẫn rõ ràng, nhưng phải chờ hai buổi"


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """An own PostgreSQL, to be broken."""
    folder = Path(tempfile.mkdtemp(prefix="ln-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
async def breakable(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Program]:
    connection = await open_connection(server.url)
    await migrate(connection)
    await make_town(connection, datetime.now(UTC))
    await connection.close()
    async with run_program(server.url, tmp_path) as program:
        yield program


async def break_down(server: EmbeddedPostgres) -> None:
    """As a power cut would: no goodbye to anybody."""
    await asyncio.to_thread(server.run, "pg_ctl", "stop", "--mode=immediate", f"--pgdata={server.folder}")


async def come_back(server: EmbeddedPostgres) -> None:
    await asyncio.to_thread(server.start_server)


def check_unsent(answer: Response) -> None:
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


async def tap_and_wait(phone: Phone, score: int) -> Response:
    async with phone.page.expect_navigation() as navigation:
        await phone.tap_face(score)
    answer = await navigation.value
    assert answer
    return answer


async def check_sound(program: Program) -> None:
    connection = await open_connection(program.database_url)
    assert await check_store(connection) == []
    await connection.close()


async def test_a_tap_while_the_database_is_away_is_kept_and_stored_once(
    server: EmbeddedPostgres, breakable: Program, browser: Browser
) -> None:
    async with open_phone(browser, breakable, scripts=False) as phone:
        await phone.open(f"/Q/{BUSY_DESK}")
        await phone.page.select_option("#official", "demo-2")
        await break_down(server)
        check_unsent(await tap_and_wait(phone, 4))
        check_unsent(await phone.press_and_wait("unsent.again"))
        await come_back(server)
        assert (await phone.press_and_wait("unsent.again")).status == 201
        receipt = await phone.read_receipt()
        # Whoever reloads sends the same once more, and gets the same page.
        await phone.page.reload()
        assert await phone.read_receipt() == receipt
    assert await count_new(breakable) == (1, 1)
    rows = await breakable.select(
        "SELECT score, code FROM responses JOIN officials USING (official_id) ORDER BY sequence_number DESC LIMIT 1"
    )
    assert rows == [(4, "demo-2")]
    await check_sound(breakable)


async def test_with_scripts_the_tap_waits_on_the_phone_and_is_sent_by_itself(
    server: EmbeddedPostgres, breakable: Program, browser: Browser
) -> None:
    async with open_phone(browser, breakable) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await break_down(server)
        await phone.tap_face(4)
        await expect(phone.page.locator("#waiting")).to_be_visible()
        await come_back(server)
        await phone.read_receipt()
    assert await count_new(breakable) == (1, 1)


async def test_a_comment_typed_before_the_database_went_away_is_not_lost(
    server: EmbeddedPostgres, breakable: Program, browser: Browser
) -> None:
    async with open_phone(browser, breakable, scripts=False) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await tap_and_wait(phone, 4)
        await phone.press_and_wait("receipt.more")
        await phone.page.fill("#comment", COMMENT)
        await break_down(server)
        check_unsent(await phone.press_and_wait("more.send"))
        await come_back(server)
        assert (await phone.press_and_wait("unsent.again")).status == 201
        await phone.press_and_wait("receipt.change")
        await break_down(server)
        check_unsent(await tap_and_wait(phone, 5))
        await come_back(server)
        assert (await phone.press_and_wait("unsent.again")).status == 201
    assert await count_new(breakable) == (3, 1)
    rows = await breakable.select("SELECT score, comment FROM responses ORDER BY sequence_number DESC LIMIT 2")
    assert rows == [(5, COMMENT), (4, COMMENT)]
    await check_sound(breakable)


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_says_kindly_that_the_database_is_away(
    server: EmbeddedPostgres, breakable: Program, browser: Browser, language: str
) -> None:
    troubles: dict[str, list[str]] = {}
    async with open_phone(browser, breakable, language=language) as phone:
        await phone.page.context.route("**/langnghe.js*", lambda route: route.abort())
        await phone.open_in_language(f"/Q/{QUIET_DESK}")
        await break_down(server)
        check_unsent(await tap_and_wait(phone, 4))
        troubles["unsent"] = await phone.list_troubles()
        for path in (f"/Q/{BUSY_DESK}", f"/Q?code={BUSY_DESK}", UNIT, PROVINCE, f"{UNIT}/trend.svg"):
            check_unsent(await phone.open_in_language(path))
            assert await phone.page.get_attribute("html", "lang") == language
            troubles[path] = await phone.list_troubles()
        for path in ("/", "/R", "/M", "/health/live"):
            assert (await phone.open_in_language(path)).status == 200
        await phone.open_in_language("/R")
        await phone.page.fill("#receipt", "0" * 24)
        check_unsent(await phone.press_and_wait("lookup.open"))
        troubles["look-up"] = await phone.list_troubles()
        await come_back(server)
        assert (await phone.open_in_language(UNIT)).status == 200
    assert {path: found for path, found in troubles.items() if found} == {}


async def test_a_database_that_is_being_restored_counts_as_away(
    program: Program, browser: Browser, server_url: str
) -> None:
    name = urlsplit(program.database_url).path.lstrip("/")
    connection = await open_connection(server_url)
    async with open_phone(browser, program, scripts=False) as phone:
        await phone.open(f"/Q/{QUIET_DESK}")
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await connection.execute(f"ALTER DATABASE {name} RENAME TO {name}_away")
        check_unsent(await tap_and_wait(phone, 4))
        await connection.execute(f"ALTER DATABASE {name}_away RENAME TO {name}")
        assert (await phone.press_and_wait("unsent.again")).status == 201
    await connection.close()
    assert await count_new(program) == (1, 1)
