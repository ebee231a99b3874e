"""The table `responses`: what citizens said. Rows are added, numbered and counted in one statement, never edited."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import IntEnum

import msgspec

from feedback.database import Connection

SEQUENCER_LOCK = 0x6C6E7371


class Channel(IntEnum):
    WEB = 1
    TELEGRAM = 2
    KIOSK = 3
    PAPER = 4
    TERMINAL = 5


class Response(msgspec.Struct, frozen=True):
    unit_id: int
    token_hash: bytes
    desk_id: int
    official_id: int
    title_id: int
    procedure_id: int
    deciding_unit_id: int
    survey_id: int
    local_day: date
    received_at: datetime | None
    part_of_day: int
    channel: int
    proof_class: bytes
    score: int
    supersedes: bytes | None = None
    answers: str | None = None
    comment: str | None = None


SET_ASIDE = b"X"  # the proof class that counts for nobody
COLUMNS = Response.__struct_fields__
COLUMN_TYPES = {
    "token_hash": "bytea",
    "local_day": "date",
    "received_at": "timestamptz",
    "part_of_day": "smallint",
    "channel": "smallint",
    "proof_class": '"char"',
    "score": "smallint",
    "supersedes": "bytea",
    "answers": "jsonb",
    "comment": "text",
}
CELL = "unit_id, day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class"
CELL_OF_ROW = CELL.replace("day", "local_day", 1)
COLUMN_LIST = ", ".join(COLUMNS)


def select_by_key(row: str, token: str) -> str:
    """The stored row of one key. LIMIT keeps it a look-up: the planner may not turn it into a scan of the table."""
    return (
        f"SELECT {CELL_OF_ROW}, score FROM responses"
        f" WHERE responses.unit_id = {row}.unit_id AND responses.token_hash = {row}.{token} LIMIT 1"
    )


# One statement, so that a rating is stored, numbered and counted together or not at all. A row that replaces
# another takes the other out of its cell. Cells whose counts stay as they were are not written.
INSERT = f"""
WITH given AS (
    SELECT * FROM unnest({", ".join(f"${i}::{COLUMN_TYPES.get(c, 'integer')}[]" for i, c in enumerate(COLUMNS, 1))})
        AS given ({COLUMN_LIST})
), known AS (
    SELECT given.unit_id, given.token_hash
    FROM given CROSS JOIN LATERAL ({select_by_key("given", "token_hash")}) AS stored
), fresh AS (
    SELECT given.*, row_number() OVER () AS position FROM given
    WHERE NOT EXISTS (SELECT FROM known
                      WHERE known.unit_id = given.unit_id AND known.token_hash = given.token_hash)
), numbered AS (
    UPDATE sequencer SET last_number = last_number + (SELECT count(*) FROM fresh)
    RETURNING last_number - (SELECT count(*) FROM fresh) AS before
), stored AS (
    INSERT INTO responses (sequence_number, {COLUMN_LIST})
    SELECT numbered.before + fresh.position, {COLUMN_LIST} FROM fresh, numbered
    RETURNING {CELL_OF_ROW}, score, token_hash, supersedes
), moved AS (
    SELECT {CELL_OF_ROW}, score, 1 AS by FROM stored
    UNION ALL
    SELECT {", ".join("old." + column.strip() for column in CELL_OF_ROW.split(","))}, old.score, -1
    FROM stored CROSS JOIN LATERAL ({select_by_key("stored", "supersedes")}) AS old
), counted AS (
    INSERT INTO daily_counts AS known ({CELL}, n1, n2, n3, n4, n5)
    SELECT {CELL_OF_ROW}, {", ".join(f"coalesce(sum(by) FILTER (WHERE score = {s}), 0)" for s in range(1, 6))}
    FROM moved GROUP BY {CELL_OF_ROW}
    HAVING {" OR ".join(f"sum(by) FILTER (WHERE score = {s}) <> 0" for s in range(1, 6))}
    ON CONFLICT ({CELL}) DO UPDATE
    SET {", ".join(f"n{s} = known.n{s} + excluded.n{s}" for s in range(1, 6))}
)
SELECT unit_id, token_hash FROM known
"""

SELECT_CHAIN = f"""
WITH RECURSIVE chain AS (
    SELECT 0 AS step, {COLUMN_LIST} FROM responses
    WHERE unit_id = $1 AND token_hash = $2 AND supersedes IS NULL
    UNION ALL
    SELECT chain.step + 1, {", ".join("next." + column for column in COLUMNS)}
    FROM chain JOIN responses AS next ON next.unit_id = chain.unit_id AND next.supersedes = chain.token_hash
)
SELECT {COLUMN_LIST} FROM chain ORDER BY step
"""

SELECT_ONE = f"SELECT {COLUMN_LIST} FROM responses WHERE unit_id = $1 AND token_hash = $2"


async def lock_sequencer(connection: Connection) -> None:
    """Held until the transaction ends: one writer at a time gives numbers and moves counts.

    The statement that follows is long and always the same: planning it anew costs more than running it.
    """
    await connection.execute(
        "SELECT pg_advisory_xact_lock($1), set_config('plan_cache_mode', 'force_generic_plan', true)", SEQUENCER_LOCK
    )


async def insert_responses(connection: Connection, rows: Sequence[Response]) -> set[tuple[int, bytes]]:
    """Store, number and count those of `rows` that are new; the (unit, token hash) of those that are not.

    The caller holds `lock_sequencer`. No two rows may share a token, nor replace the same row.
    """
    columns = [[getattr(row, column) for row in rows] for column in COLUMNS]
    return await insert_columns(connection, columns)


async def insert_columns(connection: Connection, columns: Sequence[Sequence[object]]) -> set[tuple[int, bytes]]:
    """`insert_responses` for rows that come as columns, in the order of `COLUMNS`."""
    return {(row["unit_id"], row["token_hash"]) for row in await connection.fetch(INSERT, *columns)}


async def select_response(connection: Connection, unit_id: int, token_hash: bytes) -> Response | None:
    row = await connection.fetchrow(SELECT_ONE, unit_id, token_hash)
    return None if row is None else Response(**dict(row))


async def select_chain(connection: Connection, unit_id: int, receipt_hash: bytes) -> list[Response]:
    """A rating and what replaced it, oldest first; empty when the receipt belongs to nothing in this unit."""
    return [Response(**dict(row)) for row in await connection.fetch(SELECT_CHAIN, unit_id, receipt_hash)]


async def select_unit_of_receipt(connection: Connection, receipt_hash: bytes) -> int | None:
    """The unit in which a receipt was given. One probe of the key for each unit: receipts alone name none."""
    return await connection.fetchval(
        "SELECT unit_id FROM units WHERE EXISTS (SELECT FROM responses AS r WHERE r.unit_id = units.unit_id"
        " AND r.token_hash = $1 AND r.supersedes IS NULL) LIMIT 1",
        receipt_hash,
    )


async def forget_exact_times(connection: Connection, before: datetime) -> int:
    """Drop the time of day of every rating received before `before`; its day and half-day stay."""
    status = await connection.execute("UPDATE responses SET received_at = NULL WHERE received_at < $1", before)
    return int(status.rpartition(" ")[2])
