"""Finds a drop of an official or a unit early: a CUSUM of log-likelihood ratios, moved once a day after it closed.

Owns one step of the statistic; who is told, and that no rating behind an alert is shown, is decided elsewhere.
"""

from collections.abc import Collection

import polars as pl

from dashboards.indicators.parameters import Parameters

STATE = {"entity_id": pl.Int32(), "pool": pl.String(), "statistic": pl.Float64()}
KEYS = ["entity_id", "pool"]


def start_statistics() -> pl.DataFrame:
    """No entity yet: every one begins at 0."""
    return pl.DataFrame(schema=STATE)


def advance_statistics(state: pl.DataFrame, residuals: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """The state after one closed day; entities without ratings that day keep theirs.

    l = -(δ / φσ²) (R + n δ / 2), C = max(0, C + l), δ the drop worth finding; `residuals` those of sum_residuals.
    Page (1954), Biometrika 41; with a varying number of ratings a day.
    """
    drop = parameters.drop_points.value
    ratio = -drop / pl.col("noise") * (pl.col("residual") + pl.col("n") * drop / 2)
    moves = residuals.select(*KEYS, ratio.alias("ratio"))
    joined = state.join(moves, on=KEYS, how="full", coalesce=True)
    moved = pl.col("statistic").fill_null(0.0) + pl.col("ratio").fill_null(0.0)
    return joined.select(*KEYS, moved.clip(0.0).alias("statistic")).cast(pl.Schema(STATE)).sort(KEYS)


def name_signals(state: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds signal: "alert", "watch" (for the unit's manager only) or null."""
    statistic = pl.col("statistic")
    signal = (
        pl.when(statistic > parameters.drop_alert.value)
        .then(pl.lit("alert"))
        .when(statistic > parameters.drop_watch.value)
        .then(pl.lit("watch"))
    )
    return state.with_columns(signal.alias("signal"))


def acknowledge(state: pl.DataFrame, entity_ids: Collection[int]) -> pl.DataFrame:
    """Begins anew at 0 for entities whose alert somebody has looked at."""
    seen = pl.col("entity_id").is_in(list(entity_ids))
    return state.with_columns(pl.when(seen).then(0.0).otherwise("statistic").alias("statistic"))
