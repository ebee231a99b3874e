"""A world in which the true effect of every official is known: what the fair score is measured against.

Difficulties of procedures and effects of officials (ICC 0.057) are normal and add up to the mean of a rating; half of
the officials get mostly hard cases, half mostly easy ones. Scores are 1 to 5, 3, 2, 7, 28, 60 % on average.
"""

from datetime import date, timedelta
from statistics import NormalDist

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboards.indicators.roles import Lookups
from tests.dashboards.fair_frames import COUNTS, make_lookups

CEILING = np.array([0.03, 0.02, 0.07, 0.28, 0.60])
POINTS = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
MEAN, DIFFICULTY_SD, EFFECT_SD = 85.0, 5.0, 5.7
LOWEST, HIGHEST = 20.0, 98.0
FIRST_DAY = date(2026, 1, 5)
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class World(msgspec.Struct, frozen=True):
    """Official 1 stands in row 0. means: of a rating, one row an official, one column a procedure; case_mix: shares."""

    means: Floats
    case_mix: Floats
    pool: Integers
    lookups: Lookups


def make_world(pools: int, officials: int, procedures: int, seed: int) -> World:
    """`officials` in each of the pools; every pool shares the procedures, each official has its own mix of them."""
    random = np.random.default_rng(seed)
    everyone = pools * officials
    spread = np.array([NormalDist().inv_cdf((i + 0.5) / procedures) for i in range(procedures)])
    difficulties = random.permutation(spread / spread.std() * DIFFICULTY_SD)
    hardness = np.where(np.arange(everyone) % 2 == 0, 1.0, -1.0)
    leaning = np.exp(-hardness[:, None] * difficulties[None, :] / DIFFICULTY_SD) * random.gamma(
        1.0, 1.0, (everyone, procedures)
    )
    wanted = MEAN + difficulties[None, :] + random.normal(0, EFFECT_SD, everyone)[:, None]
    return World(
        means=np.clip(np.round(wanted, 1), LOWEST, HIGHEST),
        case_mix=leaning / leaning.sum(axis=1, keepdims=True),
        pool=np.repeat(np.arange(pools), officials),
        lookups=make_lookups(units=pools, procedures=procedures, provinces=tuple(f"{i:03}" for i in range(pools))),
    )


def find_true_effects(world: World) -> Floats:
    """What the adjusted score of endless ratings would be, in points against the mean of the pool."""
    effects = np.zeros(len(world.pool))
    for pool in np.unique(world.pool):
        inside = world.pool == pool
        shares, means = world.case_mix[inside], world.means[inside]
        colleagues = means - (shares * means).sum(axis=0) / shares.sum(axis=0)
        own = (shares * colleagues).sum(axis=1)
        effects[inside] = own - own.mean()
    return effects


def tilt_scores(means: Floats) -> Floats:
    """The chance of each score, a row for each mean: the ceiling distribution, tilted until it has that mean."""
    low, high = np.full(len(means), -0.5), np.full(len(means), 0.5)
    for _ in range(60):
        middle = (low + high) / 2
        weights = CEILING * np.exp(middle[:, None] * (POINTS - POINTS.mean()))
        reached = weights @ POINTS / weights.sum(axis=1) < means
        low, high = np.where(reached, middle, low), np.where(reached, high, middle)
    weights = CEILING * np.exp(((low + high) / 2)[:, None] * (POINTS - POINTS.mean()))
    return weights / weights.sum(axis=1, keepdims=True)


def draw_counts(
    world: World, ratings: Integers, seed: int, days: int = 60, first_day: date = FIRST_DAY, drop: float = 0.0
) -> pl.DataFrame:
    """Daily counts of so many ratings of each official, spread over the days; everybody is `drop` points worse."""
    random = np.random.default_rng(seed)
    official = np.repeat(np.arange(len(ratings)), ratings)
    place = random.random(len(official))[:, None] > np.cumsum(world.case_mix, axis=1)[official]
    procedure = np.minimum(place.sum(axis=1), world.case_mix.shape[1] - 1)
    grid, where = np.unique(world.means[official, procedure] - drop, return_inverse=True)
    chances = np.cumsum(tilt_scores(grid), axis=1)[where]
    score = np.minimum((random.random(len(official))[:, None] > chances).sum(axis=1), 4)
    day = random.integers(0, days, len(official))
    return gather_counts(world, official, procedure, day, score, first_day)


def gather_counts(
    world: World, official: Integers, procedure: Integers, day: Integers, score: Integers, first_day: date
) -> pl.DataFrame:
    drawn = pl.DataFrame(
        {
            "official_id": official + 1,
            "procedure_id": procedure + 1,
            "unit_id": world.pool[official] + 1,
            "day": day,
            "score": score,
        }
    )
    keys = ["unit_id", "day", "official_id", "procedure_id"]
    counted = drawn.group_by(keys).agg((pl.col("score") == step).sum().alias(f"n{step + 1}") for step in range(5))
    offset = pl.col("day").cast(pl.Int64) * pl.lit(timedelta(days=1))
    fixed = {"desk_id": 1, "title_id": 1, "survey_id": 1, "channel": 1, "proof_class": "A"}
    whole = counted.with_columns(
        (pl.lit(first_day) + offset).cast(pl.Date).alias("day"),
        *(pl.lit(value).alias(name) for name, value in fixed.items()),
    )
    return whole.select(*COUNTS).cast(pl.Schema(COUNTS)).sort(*COUNTS)
