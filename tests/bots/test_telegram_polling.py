import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bots.telegram import patience
from bots.telegram.polling import Poller
from bots.telegram.quiet_libraries import quiet_libraries
from bots.telegram.registration import ALLOWED_UPDATES
from tests.bots.faulty_bot_api import (
    BROKEN,
    CONFLICT,
    NOT_OF_TELEGRAM,
    REDIRECT,
    SILENCE,
    WRONG_TOKEN,
    Answer,
    Call,
    FaultyBotApi,
    flood,
    run_faulty_bot_api,
    work_well,
)
from tests.bots.telegram_stage import TOKEN, Stage, open_stage
from tests.bots.telegram_updates import say

ANN = 7_100_000_001


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[FaultyBotApi, str]]:
    quiet_libraries()
    monkeypatch.setattr(patience, "LONGEST_PAUSE_SECONDS", 0.01)
    async with run_faulty_bot_api() as (api, address):
        yield api, address


@asynccontextmanager
async def polling(stage: Stage, address: str) -> AsyncGenerator[Poller]:
    poller = Poller(stage.pool, TOKEN, address, wait_seconds=1, read_seconds=0.3)
    running = asyncio.create_task(poller.run())
    try:
        yield poller
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class Supply:
    """Hands out updates as Telegram does: from the offset on, the same again until the offset has moved."""

    def __init__(self, *bodies: bytes) -> None:
        self.waiting = [json.loads(body) for body in bodies]
        self.faults: list[Answer | None] = []

    def __call__(self, call: Call) -> Answer | None:
        if call.method != "getUpdates":
            return work_well(call)
        if self.faults:
            return self.faults.pop(0)
        offset = int(call.parameters.get("offset", "0"))
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        return Answer(200, json.dumps({"ok": True, "result": self.waiting}).encode()) if self.waiting else SILENCE


async def wait_until(api: FaultyBotApi, is_so: Callable[[], bool]) -> None:
    await api.wait_for(lambda _: is_so())


async def test_updates_are_stored_before_the_offset_moves_past_them(
    stage: Stage, telegram: tuple[FaultyBotApi, str]
) -> None:
    api, address = telegram
    api.answer = supply = Supply(say(ANN, "a", update_id=5), say(ANN, "b", update_id=6))
    async with polling(stage, address):
        await wait_until(api, lambda: not supply.waiting)
    assert [call.method for call in api.calls[:2]] == ["deleteWebhook", "getUpdates"]
    assert json.loads(api.calls[1].parameters["allowed_updates"]) == list(ALLOWED_UPDATES)
    assert api.calls[2].parameters["offset"] == "7"
    assert await stage.read("SELECT update_id FROM bot_inbox ORDER BY 1") == [(5,), (6,)]


async def test_while_the_database_is_away_the_offset_stays(stage: Stage, telegram: tuple[FaultyBotApi, str]) -> None:
    api, address = telegram
    api.answer = supply = Supply(say(ANN, "a", update_id=5))
    await stage.pool.execute("ALTER TABLE bot_inbox RENAME TO gone")
    async with polling(stage, address):
        await api.wait_for(lambda api: len(api.calls) > 4)
        assert supply.waiting
        assert "offset" not in api.calls[-1].parameters
        await stage.pool.execute("ALTER TABLE gone RENAME TO bot_inbox")
        await wait_until(api, lambda: not supply.waiting)
    assert await stage.count("bot_inbox") == 1


@pytest.mark.parametrize("fault", [BROKEN, CONFLICT, WRONG_TOKEN, REDIRECT, NOT_OF_TELEGRAM, SILENCE, flood(0)])
async def test_no_trouble_of_telegram_ends_it_and_each_is_told_once(
    stage: Stage, telegram: tuple[FaultyBotApi, str], fault: Answer | None, capsys: pytest.CaptureFixture[str]
) -> None:
    api, address = telegram
    api.answer = supply = Supply(say(ANN, "a", update_id=5))
    supply.faults = [fault] * 3
    async with polling(stage, address) as poller:
        poller.wait_seconds = 0
        await wait_until(api, lambda: not supply.waiting)
    assert await stage.count("bot_inbox") == 1
    written = capsys.readouterr()
    assert TOKEN not in written.out + written.err
    assert (written.out + written.err).count("polling") in {2, 3}


async def test_an_update_that_the_library_cannot_read_holds_up_none_behind_it(
    stage: Stage, telegram: tuple[FaultyBotApi, str]
) -> None:
    api, address = telegram
    broken = b'{"update_id": 5, "message": {"text": 5}}'
    unknown = b'{"update_id": 6, "chat_member": {"x": 1}}'
    api.answer = supply = Supply(broken, unknown, say(ANN, "a", update_id=7))
    async with polling(stage, address):
        await wait_until(api, lambda: not supply.waiting)
    assert await stage.read("SELECT update_id FROM bot_inbox") == [(7,)]
    assert await stage.read("SELECT reason FROM bot_dead_letters") == [("unreadable",)]
