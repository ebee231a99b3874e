"""How peers truly differ, and the empirical-Bayes score: few ratings lean on the peers, many stand on their own.

Never winsorised: cutting extremes would make true differences look small (own simulation: 7 instead of 19).
"""

import polars as pl

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.parameters import Parameters


def estimate_between_variance(members: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """One row for each pool: k_peers, tau2_dl, tau2 (points²), mu, precision Σ 1 / (v + τ²) over the peers.

    `members`: pool, n, adjusted A, variance v (points²), sigma2. Only members with enough ratings are peers.
    DerSimonian and Laird (1986), Controlled Clinical Trials 7; blended with a prior worth so many peers.
    """
    peers = members.filter(pl.col("n") >= parameters.peer_ratings.value)
    within = members.group_by("pool").agg(pl.col("sigma2").first())
    tau2 = within.join(calculate_dersimonian_laird(peers), on="pool", how="left").with_columns(
        pl.col("k_peers").fill_null(0), pl.col("tau2_dl").fill_null(0.0)
    )
    blended = tau2.with_columns(blend_with_prior(parameters).alias("tau2"))
    return blended.join(calculate_centres(peers, blended), on="pool", how="left")


def calculate_dersimonian_laird(peers: pl.DataFrame) -> pl.DataFrame:
    """pool, k_peers, tau2_dl: max(0, (Q - (k - 1)) / (Σw - Σw² / Σw)), 0 for a single peer."""
    weighted = peers.with_columns((1 / pl.col("variance")).alias("weight"))
    weight = pl.col("weight")
    centres = weighted.group_by("pool").agg(
        pl.len().cast(pl.Int64).alias("k_peers"),
        sum_exactly(weight).alias("weights"),
        sum_exactly(weight**2).alias("squared_weights"),
        (sum_exactly(weight * pl.col("adjusted")) / sum_exactly(weight)).alias("centre"),
    )
    distance = weight * (pl.col("adjusted") - pl.col("centre")) ** 2
    scatter = weighted.join(centres, on="pool").group_by("pool").agg(sum_exactly(distance).alias("scatter"))
    scale = pl.col("weights") - pl.col("squared_weights") / pl.col("weights")
    tau2 = (pl.col("scatter") - (pl.col("k_peers") - 1)) / scale
    estimated = pl.when(pl.col("k_peers") > 1).then(tau2.clip(0.0)).otherwise(0.0)
    return centres.join(scatter, on="pool").select("pool", "k_peers", estimated.alias("tau2_dl"))


def blend_with_prior(parameters: Parameters) -> pl.Expr:
    """τ² = ((k - 1) τ²_DL + p τ²_0) / (k - 1 + p), τ²_0 = σ² ICC / (1 - ICC)."""
    free = pl.max_horizontal(pl.col("k_peers") - 1, 0)
    correlation, worth = parameters.prior_correlation.value, parameters.prior_peers.value
    prior = correlation / (1 - correlation) * pl.col("sigma2")
    return (free * pl.col("tau2_dl") + worth * prior) / (free + worth)


def calculate_centres(peers: pl.DataFrame, pools: pl.DataFrame) -> pl.DataFrame:
    """pool, mu, precision: the mean of the peers, each weighted by 1 / (v + τ²)."""
    weight = 1 / (pl.col("variance") + pl.col("tau2"))
    joined = peers.join(pools.select("pool", "tau2"), on="pool")
    return joined.group_by("pool").agg(
        (sum_exactly(weight * pl.col("adjusted")) / sum_exactly(weight)).alias("mu"),
        sum_exactly(weight).alias("precision"),
    )


def add_shrunk_scores(members: pl.DataFrame) -> pl.DataFrame:
    """Adds reliability B, theta and standard_error √V; null where a pool has no peer at all.

    B = τ² / (τ² + v); θ = μ + B (A - μ); V = B v + (1 - B)² / Σ 1 / (v + τ²), the last term for the unknown μ.
    Morris (1983), JASA 78; RAND TR653 for B as reliability.
    """
    reliability = pl.col("tau2") / (pl.col("tau2") + pl.col("variance"))
    theta = pl.col("mu") + pl.col("reliability") * (pl.col("adjusted") - pl.col("mu"))
    variance = pl.col("reliability") * pl.col("variance") + (1 - pl.col("reliability")) ** 2 / pl.col("precision")
    return members.with_columns(reliability.alias("reliability")).with_columns(
        theta.alias("theta"), variance.sqrt().alias("standard_error")
    )
