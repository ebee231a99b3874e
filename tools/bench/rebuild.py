"""(e) All counts anew: out of PostgreSQL through Polars, and from a Parquet file, each against its peer."""

import tempfile
import time
from pathlib import Path

import duckdb
import msgspec
import polars as pl

from feedback.database import open_connection
from feedback.rebuild import count_rows, count_scores
from feedback.tables.count_rows import select_scored_cells
from tools.bench.scratch import GROUP_RESPONSES

COUNT_GROUPS = f"SELECT count(*), sum(n1 + n2 + n3 + n4 + n5) FROM ({GROUP_RESPONSES}) AS cells"


class RebuildFigures(msgspec.Struct, frozen=True):
    polars: float
    postgres: float
    polars_on_file: float
    duckdb_on_file: float
    """Seconds, each."""


async def measure_rebuild(database_url: str) -> list[RebuildFigures]:
    connection = await open_connection(database_url)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "responses.parquet"
        parts = [part async for part in select_scored_cells(connection)]
        pl.concat(parts).rename({"day": "local_day"}).write_parquet(file)
        del parts
        figures: list[RebuildFigures] = []
        for _ in range(3):
            started = time.perf_counter()
            cells = (await count_rows(connection)).height
            polars = time.perf_counter() - started
            started = time.perf_counter()
            row = await connection.fetchrow(COUNT_GROUPS)
            postgres = time.perf_counter() - started
            on_file, polars_on_file = time_polars(file)
            in_duckdb, duckdb_on_file = time_duckdb(file)
            if row is None or len({cells, row[0], on_file, in_duckdb}) != 1:
                raise ValueError("the peers do not count the same")
            figures.append(RebuildFigures(polars, postgres, polars_on_file, duckdb_on_file))
    await connection.close()
    return figures


def time_polars(file: Path) -> tuple[int, float]:
    started = time.perf_counter()
    cells = count_scores(pl.scan_parquet(file).rename({"local_day": "day"})).height
    return cells, time.perf_counter() - started


def time_duckdb(file: Path) -> tuple[int, float]:
    """All cells materialised as Arrow would be, not only counted."""
    started = time.perf_counter()
    with duckdb.connect() as database:
        database.execute("SET threads TO 2")
        grouping = GROUP_RESPONSES.replace("FROM responses", f"FROM '{file}'")
        database.execute(f"CREATE TABLE cells AS {grouping}")
        row = database.execute("SELECT count(*) FROM cells").fetchone()
    return (int(row[0]) if row else 0), time.perf_counter() - started
