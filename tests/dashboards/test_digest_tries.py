"""What happens to a letter that does not arrive at once: waits, refusals, and a program that is killed in between."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import structlog

from dashboards.supervision.digests.rules import HELD_HOURS, MOST_TRIES
from surveys.errors import SettingsError
from tests.dashboards.digest_stage import BOT_ID, MONDAY, MORNING, SECRET, DigestStage, open_digest_stage

PROGRAM = f"""
import asyncio, sys
from datetime import datetime
from dashboards.supervision.digests.send_digests import send_digests
from feedback.settings import read_settings
settings = read_settings({{
    "LANGNGHE_HOME": "unused", "LANGNGHE_SECRET": "{SECRET}", "LANGNGHE_BASE_URL": "https://danhgia.tinh.test",
    "LANGNGHE_TELEGRAM_TOKEN": "{BOT_ID}:AAdemo_token_of_tests_only",
    "LANGNGHE_SMTP_URL": sys.argv[2], "LANGNGHE_MAIL_FROM": "lang-nghe@tinh.test"}})
asyncio.run(send_digests(settings, sys.argv[1], datetime.fromisoformat(sys.argv[3])))
"""
ADDRESS = "ba@mttq.test"
GREYLISTED = "451 4.7.1 Greylisted, please try again"
HELD = timedelta(hours=HELD_HOURS.value)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[DigestStage]:
    async with open_digest_stage(database_url) as stage:
        await stage.add_alert()
        yield stage


async def test_a_greylisting_server_takes_the_letter_after_a_while(stage: DigestStage) -> None:
    await stage.add_reader()
    stage.office.replies[ADDRESS] = [GREYLISTED, GREYLISTED, "250 OK"]
    await stage.run()
    assert await stage.list_outcomes() == [("email", 1, None, 451)]
    await stage.run(MORNING + timedelta(minutes=9))
    assert await stage.list_outcomes() == [("email", 1, None, 451)], "its ten minutes are not over"
    await stage.run(MORNING + timedelta(minutes=10))
    await stage.run(MORNING + timedelta(minutes=29))
    assert await stage.list_outcomes() == [("email", 2, None, 451)], "nor are the twenty after them"
    await stage.run(MORNING + timedelta(minutes=30))
    assert await stage.list_outcomes() == [("email", 3, "sent", None)]
    assert len(stage.office.letters) == 1


async def test_what_nobody_takes_is_given_up_within_the_day_and_tried_anew_the_next(stage: DigestStage) -> None:
    await stage.add_reader()
    stage.office.replies[ADDRESS] = [GREYLISTED]
    for minutes in range(0, 24 * 60, 10):
        await stage.run(MORNING + timedelta(minutes=minutes))
    # 07:30, then after 10, 20, 40, 80 and 160 minutes more: 12:40
    assert await stage.list_outcomes() == [("email", MOST_TRIES.value, None, 451)]
    stage.office.replies.clear()
    await stage.run(MONDAY)
    assert (await stage.list_outcomes())[-1] == ("email", 1, "sent", None)


async def test_an_address_that_is_refused_for_good_is_kept_and_the_way_is_turned_off(stage: DigestStage) -> None:
    account_id = await stage.add_reader(ways=("email", "bot"))
    stage.office.replies[ADDRESS] = ["550 5.1.1 No such person here"]
    await stage.run()
    await stage.run(MORNING + timedelta(hours=2))
    assert await stage.list_outcomes() == [("bot", 1, "sent", None), ("email", 1, "refused", 550)]
    ways = await stage.connection.fetchval("SELECT digest_by FROM accounts WHERE account_id = $1", account_id)
    assert ways == ["bot"]
    await stage.run(MONDAY)
    assert len(stage.office.letters) == 0


async def test_an_account_whose_address_can_be_none_is_refused_without_a_call(stage: DigestStage) -> None:
    await stage.add_reader()
    await stage.connection.execute("UPDATE accounts SET email = $1", "a@b.test\r\nBcc: other@mau.test")
    await stage.run()
    assert await stage.list_outcomes() == [("email", 1, "refused", None)]
    assert stage.office.connections == 0


async def test_one_refusal_keeps_nobody_else_from_the_letter(stage: DigestStage) -> None:
    for name in ("a1", "ba", "c3"):
        await stage.add_reader(name)
    stage.office.replies[ADDRESS] = ["550 5.1.1 No such person here"]
    await stage.run()
    assert stage.office.recipients == ["a1@mttq.test", "c3@mttq.test"]


async def test_while_the_server_is_away_one_person_is_tried_and_the_bot_goes_on(stage: DigestStage) -> None:
    for name in ("a1", "b2", "c3"):
        await stage.add_reader(name, ways=("email", "bot"))
    there = stage.settings
    stage.settings = msgspec.structs.replace(there, smtp_url="smtp://127.0.0.1:1")
    await stage.run()
    assert [way for way, *_ in await stage.list_outcomes()] == ["bot", "email", "bot", "bot"]
    stage.settings = there
    await stage.run(MORNING + timedelta(minutes=10))
    assert sorted(stage.office.recipients) == ["a1@mttq.test", "b2@mttq.test", "c3@mttq.test"]


async def test_a_mail_server_that_cannot_be_is_said_without_its_password(stage: DigestStage) -> None:
    await stage.add_reader()
    stage.settings = msgspec.structs.replace(stage.settings, smtp_url="smtp://a:secret-word@mail.test")
    with pytest.raises(SettingsError) as refusal:
        await stage.run()
    assert "secret-word" not in str(refusal.value)


async def test_a_program_killed_between_claim_and_outcome_repeats_the_letter_once_its_hold_is_over(
    stage: DigestStage,
) -> None:
    await stage.add_reader(ways=("email", "bot"))
    stage.office.gate.clear()
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, stage.database_url, stage.settings.smtp_url or "", MORNING.isoformat()),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    await stage.office.wait_for_letters(1)
    program.kill()
    await program.wait()
    stage.office.gate.set()
    assert await stage.list_outcomes() == [("bot", 1, "sent", None), ("email", 1, None, None)]
    await stage.run(MORNING + timedelta(minutes=30))
    assert stage.office.arrived == 1, "it is still held"
    await stage.run(MORNING + HELD)
    await stage.run(MORNING + 2 * HELD)
    first, second = stage.office.letters
    assert first["message-id"] == second["message-id"]
    assert (await stage.list_outcomes())[-1] == ("email", 2, "sent", None)
    assert len(await stage.list_chat_texts()) == 1


async def test_a_program_killed_each_time_sends_three_letters_a_day_at_most(stage: DigestStage) -> None:
    await stage.add_reader()
    stage.office.gate.clear()
    for minutes in range(0, 24 * 60, 30):
        running = asyncio.create_task(stage.run(MORNING + timedelta(minutes=minutes)))
        arrived = stage.office.arrived
        while not running.done() and stage.office.arrived == arrived:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert stage.office.arrived == 3, "07:30, 11:30 and 15:30"


async def test_two_programs_at_once_send_one_letter(stage: DigestStage) -> None:
    for name in ("a1", "b2", "c3", "d4"):
        await stage.add_reader(name, ways=("email", "bot"))
    await asyncio.gather(*(stage.run() for _ in range(3)))
    assert sorted(stage.office.recipients) == [f"{name}@mttq.test" for name in ("a1", "b2", "c3", "d4")]
    assert len(await stage.list_chat_texts()) == 4


async def test_no_log_line_holds_an_address_a_subject_or_a_text(stage: DigestStage) -> None:
    await stage.add_reader(ways=("email", "bot"))
    await stage.add_reader("c3")
    stage.office.replies["c3@mttq.test"] = ["550 5.1.1 No c3@mttq.test here"]
    with structlog.testing.capture_logs() as lines:
        await stage.run()
    assert lines == [{"event": "digests", "log_level": "info", "sent": 2, "refused": 1}]


async def test_what_is_older_than_a_quarter_is_forgotten(stage: DigestStage) -> None:
    await stage.add_reader()
    await stage.run()
    await stage.run(MORNING + timedelta(days=4 + 7 * 12))
    assert len(await stage.list_outcomes()) == 2
    await stage.run(MORNING + timedelta(days=94))  # 22 February 2027 is a Monday
    assert len(await stage.list_outcomes()) == 2
