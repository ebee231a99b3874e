"""The operator's side of the bot: what waits, what died, and the interview without any bot. The real program."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback.database import open_connection
from feedback.tables.bot_dead_letters import insert_dead_letter
from tests.journeys.test_command_line import Operator
from tests.world import QUIET_DESK, make_world

BOT = {"LANGNGHE_TELEGRAM_TOKEN": "1000001:demo-token"}
READABLE = (
    b'{"update_id":7,"message":{"message_id":1,"date":0,"chat":{"id":5,"type":"private"},'
    b'"from":{"id":5,"is_bot":false,"first_name":"-"},"text":"/help"}}'
)


@pytest.fixture
async def operator(tmp_path: Path, database_url: str) -> Operator:
    connection = await open_connection(database_url)
    await make_world(connection)
    await insert_dead_letter(connection, 1_000_001, None, "unreadable", READABLE, datetime(2026, 11, 20, tzinfo=UTC))
    await insert_dead_letter(
        connection, 1_000_001, None, "unreadable", b"{no update", datetime(2026, 11, 20, tzinfo=UTC)
    )
    await connection.close()
    return Operator(tmp_path, DATABASE_URL=database_url, **BOT)


async def test_dead_letters_are_shown_without_what_was_written_and_replayed(operator: Operator) -> None:
    status, said = await operator.run("bot", "dead")
    assert status == 0
    assert "2026-11-20 00:00 UTC" in said
    assert "unreadable" in said
    assert "/help" not in said
    assert "2 thư chết" in (await operator.run("bot", "status"))[1]
    status, said = await operator.run("bot", "dead", "--replay")
    assert (status, "1 thư chết đã được đưa vào xử lý lại." in said) == (0, True)
    _, said = await operator.run("bot", "status", LANGNGHE_LANGUAGE="en")
    assert "1 updates waiting to be worked off" in said
    assert "1 dead letters" in said


async def test_without_a_token_there_is_no_bot_to_look_after(operator: Operator) -> None:
    for command in (("bot", "status"), ("bot", "dead"), ("serve", "bot")):
        status, said = await operator.run(*command, LANGNGHE_TELEGRAM_TOKEN="")
        assert status == 1
        assert "LANGNGHE_TELEGRAM_TOKEN" in said


async def test_the_interview_can_be_had_in_the_terminal(operator: Operator, database_url: str) -> None:
    # Yes, this desk; the first of five faces; goodbye.
    status, said = await operator.run("chat", QUIET_DESK, typed="1\n1\n/quit\n")
    assert status == 0, said
    assert "Cán bộ không biết ai đã đánh giá" in said
    connection = await open_connection(database_url)
    rows = await connection.fetch("SELECT channel, proof_class FROM responses")
    assert [tuple(row) for row in rows] == [(5, b"C")]
    assert await connection.fetchval("SELECT count(*) FROM conversations") == 0
    await connection.close()
    secret = operator.folder / "home" / "secret"
    assert len(secret.read_text("ascii")) == 64
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
