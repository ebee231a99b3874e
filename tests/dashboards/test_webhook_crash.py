import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboards.webhooks.announce_releases import announce_releases
from dashboards.webhooks.sender import HELD_FOR
from feedback.tables.webhook_deliveries import claim_deliveries
from tests.conftest import run_on_server
from tests.dashboards.webhook_receiver import Receiver, refuse, run_receiver
from tests.dashboards.webhook_stage import BASE_URL, SECRET, Stage, open_stage

PROGRAM = """
import sys, uvloop
from dashboards.webhooks.run_webhooks import run_webhooks
from feedback.settings import read_settings
settings = read_settings({"LANGNGHE_SECRET": sys.argv[2], "LANGNGHE_BASE_URL": sys.argv[3]})
uvloop.run(run_webhooks(settings, sys.argv[1]))
"""


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    async with run_receiver() as (receiver, port):
        yield receiver, f"http://127.0.0.1:{port}"


async def start_program(database_url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, database_url, SECRET, BASE_URL),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=asyncio.subprocess.DEVNULL,
    )


async def test_a_sender_killed_before_the_answer_leaves_the_message_to_the_next(
    stage: Stage, receiver: tuple[Receiver, str], database_url: str
) -> None:
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].gate.clear()
    program = await start_program(database_url)
    await receiver[0].wait_for_calls(1)
    program.kill()
    await program.wait()
    receiver[0].gate.set()
    stage.clock.now = datetime.now(UTC)
    await stage.sender.work_off()
    assert len(receiver[0].calls) == 1, "it is still held"
    stage.clock.now += HELD_FOR
    await stage.sender.work_off()
    first, second = receiver[0].calls
    assert (first.message_id, first.body) == (second.message_id, second.body)
    delivery = await stage.find_delivery()
    assert (delivery.tries, delivery.delivered_at) == (2, stage.clock.now)


async def test_the_program_delivers_and_ends_when_it_is_told(
    stage: Stage, receiver: tuple[Receiver, str], database_url: str
) -> None:
    endpoint = await stage.add(receiver[1])
    await stage.release()
    program = await start_program(database_url)
    await receiver[0].wait_for_calls(1)
    while (await stage.find_delivery()).delivered_at is None:
        await asyncio.sleep(0.05)
    program.terminate()
    await program.wait()
    stage.clock.now = datetime.now(UTC)
    assert stage.is_signed(receiver[0].calls[0], endpoint)


async def test_a_sender_killed_between_answer_and_note_sends_again_under_the_same_id(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    await stage.add(receiver[1])
    await stage.release()
    await stage.sender.look()
    await asyncio.gather(*stage.sender.sending)
    stage.clock.now += HELD_FOR
    await stage.make_sender().work_off()
    first, second = receiver[0].calls
    assert first.message_id == second.message_id


async def test_a_sender_that_was_thought_dead_does_not_undo_what_the_next_one_did(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    """The first is held by the receiver for so long that the second takes over; then the first fails."""
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].answer = refuse(500)
    receiver[0].gate.clear()
    await stage.sender.look()
    await receiver[0].wait_for_calls(1)
    stage.clock.now += HELD_FOR
    async with stage.pool.acquire() as connection:
        until = stage.clock.now + HELD_FOR
        [taken_over] = await claim_deliveries(connection, stage.clock.now, until, busy=[], most=9)
        receiver[0].gate.set()
        await asyncio.gather(*stage.sender.sending)
        await stage.sender.note_outcomes(connection)
    assert taken_over.tries == 2
    assert (await stage.find_delivery()).next_try_at == until


async def test_a_sender_stopped_gently_notes_what_is_on_its_way(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].gate.clear()
    running = asyncio.create_task(stage.sender.run())
    await receiver[0].wait_for_calls(1)
    running.cancel()
    await asyncio.sleep(0)
    receiver[0].gate.set()
    await asyncio.wait([running])
    assert (await stage.find_delivery()).delivered_at == stage.clock.now


async def test_what_arrived_while_the_database_was_away_is_noted_and_not_sent_again(
    stage: Stage, receiver: tuple[Receiver, str], database_url: str, server_url: str
) -> None:
    name = urlsplit(database_url).path.strip("/")
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].gate.clear()
    running = asyncio.create_task(stage.sender.run())
    await receiver[0].wait_for_calls(1)
    await run_on_server(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await run_on_server(
        server_url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608 (own name)
    )
    receiver[0].gate.set()
    while not stage.sender.trouble:
        await asyncio.sleep(0.01)
    assert len(stage.sender.outcomes) == 1
    await run_on_server(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    while stage.sender.outcomes:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait([running])
    assert (await stage.find_delivery()).delivered_at == stage.clock.now
    assert len(receiver[0].calls) == 1


async def test_two_senders_that_announce_at_once_make_one_message(stage: Stage) -> None:
    await stage.add("https://receiver.test/hook")
    await stage.release("2026-Q1", "2026-Q2", "2026-Q3")

    async def announce() -> None:
        async with stage.pool.acquire() as connection:
            await announce_releases(connection, SECRET, BASE_URL, stage.clock.now)

    await asyncio.gather(*(announce() for _ in range(4)))
    deliveries = await stage.list_deliveries()
    assert [delivery.release for delivery in deliveries] == ["2026-Q3", "2026-Q2", "2026-Q1"]
    assert {delivery.next_try_at for delivery in deliveries} == {stage.clock.now}
    assert len({delivery.message_id for delivery in deliveries}) == 3
