import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from dashboards.webhooks.endpoints import rotate
from dashboards.webhooks.sender import HELD_FOR
from feedback.tables.webhook_deliveries import owe_message
from tests.dashboards.webhook_receiver import Call, Receiver, refuse, run_receiver, take
from tests.dashboards.webhook_stage import NOW, SECRET, Stage, open_stage, read_verify

QUARTERS = [f"{year}-Q{quarter}" for year in range(2013, 2026) for quarter in (1, 2, 3, 4)][:50]


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    async with run_receiver() as (receiver, port):
        yield receiver, f"http://127.0.0.1:{port}"


async def test_a_release_is_announced_once_signed_and_without_a_figure(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    endpoint = await stage.add(f"{receiver[1]}/hook?token=hidden")
    await stage.release("2026-Q3")
    for _ in range(3):
        await stage.sender.work_off()
    [call] = receiver[0].calls
    assert (call.path, call.headers["content-type"]) == ("/hook", "application/json")
    assert json.loads(call.body) == {
        "type": "release.published",
        "timestamp": "2026-10-08T01:00:00Z",
        "data": {
            "release": "2026-Q3",
            "url": "https://dg.tinh.gov.vn/api/v1/releases/2026-Q3",
            "method_version": "1",
            "content_digest": bytes(range(32)).hex(),
        },
    }
    assert stage.is_signed(call, endpoint)
    delivery = await stage.find_delivery()
    assert (delivery.release, delivery.tries, delivery.delivered_at, delivery.next_try_at, delivery.last_result) == (
        "2026-Q3",
        1,
        NOW,
        None,
        "204",
    )


async def test_what_was_released_before_an_endpoint_came_is_not_owed_to_it(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    await stage.release("2026-Q2")
    await stage.sender.work_off()
    await stage.add(receiver[1])
    await stage.release("2026-Q3")
    await stage.sender.work_off()
    assert [json.loads(call.body)["data"]["release"] for call in receiver[0].calls] == ["2026-Q3"]


async def test_a_secret_rotated_a_day_ago_still_signs_and_then_no_more(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    old = await stage.add(receiver[1])
    async with stage.pool.acquire() as connection:
        new_secret = await rotate(connection, old.endpoint_id, SECRET, b"s" * 32, stage.clock.now)
    await stage.release("2026-Q2")
    await stage.sender.work_off()
    stage.clock.move(hours=24)
    await stage.release("2026-Q3")
    await stage.sender.work_off()
    first, second = receiver[0].calls
    verify = read_verify()
    for call, moment in ((first, NOW), (second, stage.clock.now)):
        assert verify(new_secret, call.headers, call.body, moment.timestamp())
    stage.clock.now = NOW
    assert stage.is_signed(first, old)
    stage.clock.move(hours=24)
    assert not stage.is_signed(second, old)
    assert len(second.headers["webhook-signature"].split()) == 1


async def test_a_failed_delivery_comes_again_under_its_own_id(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    endpoint = await stage.add(receiver[1])
    await stage.release()
    receiver[0].answer = refuse(500)
    await stage.sender.work_off()
    assert (await stage.find_delivery()).next_try_at == NOW + timedelta(seconds=5)
    await stage.sender.work_off()
    assert len(receiver[0].calls) == 1
    receiver[0].answer = take
    stage.clock.move(seconds=5)
    await stage.sender.work_off()
    first, second = receiver[0].calls
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 5
    assert stage.is_signed(second, endpoint)
    assert (await stage.find_delivery()).delivered_at == stage.clock.now


async def test_after_three_days_it_is_given_up_and_listed(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    """At 0; 5 s; 5 and 35 min; 2.6, 7.6, 17.6, 31.6, 43.6, 55.6, 67.6 h; the last at 72 h: twelve tries."""
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].answer = refuse(503)
    moments: list[float] = []
    await stage.sender.work_off()
    while (next_try := (await stage.find_delivery()).next_try_at) is not None:
        moments.append((next_try - NOW) / timedelta(hours=1))
        stage.clock.now = next_try
        await stage.sender.work_off()
    expected = [0.0, 0.1, 0.6, 2.6, 7.6, 17.6, 31.6, 43.6, 55.6, 67.6, 72.0]
    assert [round(moment, 1) for moment in moments] == expected
    delivery = await stage.find_delivery()
    assert (delivery.tries, delivery.delivered_at, delivery.last_result) == (12, None, "503")
    assert len(receiver[0].calls) == 12
    stage.clock.move(days=30)
    await stage.sender.work_off()
    assert len(receiver[0].calls) == 12


async def test_what_was_given_up_is_replayed_for_three_days_more(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    await stage.add(receiver[1])
    late = await stage.add(f"{receiver[1]}/late", ended_on=NOW.date())
    await stage.release()
    receiver[0].answer = refuse(500)
    await stage.sender.work_off()
    stage.clock.move(days=9)
    await stage.sender.work_off()
    given_up = await stage.find_delivery()
    assert (given_up.next_try_at, given_up.delivered_at) == (None, None)
    async with stage.pool.acquire() as connection:
        day_after = stage.clock.now + timedelta(days=3)
        assert await owe_message(connection, given_up.message_id, stage.clock.now, day_after, late.endpoint_id) == []
        owed = await owe_message(connection, given_up.message_id, stage.clock.now, day_after)
    assert owed == [given_up.endpoint_id]
    await stage.sender.work_off()
    assert (await stage.find_delivery()).next_try_at == stage.clock.now + timedelta(seconds=5)
    receiver[0].answer = take
    stage.clock.move(seconds=5)
    await stage.sender.work_off()
    assert (await stage.find_delivery()).delivered_at == stage.clock.now
    assert len({call.message_id for call in receiver[0].calls}) == 1


async def test_fifty_releases_reach_five_endpoints_whatever_two_senders_and_the_receivers_do(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    """Every third call fails. Each of the 250 is taken exactly once, since nobody is killed."""
    paths = [f"/{number}" for number in range(5)]
    for path in paths:
        await stage.add(f"{receiver[1]}{path}")
    taken: list[tuple[str, str]] = []

    def fail_often(call: Call) -> object:
        if len(receiver[0].calls) % 3 == 0:
            return refuse(500)(call)
        taken.append((call.path, json.loads(call.body)["data"]["release"]))
        return take(call)

    receiver[0].answer = fail_often  # pyright: ignore[reportAttributeAccessIssue] (both give an answer)
    await stage.release(*QUARTERS)
    senders = [stage.make_sender(), stage.make_sender()]
    while any(delivery.delivered_at is None for delivery in await stage.list_deliveries()) or not taken:
        await asyncio.gather(*(sender.work_off() for sender in senders))
        stage.clock.move(hours=3)
    assert sorted(taken) == sorted((path, quarter) for path in paths for quarter in QUARTERS)


async def test_two_senders_at_once_announce_and_send_everything_once(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    for path in ("/a", "/b", "/c"):
        await stage.add(f"{receiver[1]}{path}")
    await stage.release(*QUARTERS[:20])
    await asyncio.gather(*(stage.make_sender().work_off() for _ in range(3)))
    assert set(receiver[0].count_calls().values()) == {1}
    assert len(receiver[0].calls) == 3 * 20


async def test_a_delivery_on_its_way_is_held_by_one_sender(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].gate.clear()
    first = asyncio.create_task(stage.sender.work_off())
    await receiver[0].wait_for_calls(1)
    stage.clock.now += HELD_FOR - timedelta(seconds=1)
    await stage.make_sender().work_off()
    assert len(receiver[0].calls) == 1
    receiver[0].gate.set()
    await first
    assert (await stage.find_delivery()).delivered_at == stage.clock.now
