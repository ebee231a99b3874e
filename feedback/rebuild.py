"""Counts made anew from the rows, with Polars, and compared with those that the store keeps. Integers, bit for bit."""

from collections.abc import Callable

import msgspec
import polars as pl

from feedback.database import Connection
from feedback.tables.count_rows import (
    CELL,
    COUNTS,
    delete_counts,
    insert_counts,
    select_counts,
    select_replaced_cells,
    select_scored_cells,
)
from feedback.tables.responses import lock_sequencer

SCORES = range(1, 6)


def ignore_progress(_rows: int) -> None:
    """Nobody watches."""


class Rebuild(msgspec.Struct, frozen=True):
    ratings: int
    """How many ratings count."""
    cells: int
    differing: int
    """Cells whose kept counts were not those of the rows; 0 proves the fold."""


async def count_rows(connection: Connection, progress: Callable[[int], None] = ignore_progress) -> pl.DataFrame:
    """Counts from every row minus the rows that were replaced; `progress` hears how many rows have come in."""
    parts: list[pl.DataFrame] = []
    read = 0
    async for frame in select_scored_cells(connection):
        parts.append(count_scores(frame.lazy()))
        read += frame.height
        progress(read)
    replaced = count_scores((await select_replaced_cells(connection)).lazy())
    parts.append(replaced.with_columns(-pl.col(name) for name in COUNTS))
    return drop_empty(sum_counts(pl.concat(parts)))


def count_scores(rows: pl.LazyFrame) -> pl.DataFrame:
    """One row for each cell, n1 to n5 counting its scores.

    The streaming engine, because nearly every row may have a cell of its own: there it is four times as fast.
    """
    scores = [(pl.col("score") == score).sum().cast(pl.Int32).alias(f"n{score}") for score in SCORES]
    return rows.group_by(*CELL).agg(scores).collect(engine="streaming")


def sum_counts(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts of the same cell added up; the order in which they come makes no difference."""
    sums = [pl.col(name).sum().cast(pl.Int32) for name in COUNTS]
    return counts.lazy().group_by(*CELL).agg(sums).collect(engine="streaming")


def drop_empty(counts: pl.DataFrame) -> pl.DataFrame:
    """Without cells that count nobody: a change of mind leaves such a cell behind."""
    return counts.filter(pl.any_horizontal(pl.col(name) != 0 for name in COUNTS))


def find_differences(rebuilt: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Cells, one row each, in which the two counts are not the same integers."""
    both = pl.concat([rebuilt, kept.with_columns(-pl.col(name) for name in COUNTS)])
    return drop_empty(sum_counts(both))


async def compare_counts(
    connection: Connection, progress: Callable[[int], None] = ignore_progress
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(counts from the rows, differences from the kept ones), both read at the same moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        rebuilt = await count_rows(connection, progress)
        kept = await select_counts(connection)
    return rebuilt, find_differences(rebuilt, kept)


async def rebuild_counts(connection: Connection, progress: Callable[[int], None] = ignore_progress) -> Rebuild:
    """Make the counts anew from the rows; where they differ, the rows win. Ratings wait meanwhile only then."""
    rebuilt, differences = await compare_counts(connection, progress)
    if differences.height:
        async with connection.transaction():
            await lock_sequencer(connection)
            rebuilt = await count_rows(connection)
            await delete_counts(connection)
            await insert_counts(connection, rebuilt)
    ratings = sum(int(rebuilt[name].sum()) for name in COUNTS)
    return Rebuild(ratings=ratings, cells=rebuilt.height, differing=differences.height)
