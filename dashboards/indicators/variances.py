"""How much single ratings scatter: within one case, and from day to day. Pooled over all peers.

Both come from whole numbers n, S and Q; the scatter between peers is in shrinkage.py.
"""

import polars as pl

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.parameters import Parameters


def estimate_variances(members: pl.DataFrame, pairs: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """pool, sigma2 (points²), phi (at least 1). The frames are those of Cells."""
    square = sum_exactly(pl.col("steps") ** 2 / pl.col("n"))
    of_pairs = pairs.group_by("pool").agg(square.alias("pair_squares"), pl.len().cast(pl.Int64).alias("pairs"))
    of_members = members.group_by("pool").agg(
        pl.col("n", "squares", "days").sum(),
        pl.len().cast(pl.Int64).alias("members"),
        square.alias("member_squares"),
        sum_exactly(pl.col("day_squares")).alias("day_squares"),
    )
    sums = of_members.join(of_pairs, on="pool")
    sigma2 = sums.with_columns(calculate_within_variance(parameters).alias("sigma2"))
    return sigma2.select("pool", "sigma2", calculate_clustering(parameters).alias("phi"))


def calculate_within_variance(parameters: Parameters) -> pl.Expr:
    """σ² = Σ (Q_op - S_op² / n_op) / Σ (n_op - 1), at least the variance of rounding to whole steps."""
    scatter = parameters.points_per_step.value**2 * (pl.col("squares") - pl.col("pair_squares"))
    free = pl.col("n") - pl.col("pairs")
    sigma2 = pl.when(free > 0).then(scatter / free).otherwise(parameters.assumed_variance.value)
    return sigma2.clip(parameters.smallest_variance.value)


def calculate_clustering(parameters: Parameters) -> pl.Expr:
    """φ = max(1, Σ n_od (ȳ_od - ȳ_o)² / σ² / Σ (D_o - 1)), d the D days of o; 1 where nobody was rated on two days."""
    scatter = parameters.points_per_step.value**2 * (pl.col("day_squares") - pl.col("member_squares"))
    free = pl.col("days") - pl.col("members")
    phi = pl.when(free > 0).then(scatter / pl.col("sigma2") / free).otherwise(1.0)
    return phi.clip(1.0)
