"""The weekly detector: whether the week that closed had more low scores than the weeks of the same entity before it.

Pure. Held against the own past only, so no peer and no procedure enters.
"""

from datetime import date, timedelta

import polars as pl

from dashboards.drops.day_steps import KEYS, Expectation
from dashboards.indicators.eligible_counts import keep_eligible
from dashboards.indicators.low_share_alerts import calculate_low_share_limits
from dashboards.indicators.roles import ROLES
from dashboards.indicators.satisfaction import SCORES

DAYS_A_WEEK = 7
SUNDAY = 7


def closes_week(day: date) -> bool:
    return day.isoweekday() == SUNDAY


def find_low_share_signals(counts: pl.DataFrame, sunday: date, expectation: Expectation) -> pl.DataFrame:
    """Signals as those of step_day, for the week that ends on `sunday`; the pool is the survey group.

    `counts` reach back to the first day of the baseline period. The statistic is the distance from the centre in
    limits of one sigma, so no share can be read from it.
    """
    weeks = sum_weeks(counts, sunday, expectation)
    limits = calculate_low_share_limits(weeks, expectation.parameters).rename({"entity_id": "key"})
    spread = (pl.col("centre") * (1 - pl.col("centre")) / pl.col("n")).sqrt()
    this_week = limits.filter("is_signal", pl.col("week") == sunday - timedelta(days=DAYS_A_WEEK - 1))
    return this_week.select(
        pl.col("key").struct.unnest(),
        "unit_id",
        pl.lit("watch").alias("level"),
        ((pl.col("share") - pl.col("centre")) / (pl.col("sigma_z") * spread)).alias("statistic"),
        pl.lit(expectation.parameters.low_share_sigmas.value).alias("threshold"),
    ).sort(KEYS)


def sum_weeks(counts: pl.DataFrame, sunday: date, expectation: Expectation) -> pl.DataFrame:
    """entity_id (a struct of entity_id and pool), week, n, low, unit_id; weeks and entities with enough ratings."""
    parameters, role = expectation.parameters, ROLES[expectation.role]
    first = sunday - timedelta(days=parameters.drop_baseline_days.value // DAYS_A_WEEK * DAYS_A_WEEK - 1)
    eligible = keep_eligible(counts, expectation.role, expectation.likely_officials, parameters)
    recent = eligible.filter(pl.col("day").is_between(first, sunday), pl.col(role.entity) != 0)
    grouped = recent.join(expectation.lookups.surveys, on="survey_id", how="left").select(
        pl.struct(pl.col(role.entity).alias("entity_id"), pl.col("survey_group").fill_null("").alias("pool")).alias(
            "key"
        ),
        pl.col("day").dt.truncate("1w").alias("week"),
        pl.sum_horizontal(SCORES).alias("n"),
        (pl.col("n1") + pl.col("n2")).alias("low"),
        pl.col("unit_id").alias("place"),
    )
    weekly = grouped.group_by(pl.col("key").alias("entity_id"), "week").agg(
        pl.col("n", "low").sum(),
        pl.col("place").sort_by("n", "place", descending=[True, False]).first().alias("unit_id"),
    )
    spoken = weekly.filter(pl.col("n") >= parameters.low_share_ratings.value)
    return spoken.filter(pl.len().over("entity_id") >= parameters.low_share_weeks.value)
