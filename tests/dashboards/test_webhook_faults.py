import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import structlog

from dashboards.webhooks.post import Outcome, Poster, make_tls
from dashboards.webhooks.run_webhooks import quiet_libraries
from tests.dashboards.webhook_receiver import (
    TLS_NAME,
    Answer,
    Receiver,
    refuse,
    run_hang_up,
    run_receiver,
    stay_silent,
    take,
    trust_receiver,
)
from tests.dashboards.webhook_stage import NOW, Stage, open_stage


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        yield stage


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    async with run_receiver() as (receiver, port):
        yield receiver, f"http://127.0.0.1:{port}"


async def post(poster: Poster, url: str, *, allow_private: bool = False) -> Outcome:
    return await poster.post(url, allow_private=allow_private, headers={"webhook-id": "msg_1"}, body=b"{}")


async def test_a_slow_receiver_and_a_dead_one_keep_nobody_waiting(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    """The slow one is held until the others have all they are owed."""
    slow = await stage.add(f"{receiver[1]}/slow")
    await stage.add("http://127.0.0.1:9/dead")
    await stage.release("2026-Q1", "2026-Q2", "2026-Q3")
    async with run_receiver() as (quick, port):
        good = await stage.add(f"http://127.0.0.1:{port}/quick")
        await stage.release("2025-Q4")
        receiver[0].gate.clear()
        working = asyncio.create_task(stage.sender.work_off())
        await quick.wait_for_calls(4)
        assert [call.path for call in receiver[0].calls] == ["/slow"]
        receiver[0].gate.set()
        await working
    delivered = [d.endpoint_id for d in await stage.list_deliveries() if d.delivered_at]
    assert sorted(delivered) == sorted([slow.endpoint_id, good.endpoint_id] * 4)


async def test_a_name_server_that_does_not_answer_keeps_nobody_waiting(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    """It answers only when the other endpoint has all it is owed."""
    answers = threading.Event()

    def look_up(host: str, _port: int) -> list[str]:
        if host == "lost.test":
            answers.wait()
            raise OSError
        return ["127.0.0.1"]

    await stage.add("https://lost.test/")
    await stage.add(receiver[1])
    await stage.release("2026-Q1", "2026-Q2", "2026-Q3")
    async with Poster(make_tls(), look_up=look_up) as poster:
        working = asyncio.create_task(stage.make_sender(poster).work_off())
        await receiver[0].wait_for_calls(3)
        answers.set()
        await working
    assert sorted(str(d.last_result) for d in await stage.list_deliveries()) == ["204"] * 3 + ["unknown-name"] * 3


async def test_too_many_requests_are_answered_with_patience(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    await stage.add(receiver[1])
    await stage.release()
    receiver[0].answer = refuse(429, retry_after="3600")
    await stage.sender.work_off()
    delivery = await stage.find_delivery()
    assert (delivery.next_try_at, delivery.last_result) == (NOW + timedelta(hours=1), "429")


async def test_a_receiver_that_says_gone_is_ended_with_all_it_is_owed(
    stage: Stage, receiver: tuple[Receiver, str]
) -> None:
    await stage.add(receiver[1])
    await stage.release("2026-Q2", "2026-Q3")
    receiver[0].answer = refuse(410)
    await stage.sender.work_off()
    await stage.release("2026-Q1")
    stage.clock.move(days=1)
    await stage.sender.work_off()
    assert len(receiver[0].calls) == 1
    states = {(d.next_try_at, d.delivered_at, d.last_result) for d in await stage.list_deliveries()}
    assert states == {(None, None, "gone")}
    assert len(await stage.list_deliveries()) == 2


async def test_a_redirect_is_not_followed(stage: Stage, receiver: tuple[Receiver, str]) -> None:
    await stage.add(f"{receiver[1]}/here")
    await stage.release()
    receiver[0].answer = refuse(308, location=f"{receiver[1]}/elsewhere")
    await stage.sender.work_off()
    assert [call.path for call in receiver[0].calls] == ["/here"]
    delivery = await stage.find_delivery()
    assert (delivery.last_result, delivery.delivered_at) == ("308", None)


async def test_no_answer_a_broken_connection_and_none_at_all_are_failures(receiver: tuple[Receiver, str]) -> None:
    receiver[0].answer = stay_silent
    async with Poster(make_tls(), patience_seconds=0.3) as impatient:
        assert await post(impatient, receiver[1]) == Outcome("timeout")
    async with Poster(make_tls()) as poster, run_hang_up() as port:
        assert await post(poster, f"http://127.0.0.1:{port}/") == Outcome("broken-off")
        assert await post(poster, "http://127.0.0.1:9/") == Outcome("unreachable")


async def test_an_endless_answer_is_not_read(receiver: tuple[Receiver, str]) -> None:
    receiver[0].answer = lambda _call: Answer(200, endless=True)
    async with Poster(make_tls()) as poster:
        assert await post(poster, receiver[1]) == Outcome("200", 200)


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    async with run_receiver(tls=True) as (receiver, port):

        def look_up(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        url = f"https://{TLS_NAME}:{port}/hook"
        async with Poster(make_tls(), look_up=look_up) as strict:
            assert await post(strict, url, allow_private=True) == Outcome("untrusted")
        async with Poster(trust_receiver(), look_up=look_up) as trusting:
            for name in (TLS_NAME, f"{TLS_NAME}.", TLS_NAME.upper()):
                assert await post(trusting, f"https://{name}:{port}/", allow_private=True) == Outcome("204", 204)
            other = f"https://another.test:{port}/hook"
            assert await post(trusting, other, allow_private=True) == Outcome("untrusted")
        assert len(receiver.calls) == 3
        assert receiver.calls[0].headers["host"] == f"{TLS_NAME}:{port}"


async def test_a_name_that_changes_its_meaning_is_judged_at_each_sending() -> None:
    """Public first, then this machine: the connection goes only where the judged answer of the same sending led."""
    async with run_receiver(tls=True) as (receiver, port):
        meanings = iter([["127.0.0.1"], ["203.0.113.1", "10.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]])
        async with Poster(trust_receiver(), look_up=lambda _host, _port: next(meanings)) as poster:
            url = f"https://{TLS_NAME}:{port}/hook"
            for _ in range(2):
                assert await post(poster, url) == Outcome("forbidden-address")
            assert await post(poster, url, allow_private=True) == Outcome("forbidden-address")
            assert receiver.calls == []
            assert await post(poster, url, allow_private=True) == Outcome("204", 204)
        assert next(meanings, None) is None


async def test_the_next_address_of_a_name_is_tried_when_the_first_is_dead() -> None:
    async with run_receiver(tls=True) as (receiver, port):
        # Nothing listens on 127.0.0.2.
        meanings = ["127.0.0.2", "127.0.0.1"]
        async with Poster(trust_receiver(), look_up=lambda _host, _port: meanings) as poster:
            assert await post(poster, f"https://{TLS_NAME}:{port}/", allow_private=True) == Outcome("204", 204)
        assert len(receiver.calls) == 1


@pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("label too long")])
async def test_a_name_that_means_nothing_is_a_failure(error: Exception) -> None:
    def look_up(_host: str, _port: int) -> list[str]:
        raise error

    async with Poster(make_tls(), look_up=look_up) as poster:
        assert await post(poster, "https://nowhere.test/") == Outcome("unknown-name")
    async with Poster(make_tls(), look_up=lambda _host, _port: []) as poster:
        assert await post(poster, "https://nowhere.test/") == Outcome("unknown-name")


async def test_neither_address_nor_secret_reaches_a_log(
    stage: Stage, receiver: tuple[Receiver, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    quiet_libraries()
    await stage.add(f"{receiver[1]}/hook?token=hidden")
    await stage.release()
    with structlog.testing.capture_logs() as events:
        receiver[0].answer = refuse(500)
        await stage.sender.work_off()
        receiver[0].answer = take
        stage.clock.move(minutes=1)
        await stage.sender.work_off()
    assert [(event["event"], event["result"]) for event in events] == [
        ("webhook-failed", "500"),
        ("webhook-sent", "204"),
    ]
    written = f"{events} {caplog.text}"
    assert not any(word in written for word in ("hidden", "127.0.0.1", "whsec", "v1,"))


async def test_a_proxy_of_the_environment_is_not_used(
    receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with Poster(make_tls()) as poster:
        assert await post(poster, receiver[1]) == Outcome("204", 204)
    async with httpx.AsyncClient() as obedient:
        with pytest.raises(httpx.ConnectError):
            await obedient.post(receiver[1])
