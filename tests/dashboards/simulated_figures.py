"""What a method is worth in the simulated world: errors and coverage of scores, false and found alerts."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

import msgspec
import numpy as np
import polars as pl

from dashboards.drops.day_steps import compare_days, find_baseline_period, form_expectation, step_day
from dashboards.indicators.drop_alerts import acknowledge, start_statistics
from dashboards.indicators.fair_scores import score_entities
from dashboards.indicators.parameter_sets import PARAMETERS_2026_1
from dashboards.indicators.parameters import Parameters
from tests.dashboards.simulator import (
    SKEWED,
    Shape,
    World,
    draw_counts,
    draw_quarter_sizes,
    find_true_effects,
    list_working_days,
    make_world,
)

OFFICIALS = 60
BEFORE = list_working_days(date(2026, 1, 1), date(2026, 6, 30))
YEAR = list_working_days(date(2026, 7, 1), date(2027, 6, 30))
AFTER_DROP = list_working_days(date(2026, 7, 1), date(2026, 12, 31))
DROP = 10.0


class ScoreErrors(msgspec.Struct, frozen=True):
    """Sums over officials: errors², of the score and of the raw mean; how many intervals held the truth."""

    officials: int
    squared_error: float
    raw_squared_error: float
    covered: int

    @property
    def ratio(self) -> float:
        """Root mean square error of the score, as a share of that of the raw mean."""
        return (self.squared_error / self.raw_squared_error) ** 0.5

    @property
    def coverage(self) -> float:
        return self.covered / self.officials


def add_errors(all_errors: list[ScoreErrors]) -> ScoreErrors:
    return ScoreErrors(*(sum(getattr(errors, name) for errors in all_errors) for name in ScoreErrors.__struct_fields__))


def measure_scores(
    pools: int, officials: int, seed: int, parameters: Parameters = PARAMETERS_2026_1, shape: Shape = SKEWED
) -> ScoreErrors:
    """One quarter of so many pools of so many officials; scores and truth both against the mean of the pool."""
    world = make_world(pools, officials, seed=seed, shape=shape)
    counts = draw_counts(world, draw_quarter_sizes(pools * officials, seed + 100_000), seed=seed + 200_000)
    scores = score_entities(counts, world.lookups, "official", parameters)
    truth = pl.Series("truth", find_true_effects(world)[scores["entity_id"].to_numpy() - 1])
    known = scores.with_columns(truth).with_columns(level=pl.col("pool_mean") + pl.col("truth"))
    return ScoreErrors(
        officials=known.height,
        squared_error=sum_errors(known, "theta"),
        raw_squared_error=sum_errors(known, "raw"),
        covered=known.select(pl.col("level").is_between("low", "high").sum()).item(),
    )


def sum_errors(scores: pl.DataFrame, column: str) -> float:
    missed = pl.col(column) - pl.col(column).mean().over("pool") - pl.col("truth")
    return scores.select((missed**2).sum()).item()


class AlertFigures(msgspec.Struct, frozen=True):
    """false: alerts of each official in a year without a drop. found_after: ratings from the drop to the alert."""

    false: list[int]
    found_after: list[float]


def measure_alerts(
    per_day: int,
    seed: int,
    shape: Shape = SKEWED,
    parameters: Parameters = PARAMETERS_2026_1,
    officials: int = OFFICIALS,
) -> AlertFigures:
    """One pool; half a year before, then a year as before, and another half a year in which all are 10 points worse."""
    world = make_world(1, officials, seed=seed, shape=shape)

    def draw(days: list[date], offset: int, drop: float = 0.0) -> pl.DataFrame:
        sizes = np.full(officials, per_day * len(days))
        return draw_counts(world, sizes, seed=seed + offset, days=days, drop=drop)

    before = draw(BEFORE, 100_000)
    year = pl.concat([before, draw(YEAR, 200_000)])
    worse = pl.concat([before, draw(AFTER_DROP, 300_000, DROP)])
    false = dict.fromkeys(range(1, officials + 1), 0)
    for alerts, _ in follow(world, year, YEAR, parameters):
        for official in alerts:
            false[official] += 1
    found = dict.fromkeys(range(1, officials + 1), float("inf"))
    for alerts, seen in follow(world, worse, AFTER_DROP, parameters):
        for official in alerts:
            found[official] = min(found[official], seen[official])
    return AlertFigures(list(false.values()), list(found.values()))


def follow(
    world: World, counts: pl.DataFrame, days: list[date], parameters: Parameters
) -> Iterator[tuple[list[int], dict[int, int]]]:
    """Day by day as the daily job does it: whose alert rang, each looked at that day, and ratings of each so far."""
    state, seen = start_statistics(), dict[int, int]()
    for _, month in groupby(days, key=lambda day: day.replace(day=1)):
        closed = list(month)
        period = find_baseline_period(closed[0], parameters)
        before = counts.filter(pl.col("day").is_between(period.first, period.last))
        expectation = form_expectation(before, world.lookups, "official", parameters)
        residuals = compare_days(counts.filter(pl.col("day").is_in(closed)), expectation)
        for day in residuals.partition_by("day", maintain_order=True):
            for official, n in day.select("entity_id", "n").rows():
                seen[official] = seen.get(official, 0) + n
            step = step_day(state, day, expectation)
            alerts: list[int] = step.signals.filter(pl.col("level") == "alert")["entity_id"].to_list()
            state = acknowledge(step.state, alerts)
            yield alerts, seen
