"""(j) The ratings of the nation's year, as Parquet, to all indicators: against DuckDB and PostgreSQL grouping them.

DuckDB groups the ratings into daily counts, no more; ours reads the ratings and ends with every score of officials,
units and procedures. PostgreSQL gets the first ratings only and makes the sums that scores are made of, in SQL;
ours is measured on the same part beside it.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import polars as pl

from dashboards.indicators.cells import condense
from dashboards.indicators.fair_scores import score_sums
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.roles import ROLES
from feedback.database import Connection, open_connection
from tools.bench.indicators import BUSINESS, OFFICIALS, OWN_PROCEDURES, PROCEDURES, TITLES, UNITS, make_lookups
from tools.bench.scratch import make_store, start_server

RATINGS, PART = 60_000_000, 6_000_000
CHUNK = 2_000_000
DAYS = 250
ROUNDS = 3
KEYS = "unit_id, day, official_id, title_id, procedure_id, survey_id, channel, proof_class"
SCORES = ", ".join(f"count(*) FILTER (WHERE score = {score}) AS n{score}" for score in range(1, 6))
GROUP = f"SELECT {KEYS}, {SCORES} FROM ratings GROUP BY {KEYS}"
TABLE = """
CREATE UNLOGGED TABLE ratings (unit_id integer, day date, official_id integer, title_id integer, procedure_id integer,
    survey_id integer, channel smallint, proof_class "char", score smallint)
"""


class NationFigures(msgspec.Struct, frozen=True):
    """Seconds, each; `part_ours` and `postgres` on the first `part` ratings."""

    ratings: int
    ours: float
    duckdb: float
    part: int
    part_ours: float
    postgres: float


def draw_ratings(ratings: int) -> Iterator[pl.DataFrame]:
    """The same every time, in chunks of their own seed; scattered over days as they came in."""
    for chunk in range(ratings // CHUNK):
        random = np.random.default_rng(chunk)
        official = random.integers(0, OFFICIALS, CHUNK)
        day = np.sort(random.integers(0, DAYS, CHUNK)) * 365 // DAYS
        yield pl.DataFrame(
            {
                "unit_id": (official % UNITS + 1).astype(np.int32),
                "day": np.datetime64(date(2026, 1, 1)) + day.astype("timedelta64[D]"),
                "official_id": (official + 1).astype(np.int32),
                "title_id": (official // UNITS % TITLES + 1).astype(np.int32),
                "procedure_id": (
                    (official * 7 + random.integers(0, OWN_PROCEDURES, CHUNK) ** 2) % PROCEDURES + 1
                ).astype(np.int32),
                "survey_id": (random.random(CHUNK) < BUSINESS).astype(np.int32) + 1,
                "channel": random.choice(np.array([1, 2, 3], dtype=np.int16), CHUNK, p=[0.8, 0.15, 0.05]),
                "proof_class": random.choice(np.array([65, 66, 67], dtype=np.uint8), CHUNK, p=[0.8, 0.1, 0.1]),
                "score": random.choice(np.arange(1, 6, dtype=np.int16), CHUNK, p=[0.03, 0.02, 0.07, 0.28, 0.60]),
            }
        )


def write_ratings(folder: Path, ratings: int) -> None:
    folder.mkdir()
    for place, chunk in enumerate(draw_ratings(ratings)):
        chunk.write_parquet(folder / f"{place:03}.parquet")


def score_nation(folder: Path) -> int:
    """All scores; how many entities got one."""
    letters = (pl.col("proof_class") - ord("A")).cat.to(pl.Enum(["A", "B", "C"]))
    counts = [(pl.col("score") == score).cast(pl.Int8).alias(f"n{score}") for score in range(1, 6)]
    ratings = pl.scan_parquet(folder / "*.parquet").with_columns(letters, *counts).drop("score")
    lookups = make_lookups()
    sums = condense(ratings)
    return sum(score_sums(sums, lookups, role, PARAMETERS_2026_1).height for role in ROLES)


def group_in_duckdb(folder: Path) -> int:
    """All cells materialised as Arrow would be, not only counted."""
    with duckdb.connect() as database:
        database.execute("SET threads TO 2")
        grouping = GROUP.replace("FROM ratings", f"FROM '{folder}/*.parquet'")
        database.execute(f"CREATE TABLE cells AS {grouping}")
        row = database.execute("SELECT count(*) FROM cells").fetchone()
    return int(row[0]) if row else 0


async def fill_postgres(connection: Connection, ratings: int) -> None:
    await connection.execute(TABLE)
    for chunk in draw_ratings(ratings):
        rows = chunk.with_columns(pl.col("proof_class").replace_strict({65: b"A", 66: b"B", 67: b"C"}))
        await connection.copy_records_to_table("ratings", records=rows.iter_rows(), columns=rows.columns)
    await connection.execute("VACUUM (ANALYZE) ratings")


async def time_postgres(connection: Connection) -> float:
    """The sums that the scores of each role are made of, by case and by day; no score itself."""
    started = time.perf_counter()
    for role in ROLES.values():
        for keys in ([*role.keys, role.reference, "channel"], [*role.keys, "day"]):
            sums = f"SELECT count(*), sum(score), sum(score * score) FROM ratings GROUP BY {', '.join(keys)}"
            await connection.fetchrow(f"SELECT count(*) FROM ({sums}) AS cells")
    return time.perf_counter() - started


async def measure_nation(database_url: str, ratings: int = RATINGS, part: int = PART) -> list[NationFigures]:
    connection = await open_connection(database_url)
    figures: list[NationFigures] = []
    with tempfile.TemporaryDirectory() as folder:
        whole, first = Path(folder) / "nation", Path(folder) / "part"
        write_ratings(whole, ratings)
        write_ratings(first, part)
        await fill_postgres(connection, part)
        for _ in range(ROUNDS):
            ours, in_duckdb = time_call(score_nation, whole), time_call(group_in_duckdb, whole)
            part_ours = time_call(score_nation, first)
            figures.append(NationFigures(ratings, ours, in_duckdb, part, part_ours, await time_postgres(connection)))
            print(figures[-1], file=sys.stderr, flush=True)
    await connection.close()
    return figures


def time_call(work: Callable[[Path], int], folder: Path) -> float:
    started = time.perf_counter()
    work(folder)
    return time.perf_counter() - started


def main() -> None:
    ratings = int(sys.argv[1]) if len(sys.argv) > 1 else RATINGS
    with start_server() as server:
        url = asyncio.run(make_store(server, "nation"))
        figures = asyncio.run(measure_nation(url, ratings, min(ratings, PART)))
    print(json.dumps(msgspec.to_builtins(figures), indent=1))


if __name__ == "__main__":
    main()
