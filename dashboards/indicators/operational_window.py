"""The operational view: recent days weigh more. For the desk's own steering only, never for personnel or the public.

A legal decision must be reproducible, so fixed closed periods without decay serve those.
"""

import polars as pl

from dashboards.indicators.parameters import Parameters

SUMS = {"weight": pl.Float64(), "squared_weight": pl.Float64(), "points": pl.Float64(), "squared_points": pl.Float64()}
STATE = {"entity_id": pl.Int32(), **SUMS}


def start_window() -> pl.DataFrame:
    return pl.DataFrame(schema=STATE)


def advance_window(state: pl.DataFrame, day_sums: pl.DataFrame, days: int, parameters: Parameters) -> pl.DataFrame:
    """The weighted sums after `days` (1 or more) more days, of which the last one brought `day_sums`.

    day_sums: entity_id, n, steps, squares, whole numbers of one day. A rating that is half_life_days old weighs 1/2:
    Σw, Σw v, Σw v² shrink by λ = 2^(-days / half life), Σw² by λ².
    """
    fading = 2 ** (-days / parameters.half_life_days.value)
    points = parameters.points_per_step.value
    today = day_sums.select(
        "entity_id",
        pl.col("n").alias("n_today"),
        (points * pl.col("steps")).alias("points_today"),
        (points**2 * pl.col("squares")).alias("squares_today"),
    )
    joined = state.join(today, on="entity_id", how="full", coalesce=True).with_columns(
        pl.exclude("entity_id").fill_null(0)
    )
    return (
        joined.select(
            "entity_id",
            pl.col("weight") * fading + pl.col("n_today"),
            pl.col("squared_weight") * fading**2 + pl.col("n_today"),
            pl.col("points") * fading + pl.col("points_today"),
            pl.col("squared_points") * fading + pl.col("squares_today"),
        )
        .cast(pl.Schema(STATE))
        .sort("entity_id")
    )


def summarise_window(state: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds mean, effective_n (Σw)² / Σw², low and high (normal interval, 0 to 100); null where nothing weighs."""
    weight = pl.col("weight")
    mean = pl.when(weight > 0).then(pl.col("points") / weight)
    variance = (pl.col("squared_points") / weight - pl.col("mean") ** 2).clip(0.0)
    summed = state.with_columns(mean.alias("mean"), (weight**2 / pl.col("squared_weight")).alias("effective_n"))
    reach = parameters.normal_quantile.value * (variance / pl.col("effective_n")).sqrt()
    top = 4 * parameters.points_per_step.value
    return summed.with_columns(
        (pl.col("mean") - reach).clip(0, top).alias("low"), (pl.col("mean") + reach).clip(0, top).alias("high")
    )
