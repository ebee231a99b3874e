"""Draws many small worlds into one frame of daily counts.

Worlds share no pool: title, unit type and field are their own.
"""

from datetime import date, timedelta

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboards.indicators.roles import Lookups
from dashboards.indicators.satisfaction import SCORES
from dashboards.releases.corrections import KEY

UNITS, OFFICIALS, PROCEDURES, DAYS = 3, 6, 3, 60
QUARTERS = (date(2026, 7, 1), date(2026, 10, 1))
# Chances of the scores 1 to 5 by the mood of a group; unanimous ones too, as small groups often are.
MOODS = np.array(
    [
        [0, 0, 0, 0, 1],
        [0, 0, 0, 1, 0],
        [0, 0, 1, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0.08, 0.92],
        [0.95, 0.05, 0, 0, 0],
        [0.03, 0.02, 0.07, 0.28, 0.60],
        [0.2, 0.2, 0.2, 0.2, 0.2],
        [0, 0, 0, 0.3, 0.7],
    ]
)
MOOD_CHANCES = [0.12, 0.05, 0.04, 0.05, 0.15, 0.05, 0.3, 0.1, 0.14]
SIZES = np.array([[1, 3], [4, 9], [10, 12], [13, 29], [30, 70]])
Integers = NDArray[np.int64]
COLUMNS = ("unit_id", "day", "official_id", "title_id", "procedure_id", "survey_id", "channel", "proof_class", *SCORES)
IDS = ("unit_id", "official_id", "title_id", "procedure_id", "survey_id")


class Worlds(msgspec.Struct, frozen=True):
    """quarters: daily counts of each; pending: corrections that the second carries (KEY, n1 to n5, signed)."""

    quarters: tuple[pl.DataFrame, ...]
    pending: pl.DataFrame
    lookups: Lookups


def draw_worlds(worlds: int, seed: int) -> Worlds:
    random = np.random.default_rng(seed)
    desks = draw_desks(worlds, random)
    first, second = (draw_quarter(desks, day, random) for day in QUARTERS)
    return Worlds((first, second), draw_exclusions(first, random), make_lookups(worlds))


def draw_desks(worlds: int, random: np.random.Generator) -> pl.DataFrame:
    """world, unit_id, official_id (0: class C, or a token without an official), proof_class."""
    rows: list[tuple[int, int, int, str]] = []
    for world in range(worlds):
        units = int(random.integers(1, UNITS + 1))
        for place in range(units):
            unit = world * UNITS + place + 1
            first = (world * UNITS + place) * OFFICIALS + 1
            staff = range(first, first + int(random.integers(1, OFFICIALS + 1)))
            rows += [(world, unit, official, "A") for official in staff]
            rows += [(world, unit, 0, proof) for proof, chance in (("C", 0.8), ("A", 0.3)) if random.random() < chance]
            if units > 1 and random.random() < 0.2:  # somebody who changed the unit
                other = world * UNITS + (place + 1) % units + 1
                rows.append((world, other, staff[0], "A"))
    return pl.DataFrame(rows, schema=["world", "unit_id", "official_id", "proof_class"], orient="row")


def draw_quarter(desks: pl.DataFrame, first_day: date, random: np.random.Generator) -> pl.DataFrame:
    """One size and mood for each group of ratings, one procedure and day for each rating."""
    bounds = SIZES[random.integers(0, len(SIZES), len(desks))]
    sizes = random.integers(bounds[:, 0], bounds[:, 1] + 1)
    is_absent = random.random(len(desks)) < 0.05
    row = np.repeat(np.arange(len(desks)), np.where(is_absent, 0, sizes))
    mood = random.choice(len(MOODS), len(desks), p=MOOD_CHANCES)[row]
    score = (random.random(len(row))[:, None] > np.cumsum(MOODS, axis=1)[mood] + 1e-12).sum(axis=1)
    world = desks["world"].to_numpy()[row]
    drawn = pl.DataFrame(
        {
            "unit_id": desks["unit_id"].to_numpy()[row],
            "official_id": desks["official_id"].to_numpy()[row],
            "proof_class": desks["proof_class"].to_numpy()[row],
            "title_id": world + 1,
            "procedure_id": world * PROCEDURES + random.integers(1, PROCEDURES + 1, len(row)),
            "offset": random.integers(0, DAYS, len(row)),
            "score": score,
        }
    )
    return count_ratings(drawn, first_day)


def count_ratings(drawn: pl.DataFrame, first_day: date) -> pl.DataFrame:
    keys = ["unit_id", "official_id", "proof_class", "title_id", "procedure_id", "offset"]
    counted = drawn.group_by(keys).agg((pl.col("score") == step).sum().alias(f"n{step + 1}") for step in range(5))
    day = (pl.lit(first_day) + pl.col("offset").cast(pl.Int64) * pl.lit(timedelta(days=1))).cast(pl.Date)
    fixed = counted.with_columns(day.alias("day"), pl.lit(1).alias("survey_id"), pl.lit(1, pl.Int16).alias("channel"))
    return fixed.select(
        pl.col(name).cast(pl.Int32) if name in IDS else pl.col(name).cast(pl.Int64) if name in SCORES else pl.col(name)
        for name in COLUMNS
    ).sort(*COLUMNS)


def draw_exclusions(first: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """One rating in 40 of the first quarter is excluded after its release: taken off the second's counts."""
    chosen = first.filter(pl.Series(random.random(len(first)) < 0.025))
    best = pl.concat_list(SCORES).list.arg_max() + 1
    taken = [pl.when(best == score).then(-1).otherwise(0).cast(pl.Int64).alias(f"n{score}") for score in range(1, 6)]
    return chosen.with_columns(taken).group_by(KEY).agg(pl.col(SCORES).sum()).select(*KEY, *SCORES)


def make_lookups(worlds: int) -> Lookups:
    world = pl.int_range(worlds, eager=True, dtype=pl.Int32)
    name = pl.col("world").cast(pl.String)
    units = pl.DataFrame({"world": world}).join(pl.DataFrame({"place": range(1, UNITS + 1)}), how="cross")
    procedures = pl.DataFrame({"world": world}).join(pl.DataFrame({"place": range(1, PROCEDURES + 1)}), how="cross")
    return Lookups(
        units=units.select(
            (pl.col("world") * UNITS + pl.col("place")).cast(pl.Int32).alias("unit_id"),
            ("type " + name).alias("unit_type"),
            pl.lit("rural").alias("area_type"),
            pl.lit("01").alias("province"),
        ),
        titles=pl.DataFrame({"world": world}).select(
            (pl.col("world") + 1).cast(pl.Int32).alias("title_id"), ("title " + name).alias("title_group")
        ),
        procedures=procedures.select(
            (pl.col("world") * PROCEDURES + pl.col("place")).cast(pl.Int32).alias("procedure_id"),
            pl.format("{}.{}", "world", "place").alias("code"),
            ("field " + name).alias("field"),
        ),
        surveys=pl.DataFrame({"survey_id": [1], "survey_group": ["citizen"]}, schema_overrides={"survey_id": pl.Int32}),
        regions=pl.DataFrame(schema={"province": pl.String, "region": pl.String}),
        open_flags=pl.DataFrame(schema={"entity_id": pl.Int32}),
    )
