"""A world in which the true effect of every official is known: what fair scores and alerts are measured against.

docs/fair-scores.md says what it assumes and why. It was written before any figure was taken with it, and is not tuned:
a method may be improved on TUNING_SEEDS, and is then reported once on HELD_OUT_SEEDS, whatever comes out.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import NormalDist

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboards.indicators.roles import Lookups
from tests.dashboards.fair_frames import COUNTS, make_lookups

TUNING_SEEDS = range(1, 21)
HELD_OUT_SEEDS = range(2001, 2021)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
POINTS = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
WITHIN_VARIANCE = 537.5  # points², of the ceiling-heavy scores
EFFECT_SD = (0.057 / 0.943 * WITHIN_VARIANCE) ** 0.5  # 5.7 points: ICC 0.057
DIFFICULTY_SD = 5.0
DAY_SD = 3.0
LOWEST, HIGHEST = 2.0, 98.0  # the mean of no rating lies nearer to the ends of the scale
PROCEDURES = 60
FEWEST_RATINGS, MOST_RATINGS = 40, 150  # of an official in a quarter


class Shape(msgspec.Struct, frozen=True):
    """How scores scatter: the chances of the five scores where nothing is hard, easy, good or bad, and their mean."""

    name: str
    chances: tuple[float, ...]
    mean: float


def cut_bell() -> tuple[float, ...]:
    """A normal distribution around 50 with the variance above, each value taken to the nearest score."""
    bell = NormalDist(50, WITHIN_VARIANCE**0.5)
    return tuple(bell.cdf(high) - bell.cdf(low) for low, high in pairwise((-1e9, 12.5, 37.5, 62.5, 87.5, 1e9)))


SKEWED = Shape("skewed", (0.03, 0.02, 0.07, 0.28, 0.60), 85.0)
NORMAL = Shape("normal", cut_bell(), 50.0)


class World(msgspec.Struct, frozen=True):
    """Official 1 stands in row 0. means: of a rating, one row an official, one column a procedure; case_mix: shares."""

    shape: Shape
    means: Floats
    case_mix: Floats
    pool: Integers
    lookups: Lookups


def make_world(pools: int, officials: int, procedures: int = PROCEDURES, *, seed: int, shape: Shape = SKEWED) -> World:
    """`officials` in each of the pools; all pools share the procedures, each official has an own mix of them."""
    random = np.random.default_rng(seed)
    everyone = pools * officials
    spread = np.array([NormalDist().inv_cdf((i + 0.5) / procedures) for i in range(procedures)])
    difficulties: Floats = (spread / spread.std() * DIFFICULTY_SD)[random.permutation(procedures)]
    wanted = shape.mean + difficulties[None, :] + random.normal(0, EFFECT_SD, everyone)[:, None]
    return World(
        shape=shape,
        means=np.clip(wanted, LOWEST, HIGHEST),
        case_mix=mix_cases(difficulties, everyone, random),
        pool=np.repeat(np.arange(pools), officials),
        lookups=make_lookups(units=pools, procedures=procedures, provinces=tuple(f"{i:03}" for i in range(pools))),
    )


def mix_cases(difficulties: Floats, officials: int, random: np.random.Generator) -> Floats:
    """Shares of the procedures: few are common, most are rare; every second official leans to the hard ones."""
    common = random.permutation(1 / np.arange(1, len(difficulties) + 1))
    hardness = np.where(np.arange(officials) % 2 == 0, 1.0, -1.0)
    leaning = np.exp(-hardness[:, None] * difficulties[None, :] / DIFFICULTY_SD)
    own = common[None, :] * leaning * random.gamma(1.0, 1.0, (officials, len(difficulties)))
    return own / own.sum(axis=1, keepdims=True)


def find_true_effects(world: World) -> Floats:
    """How much better the cases of each go than if an average colleague of the pool had them; the pool's mean is 0."""
    effects = np.zeros(len(world.pool))
    for pool in np.unique(world.pool):
        inside = world.pool == pool
        means = world.means[inside]
        own = (world.case_mix[inside] * (means - means.mean(axis=0))).sum(axis=1)
        effects[inside] = own - own.mean()
    return effects


def tilt_scores(means: Floats, shape: Shape) -> Floats:
    """The chance of each score, a row for each mean: those of the shape, tilted until they have that mean."""
    low, high = np.full(len(means), -0.5), np.full(len(means), 0.5)
    for _ in range(60):
        weights = tilt(shape, (low + high) / 2)
        reached = weights @ POINTS / weights.sum(axis=1) < means
        low, high = np.where(reached, (low + high) / 2, low), np.where(reached, high, (low + high) / 2)
    weights = tilt(shape, (low + high) / 2)
    return weights / weights.sum(axis=1, keepdims=True)


def tilt(shape: Shape, slope: Floats) -> Floats:
    return np.array(shape.chances) * np.exp(slope[:, None] * (POINTS - POINTS.mean()))


def list_working_days(first: date, last: date) -> list[date]:
    every = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return [day for day in every if day.isoweekday() <= 5]


QUARTER = list_working_days(date(2026, 1, 1), date(2026, 3, 31))


def draw_quarter_sizes(officials: int, seed: int) -> Integers:
    """How many ratings each official has in a quarter."""
    return np.random.default_rng(seed).integers(FEWEST_RATINGS, MOST_RATINGS + 1, officials)


def draw_counts(
    world: World, ratings: Integers, *, seed: int, days: Sequence[date] = QUARTER, drop: float = 0.0
) -> pl.DataFrame:
    """Daily counts of so many ratings of each official, on any of the days; everybody is `drop` points worse."""
    random = np.random.default_rng(seed)
    official = np.repeat(np.arange(len(ratings)), ratings)
    place = random.random(len(official))[:, None] > np.cumsum(world.case_mix, axis=1)[official]
    procedure = np.minimum(place.sum(axis=1), world.case_mix.shape[1] - 1)
    day = random.integers(0, len(days), len(official))
    shift = random.normal(0, DAY_SD, (len(ratings), len(days)))[official, day]
    means = np.clip(world.means[official, procedure] + shift - drop, LOWEST, HIGHEST)
    grid, where = np.unique(np.round(means, 1), return_inverse=True)
    chances = np.cumsum(tilt_scores(grid, world.shape), axis=1)[where]
    score = np.minimum((random.random(len(official))[:, None] > chances).sum(axis=1), 4)
    return gather_counts(world, official, procedure, np.array(days, dtype="datetime64[D]")[day], score)


def gather_counts(
    world: World, official: Integers, procedure: Integers, day: NDArray[np.datetime64], score: Integers
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
    fixed = {"desk_id": 1, "title_id": 1, "survey_id": 1, "channel": 1, "proof_class": "A"}
    whole = counted.with_columns(pl.lit(value).alias(name) for name, value in fixed.items())
    return whole.select(*COUNTS).cast(pl.Schema(COUNTS)).sort(*COUNTS)
