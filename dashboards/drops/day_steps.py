"""The drop watch without its store: what each closed day is held against, and one step of the statistics.

Pure. watch_drops.py reads counts and keeps what comes out.
"""

from datetime import date, timedelta

import msgspec
import polars as pl

from dashboards.indicators.cells import condense
from dashboards.indicators.drop_alerts import advance_statistics, name_signals
from dashboards.indicators.drop_baseline import Baseline, freeze_baseline, sum_residuals
from dashboards.indicators.eligible_counts import eligible_sums, find_likely_officials, keep_eligible
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import ROLES, Lookups, RoleName
from dashboards.indicators.satisfaction import SCORES
from dashboards.periods import Period

KEYS = ["entity_id", "pool"]


class Expectation(msgspec.Struct, frozen=True):
    """What the days of one calendar month are held against."""

    role: RoleName
    lookups: Lookups
    likely_officials: pl.Series
    baseline: Baseline
    parameters: Parameters


class Step(msgspec.Struct, frozen=True):
    """state: as advance_statistics gives it. signals: entity_id, pool, unit_id, level, statistic, threshold."""

    state: pl.DataFrame
    signals: pl.DataFrame


def find_baseline_period(day: date, parameters: Parameters) -> Period:
    """The days before the month of `day`, so all days of a month are held against the same."""
    first = day.replace(day=1)
    return Period(first - timedelta(days=parameters.drop_baseline_days.value), first - timedelta(days=1))


def form_expectation(before: pl.DataFrame, lookups: Lookups, role: RoleName, parameters: Parameters) -> Expectation:
    """`before` are the daily counts of find_baseline_period, of all proof classes."""
    sums = condense(before, [role])
    likely = find_likely_officials(sums if role == "official" else None, parameters)
    eligible = eligible_sums(sums, role, likely, parameters)
    return Expectation(role, lookups, likely, freeze_baseline(eligible, lookups, role, parameters), parameters)


def compare_days(counts: pl.DataFrame, expectation: Expectation) -> pl.DataFrame:
    """sum_residuals for any days of the month, with unit_id: where most of the day's ratings were given."""
    role, parameters = expectation.role, expectation.parameters
    eligible = keep_eligible(counts, role, expectation.likely_officials, parameters)
    residuals = sum_residuals(eligible, expectation.baseline, expectation.lookups, role, parameters)
    entity = ROLES[role].entity
    places = eligible.group_by("day", pl.col(entity).alias("entity_id"), pl.col("unit_id").alias("place")).agg(
        pl.sum_horizontal(SCORES).sum().alias("ratings")
    )
    busiest = places.sort("ratings", "place", descending=[True, False]).group_by(
        "day", "entity_id", maintain_order=True
    )
    units = busiest.agg(pl.col("place").first().alias("unit_id"))
    return residuals.join(units, on=["day", "entity_id"], how="left").sort("day", *KEYS)


def step_day(state: pl.DataFrame, residuals: pl.DataFrame, expectation: Expectation) -> Step:
    """After one closed day. `residuals` are those of that day; who is in no baseline any more begins anew later.

    A signal is raised only by a day with ratings: the statistic of others does not move.
    """
    parameters = expectation.parameters
    members = expectation.baseline.members.select("entity_id", pl.col("pool_name").alias("pool"))
    known = state.join(members, on=KEYS, how="semi")
    moved = advance_statistics(known, residuals, parameters)
    named = name_signals(moved, parameters).rename({"signal": "level"}).filter(pl.col("level").is_not_null())
    threshold = (
        pl.when(pl.col("level") == "alert").then(parameters.drop_alert.value).otherwise(parameters.drop_watch.value)
    )
    signals = named.join(residuals.select(*KEYS, "unit_id"), on=KEYS).with_columns(threshold.alias("threshold"))
    return Step(moved, signals.select(*KEYS, "unit_id", "level", "statistic", "threshold").sort(KEYS))
