"""weekly_satisfied_share: one row for each closed ISO week, also for weeks without ratings."""

import polars as pl

from dashboards.indicators.satisfaction import SCORES, add_satisfaction, sum_counts
from dashboards.periods import Period, list_mondays


def calculate_weekly_shares(counts: pl.DataFrame, closed_weeks: Period) -> pl.DataFrame:
    """`week` is the Monday. Days outside the closed weeks do not count."""
    closed = counts.filter(pl.col("day").is_between(closed_weeks.first, closed_weeks.last))
    weekly = sum_counts(closed.with_columns(week=pl.col("day").dt.truncate("1w")), ["week"])
    every_week = pl.DataFrame({"week": list_mondays(closed_weeks)}, schema={"week": pl.Date})
    sums = every_week.join(weekly, on="week", how="left").with_columns(pl.col(SCORES).fill_null(0))
    return add_satisfaction(sums.sort("week"))
