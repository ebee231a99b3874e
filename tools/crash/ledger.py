"""What the clients wanted, what they were told, and whether the store agrees. Never asks the program."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import asyncpg
import msgspec

from feedback.check import check_store
from feedback.database import open_connection
from surveys.codes import hash_token

State = Literal["under way", "acknowledged", "abandoned"]
Row = tuple[bytes, int, bytes | None]

SELECT_ROWS = "SELECT token_hash, score, supersedes FROM responses"
DELETE_ONE = "DELETE FROM responses WHERE sequence_number = 1"
SELECT_COUNTED = "SELECT sum(n1 + n2 + n3 + n4 + n5) FROM daily_counts"


class Intention(msgspec.Struct):
    """One thing that a citizen wants: to rate, or with `replaces` (the receipt) to change a rating."""

    token: str
    score: int
    replaces: str | None = None
    state: State = "under way"
    attempts: int = 0
    reply: bytes = b""

    @property
    def row(self) -> Row:
        replaced = hash_token(self.replaces) if self.replaces else None
        return hash_token(self.token), self.score, replaced


class Findings(msgspec.Struct, frozen=True):
    acknowledged: int
    lost: int
    """Acknowledged, but not in the store as it was acknowledged."""
    doubled: int
    """Stored or counted more than once, or never wanted by anybody."""
    inconsistencies: tuple[str, ...]
    """What `langnghe db check` names."""


async def examine_store(database_url: str, intentions: Iterable[Intention]) -> Findings:
    """Compare the whole store with all that was ever wanted; nothing may be under way."""
    connection = await open_connection(database_url)
    try:
        rows = [(row[0], row[1], row[2]) for row in await connection.fetch(SELECT_ROWS)]
        counted = int(await connection.fetchval(SELECT_COUNTED) or 0)
        found = tuple(f"{each.name} ({each.times})" for each in await check_store(connection))
    finally:
        await connection.close()
    return compare(rows, counted, intentions, found)


def compare(
    rows: list[Row], counted: int, intentions: Iterable[Intention], inconsistencies: tuple[str, ...] = ()
) -> Findings:
    """`counted` is the sum of all daily counts: every rating once, however often it was changed."""
    stored = set(rows)
    known = {intention.row: intention.state for intention in intentions}
    acknowledged = {row for row, state in known.items() if state == "acknowledged"}
    repeated = sum(times - 1 for times in Counter(row[0] for row in rows).values())
    ratings = sum(1 for row in stored if row[2] is None)
    return Findings(
        acknowledged=len(acknowledged),
        lost=len(acknowledged - stored) + max(0, ratings - counted),
        doubled=repeated + len(stored - known.keys()) + max(0, counted - ratings),
        inconsistencies=inconsistencies,
    )


async def spoil_store(database_url: str) -> None:
    """Take one rating away behind the program's back, to see that it is missed."""
    connection = await open_connection(database_url)
    await connection.execute(DELETE_ONE)
    await connection.close()


async def list_processes(database_url: str, *, serving: bool) -> list[int]:
    """Process ids of the database's children, in random order; `serving`: only those that serve the program.

    Empty when the database is away.
    """
    try:
        connection = await open_connection(database_url)
    except (OSError, asyncpg.PostgresError):
        return []
    rows = await connection.fetch(
        "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND (NOT $1 OR application_name = 'langnghe') ORDER BY random()",
        serving,
    )
    await connection.close()
    return [row["pid"] for row in rows]
