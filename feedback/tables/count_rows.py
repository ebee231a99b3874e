"""Rows of `responses` as a rebuild and a check read them, and `daily_counts` as a whole. Large reads by COPY."""

from collections.abc import AsyncIterator

import polars as pl

from feedback.copy_frames import copy_frame, copy_frames
from feedback.database import Connection
from feedback.tables.staged_rows import insert_staged

CELL: dict[str, pl.DataType] = {
    "unit_id": pl.Int32(),
    "day": pl.Date(),
    "desk_id": pl.Int32(),
    "official_id": pl.Int32(),
    "title_id": pl.Int32(),
    "procedure_id": pl.Int32(),
    "survey_id": pl.Int32(),
    "channel": pl.Int16(),
    "proof_class": pl.UInt8(),
}
SCORED_CELL = {**CELL, "score": pl.Int16()}
COUNTS = {f"n{score}": pl.Int32() for score in range(1, 6)}

SELECT_SCORED_CELLS = (
    "SELECT unit_id, local_day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class,"
    " score FROM responses"
)
SELECT_REPLACED_CELLS = (
    "SELECT old.unit_id, old.local_day, old.desk_id, old.official_id, old.title_id, old.procedure_id,"
    " old.survey_id, old.channel, old.proof_class, old.score FROM responses AS new"
    " JOIN responses AS old ON old.unit_id = new.unit_id AND old.token_hash = new.supersedes"
    " WHERE new.supersedes IS NOT NULL"
)
SELECT_COUNTS = (
    "SELECT unit_id, day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class,"
    " n1, n2, n3, n4, n5 FROM daily_counts"
)


def select_scored_cells(connection: Connection) -> AsyncIterator[pl.DataFrame]:
    """The cell and score of every row ever stored, in frames of a few hundred thousand rows."""
    return copy_frames(connection, SELECT_SCORED_CELLS, schema=SCORED_CELL)


async def select_replaced_cells(connection: Connection) -> pl.DataFrame:
    """The cell and score of every row that another row has replaced."""
    return await copy_frame(connection, SELECT_REPLACED_CELLS, schema=SCORED_CELL)


async def select_counts(connection: Connection) -> pl.DataFrame:
    return await copy_frame(connection, SELECT_COUNTS, schema={**CELL, **COUNTS})


async def delete_counts(connection: Connection) -> None:
    await connection.execute("DELETE FROM daily_counts")


async def insert_counts(connection: Connection, counts: pl.DataFrame) -> None:
    """Write whole counts into the empty table, inside a transaction."""
    rows = counts.with_columns(pl.col("proof_class").map_elements(lambda n: bytes([n]), pl.Binary))
    await insert_staged(connection, "daily_counts", rows.iter_rows(), [*CELL, *COUNTS])
