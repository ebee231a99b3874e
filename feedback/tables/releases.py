"""The tables `releases`, `release_scores`, `release_pools`, `release_corrections`, `release_lookups`.

What was let out, once and for good, and what it was made of. Rows are added, never changed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
import polars as pl

from feedback.database import Connection
from feedback.tables.columns import list_columns


class Release(msgspec.Struct, frozen=True):
    """`parameters` is JSON; digests are SHA-256. `release_id` is 0 until stored."""

    code: str
    first_day: date
    last_day: date
    data_cut: int
    method_version: str
    parameters: str
    input_digest: bytes
    content_digest: bytes
    corrections: int
    waiting: int
    made_at: datetime
    release_id: int = 0


class ReleaseScore(msgspec.Struct, frozen=True):
    """`figure` is the JSON of a ReleasedScore as the official concerned may see it."""

    release_id: int
    role: str
    entity_id: int
    pool: str
    unit_id: int
    title_id: int
    area_type: str
    grade: str
    figure: str


class ReleasePool(msgspec.Struct, frozen=True):
    """`figure` is the JSON of a ReleasedPool."""

    release_id: int
    role: str
    pool: str
    figure: str


RELEASE = [name for name in Release.__struct_fields__ if name != "release_id"]
SCORE = ReleaseScore.__struct_fields__
POOL = ReleasePool.__struct_fields__


async def lock_releases(connection: Connection) -> None:
    """Held until the transaction ends: one program at a time releases. The first statement of its transaction.

    A lock on the table, as nothing else waits before the transaction's moment is fixed.
    """
    await connection.execute("LOCK TABLE releases IN SHARE ROW EXCLUSIVE MODE")


async def insert_release(connection: Connection, release: Release) -> int:
    """The id it got. Raises asyncpg.UniqueViolationError when this quarter was released before."""
    places = ", ".join(f"${place}" for place in range(1, len(RELEASE) + 1))
    values = [getattr(release, name) for name in RELEASE]
    statement = f"INSERT INTO releases ({', '.join(RELEASE)}) VALUES ({places}) RETURNING release_id"
    return int(await connection.fetchval(statement, *values) or 0)


async def insert_release_scores(connection: Connection, scores: Sequence[ReleaseScore]) -> None:
    await connection.execute(
        f"INSERT INTO release_scores ({', '.join(SCORE)}) SELECT * FROM unnest($1::integer[], $2::text[],"
        " $3::integer[], $4::text[], $5::integer[], $6::integer[], $7::text[], $8::text[], $9::json[])",
        *list_columns(scores, *SCORE),
    )


async def insert_release_pools(connection: Connection, pools: Sequence[ReleasePool]) -> None:
    await connection.execute(
        f"INSERT INTO release_pools ({', '.join(POOL)})"
        " SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::json[])",
        *list_columns(pools, *POOL),
    )


async def insert_release_corrections(connection: Connection, release_id: int, carried: pl.DataFrame) -> None:
    """`carried` has the columns of the table but the first, proof classes as letters."""
    rows = carried.with_columns(pl.lit(release_id).alias("release_id"), pl.col("proof_class").cast(pl.Binary))
    await connection.copy_records_to_table("release_corrections", records=rows.iter_rows(), columns=rows.columns)


async def insert_release_lookups(connection: Connection, release_id: int, lookups: Mapping[str, bytes]) -> None:
    records = [(release_id, name, content) for name, content in lookups.items()]
    await connection.copy_records_to_table(
        "release_lookups", records=records, columns=["release_id", "name", "content"]
    )


async def select_release_lookups(connection: Connection, release_id: int) -> dict[str, bytes]:
    rows = await connection.fetch("SELECT name, content FROM release_lookups WHERE release_id = $1", release_id)
    return {row["name"]: row["content"] for row in rows}


async def select_releases(connection: Connection) -> list[Release]:
    """Oldest quarter first."""
    rows = await connection.fetch(f"SELECT release_id, {', '.join(RELEASE)} FROM releases ORDER BY first_day")
    return [Release(**dict(row)) for row in rows]


async def select_release(connection: Connection, code: str) -> Release | None:
    row = await connection.fetchrow(f"SELECT release_id, {', '.join(RELEASE)} FROM releases WHERE code = $1", code)
    return None if row is None else Release(**dict(row))


async def select_release_scores(connection: Connection, release_id: int) -> list[ReleaseScore]:
    """All of one release, by role, entity and pool."""
    rows = await connection.fetch(
        f"SELECT {', '.join(SCORE)} FROM release_scores WHERE release_id = $1"
        ' ORDER BY role, entity_id, pool COLLATE "C"',
        release_id,
    )
    return [ReleaseScore(**dict(row)) for row in rows]


async def select_entity_scores(connection: Connection, role: str, entity_id: int) -> list[ReleaseScore]:
    """All releases of one official, unit or procedure, oldest first."""
    rows = await connection.fetch(
        f"SELECT {', '.join('s.' + name for name in SCORE)} FROM release_scores AS s JOIN releases USING (release_id)"
        ' WHERE s.role = $1 AND s.entity_id = $2 ORDER BY first_day, pool COLLATE "C"',
        role,
        entity_id,
    )
    return [ReleaseScore(**dict(row)) for row in rows]


async def select_release_pools(connection: Connection, release_id: int) -> list[ReleasePool]:
    rows = await connection.fetch(
        f'SELECT {", ".join(POOL)} FROM release_pools WHERE release_id = $1 ORDER BY role, pool COLLATE "C"',
        release_id,
    )
    return [ReleasePool(**dict(row)) for row in rows]


async def count_release_grades(connection: Connection, release_id: int) -> dict[tuple[str, str], int]:
    """How many figures of each role have each grade."""
    rows = await connection.fetch(
        "SELECT role, grade, count(*) FROM release_scores WHERE release_id = $1 GROUP BY role, grade", release_id
    )
    return {(row["role"], row["grade"]): row["count"] for row in rows}
