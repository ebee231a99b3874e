import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.command_line.webhooks import webhooks
from tests.dashboards.webhook_receiver import Receiver, refuse, run_receiver, take
from tests.dashboards.webhook_stage import SECRET, Stage, open_stage, read_verify

PROGRAM = "from dashboards.command_line.webhooks import webhooks; webhooks()"


class Operator:
    def __init__(self, database_url: str, home: Path) -> None:
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "COLUMNS": "250",
            "DATABASE_URL": database_url,
            "LANGNGHE_HOME": str(home),
            "LANGNGHE_SECRET": SECRET,
            "LANGNGHE_LANGUAGE": "en",
        }

    async def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", PROGRAM, *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return Operator(database_url, tmp_path)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(database_url) as stage:
        stage.clock.now = datetime.now(UTC)
        yield stage


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    async with run_receiver() as (receiver, port):
        yield receiver, f"http://127.0.0.1:{port}"


async def test_the_life_of_an_endpoint(stage: Stage, receiver: tuple[Receiver, str], operator: Operator) -> None:
    url = f"{receiver[1]}/hook?token=hidden"
    status, said = await operator.run("add", url, "--holder", "Sở Nội vụ [mẫu]")
    assert status == 0, said
    sentence, secret = said.strip().splitlines()
    endpoint_id = next(word for word in sentence.split() if word.startswith("wh_")).rstrip(".")
    assert sentence.startswith("Sở Nội vụ [mẫu] will be told of releases")

    status, said = await operator.run("test", endpoint_id)
    assert (status, said.strip()) == (0, f"A signed test message reached {endpoint_id}; it answered 204.")
    [call] = receiver[0].calls
    assert read_verify()(secret, call.headers, call.body, datetime.now(UTC).timestamp())
    assert b'"type":"webhook.test"' in call.body
    receiver[0].answer = refuse(500)
    status, said = await operator.run("test", endpoint_id)
    assert (status, f"The test message to {endpoint_id} failed: 500." in said) == (1, True)

    _, said = await operator.run("list")
    assert all(part in said for part in (endpoint_id, "Sở Nội vụ [mẫu]", f"{receiver[1]}/hook", "public"))
    assert "hidden" not in said
    assert secret.removeprefix("whsec_") not in said

    receiver[0].answer = take
    status, said = await operator.run("rotate", endpoint_id)
    new_secret = said.strip().splitlines()[-1]
    assert (status, new_secret.startswith("whsec_"), new_secret != secret) == (0, True, True)
    await operator.run("test", endpoint_id)
    now = datetime.now(UTC).timestamp()
    for known in (secret, new_secret):
        assert read_verify()(known, receiver[0].calls[-1].headers, receiver[0].calls[-1].body, now)

    await stage.release()
    assert await operator.run("remove", endpoint_id) == (0, f"{endpoint_id} gets no more messages.\n")
    for command in ("remove", "rotate", "test"):
        status, said = await operator.run(command, endpoint_id)
        assert (status, said) == (1, f"Error: There is no webhook endpoint {endpoint_id} in use.\n")
    await stage.sender.work_off()
    assert len(receiver[0].calls) == 3


async def test_deliveries_are_listed_given_up_and_replayed(
    stage: Stage, receiver: tuple[Receiver, str], operator: Operator
) -> None:
    assert await operator.run("deliveries") == (0, "Nothing was to be delivered yet.\n")
    assert await operator.run("list") == (0, "Nobody is told of releases yet.\n")
    first = await stage.add(f"{receiver[1]}/first")
    await stage.release("2026-Q2", "2026-Q3")
    receiver[0].answer = refuse(500)
    await stage.sender.work_off()
    _, said = await operator.run("deliveries", "--release", "2026-Q3")
    assert all(part in said for part in ("2026-Q3", first.endpoint_id, "waiting", " 500"))
    assert "2026-Q2" not in said

    stage.clock.now += timedelta(days=4)
    await stage.sender.work_off()
    _, said = await operator.run("deliveries")
    assert said.count("given up") == 2
    _, said = await operator.run("deliveries", LANGNGHE_LANGUAGE="vi")
    assert said.count("đã thôi gửi") == 2

    second = await stage.add(f"{receiver[1]}/second")
    message_id = (await stage.list_deliveries())[0].message_id
    receiver[0].answer = take
    status, said = await operator.run("replay", message_id, "--endpoint", second.endpoint_id)
    assert (status, f"Receivers that get {message_id} again: 1." in said) == (0, True)
    assert "again: 2." in (await operator.run("replay", message_id))[1]
    receiver[0].calls.clear()
    await stage.sender.work_off()
    assert receiver[0].count_calls() == {("/first", message_id): 1, ("/second", message_id): 1}
    _, said = await operator.run("deliveries")
    assert (said.count("delivered"), said.count("given up")) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "http://a.test/", "--holder", "x"), "it must begin with https://"),
        (("add", "https://10.0.0.1/", "--holder", "x"), "add --allow-private"),
        (("add", "https://user:word@a.test/", "--holder", "x"), "a user name or a password stands in it"),
        (("replay", "msg_none"), "There is no webhook message msg_none."),
        (("deliveries", "--release", "2026-Q9"), "There is no release “2026-Q9”."),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(
    operator: Operator, arguments: tuple[str, ...], sentence: str
) -> None:
    status, said = await operator.run(*arguments)
    assert status == 1
    assert sentence in said
    assert "Traceback" not in said
    assert "word" not in said.replace("password", "")


def test_a_holder_has_a_name() -> None:
    """The arguments are read before anything is opened."""
    for holder in ("", "x" * 101, "a\nb"):
        done = CliRunner().invoke(webhooks, ["add", "https://a.test/", "--holder", holder])
        assert (done.exit_code, "--holder" in done.output) == (2, True)


async def test_a_private_address_is_taken_on_the_operators_word(operator: Operator) -> None:
    arguments = ("add", "https://10.0.0.1/hook", "--holder", "Sở Nội vụ (mẫu)", "--allow-private")
    assert (await operator.run(*arguments))[0] == 0
    assert "private allowed" in (await operator.run("list"))[1]


def test_every_command_says_what_it_does() -> None:
    assert sorted(webhooks.commands) == ["add", "deliveries", "list", "remove", "replay", "rotate", "test"]
    assert all(len(command.help or "") > 20 for command in webhooks.commands.values())
