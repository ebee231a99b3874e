"""What of comments leaves the store: the last text of a rating that counts, of units in reach, nothing else."""

from datetime import date

import asyncpg
import pytest

from feedback.accounts.powers import POWERS, ROLES
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.record_response import store_submissions
from feedback.tables.responses import SET_ASIDE
from feedback.tables.staff_rows import take_reach
from feedback.tables.written_comments import select_reader, select_written_comments
from tests.factories import make_rating
from tests.feedback.review_stage import find_ids
from tests.staff_people import add_person
from tests.world import make_world

DAY = date(2026, 11, 20)
READERS = [role for role in ROLES if "read_comments" in POWERS[role]]


async def write(connection: Connection, unit_id: int, **changes: object) -> bytes:
    ids = await find_ids(connection)
    known = {"unit_id": unit_id, "desk_id": ids["desk 1"], "procedure_id": ids["1.001193"], "official_id": 0}
    rating = make_rating(**{**known, "received_at": None, "title_id": 0, **changes})
    assert await store_submissions(connection, [rating]) == [None]
    return rating.token_hash


async def read(connection: Connection, unit_id: int) -> list[str]:
    return [written.comment for written in await select_written_comments(connection, [unit_id], DAY, DAY)]


async def test_only_the_last_text_of_a_rating_that_counts_is_there(connection: Connection) -> None:
    await make_world(connection)
    unit_id = (await find_ids(connection))["32041"]
    first = await write(connection, unit_id, comment="Chờ lâu")
    await write(connection, unit_id, comment="Chờ hơi lâu", supersedes=first)
    await write(connection, unit_id, comment="Spam", proof_class=SET_ASIDE)
    await write(connection, unit_id)
    assert await read(connection, unit_id) == ["Chờ hơi lâu"]


@pytest.mark.parametrize(("reach", "seen"), [(Reach(provinces=("96",)), ["Chờ lâu"]), (Reach(provinces=("79",)), [])])
async def test_a_supervisor_reads_the_comments_of_the_own_area_only(
    connection: Connection, reach: Reach, seen: list[str]
) -> None:
    await make_world(connection)
    unit_id = (await find_ids(connection))["32041"]
    await write(connection, unit_id, comment="Chờ lâu")
    account_id = await add_person(connection, "giam-sat", "front_supervisor", reach)
    await take_reach(connection, account_id, READERS, "read_comments", "langnghe_staff")
    assert await read(connection, unit_id) == seen
    assert await select_reader(connection) == str(account_id)


@pytest.mark.parametrize("column", ["score", "official_id", "received_at", "answers"])
async def test_nothing_that_was_answered_beside_a_comment_can_be_read(connection: Connection, column: str) -> None:
    await make_world(connection)
    account_id = await add_person(connection, "giam-sat", "front_supervisor")
    await take_reach(connection, account_id, READERS, "read_comments", "langnghe_staff")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch(f"SELECT {column} FROM responses")  # noqa: S608 (a name of this test)


async def test_outside_of_staff_pages_there_is_no_reader(connection: Connection) -> None:
    assert await select_reader(connection) == ""
