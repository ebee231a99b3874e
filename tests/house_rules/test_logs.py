"""What citizens wrote never reaches a log, whatever goes wrong."""

import json
from collections.abc import Iterator

import asyncpg
import pytest
import structlog

from feedback.database import Connection
from feedback.logs import set_up_logs

WORDS = "Chị Mẫu ở quầy hai"


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_fault_is_logged_without_the_values_it_was_handling(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()

    def judge(comment: str) -> float:
        return len(comment) / 0

    try:
        judge("".join(WORDS))
    except ZeroDivisionError as error:
        structlog.get_logger().error("fault", exc_info=error)
    event = json.loads(capsys.readouterr().err)
    assert event["event"] == "fault"
    assert "ZeroDivisionError" in event["exception"]
    assert WORDS not in event["exception"]


def test_a_level_leaves_out_what_is_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("heard")
    assert "quiet" not in (written := capsys.readouterr().err)
    assert "heard" in written


async def test_a_row_that_the_database_refuses_is_not_repeated(
    connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL names the whole refused row beside its reason."""
    set_up_logs()
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await connection.execute(
            "INSERT INTO responses (unit_id, token_hash, sequence_number, desk_id, official_id, title_id, procedure_id,"
            " deciding_unit_id, survey_id, local_day, part_of_day, channel, proof_class, score, comment)"
            " VALUES (1, sha256('x'), 1, 1, 1, 1, 1, 1, 1, '2026-11-20', 1, 1, 'C', 9, $1)",
            WORDS,
        )
    assert WORDS in str(refusal.value)
    structlog.get_logger().error("fault", exc_info=refusal.value)
    written = capsys.readouterr().err
    assert "responses_score_check" in written
    assert WORDS not in written
