"""The second detector: weeks with more low scores (1 and 2) than the weeks of the same entity vary by.

Laney p′ limits widen where weeks vary more than chance, so many ratings do not make every week a signal.
"""

import polars as pl

from dashboards.indicators.parameters import Parameters


def calculate_low_share_limits(weeks: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds centre, sigma_z, low_limit, high_limit (shares of one) and is_signal, sorted by entity_id and week.

    `weeks`: entity_id, week (its Monday), n above 0, low (n1 + n2). Null limits with fewer than two weeks or no spread.
    z = (p - p̄) / √(p̄ (1 - p̄) / n), σ_z = mean |z_i - z_i-1| / 1.128, limits p̄ ± 3 σ_z √(p̄ (1 - p̄) / n).
    Laney (2002), Quality Engineering 14.
    """
    sums = weeks.group_by("entity_id").agg((pl.col("low").sum() / pl.col("n").sum()).alias("centre"))
    shares = weeks.join(sums, on="entity_id").with_columns((pl.col("low") / pl.col("n")).alias("share"))
    spread = (pl.col("centre") * (1 - pl.col("centre")) / pl.col("n")).sqrt()
    z = pl.when(pl.col("spread") > 0).then((pl.col("share") - pl.col("centre")) / pl.col("spread"))
    ranged = shares.with_columns(spread.alias("spread")).with_columns(z.alias("z")).sort("entity_id", "week")
    return add_limits(ranged.join(estimate_sigma(ranged, parameters), on="entity_id"), parameters)


def estimate_sigma(weeks: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """entity_id, sigma_z: 1 where weeks vary by chance alone."""
    steps = pl.col("z").diff().abs().mean() / parameters.moving_range_constant.value
    return weeks.group_by("entity_id", maintain_order=True).agg(steps.alias("sigma_z"))


def add_limits(weeks: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    reach = parameters.low_share_sigmas.value * pl.col("sigma_z") * pl.col("spread")
    high = pl.col("centre") + reach
    return (
        weeks.with_columns(
            (pl.col("centre") - reach).clip(0, 1).alias("low_limit"),
            high.clip(0, 1).alias("high_limit"),
            (pl.col("share") > high).fill_null(value=False).alias("is_signal"),
        )
        .drop("spread", "z")
        .sort("entity_id", "week")
    )
