"""What the fair score is worth, in a world in which the truth is known (tests/dashboards/simulator.py)."""

from collections.abc import Iterator

import msgspec
import numpy as np
import polars as pl
import pytest

from dashboards.indicators.drop_alerts import acknowledge, advance_statistics, name_signals, start_statistics
from dashboards.indicators.drop_baseline import Baseline, freeze_baseline, sum_residuals
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from tests.dashboards.simulator import World, draw_counts, find_true_effects, make_world

# So many pools of so many officials with so many procedures: 2,400 or 2,000 officials each, 40 to 139 ratings each.
POOLS = [(200, 12, 8), (100, 24, 16), (5, 400, 60)]
SEEDS = (1, 2, 3)
ENTITIES, BASELINE_DAYS, YEAR_DAYS, PER_DAY = 60, 130, 260, 8


class Outcome(msgspec.Struct, frozen=True):
    error: float
    raw_error: float
    coverage: float


def simulate_scores(pools: int, officials: int, procedures: int, seed: int) -> Outcome:
    world = make_world(pools, officials, procedures, seed)
    ratings = np.random.default_rng(seed + 100).integers(40, 140, pools * officials)
    scores = score_entities(draw_counts(world, ratings, seed + 200), world.lookups, "official", PARAMETERS_2026_1)
    truth = pl.Series("truth", find_true_effects(world)[scores["entity_id"].to_numpy() - 1])
    known = scores.with_columns(truth)
    level = pl.col("pool_mean") + pl.col("truth") - pl.col("truth").mean().over("pool")
    return Outcome(
        error=measure_error(known, "theta"),
        raw_error=measure_error(known, "raw"),
        coverage=known.select(level.is_between("low", "high").mean()).item(),
    )


def measure_error(scores: pl.DataFrame, column: str) -> float:
    """Root mean square of what a score misses of the true effect, both against the mean of the pool."""
    missed = (pl.col(column) - pl.col(column).mean().over("pool")) - (
        pl.col("truth") - pl.col("truth").mean().over("pool")
    )
    return scores.select((missed**2).mean().sqrt()).item()


@pytest.fixture(scope="module", params=POOLS, ids=lambda pool: f"pools of {pool[1]}")
def outcomes(request: pytest.FixtureRequest) -> list[Outcome]:
    pools, officials, procedures = request.param
    return [simulate_scores(pools, officials, procedures, seed) for seed in SEEDS]


def test_the_error_is_about_half_that_of_the_raw_mean(outcomes: list[Outcome]) -> None:
    assert max(outcome.error / outcome.raw_error for outcome in outcomes) <= 0.55


def test_the_interval_holds_the_truth_as_often_as_it_says(outcomes: list[Outcome]) -> None:
    assert all(0.92 <= outcome.coverage <= 0.97 for outcome in outcomes)


def simulate_alerts(seed: int) -> tuple[int, list[int]]:
    """False alerts of 60 officials in a year, and after how many ratings a drop of 10 points was found."""
    world = make_world(1, ENTITIES, 12, seed)
    before = draw_counts(world, np.full(ENTITIES, BASELINE_DAYS * PER_DAY), seed, days=BASELINE_DAYS)
    baseline = freeze_baseline(before, world.lookups, "official", PARAMETERS_2026_1)
    year = draw_counts(world, np.full(ENTITIES, YEAR_DAYS * PER_DAY), seed + 100, days=YEAR_DAYS)
    worse = draw_counts(world, np.full(ENTITIES, 60 * PER_DAY), seed + 200, days=60, drop=10)
    false = sum(len(alerts) for alerts, _ in follow(world, baseline, year))
    found = dict[int, int]()
    for alerts, seen in follow(world, baseline, worse):
        found.update({official: seen[official] for official in alerts if official not in found})
    return false, list(found.values())


def follow(world: World, baseline: Baseline, counts: pl.DataFrame) -> Iterator[tuple[list[int], dict[int, int]]]:
    """Day by day: whose alert rang, each acknowledged at once, and how many ratings each had until then."""
    residuals = sum_residuals(counts, baseline, world.lookups, "official", PARAMETERS_2026_1)
    state, seen = start_statistics(), dict[int, int]()
    for day in residuals.partition_by("day", maintain_order=True):
        state = advance_statistics(state, day, PARAMETERS_2026_1)
        for official, n in day.select("entity_id", "n").rows():
            seen[official] = seen.get(official, 0) + n
        signals = name_signals(state, PARAMETERS_2026_1).filter(pl.col("signal") == "alert")
        alerts: list[int] = signals["entity_id"].to_list()
        state = acknowledge(state, alerts)
        yield alerts, seen


def test_alerts_are_rarely_false_and_find_a_drop_in_time() -> None:
    false, found = 0, list[int]()
    seeds = range(1, 21)  # 1,200 years of officials: a few worlds alone differ by a third
    for seed in seeds:
        alerts, ratings = simulate_alerts(seed)
        false, found = false + alerts, found + ratings
    assert false / (ENTITIES * len(seeds)) <= 0.2
    assert len(found) >= 0.99 * ENTITIES * len(seeds)
    assert float(np.median(found)) <= 70
