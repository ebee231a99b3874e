"""(i) The indicators of one quarter for 50,000 officials from daily counts: seconds, and the process's peak of memory.

Each round runs in a process of its own, so that the peak is that of one computation with the counts themselves.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.roles import ROLES, Lookups, RoleName

OFFICIALS, UNITS, PROVINCES, TITLES, FIELDS = 50_000, 3_321, 34, 4, 12
PROCEDURES, OWN_PROCEDURES = 120, 9
RATINGS = 2_200_000  # a fifth of the 11 million dossiers of a quarter; nearly each alone in its cell
DAYS = 91
BUSINESS = 0.12  # the share of ratings that businesses give
ROUNDS = 3


class IndicatorFigures(msgspec.Struct, frozen=True):
    """first_seconds: the first computation of a process; seconds: the median of three after it."""

    role: RoleName
    first_seconds: float
    seconds: float
    peak_mb: float
    counts_mb: float
    rows: int
    entities: int


def make_counts(seed: int = 1) -> pl.DataFrame:
    """Daily counts of a quarter as they come out of the store: narrow integers, one row a cell."""
    random = np.random.default_rng(seed)
    official = random.integers(0, OFFICIALS, RATINGS)
    drawn = pl.DataFrame(
        {
            "unit_id": official % UNITS + 1,
            "day": random.integers(0, DAYS, RATINGS),
            "official_id": official + 1,
            "title_id": official // UNITS % TITLES + 1,
            "procedure_id": (official * 7 + random.integers(0, OWN_PROCEDURES, RATINGS) ** 2) % PROCEDURES + 1,
            "survey_id": (random.random(RATINGS) < BUSINESS).astype(np.int8) + 1,
            "channel": random.choice(np.array([1, 2, 3], dtype=np.int16), RATINGS, p=[0.8, 0.15, 0.05]),
            "proof_class": random.choice(np.array([65, 66, 67], dtype=np.uint8), RATINGS, p=[0.8, 0.1, 0.1]),
            "score": random.choice(5, RATINGS, p=[0.03, 0.02, 0.07, 0.28, 0.60]),
        }
    )
    keys = [name for name in drawn.columns if name != "score"]
    counts = drawn.group_by(keys).agg((pl.col("score") == i).sum().cast(pl.Int64).alias(f"n{i + 1}") for i in range(5))
    ids = pl.col("unit_id", "official_id", "title_id", "procedure_id", "survey_id").cast(pl.Int32)
    day = (pl.lit(date(2026, 7, 1)) + pl.duration(days=pl.col("day"))).cast(pl.Date)
    letters = pl.col("proof_class").replace_strict({65: "A", 66: "B", 67: "C"}, return_dtype=pl.String)
    return counts.with_columns(day.alias("day"), letters, ids)


def make_lookups() -> Lookups:
    units = pl.DataFrame({"unit_id": pl.int_range(1, UNITS + 1, dtype=pl.Int32, eager=True)})
    procedures = pl.DataFrame({"procedure_id": pl.int_range(1, PROCEDURES + 1, dtype=pl.Int32, eager=True)})
    titles = pl.DataFrame({"title_id": pl.int_range(1, TITLES + 1, dtype=pl.Int32, eager=True)})
    return Lookups(
        units=units.with_columns(
            pl.lit("commune").alias("unit_type"),
            pl.when(pl.col("unit_id") % 3 == 0).then(pl.lit("urban")).otherwise(pl.lit("rural")).alias("area_type"),
            (pl.col("unit_id") % PROVINCES).cast(pl.String).str.zfill(2).alias("province"),
        ),
        titles=titles.with_columns(("title " + pl.col("title_id").cast(pl.String)).alias("title_group")),
        procedures=procedures.with_columns(
            ("1." + pl.col("procedure_id").cast(pl.String)).alias("code"),
            ("field " + (pl.col("procedure_id") % FIELDS).cast(pl.String)).alias("field"),
        ),
        surveys=pl.DataFrame(
            {"survey_id": [1, 2], "survey_group": ["citizen.1", "business.1"]}, schema_overrides={"survey_id": pl.Int32}
        ),
        regions=pl.DataFrame(schema={"province": pl.String, "region": pl.String}),
        open_flags=pl.DataFrame(schema={"entity_id": pl.Int32}),
    )


def measure_role(role: RoleName, file: Path) -> IndicatorFigures:
    """In the process that is called: reads the counts, scores them once, and again."""
    counts, lookups = pl.read_parquet(file, memory_map=False), make_lookups()
    times: list[float] = []
    entities = 0
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        entities = score_entities(counts, lookups, role, PARAMETERS_2026_1)["entity_id"].n_unique()
        times.append(time.perf_counter() - started)
    return IndicatorFigures(
        role=role,
        first_seconds=times[0],
        seconds=sorted(times[1:])[ROUNDS // 2],
        peak_mb=read_peak_mb(),
        counts_mb=counts.estimated_size("mb"),
        rows=counts.height,
        entities=entities,
    )


def read_peak_mb() -> float:
    """Of this process alone; what getrusage says would begin with the peak of the process that started it."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else float("nan")


def measure_indicators() -> list[IndicatorFigures]:
    """Official, unit and procedure, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counts.parquet"
        make_counts().write_parquet(file)
        return [msgspec.json.decode(run_role(role, file), type=IndicatorFigures) for role in ROLES]


def run_role(role: RoleName, file: Path) -> bytes:
    command = [sys.executable, "-m", "tools.bench.indicators", role, str(file)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def main() -> None:
    if len(sys.argv) > 1:
        role = msgspec.convert(sys.argv[1], RoleName)
        sys.stdout.buffer.write(msgspec.json.encode(measure_role(role, Path(sys.argv[2]))))
        return
    print(json.dumps(msgspec.to_builtins(measure_indicators()), indent=1))


if __name__ == "__main__":
    main()
