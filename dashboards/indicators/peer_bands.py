"""Interval, band and funnel of a score within its pool. No ranks: who is first or last is nowhere computed to be shown.

A band needs a difference that matters; a flag needs one that chance, over the whole list, would not make.
"""

import polars as pl

from dashboards.indicators.parameters import Parameters
from dashboards.indicators.quantiles import calculate_normal_probability, find_t_quantile


def add_intervals(scores: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds interval_factor q, low and high: θ ± q √V within 0 to 100; q is Student's t while peers are few."""
    peers = scores.select("k_peers").unique().sort("k_peers")
    factors = [find_interval_factor(k, parameters) for k in peers["k_peers"].to_list()]
    factored = scores.join(peers.with_columns(pl.Series("interval_factor", factors, pl.Float64)), on="k_peers")
    reach = pl.col("interval_factor") * pl.col("standard_error")
    ends = {"low": pl.col("theta") - reach, "high": pl.col("theta") + reach}
    top = 4 * parameters.points_per_step.value
    return factored.with_columns(end.clip(0, top).alias(name) for name, end in ends.items())


def find_interval_factor(peers: int, parameters: Parameters) -> float:
    if peers >= parameters.normal_from_peers.value:
        return parameters.normal_quantile.value
    return find_t_quantile(parameters.interval_probability.value, max(peers - 1, 1))


def add_comparison(scores: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds z (over-dispersed funnel), funnel, p_low and p_high: how sure it is that θ lies beyond the 5-point zone.

    z = (A - μ) / √(v + τ²): Spiegelhalter (2005), Statistics in Medicine 24.
    """
    z = (pl.col("adjusted") - pl.col("mu")) / (pl.col("variance") + pl.col("tau2")).sqrt()
    zone = parameters.indifference_points.value
    below = (pl.col("mu") - zone - pl.col("theta")) / pl.col("standard_error")
    above = (pl.col("theta") - pl.col("mu") - zone) / pl.col("standard_error")
    steps = scores.with_columns(z.alias("z"), below.alias("p_low"), above.alias("p_high"))
    probabilities = [calculate_normal_probability(steps[name]) for name in ("p_low", "p_high")]
    return steps.with_columns(*probabilities, name_funnel_place(parameters).alias("funnel"))


def name_funnel_place(parameters: Parameters) -> pl.Expr:
    distance = pl.col("z").abs()
    return (
        pl.when(distance > parameters.alarm_z.value)
        .then(pl.lit("alarm"))
        .when(distance > parameters.warning_z.value)
        .then(pl.lit("warning"))
        .when(distance.is_not_null())
        .then(pl.lit("inside"))
    )


def add_flags(scores: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds p_value (two-sided, of z) and flagged. Benjamini and Hochberg (1995), over the peers of each pool."""
    tails = calculate_normal_probability(-scores["z"].abs()) * 2
    valued = scores.with_columns(tails.alias("p_value"))
    peers = valued.filter(pl.col("n") >= parameters.peer_ratings.value).sort("pool", "p_value", "member")
    place = pl.int_range(1, pl.len() + 1).over("pool")
    bound = parameters.false_discovery_rate.value * place / pl.len().over("pool")
    last = peers.filter(pl.col("p_value") <= bound).group_by("pool").agg(pl.col("p_value").max().alias("cut"))
    is_peer = pl.col("n") >= parameters.peer_ratings.value
    flagged = is_peer & (pl.col("p_value") <= pl.col("cut"))
    return (
        valued.join(last, on="pool", how="left")
        .with_columns(flagged.fill_null(value=False).alias("flagged"))
        .drop("cut")
    )


def add_bands(scores: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds band: lower, similar, higher, or null without a score to compare. "Lower" also needs grade A or B."""
    sure = parameters.band_probability.value
    lower = (pl.col("p_low") >= sure) & pl.col("grade").is_in(["A", "B"])
    band = (
        pl.when((pl.col("grade") == "none") | ~pl.col("has_peers") | pl.col("theta").is_null())
        .then(None)
        .when(lower)
        .then(pl.lit("lower"))
        .when(pl.col("p_high") >= sure)
        .then(pl.lit("higher"))
        .otherwise(pl.lit("similar"))
    )
    return scores.with_columns(band.alias("band"))
