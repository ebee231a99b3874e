import os
import random
from collections.abc import AsyncIterator

import asyncpg
import polars as pl
import pytest

from feedback.check import Inconsistency, check_store
from feedback.copy_frames import copy_frame
from feedback.database import open_connection
from feedback.rebuild import compare_counts, rebuild_counts
from feedback.record_response import store_submissions
from feedback.submissions import Revision
from tests.factories import NOW, make_rating
from tests.world import make_world

Connection = asyncpg.Connection


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """On an own database, because a check opens a transaction of its own kind."""
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def ratings(connection: Connection) -> None:
    """60 ratings at the desks of a small world, every tenth one changed afterwards."""
    await make_world(connection)
    row = await connection.fetchrow(
        "SELECT desks.unit_id, desks.desk_id, official_id, title_id, procedure_id, survey_id"
        " FROM desks, desk_officials JOIN official_titles USING (official_id), procedures, surveys"
        " WHERE desk_officials.desk_id = desks.desk_id LIMIT 1"
    )
    assert row is not None
    stored = [make_rating(**dict(row), score=1 + i % 5) for i in range(60)]
    await store_submissions(connection, stored)
    changes = [Revision(r.unit_id, r.token_hash, os.urandom(32), NOW, score=5) for r in stored[::10]]
    await store_submissions(connection, changes)


@pytest.mark.usefixtures("ratings")
async def test_counts_made_anew_from_rows_are_those_that_were_kept(connection: Connection) -> None:
    # 60 ratings, 12 of each score. Every tenth one (scores 1,1,1,1,1,1: i = 0, 10, 20 …) became a five.
    rebuilt, differences = await compare_counts(connection)
    assert differences.height == 0
    assert [rebuilt[f"n{score}"].sum() for score in range(1, 6)] == [6, 12, 12, 12, 18]
    assert await check_store(connection) == []


@pytest.mark.usefixtures("ratings")
async def test_a_count_that_was_tampered_with_is_found_and_put_right(connection: Connection) -> None:
    await connection.execute("UPDATE daily_counts SET n5 = n5 + 3")
    assert await check_store(connection) == [Inconsistency("counts-differ-from-rows", 1)]
    assert (await rebuild_counts(connection)).differing == 1
    assert (await rebuild_counts(connection)).differing == 0
    assert await connection.fetchval("SELECT sum(n5) FROM daily_counts") == 18


@pytest.mark.usefixtures("ratings")
@pytest.mark.parametrize(
    ("tampering", "name"),
    [
        ("DELETE FROM responses WHERE sequence_number = 7", "sequence-has-gaps"),
        ("UPDATE responses SET sequence_number = 8 WHERE sequence_number = 7", "sequence-has-gaps"),
        ("UPDATE sequencer SET last_number = last_number + 1", "sequence-has-gaps"),
        ("UPDATE responses SET supersedes = sha256('x') WHERE sequence_number = 7", "replaces-nothing"),
        ("UPDATE daily_counts SET n1 = -1", "negative-count"),
        ("UPDATE responses SET desk_id = 0 WHERE sequence_number = 7", "desk-of-another-unit"),
        ("UPDATE responses SET official_id = 99999 WHERE sequence_number = 7", "unknown-official"),
        ("UPDATE responses SET title_id = 99999 WHERE sequence_number = 7", "unknown-title"),
        ("UPDATE responses SET procedure_id = 99999 WHERE sequence_number = 7", "unknown-procedure"),
        ("UPDATE responses SET survey_id = 99999 WHERE sequence_number = 7", "unknown-survey"),
        ("UPDATE responses SET deciding_unit_id = 99999 WHERE sequence_number = 7", "unknown-deciding-unit"),
        ("DELETE FROM migrations WHERE name LIKE '0002%'", "missing-migrations"),
    ],
)
async def test_every_inconsistency_is_named(connection: Connection, tampering: str, name: str) -> None:
    await connection.execute(tampering)
    assert name in {found.name for found in await check_store(connection)}


async def test_a_random_history_rebuilds_to_the_same_integers(connection: Connection) -> None:
    chance = random.Random(20261121)  # noqa: S311 (a history to repeat, not a secret)
    known = []
    for _ in range(60):
        group = []
        for _ in range(chance.randrange(1, 12)):
            if known and chance.random() < 0.4:
                rating = chance.choice(known)
                group.append(
                    Revision(
                        rating.unit_id,
                        rating.token_hash,
                        chance.randbytes(32),
                        NOW,
                        score=chance.choice([None, 1, 2, 3, 4, 5]),
                    )
                )
            else:
                rating = make_rating(
                    unit_id=chance.randrange(1, 4),
                    desk_id=chance.randrange(1, 4),
                    official_id=chance.randrange(3),
                    score=chance.randrange(1, 6),
                    token_hash=chance.randbytes(32),
                )
                known.append(rating)
                group.append(rating)
        await store_submissions(connection, group)
    rebuilt, differences = await compare_counts(connection)
    assert differences.height == 0
    assert sum(rebuilt[f"n{score}"].sum() for score in range(1, 6)) == len(known)


async def test_a_null_is_refused_by_the_frame_reader(connection: Connection) -> None:
    with pytest.raises(ValueError, match="wide"):
        await copy_frame(connection, "SELECT NULL::integer", schema={"n": pl.Int32()})


async def test_every_kind_of_column_arrives_as_it_was(connection: Connection) -> None:
    query = "SELECT (-2)::smallint, 70000, 5000000000, date '2026-11-21', 'C'::\"char\""
    schema = {"a": pl.Int16(), "b": pl.Int32(), "c": pl.Int64(), "d": pl.Date(), "e": pl.UInt8()}
    frame = await copy_frame(connection, query, schema=schema)
    assert [str(value) for value in frame.row(0)] == ["-2", "70000", "5000000000", "2026-11-21", "67"]


async def test_no_rows_are_an_empty_frame_of_the_right_shape(connection: Connection) -> None:
    frame = await copy_frame(connection, "SELECT 1 WHERE false", schema={"n": pl.Int32()})
    assert frame.schema == {"n": pl.Int32()}
    assert frame.height == 0
